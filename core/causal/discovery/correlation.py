"""Partial correlations: what two columns share once others are taken out of both by straight lines."""

from __future__ import annotations

import numpy as np

_NOTHING_LEFT = 1e-9  # of a variance of 1: the column is worked out from the others


def partial(correlations: np.ndarray) -> float:
    """Correlation of the first two of ``[K, K]`` once the others are taken out; NaN where nothing of one is left."""
    given = correlations[2:, 2:]
    both = correlations[:2, 2:]
    left = correlations[:2, :2] - both @ np.linalg.pinv(given, hermitian=True) @ both.T  # covariance of what is left
    if left[0, 0] < _NOTHING_LEFT or left[1, 1] < _NOTHING_LEFT:
        return float("nan")
    return float(np.clip(left[0, 1] / np.sqrt(left[0, 0] * left[1, 1]), -1.0, 1.0))


def surprise(correlation: float, freedom: int) -> float:
    """By how many standard errors a correlation differs from 0 (Fisher's z); ``freedom`` is rows - conditions - 3."""
    return float(np.arctanh(np.clip(correlation, -1 + 1e-12, 1 - 1e-12)) * np.sqrt(freedom))
