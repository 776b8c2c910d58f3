"""Small statistics that several parts share: intervals, partial correlations and Fisher's z."""

from __future__ import annotations

import numpy as np

Z_95 = 1.959963984540054  # standard errors to each side of a 95 % interval of a normal estimate
_NO_VARIANCE = 1e-9  # of a variance of 1: the other columns determine this one


def half_width(error: float, freedom: float) -> float:
    """Half the width of a 95 % interval, by the t distribution.

    Args:
        error: The standard error.
        freedom: Degrees of freedom; infinite for a normal estimate.
    """
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975)) * error


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    share, shrunk = successes / trials, 1 + Z_95**2 / trials
    middle = (share + Z_95**2 / (2 * trials)) / shrunk
    half = Z_95 / shrunk * np.sqrt(share * (1 - share) / trials + Z_95**2 / (4 * trials**2))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def partial_correlation(correlations: np.ndarray) -> float:
    """The correlation of the first two variables given the others; NaN if the others determine one of the two.

    Args:
        correlations: The correlation matrix ``[K, K]``.
    """
    given = correlations[2:, 2:]
    both = correlations[:2, 2:]
    residual = correlations[:2, :2] - both @ np.linalg.pinv(given, hermitian=True) @ both.T  # covariance [2, 2]
    if residual[0, 0] < _NO_VARIANCE or residual[1, 1] < _NO_VARIANCE:
        return float("nan")
    return float(np.clip(residual[0, 1] / np.sqrt(residual[0, 0] * residual[1, 1]), -1.0, 1.0))


def fisher_z(correlation: float, freedom: int) -> float:
    """The distance of a correlation from 0 in standard errors, by Fisher's z-transform (Fisher 1924).

    Args:
        freedom: Rows minus conditioning variables minus 3.
    """
    return float(np.arctanh(np.clip(correlation, -1 + 1e-12, 1 - 1e-12)) * np.sqrt(freedom))
