"""Estimates that compare two arms of an exposure: what they share.

The outcome's model in each arm is linear; for an outcome of 0 and 1 it is logistic, with slopes of its own in each arm
if there are enough events (five for each coefficient: Vittinghoff and McCulloch 2007), else with slopes that both arms
share. Rows of further arms count only for the mix of the covariates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.causal.estimation.least_squares import FEW_ROWS, design_matrix, fit, norm, row_weights, widest
from core.causal.estimation.logistic import fit_logistic
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.tables.rows import Columns
from core.statistics import half_width
from core.wording import count_of

_SMALLEST_ARM = 10  # rows: with fewer, only regression is quoted, which lends the arm the other's slopes and spread
_EVENTS = 5  # for each coefficient of a logistic model
LINEAR = "the outcome is linear in the covariates in each arm"
_FEWEST_EVENTS = 3  # in each arm, for slopes that both share
LOGISTIC = "the log odds of the outcome are linear in the covariates in each arm"
SHARED = "the log odds of the outcome are linear in the exposure and the covariates"


@dataclass(frozen=True, eq=False)
class Arms:
    """The rows of an exposure with arms.

    Attributes:
        question: The question.
        treated: The arm of each row ``[rows]``: 0 or 1, or another arm.
        y: The outcome ``[rows]``.
        covariates: A column of ones and the centred covariates ``[rows, columns]``.
        weights: How much each row counts, 1 on average ``[rows]``.
    """

    question: Question
    treated: np.ndarray
    y: np.ndarray
    covariates: np.ndarray
    weights: np.ndarray

    @property
    def can_be_nonlinear(self) -> bool:
        """Whether a model linear in the covariates can be wrong: it can't for a single binary covariate."""
        last = self.covariates[:, -1]
        return self.covariates.shape[1] > 2 or not ((last == last.min()) | (last == last.max())).all()

    @property
    def has_binary_outcome(self) -> bool:
        """Whether the outcome is 0 or 1 in every row."""
        return bool(np.isin(self.y, (0, 1)).all())

    @cached_property
    def events(self) -> np.ndarray:
        """How many rows of each arm have the outcome 0, and 1 ``[2, 2]``."""
        return np.array([[(self.y[self.treated == arm] == value).sum() for value in (0, 1)] for arm in (0, 1)])

    @property
    def is_logistic(self) -> bool:
        """Whether the outcome's model is logistic, with slopes of its own in each arm."""
        binary = self.has_binary_outcome and self.can_be_nonlinear
        return binary and int(self.events.min()) >= _EVENTS * self.covariates.shape[1]

    @property
    def shares_slopes(self) -> bool:
        """Whether the outcome's model is logistic, with slopes that both arms share."""
        if not self.has_binary_outcome or not self.can_be_nonlinear or self.is_logistic:
            return False
        enough = int(self.events.sum(axis=0).min()) >= _EVENTS * (self.covariates.shape[1] + 1)
        return enough and int(self.events.min()) >= _FEWEST_EVENTS

    @property
    def assumption(self) -> str:
        """What the outcome's model assumes; empty if it can't be wrong."""
        if not self.can_be_nonlinear:
            return ""
        return LOGISTIC if self.is_logistic else SHARED if self.shares_slopes else LINEAR

    @property
    def smaller(self) -> int:
        """How many rows the smaller of the two arms has."""
        return int(min((self.treated == 0).sum(), (self.treated == 1).sum()))


@dataclass(frozen=True, eq=False)
class _OutcomeModel:
    """The outcome's model in an arm: what it predicts for all rows, how steeply the prediction follows the linear
    predictor, the inverse Hessian, and the residuals of the arm's rows, also from the fits without each row."""

    design: np.ndarray
    predicted: np.ndarray
    steepness: np.ndarray
    inverse: np.ndarray
    residuals: np.ndarray
    loo_residuals: np.ndarray


def arms_of(rows: Columns, question: Question) -> Arms:
    """The rows of an exposure with arms.

    Raises:
        EstimateError: The exposure has other values than 0 and 1, or only one of them.
    """
    treated = rows[question.exposure]
    if not question.arms and not np.isin(treated, (0, 1)).all():
        raise EstimateError(f"{question.exposure} has values other than 0 and 1; use regression.")
    if not ((treated == 0).any() and (treated == 1).any()):
        raise EstimateError(f"{question.exposure} is the same in every row, so there is nothing to compare.")
    covariates = design_matrix((rows[name] for name in question.covariates), len(treated))
    return Arms(question, treated.astype(int), rows[question.outcome], covariates, row_weights(rows, question))


