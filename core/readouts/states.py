"""States of the objects of a clip, and how well positions that were read agree with them; for any number of objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

SEEN = 0.5  # an object counts if at least this share of it is visible


@dataclass(frozen=True)
class States:
    """The true states of K objects: ``positions`` and ``velocities`` ``[..., K, 2]``, ``visible [..., K]``; all 0 where
    an object is absent."""

    positions: np.ndarray
    velocities: np.ndarray
    visible: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """Which of the objects count, ``bool [..., K]``: those of which more than half is visible."""
        return self.visible > SEEN


STATE_NAMES = tuple(field.name for field in fields(States))


def states_in(arrays: Mapping[str, np.ndarray]) -> States | None:
    """The states among the arrays ``[..., K, 2]`` and ``[..., K]`` of a truth; None if they are not all there."""
    return States(*(arrays[name] for name in STATE_NAMES)) if set(STATE_NAMES) <= set(arrays) else None


def hold_last(positions: np.ndarray) -> np.ndarray:
    """Positions ``[B, T, K, 2]`` with each gap filled by the last position seen; NaN stays before the first one."""
    filled = positions.copy()
    for t in range(1, filled.shape[1]):
        missing = np.isnan(filled[:, t])
        filled[:, t][missing] = filled[:, t - 1][missing]
    return filled


def r2_score(truth: np.ndarray, guess: np.ndarray, seen: np.ndarray) -> float:
    """Explained share of the variance over objects and both coordinates, each object about its own mean.

    Args:
        truth: ``[..., K, 2]``.
        guess: The same shape.
        seen: Bool ``[..., K]``.
    """
    error, total = squared_sums(truth, guess, seen)
    return 1.0 - float(error.sum() / total.sum()) if total.sum() > 0 else float("nan")


def squared_sums(truth: np.ndarray, guess: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two sums of ``r2_score``, clip by clip (the first axis): squared errors, and squared distances from the mean
    of each object's places over all clips; each ``float64 [B]``."""
    count = seen.sum(axis=tuple(range(seen.ndim - 1)))[:, None]  # [K, 1]
    shown = np.where(seen[..., None], truth, 0.0).astype(np.float64)
    mean = shown.sum(axis=tuple(range(seen.ndim - 1))) / np.maximum(count, 1)  # [K, 2]
    inner = tuple(range(1, truth.ndim))
    error, total = (np.where(seen[..., None], np.square(truth - other), 0.0) for other in (guess, mean))
    return error.sum(axis=inner, dtype=np.float64), total.sum(axis=inner, dtype=np.float64)


def displacements(
    positions: np.ndarray, guess: np.ndarray, visible: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Displacements from each frame to the next, true and read, and where both frames show the object: the arguments of
    ``r2_score`` for the velocity over one frame.

    Args:
        positions: True positions, ``[B, T, K, 2]``.
        guess: Positions that were read, of the same shape.
        visible: Visible share of each object, ``[B, T, K]``.
    """
    seen = np.minimum(visible[:, 1:], visible[:, :-1]) > SEEN
    return np.diff(positions, axis=1), np.diff(guess, axis=1), seen
