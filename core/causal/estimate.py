"""Effects estimated from rows, each with its interval: by regression, standardisation, weighting, both at once, the
front door and instruments.

Rows are columns of numbers by name; an exposure of two values is coded 0 and 1. Intervals are 95 %: of regression with
HC3 (MacKinnon and White 1985), of the others by their influence functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Columns = Mapping[str, np.ndarray]
_Z = 1.959963984540054
_CLIP = 0.01  # of propensities: nobody counts more than a hundredfold
_ROUNDS, _CLOSE = 50, 1e-9


class EstimateError(ValueError):
    """One plain sentence: why there is no estimate, and what to do."""


@dataclass(frozen=True)
class Estimate:
    """An effect: that of one unit more of the exposure, or of 1 for 0.

    Attributes:
        method: What was done.
        value, error: The effect and its standard error.
        low, high: Its 95 % interval.
        rows: How many counted.
        note: What one must believe, or what was noticed; empty if nothing.
        means: The outcome's mean if everybody had the exposure 0, and 1; None where the method does not give them.
    """

    method: str
    value: float
    error: float
    rows: int
    note: str = ""
    means: tuple[float, float] | None = None

    @property
    def low(self) -> float:
        return self.value - _Z * self.error

    @property
    def high(self) -> float:
        return self.value + _Z * self.error


@dataclass(frozen=True)
class Question:
    """What is asked: the effect of ``exposure`` on ``outcome``, adjusted for ``covariates``."""

    exposure: str
    outcome: str
    covariates: tuple[str, ...] = ()


def regression(rows: Columns, question: Question) -> Estimate:
    """Least squares on exposure and covariates, with HC3 intervals. Believes that effects are the same for everybody
    and lines straight."""
    y, design = rows[question.outcome], design_of(rows, question)
    inverse = inverse_of(design, question)
    weights = inverse @ (design.T @ y)
    fitted = design @ weights
    leverage = ((design @ inverse) * design).sum(axis=1)
    scaled = (y - fitted) / np.maximum(1 - leverage, 1e-6)
    spread = inverse @ (design.T * scaled**2) @ design @ inverse
    return Estimate("regression", float(weights[1]), float(np.sqrt(spread[1, 1])), len(y))


def standardisation(rows: Columns, question: Question) -> Estimate:
    """Regression in each arm, averaged over everybody's covariates (the g-formula)."""
    treated, y, covariates = _binary(rows, question)
    predictions, influences = [], []
    for arm in (0, 1):
        chosen = treated == arm
        inverse = inverse_of(covariates[chosen], question)
        weights = inverse @ (covariates[chosen].T @ y[chosen])
        predicted, mean = covariates @ weights, covariates.mean(axis=0)
        influence = predicted - predicted.mean()
        influence[chosen] += len(y) * (covariates[chosen] @ inverse @ mean) * (y[chosen] - predicted[chosen])
        predictions.append(predicted.mean())
        influences.append(influence)
    return _by_influence("standardisation", predictions, influences[1] - influences[0])


def weighting(rows: Columns, question: Question) -> Estimate:
    """Inverse propensity weighting, weights normed in each arm (Hajek). That the propensities were estimated from the
    same rows makes it more precise (Lunceford and Davidian 2004)."""
    treated, y, covariates = _binary(rows, question)
    chance, note = _propensity(treated, covariates)
    values, influences = [], []
    for arm, odds in ((0, 1 - chance), (1, chance)):
        weight = (treated == arm) / odds
        mean = (weight * y).sum() / weight.sum()
        values.append(mean)
        influences.append(weight / weight.mean() * (y - mean))
    influence, scores = influences[1] - influences[0], (treated - chance)[:, None] * covariates
    influence = influence - scores @ np.linalg.lstsq(scores, influence, rcond=None)[0]
    return _by_influence("inverse propensity", values, influence, note)


def doubly_robust(rows: Columns, question: Question) -> Estimate:
    """Augmented weighting: right if the regressions or the propensities are (Robins, Rotnitzky and Zhao 1994)."""
    treated, y, covariates = _binary(rows, question)
    chance, note = _propensity(treated, covariates)
    scores = []
    for arm, odds in ((0, 1 - chance), (1, chance)):
        chosen = treated == arm
        weights = inverse_of(covariates[chosen], question) @ (covariates[chosen].T @ y[chosen])
        predicted = covariates @ weights
        scores.append(predicted + chosen / odds * (y - predicted))
    difference = scores[1] - scores[0]
    return _by_influence("doubly robust", [arm.mean() for arm in scores], difference - difference.mean(), note)


def front_door(rows: Columns, question: Question, mediators: Sequence[str]) -> Estimate:
    """By what lies between: effect of the exposure on each mediator times that of the mediator on the outcome, given
    the exposure; straight lines. Its error by the delta method."""
    x, total, variance = rows[question.exposure], 0.0, 0.0
    for mediator in mediators:
        first = regression(rows, Question(question.exposure, mediator, question.covariates))
        rest = tuple(other for other in mediators if other != mediator)
        later = Question(mediator, question.outcome, (*rest, question.exposure, *question.covariates))
        second = regression(rows, later)
        total += first.value * second.value
        variance += (first.value * second.error) ** 2 + (second.value * first.error) ** 2
    return Estimate("front door", total, float(np.sqrt(variance)), len(x), "believes that lines are straight")


