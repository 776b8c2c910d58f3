"""Estimates that compare the two arms of a binary exposure: what they share."""

from __future__ import annotations

import numpy as np

from core.causal.estimation.least_squares import FEW_ROWS, design_matrix, fit, norm, smaller_arm, widest
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.tables.rows import Columns
from core.statistics import half_width

_SMALLEST_ARM = 10  # rows: with fewer, only regression is quoted, which lends the arm the other's slopes and spread


def binary_columns(rows: Columns, question: Question) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The exposure as 0 and 1 ``[n]``, the outcome ``[n]``, and the design of the covariates ``[n, p]``.

    Raises:
        EstimateError: The exposure has other values than 0 and 1, or only one of them.
    """
    treated = rows[question.exposure]
    if not np.isin(treated, (0, 1)).all():
        raise EstimateError(f"{question.exposure} has values other than 0 and 1; use regression.")
    if len(np.unique(treated)) < 2:
        raise EstimateError(f"{question.exposure} is the same in every row, so there is nothing to compare.")
    covariates = design_matrix((rows[name] for name in question.covariates), len(treated))
    return treated.astype(int), rows[question.outcome], covariates


def estimate_by_arms(
    method: str,
    treated: np.ndarray,
    y: np.ndarray,
    covariates: np.ndarray,
    weights: np.ndarray,
    question: Question,
    assumption: str = "",
    note: str = "",
    caveat: str = "",
    among: np.ndarray | None = None,
) -> Estimate:
    """A regression in each arm, averaged over the rows ``among`` (all by default), plus its weighted residuals.

    Args:
        weights: Of the residuals ``[2, rows]``.
    """
    among = np.ones(len(y), bool) if among is None else among
    squares, means, squared_pulls, influence, lines = 0.0, np.zeros(2), np.zeros(2), *np.zeros((2, 2, len(y)))
    for arm, weight in enumerate(weights):
        chosen = treated == arm
        line = fit(covariates[chosen], y[chosen], question)
        lines[arm] = covariates @ line.coefficients
        imbalance = covariates[among].mean(axis=0) - weight @ covariates / len(y)  # left by the weights to the line
        pull = weight[chosen] / len(y) + covariates[chosen] @ line.inverse @ imbalance
        means[arm] = lines[arm, among].mean() + pull @ line.residuals
        influence[arm, chosen] = pull * line.loo_residuals
        squares, squared_pulls[arm] = squares + line.residuals @ line.residuals, pull @ pull

    def error_of(signs: np.ndarray) -> tuple[float, float]:
        """The error and degrees of freedom of ``signs @ means``."""
        predicted = signs @ lines
        spread = among * (predicted - predicted[among].mean()) / among.sum()
        robust = norm(signs @ influence + spread)
        return arm_error(treated, covariates, robust, float(signs**2 @ squared_pulls * squares), float(spread @ spread))

    ratio = None
    if means.min() > 0 and np.isin(y, (0, 1)).all():
        width = half_width(*error_of(np.array([-1, 1]) / means))
        with np.errstate(over="ignore"):  # if a mean is hardly more than 0
            low, high = (float(np.exp(np.log(means[1] / means[0]) + side * width)) for side in (-1, 1))
            ratio = low, high
    error, freedom = error_of(np.array([-1, 1]))
    return Estimate(
        method,
        float(means[1] - means[0]),
        error,
        len(y),
        assumption,
        note,
        caveat or small_arm_note(treated, question),
        (float(means[0]), float(means[1])),
        freedom,
        ratio,
    )


def arm_error(
    treated: np.ndarray, covariates: np.ndarray, robust: float, pooled: float, spread: float = 0.0
) -> tuple[float, float]:
    """The robust error with degrees of freedom by the smaller arm; or the error under equal variances, if the arm is
    small and that interval is wider.

    Args:
        pooled: Sum of squared residuals in both arms times sum of squared weights.
        spread: Further variance.
    """
    arm, count = smaller_arm(treated), covariates.shape[1]
    pairs = [(robust, float(max(1, arm - count)))]
    if arm < FEW_ROWS:
        freedom = max(1, len(treated) - 2 * count)
        pairs.append((float(np.sqrt(spread + pooled / freedom)), float(freedom)))
    return widest(*pairs)


def small_arm_note(x: np.ndarray, question: Question) -> str:
    """A note on an arm of few rows, against quoting anything but the regression; empty if there is none."""
    count = smaller_arm(x)
    if count >= _SMALLEST_ARM or count == len(x):
        return ""
    rarer = x.max() if (x == x.max()).sum() == count else x.min()
    return f"only {count} {'row has' if count == 1 else 'rows have'} {question.exposure} = {rarer:g}"
