"""Distances between rows: each is the Euclidean distance of rows that were changed accordingly."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from core.wording import count_of


class Distance(StrEnum):
    """How far rows are from one another."""

    EUCLIDEAN = "Euclidean"
    COSINE = "cosine"
    CORRELATION = "correlation"
    STANDARDISED = "standardised"

    @property
    def help(self) -> str:
        """What it measures, in one sentence."""
        return {
            Distance.EUCLIDEAN: "the length of the difference",
            Distance.COSINE: "1 - the cosine of the angle, whatever the lengths are",
            Distance.CORRELATION: "1 - the correlation of the numbers of two rows",
            Distance.STANDARDISED: "Euclidean, with each dimension divided by its standard deviation",
        }[self]


def distance_named(name: str) -> Distance:
    """Returns the distance of that name, in capitals or not.

    Raises:
        ValueError: There is none.
    """
    for distance in Distance:
        if distance.lower() == name.lower():
            return distance
    raise ValueError(f"The distance must be one of {', '.join(Distance)}, not {name!r}.")


def in_space(rows: np.ndarray, distance: Distance) -> np.ndarray:
    """Returns rows ``float32 [N, D]`` whose Euclidean distances order pairs as ``distance`` does.

    Rows without a direction (all zero, or constant for the correlation) and dimensions that never vary become 0.
    """
    if distance == Distance.EUCLIDEAN:
        return rows
    changed = rows.astype(np.float64)
    if distance == Distance.STANDARDISED:
        changed -= changed.mean(axis=0)
        size = changed.std(axis=0)
        return _divided(changed, size).astype(np.float32)
    if distance == Distance.CORRELATION:
        changed -= changed.mean(axis=1, keepdims=True)
    return _divided(changed, np.linalg.norm(changed, axis=1, keepdims=True)).astype(np.float32)


def distance_of(euclidean: np.ndarray, distance: Distance) -> np.ndarray:
    """Returns the distances that belong to Euclidean ones, ``[...]`` of any shape, between rows of ``in_space``: for
    unit vectors, 1 - cosine is half the square."""
    return euclidean**2 / 2 if distance in (Distance.COSINE, Distance.CORRELATION) else euclidean


def distance_notes(rows: np.ndarray, distance: Distance) -> tuple[str, ...]:
    """Returns a sentence if another distance than the Euclidean is used, and one on rows ``[N, D]`` that have no
    direction."""
    if distance == Distance.EUCLIDEAN:
        return ()
    still = np.zeros(len(rows), bool)
    if distance == Distance.COSINE:
        still = (rows == 0).all(axis=1)
    elif distance == Distance.CORRELATION:
        still = (rows == rows[:, :1]).all(axis=1)
    said = f"Distances are {distance}: {distance.help}."
    return (
        (said, f"{count_of(int(still.sum()), 'row')} without a direction: at the centre.") if still.any() else (said,)
    )


def _divided(rows: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Rows divided by sizes; what is 0 but for rounding stays 0."""
    faint = size <= 1e-9 * max(float(size.max()), 1e-300)
    return np.where(faint, 0.0, rows / np.where(faint, 1.0, size))
