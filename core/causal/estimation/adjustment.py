"""Effects estimated from rows, each with its interval: by regression, standardisation, weighting and both at once; the
front door and instruments are in ``core.causal.estimation.indirect``.

Rows are columns of numbers by name; an exposure of two values is coded 0 and 1. Intervals are 95 %: of regression with
HC3, of the others by their influence functions, with t quantiles by the smaller arm.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np

from core.causal.estimation.least_squares import (
    FEW,
    design,
    design_of,
    fit,
    freedom_of,
    length,
    smaller_arm,
    unit,
    wider,
)
from core.causal.estimation.propensity import CLIP, chances_of, doubt_of, lonely
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.tables.rows import Columns
from core.statistics import half_width

_ODDS = "the log odds of the exposure lie along a straight line"
_EITHER = "the outcome lies along straight lines in each arm, or the log odds of the exposure do"
ON_UNTREATED, ON_TREATED = "on the untreated (ATU)", "on the treated (ATT)"
_LEAST = 10  # rows of an arm: with fewer, only regression is quoted, which lends it the other arm's slopes and spread


def regression(rows: Columns, question: Question) -> Estimate:
    """Least squares on exposure and covariates, with HC3 intervals."""
    x, y = rows[question.exposure], rows[question.outcome]
    found = fit(design_of(rows, question), y, question)
    count = len(found.weights)
    along = unit(1, count)
    pairs = [(length(found.influence(along)), freedom_of(x, count))]
    if smaller_arm(x) < FEW:
        pairs.append((found.plain_error(along), len(y) - count))
    error, freedom = wider(*pairs)
    return Estimate(
        "regression", float(found.weights[1]), error, len(y),
        "lines are straight and the effect is the same for everybody", _few(x, question), freedom=freedom,
    )  # fmt: skip


def standardisation(rows: Columns, question: Question) -> Estimate:
    """Regression in each arm, averaged over everybody's covariates (the g-formula)."""
    treated, y, covariates = _binary(rows, question)
    weights = np.zeros((2, len(y)))
    return _by_arms("standardisation", treated, y, covariates, weights, question, "lines are straight in each arm")


def on_arm(rows: Columns, question: Question, arm: int) -> Estimate:
    """The effect on those with the exposure (``arm`` 1) or on those without (0): standardisation over them alone."""
    treated, y, covariates = _binary(rows, question)
    return _by_arms(
        (ON_UNTREATED, ON_TREATED)[arm], treated, y, covariates, np.zeros((2, len(y))), question,
        "lines are straight in each arm" if _bends(covariates) else "", among=treated == arm,
    )  # fmt: skip


def weighting(rows: Columns, question: Question) -> Estimate:
    """Inverse propensity weighting, weights normed in each arm (Hajek). That the propensities were estimated from the
    same rows makes it more precise (Lunceford and Davidian 2004)."""
    treated, y, covariates = _binary(rows, question)
    chance, noticed, doubt = _propensity(treated, covariates)
    influence, means, plain, left = np.zeros(len(y)), [], 0.0, np.zeros(len(y))
    for arm, weight in enumerate(_odds(treated, chance)):
        chosen = treated == arm
        weight = weight / weight.sum()
        means.append(float(weight @ y))
        left[chosen] = y[chosen] - means[-1]
        influence += (2 * arm - 1) * weight * (y - means[-1]) / np.sqrt(np.maximum(1 - weight, 1e-6))
        plain += weight @ weight
    scale = np.abs(covariates).max(axis=0)
    scores = (treated - chance)[:, None] * covariates / np.where(scale > 0, scale, 1.0)
    influence = influence - scores @ np.linalg.lstsq(scores, influence, rcond=None)[0]
    error, freedom = _error(treated, covariates, length(influence), plain * left @ left)
    return Estimate(
        "inverse propensity", means[1] - means[0], error, len(y), _ODDS if _bends(covariates) else "", noticed,
        doubt or _few(treated, question), (means[0], means[1]), freedom,
    )  # fmt: skip


def doubly_robust(rows: Columns, question: Question) -> Estimate:
    """Augmented weighting: right if the regressions or the propensities are (Robins, Rotnitzky and Zhao 1994)."""
    treated, y, covariates = _binary(rows, question)
    chance, noticed, doubt = _propensity(treated, covariates)
    weights = _odds(treated, chance)
    believes = _EITHER if _bends(covariates) else ""
    return _by_arms("doubly robust", treated, y, covariates, weights, question, believes, noticed, doubt)


METHODS: dict[str, Callable[[Columns, Question], Estimate]] = {
    "regression": regression, "standardisation": standardisation, "weighting": weighting,
    "doubly robust": doubly_robust,
}  # fmt: skip


def bootstrap(
    rows: Columns, estimate: Callable[[Columns], Estimate], rounds: int, rng: np.random.Generator,
    report: Callable[[float], None] = lambda share: None,
) -> tuple[float, float]:  # fmt: skip
    """95 % interval of an estimate by drawing rows again and again (percentiles).

    Args:
        report: Is told the share that is done after each draw; what it raises ends the draws.
    """
    count = len(next(iter(rows.values())))
    values = []
    for i in range(rounds):
        drawn = rng.integers(count, size=count)
        with contextlib.suppress(EstimateError):  # a draw without one of the arms
            values.append(estimate({name: column[drawn] for name, column in rows.items()}).value)
        report((i + 1) / rounds)
    if len(values) < rounds / 2:
        raise EstimateError("Most draws of the rows allow no estimate; there are too few rows.")
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def overlap(rows: Columns, question: Question) -> tuple[np.ndarray, float]:
    """Everybody's chance of the exposure, and the share that lies outside 0.05 to 0.95: for those there is hardly
    anybody to compare with."""
    treated, _, covariates = _binary(rows, question)
    chance = chances_of(treated, covariates)
    return chance, lonely(chance)


