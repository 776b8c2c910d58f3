"""Measures of collapse: how many directions a representation uses, how much of it moves, and its distribution.

Rows are ``[N, D]``; where clips matter, ``group [N]`` gives the clip of each row, and the rows of a clip are in order
of time.
"""

from __future__ import annotations

import numpy as np

DEAD_SHARE, SLOW_SHARE = 0.03, 0.15  # of the variance within clips: below these, collapsed or suspicious


def effective_rank(rows: np.ndarray, centred: bool = True) -> float:
    """Number of directions that the rows ``[N, D]`` use, 1 to D; 0 for rows that never differ.

    It is the exponential of the entropy of the singular values (RankMe, Garrido et al. 2023, eps 1e-7). RankMe itself
    is not centred: then a large common mean hides how the rest varies.
    """
    return rank_of(spectrum(rows) if centred else _eigenvalues(rows.astype(np.float64)), min(rows.shape))


def rank_of(eigenvalues: np.ndarray, most: int) -> float:
    """Effective rank of rows, from the ``eigenvalues [D]`` of their sums of squares and products; there are at most
    ``most`` singular values."""
    values = np.sqrt(eigenvalues[:most])
    if values.sum() < 1e-9:
        return 0.0
    share = values / values.sum() + 1e-7
    return float(np.exp(-(share * np.log(share)).sum()))


def spectrum(rows: np.ndarray) -> np.ndarray:
    """Eigenvalues of the sums of squares and products about the mean, the largest first: ``[D]``."""
    return _eigenvalues(rows - rows.mean(axis=0, dtype=np.float64))  # in float32 a large mean would leave a trace


def _eigenvalues(rows: np.ndarray) -> np.ndarray:
    """Eigenvalues of ``rows.T @ rows``; with fewer rows than dimensions by ``rows @ rows.T``, which has the same ones
    except for zeros."""
    few = len(rows) < rows.shape[1]
    values = np.maximum(np.linalg.eigvalsh(rows @ rows.T if few else rows.T @ rows)[::-1], 0.0)
    return np.concatenate([values, np.zeros(rows.shape[1] - len(values))])


def participation_ratio(values: np.ndarray) -> float:
    """Number of directions that share the variance, 1 to D, or 0 without variance: (sum of eigenvalues ``[D]``)² / sum
    of their squares."""
    return float(values.sum() ** 2 / np.square(values).sum()) if values.sum() > 1e-18 else 0.0


def spectral_decay(values: np.ndarray) -> float | None:
    """Exponent of a power law through the eigenvalues ``[D]``; None for fewer than 100 directions, which are too few.

    It is fitted by least squares on both logarithms, without a tenth of the values at each end (alpha-ReQ, Agrawal et
    al. 2022).
    """
    values = values[values > 1e-12 * values[0]]  # there are no more directions than rows
    if len(values) < 100:
        return None
    edge = len(values) // 10
    places = np.arange(edge, len(values) - edge)
    return float(-np.polyfit(np.log(places + 1.0), np.log(values[places]), 1)[0])


def straightness(rows: np.ndarray, group: np.ndarray) -> float | None:
    """Mean cosine between one step of a clip and the next (Henaff et al. 2019); None if no clip takes two steps.

    1 is a straight path, 0 a random one; the path of a collapsed, slow representation is straight too. Rows are
    ``[N, D]``, the clip of each ``[N]``.
    """
    steps = np.diff(rows, axis=0).astype(np.float64)
    inside = (group[1:] == group[:-1])[1:] & (group[1:] == group[:-1])[:-1]
    lengths = np.linalg.norm(steps, axis=1)
    taken = inside & (lengths[1:] > 0) & (lengths[:-1] > 0)
    if not taken.any():
        return None
    cosines = (steps[1:] * steps[:-1]).sum(axis=1)[taken] / (lengths[1:] * lengths[:-1])[taken]
    return float(cosines.mean())


def gaussianity(rows: np.ndarray, seed: int = 0) -> float:
    """Distance of the rows ``[N, D]`` from a Gaussian, 0 for a Gaussian; NaN for rows that never differ.

    It is the statistic of SIGReg (Balestriero and LeCun 2025) along 64 random directions, with each dimension scaled to
    mean 0 and deviation 1.
    """
    import torch

    from core.models.objectives import gaussian_misfit

    deviation = rows.std(axis=0, dtype=np.float64)
    alive = deviation > 1e-9
    if not alive.any():
        return float("nan")
    standard = ((rows - rows.mean(axis=0, dtype=np.float64)) / np.where(alive, deviation, 1.0))[:, alive]
    return float(gaussian_misfit(torch.from_numpy(standard).float(), torch.Generator().manual_seed(seed)))


def moving_share(latents: np.ndarray) -> np.ndarray:
    """Share of the variance of each dimension that lies within clips, not between them: ``[B, T, N, D]`` to ``[D]``.

    It is about 0 for a dimension that holds only what stays the same in a clip, such as the background.
    """
    moving = latents - latents.mean(axis=1, keepdims=True)
    return moving.var(axis=(0, 1, 2)) / np.maximum(latents.var(axis=(0, 1, 2)), 1e-12)


def moving_share_of_rows(rows: np.ndarray, group: np.ndarray) -> float | None:
    """``moving_share``, 0 to 1, over all dimensions together, for clips of any length: rows ``[N, D]``, the clip of
    each ``[N]``; None if there is only one clip or no clip of several frames."""
    _, clip, count = np.unique(group, return_inverse=True, return_counts=True)
    if len(count) < 2 or count.max() < 2:
        return None
    means = np.zeros((len(count), rows.shape[1]))
    np.add.at(means, clip, rows)
    within = np.square(rows - (means / count[:, None])[clip]).sum()
    total = np.square(rows - rows.mean(axis=0, dtype=np.float64)).sum()
    return float(within / total) if total > 0 else 0.0
