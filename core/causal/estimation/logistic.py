"""Logistic regression by Newton's method, with the influence of each row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_ROUNDS, _TOLERANCE, _RIDGE = 50, 1e-9, 1e-6


@dataclass(frozen=True, eq=False)
class LogisticFit:
    """A logistic regression.

    Attributes:
        centre, scale: Of the columns of the design: they are standardised before the fit.
        weights: One for each standardised column.
        inverse: The inverse of the Hessian of the loss ``[columns, columns]``.
    """

    centre: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    inverse: np.ndarray

    def standardised(self, design: np.ndarray) -> np.ndarray:
        """The columns as the fit takes them ``[rows, columns]``."""
        return (design - self.centre) / self.scale

    def predict(self, design: np.ndarray) -> np.ndarray:
        """The probability of 1 for each row ``[rows]``."""
        return _logistic(self.standardised(design), self.weights)


def fit_logistic(treated: np.ndarray, design: np.ndarray, counts: np.ndarray | None = None) -> LogisticFit:
    """A logistic regression (Newton's method with step halving, and a small ridge so that it converges on separated
    columns too).

    Args:
        treated: 0 or 1 ``[rows]``.
        design: A column of ones, and others ``[rows, columns]``.
        counts: How much each row counts ``[rows]``; the same by default.
    """
    scale = design.std(axis=0)
    scale[scale == 0] = 1.0
    centre = np.append(0.0, design[:, 1:].mean(axis=0))
    columns = (design - centre) / scale
    weights = np.zeros(columns.shape[1])
    counts = np.ones(len(treated)) if counts is None else counts
    ridge = _RIDGE * np.eye(len(weights))
    inverse = ridge
    for _ in range(_ROUNDS):
        scores = _logistic(columns, weights)
        gradient = columns.T @ (counts * (treated - scores)) - _RIDGE * weights
        hessian = (columns.T * (counts * scores * (1 - scores))) @ columns + ridge
        step, before = np.linalg.solve(hessian, gradient), _loss(treated, columns, weights, counts)
        inverse = hessian
        while _loss(treated, columns, weights + step, counts) > before and np.abs(step).max() >= _TOLERANCE:
            step = step / 2
        weights = weights + step
        if np.abs(step).max() < _TOLERANCE:
            break
    return LogisticFit(centre, scale, weights, np.linalg.pinv(inverse, hermitian=True))


def _logistic(design: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))


def _loss(treated: np.ndarray, design: np.ndarray, weights: np.ndarray, counts: np.ndarray) -> float:
    losses = np.logaddexp(0, (1 - 2 * treated) * (design @ weights))
    return float(counts @ losses + _RIDGE / 2 * weights @ weights)