def _binary(rows: Columns, question: Question) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The exposure as 0 and 1, the outcome, and the covariates with a column of ones."""
    treated = rows[question.exposure]
    if not np.isin(treated, (0, 1)).all():
        raise EstimateError(f"{question.exposure} has more values than 0 and 1; use regression.")
    if len(np.unique(treated)) < 2:
        raise EstimateError(f"{question.exposure} is the same in every row; there is nothing to compare.")
    covariates = design((rows[name] for name in question.covariates), len(treated))
    return treated.astype(int), rows[question.outcome], covariates


def _bends(covariates: np.ndarray) -> bool:
    """Whether a line through the covariates may miss something: one goes through any two values."""
    last = covariates[:, -1]
    return covariates.shape[1] > 2 or not ((last == last.min()) | (last == last.max())).all()


def _propensity(treated: np.ndarray, covariates: np.ndarray) -> tuple[np.ndarray, str, str]:
    """Clipped chances of the exposure, what was noticed, and what speaks against quoting what comes of them."""
    chance = chances_of(treated, covariates)
    few = lonely(chance)
    noticed = f"{few:.0%} of the rows have hardly anybody to compare with" if few > 0.01 else ""
    return np.clip(chance, CLIP, 1 - CLIP), noticed, doubt_of(treated, chance)


def _odds(treated: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Everybody's weight in each arm: one over the chance of being in it, and 0 in the other ``[2, rows]``."""
    return np.stack([(1 - treated) / (1 - chance), treated / chance])


def _by_arms(
    method: str, treated: np.ndarray, y: np.ndarray, covariates: np.ndarray, weights: np.ndarray, question: Question,
    believes: str = "", noticed: str = "", doubt: str = "", among: np.ndarray | None = None,
) -> Estimate:  # fmt: skip
    """A line in each arm, averaged over everybody or those ``among`` whom the effect is asked, plus what it leaves, by
    ``weights`` ``[2, rows]``."""
    among = np.ones(len(y), bool) if among is None else among
    squares, means, plain, influence, lines = 0.0, np.zeros(2), np.zeros(2), *np.zeros((2, 2, len(y)))
    for arm, weight in enumerate(weights):
        chosen = treated == arm
        found = fit(covariates[chosen], y[chosen], question)
        lines[arm] = covariates @ found.weights
        unmet = covariates[among].mean(axis=0) - weight @ covariates / len(y)  # by the weights, so left to the line
        pull = weight[chosen] / len(y) + covariates[chosen] @ found.inverse @ unmet
        means[arm] = lines[arm, among].mean() + pull @ found.left
        influence[arm, chosen] = pull * found.scaled
        squares, plain[arm] = squares + found.left @ found.left, pull @ pull

    def error_of(sides: np.ndarray) -> tuple[float, float]:
        """Of the arms' means, each times what stands in ``sides`` for it, added up."""
        predicted = sides @ lines
        spread = among * (predicted - predicted[among].mean()) / among.sum()
        robust = length(sides @ influence + spread)
        return _error(treated, covariates, robust, sides**2 @ plain * squares, spread @ spread)

    ratio = None
    if means.min() > 0 and np.isin(y, (0, 1)).all():
        width = half_width(*error_of(np.array([-1, 1]) / means))
        with np.errstate(over="ignore"):  # of a mean that is hardly more than 0
            ratio = tuple(float(np.exp(np.log(means[1] / means[0]) + side * width)) for side in (-1, 1))
    error, freedom = error_of(np.array([-1, 1]))
    return Estimate(
        method, float(means[1] - means[0]), error, len(y), believes, noticed, doubt or _few(treated, question),
        (float(means[0]), float(means[1])), freedom, ratio,
    )  # fmt: skip


def _error(
    treated: np.ndarray, covariates: np.ndarray, robust: float, alike: float, spread: float = 0.0
) -> tuple[float, float]:
    """The error and its degrees of freedom: robust, by the smaller arm; with few in it no narrower than if the arms
    were spread alike.

    Args:
        alike: Squares left in both arms times squares of weights.
        spread: Variance besides.
    """
    arm, count = smaller_arm(treated), covariates.shape[1]
    pairs = [(robust, float(max(1, arm - count)))]
    if arm < FEW:
        freedom = max(1, len(treated) - 2 * count)
        pairs.append((float(np.sqrt(spread + alike / freedom)), float(freedom)))
    return wider(*pairs)


def _few(x: np.ndarray, question: Question) -> str:
    """What to tell of an arm of few rows; empty if there is none."""
    count = smaller_arm(x)
    if count >= _LEAST or count == len(x):
        return ""
    rarer = x.max() if (x == x.max()).sum() == count else x.min()
    return f"only {count} rows have {question.exposure} = {rarer:g}".replace("only 1 rows have", "only 1 row has")
