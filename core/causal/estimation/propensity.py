"""Propensity scores, and whether they allow a comparison of the arms."""

from __future__ import annotations

import numpy as np

from core.causal.estimation.logistic import fit_logistic
from core.wording import percent

CLIP = 0.01  # propensity scores are clipped to CLIP and 1 - CLIP, so that no row counts more than a hundredfold
_SEPARABLE = 0.995  # of each arm: if the covariates predict so many rows, there is no overlap
_MOST_CLIPPED = 0.05  # of the rows: beyond this, no estimate by propensity scores is quoted
_POOR_OVERLAP = 0.05  # a propensity score below this, or above one minus this


def propensity_scores(treated: np.ndarray, covariates: np.ndarray, counts: np.ndarray | None = None) -> np.ndarray:
    """The probability of the exposure for each row ``[rows]``, by logistic regression.

    Args:
        treated: 0 or 1 ``[rows]``.
        covariates: A column of ones, and others ``[rows, columns]``.
        counts: How much each row counts ``[rows]``; the same by default.
    """
    return fit_logistic(treated, covariates, counts).predict(covariates)


def poor_overlap(scores: np.ndarray) -> float:
    """The share of rows, 0 to 1, whose propensity score lies below 0.05 or above 0.95: they have hardly any
    counterpart. Scores are ``[N]``."""
    return float(((scores < _POOR_OVERLAP) | (scores > 1 - _POOR_OVERLAP)).mean())


def clipped_count(scores: np.ndarray) -> int:
    """How many propensity scores ``[N]`` lie outside the limits of clipping."""
    return int((np.minimum(scores, 1 - scores) < CLIP).sum())


def is_separable(treated: np.ndarray, scores: np.ndarray) -> bool:
    """Whether the covariates separate the arms, so that no rows are comparable; arms (0 or 1) and scores are
    ``[N]``."""
    predicted = (scores[treated == 1] > 0.5).mean(), (scores[treated == 0] < 0.5).mean()
    return bool(min(predicted) > _SEPARABLE)


def propensity_caveat(treated: np.ndarray, scores: np.ndarray) -> str:
    """Why no estimate by these propensity scores should be quoted; empty if one may be. Arms (0 or 1) and scores
    are ``[N]``."""
    if is_separable(treated, scores):
        return "the covariates separate the arms, so no rows are comparable"
    share = clipped_count(scores) / len(scores)
    return f"{percent(share)} of the propensity scores had to be clipped" if share > _MOST_CLIPPED else ""