def two_stages(rows: Columns, question: Question, instrument: str) -> Estimate:
    """Two-stage least squares. Says when the instrument is weak: F below 10 (Staiger and Stock 1997)."""
    y, design = rows[question.outcome], design_of(rows, question)
    tools = np.column_stack([design[:, :1], rows[instrument], design[:, 2:]])
    inverse = inverse_of(tools, question)
    projected = tools @ (inverse @ (tools.T @ design))
    middle = inverse_of(projected, question)
    weights = middle @ (projected.T @ y)
    left = y - design @ weights
    spread = middle @ (projected.T * left**2) @ projected @ middle
    first = regression(rows, Question(instrument, question.exposure, question.covariates))
    strength = (first.value / first.error) ** 2 if first.error > 0 else np.inf
    note = f"F of the first stage {strength:.1f}" + (": a weak instrument, don't trust the interval" * (strength < 10))
    return Estimate("two-stage least squares", float(weights[1]), float(np.sqrt(spread[1, 1])), len(y), note)


METHODS: dict[str, Callable[[Columns, Question], Estimate]] = {
    "regression": regression, "standardisation": standardisation, "weighting": weighting,
    "doubly robust": doubly_robust,
}  # fmt: skip


def bootstrap(
    rows: Columns, estimate: Callable[[Columns], Estimate], rounds: int, rng: np.random.Generator
) -> tuple[float, float]:
    """95 % interval of an estimate by drawing rows again and again (percentiles)."""
    count = len(next(iter(rows.values())))
    values = []
    for _ in range(rounds):
        drawn = rng.integers(count, size=count)
        try:
            values.append(estimate({name: column[drawn] for name, column in rows.items()}).value)
        except EstimateError:  # a draw without one of the arms
            continue
    if len(values) < rounds / 2:
        raise EstimateError("Most draws of the rows allow no estimate; there are too few rows.")
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def overlap(rows: Columns, question: Question) -> tuple[np.ndarray, float]:
    """Everybody's chance of the exposure, and the share that lies outside 0.05 to 0.95: for those there is hardly
    anybody to compare with."""
    treated, _, covariates = _binary(rows, question)
    chance = _logistic(treated, covariates)
    return chance, float(((chance < 0.05) | (chance > 0.95)).mean())


def design_of(rows: Columns, question: Question) -> np.ndarray:
    columns = [rows[question.exposure], *(rows[name] for name in question.covariates)]
    return np.column_stack([np.ones(len(columns[0])), *columns])


def _binary(rows: Columns, question: Question) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The exposure as 0 and 1, the outcome, and the covariates with a column of ones."""
    treated = rows[question.exposure]
    if not np.isin(treated, (0, 1)).all():
        raise EstimateError(f"{question.exposure} has more values than 0 and 1; use regression.")
    if len(np.unique(treated)) < 2:
        raise EstimateError(f"{question.exposure} is the same in every row; there is nothing to compare.")
    covariates = np.column_stack([np.ones(len(treated)), *(rows[name] for name in question.covariates)])
    return treated.astype(int), rows[question.outcome], covariates


def inverse_of(design: np.ndarray, question: Question) -> np.ndarray:
    """Inverse of the products of columns.

    Raises:
        EstimateError: Some columns say the same, or there are too few rows.
    """
    if len(design) <= design.shape[1]:
        raise EstimateError(f"There are only {len(design)} rows for {design.shape[1]} columns; use fewer covariates.")
    scale = np.maximum(np.abs(design).max(axis=0), 1e-12)
    products = (design / scale).T @ (design / scale)
    if np.linalg.cond(products) > 1e12:
        raise EstimateError(
            f"Some columns among {', '.join((question.exposure, *question.covariates))} say the same or are constant "
            "here; leave one out."
        )
    return np.linalg.inv(products) / np.outer(scale, scale)


def _propensity(treated: np.ndarray, covariates: np.ndarray) -> tuple[np.ndarray, str]:
    chance = _logistic(treated, covariates)
    few = float(((chance < 0.05) | (chance > 0.95)).mean())
    note = f"{few:.0%} of the rows have hardly anybody to compare with" if few > 0.01 else ""
    return np.clip(chance, _CLIP, 1 - _CLIP), note


def _logistic(treated: np.ndarray, covariates: np.ndarray) -> np.ndarray:
    """Chances by logistic regression (Newton's method, a trace of ridge so that separated columns end too)."""
    scale = np.maximum(covariates.std(axis=0), 1e-12)
    scale[0] = 1.0
    design = (covariates - np.append(0.0, covariates[:, 1:].mean(axis=0))) / scale
    weights = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (treated - chance) - 1e-6 * weights
        curve = (design.T * (chance * (1 - chance))) @ design + 1e-6 * np.eye(len(weights))
        step = np.linalg.solve(curve, slope)
        weights = weights + np.clip(step, -5, 5)
        if np.abs(step).max() < _CLOSE:
            break
    return 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))


def _by_influence(method: str, means: Sequence[float], influence: np.ndarray, note: str = "") -> Estimate:
    low, high = (float(mean) for mean in means)
    error = float(influence.std(ddof=1) / np.sqrt(len(influence)))
    return Estimate(method, high - low, error, len(influence), note, (low, high))