@dataclass(frozen=True, eq=False)
class ArmMean:
    """The outcome's mean if everybody were in one arm.

    Attributes:
        mean: The mean.
        predicted: What the outcome's model in the arm predicts for each row ``[rows]``.
        influence: The influence of the residual of each row on the mean ``[rows]``; 0 for rows of other arms.
        squares: The sum of squared residuals.
        squared_pulls: The sum of squared weights of the residuals.
    """

    mean: float
    predicted: np.ndarray
    influence: np.ndarray
    squares: float
    squared_pulls: float


def estimate_by_arms(
    method: str,
    arms: Arms,
    weights: np.ndarray,
    assumption: str = "",
    note: str = "",
    caveat: str = "",
    among: np.ndarray | None = None,
) -> Estimate:
    """The outcome's model in each arm, averaged over the rows ``among`` (all by default), plus its weighted residuals.

    Args:
        weights: Of the residuals ``[2, rows]``.
    """
    mix, total = mix_of(arms, among), len(arms.y)
    if arms.shares_slopes:
        shared = _means_of_shared_slopes(arms, weights, mix)
        return contrast(method, arms, mix, shared, arms.covariates.shape[1], assumption, note, caveat)
    means = []
    for arm, weight in enumerate(weights):
        chosen = arms.treated == arm
        model = _outcome_model(arms, chosen)
        imbalance = (mix - chosen * weight * arms.weights / total) * model.steepness @ model.design
        counts, influence = arms.weights[chosen], np.zeros(total)
        pull = counts * (weight[chosen] / total + model.design[chosen] @ (model.inverse @ imbalance))
        influence[chosen] = pull * model.loo_residuals
        mean = mix @ model.predicted + (counts * weight[chosen] / total) @ model.residuals
        squares = float(model.residuals @ model.residuals)
        means.append(ArmMean(float(mean), model.predicted, influence, squares, float(pull @ pull)))
    return contrast(method, arms, mix, (means[0], means[1]), arms.covariates.shape[1], assumption, note, caveat)


def mix_of(arms: Arms, among: np.ndarray | None = None) -> np.ndarray:
    """How much each row counts in the mix of covariates that the means are taken over ``[rows]``, 1 in all: the rows
    ``among``, all by default."""
    counts = arms.weights if among is None else among * arms.weights
    return counts / counts.sum()


def contrast(
    method: str,
    arms: Arms,
    mix: np.ndarray,
    means: tuple[ArmMean, ArmMean],
    count: int,
    assumption: str = "",
    note: str = "",
    caveat: str = "",
) -> Estimate:
    """The difference of the means under two arms.

    Args:
        mix: The share of each row, ``[N]``, as from ``mix_of``.
        count: How many parameters the outcome's model has in each arm.
    """
    values = np.array([one.mean for one in means])
    predicted, influence = (np.stack([getattr(one, name) for one in means]) for name in ("predicted", "influence"))
    squared_pulls, squares = np.array([one.squared_pulls for one in means]), sum(one.squares for one in means)

    def error_of(signs: np.ndarray) -> tuple[float, float, np.ndarray]:
        """The error, the degrees of freedom and the influence of ``signs @ values``."""
        effect = signs @ predicted
        spread = mix * (effect - mix @ effect)
        pulls = signs @ influence + spread
        pooled = float(signs**2 @ squared_pulls * squares)
        return *arm_error(arms, count, norm(pulls), pooled, float(spread @ spread)), pulls

    ratio = None
    if values.min() > 0 and arms.has_binary_outcome:
        width = half_width(*error_of(np.array([-1, 1]) / values)[:2])
        with np.errstate(over="ignore"):  # if a mean is hardly more than 0
            low, high = (float(np.exp(np.log(values[1] / values[0]) + side * width)) for side in (-1, 1))
            ratio = low, high
    error, freedom, pulls = error_of(np.array([-1, 1]))
    return Estimate(
        method,
        float(values[1] - values[0]),
        error,
        len(arms.y),
        assumption,
        note,
        caveat or small_arm_note(arms.treated, arms.question) or impossible_means(arms, values),
        (float(values[0]), float(values[1])),
        freedom,
        ratio,
        pulls,
    )


