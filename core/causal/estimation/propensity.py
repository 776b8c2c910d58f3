"""Everybody's chance of the exposure, and whether the arms can be compared by it."""

from __future__ import annotations

import numpy as np

CLIP = 0.01  # propensities beyond this are clipped: nobody counts more than a hundredfold
_APART = 0.995  # of each arm: where so many are told by their covariates, there is nobody to compare
_MOST_CLIPPED = 0.05  # of the rows: beyond this, no estimate by propensities is quoted
_ROUNDS, _CLOSE, _RIDGE = 50, 1e-9, 1e-6


def chances_of(treated: np.ndarray, covariates: np.ndarray) -> np.ndarray:
    """Chances by logistic regression (Newton's method, each step halved until it helps; a trace of ridge so that
    separated columns end too).

    Args:
        covariates: A column of ones, and others ``[rows, columns]``.
    """
    scale = covariates.std(axis=0)
    scale[scale == 0] = 1.0
    design = (covariates - np.append(0.0, covariates[:, 1:].mean(axis=0))) / scale
    weights = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        chance = _chance(design, weights)
        slope = design.T @ (treated - chance) - _RIDGE * weights
        curve = (design.T * (chance * (1 - chance))) @ design + _RIDGE * np.eye(len(weights))
        step, before = np.linalg.solve(curve, slope), _loss(treated, design, weights)
        while _loss(treated, design, weights + step) > before and np.abs(step).max() >= _CLOSE:
            step = step / 2
        weights = weights + step
        if np.abs(step).max() < _CLOSE:
            break
    return _chance(design, weights)


def _chance(design: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))


def _loss(treated: np.ndarray, design: np.ndarray, weights: np.ndarray) -> float:
    return float(np.logaddexp(0, (1 - 2 * treated) * (design @ weights)).sum() + _RIDGE / 2 * weights @ weights)


def lonely(chance: np.ndarray) -> float:
    """The share of rows outside 0.05 to 0.95: for those there is hardly anybody to compare with."""
    return float(((chance < 0.05) | (chance > 0.95)).mean())


def clipped(chance: np.ndarray) -> int:
    """How many chances are clipped."""
    return int((np.minimum(chance, 1 - chance) < CLIP).sum())


def apart(treated: np.ndarray, chance: np.ndarray) -> bool:
    """Whether covariates tell the arms apart, so that nobody can be compared."""
    known = (chance[treated == 1] > 0.5).mean(), (chance[treated == 0] < 0.5).mean()
    return bool(min(known) > _APART)


def doubt_of(treated: np.ndarray, chance: np.ndarray) -> str:
    """Why no estimate by these chances must be quoted; empty if one may."""
    if apart(treated, chance):
        return "the covariates tell the arms apart, so nobody can be compared"
    share = clipped(chance) / len(chance)
    return f"{share:.0%} of the propensities had to be clipped" if share > _MOST_CLIPPED else ""