def arm_error(arms: Arms, count: int, robust: float, pooled: float, spread: float = 0.0) -> tuple[float, float]:
    """The robust error with degrees of freedom by the smaller arm; or the error under equal variances, if the arm is
    small and that interval is wider.

    Args:
        count: How many parameters the outcome's model has in each arm.
        pooled: Sum of squared residuals in both arms times sum of squared weights.
        spread: Further variance.
    """
    pairs = [(robust, float(max(1, arms.smaller - count)))]
    if arms.smaller < FEW_ROWS:
        freedom = max(1, int((arms.treated <= 1).sum()) - 2 * count)
        pairs.append((float(np.sqrt(spread + pooled / freedom)), float(freedom)))
    return widest(*pairs)


def small_arm_note(x: np.ndarray, question: Question) -> str:
    """A note on an arm of few rows, against quoting anything but the regression; empty if there is none, or if the
    exposure ``x [N]`` has no arms."""
    names = question.arms or tuple(f"{value:g}" for value in np.unique(x)[:3])
    if not question.arms and len(names) != 2:
        return ""
    values = (0, 1) if question.arms else np.unique(x)
    sizes = [int((x == value).sum()) for value in values]
    count = min(sizes)
    if count >= _SMALLEST_ARM:
        return ""
    return f"only {count_of(count, 'row')} {'has' if count == 1 else 'have'} {question.exposure} = " + str(
        names[sizes.index(count)]
    )


def impossible_means(arms: Arms, means: np.ndarray) -> str:
    """Why means ``[arms]`` of an outcome of 0 and 1 are impossible; empty if they are not."""
    wrong = arms.has_binary_outcome and (means.min() < -1e-9 or means.max() > 1 + 1e-9)
    return "its means of an outcome of 0 and 1 lie outside 0 to 1" if wrong else ""


def _means_of_shared_slopes(arms: Arms, weights: np.ndarray, mix: np.ndarray) -> tuple[ArmMean, ArmMean]:
    """The means by a logistic model with the exposure beside the covariates."""
    inside, total = arms.treated <= 1, len(arms.y)
    designs = [np.column_stack([arms.covariates, np.full(total, float(arm))]) for arm in (0, 1)]
    own = np.column_stack([arms.covariates, arms.treated == 1])
    found = fit_logistic(arms.y[inside], own[inside], arms.weights[inside])
    predicted = found.predict(own)
    columns, steepness = found.standardised(own), predicted * (1 - predicted)
    leverage = arms.weights * steepness * ((columns @ found.inverse) * columns).sum(axis=1)
    residuals = np.where(inside, arms.y - predicted, 0.0)
    loo_residuals = residuals / np.maximum(1 - leverage, 1e-6)
    means = []
    for arm, (weight, design) in enumerate(zip(weights, designs, strict=True)):
        expected, chosen = found.predict(design), arms.treated == arm
        direct = chosen * weight * arms.weights / total
        imbalance = (mix * expected * (1 - expected)) @ found.standardised(design) - (direct * steepness) @ columns
        pull = direct + inside * arms.weights * (columns @ (found.inverse @ imbalance))
        mean, own_residuals = float(mix @ expected + direct @ residuals), residuals[chosen]
        squares = float(own_residuals @ own_residuals)
        means.append(ArmMean(mean, expected, pull * loo_residuals, squares, float(pull @ pull)))
    return means[0], means[1]


def _outcome_model(arms: Arms, chosen: np.ndarray) -> _OutcomeModel:
    y, design, counts = arms.y[chosen], arms.covariates[chosen], arms.weights[chosen]
    if not arms.is_logistic:
        root = np.sqrt(counts)
        line = fit(design * root[:, None], y * root, arms.question)
        predicted = arms.covariates @ line.coefficients
        ones = np.ones(len(arms.y))
        return _OutcomeModel(
            arms.covariates, predicted, ones, line.inverse, line.residuals / root, line.loo_residuals / root
        )
    found = fit_logistic(y, design, counts)
    columns = found.standardised(arms.covariates)
    predicted = found.predict(arms.covariates)
    steepness = predicted * (1 - predicted)
    inside = columns[chosen]
    leverage = counts * steepness[chosen] * ((inside @ found.inverse) * inside).sum(axis=1)
    residuals = y - predicted[chosen]
    return _OutcomeModel(
        columns, predicted, steepness, found.inverse, residuals, residuals / np.maximum(1 - leverage, 1e-6)
    )
