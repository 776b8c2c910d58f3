"""Plug-in estimates of formulas from the ID algorithm (Shpitser and Pearl 2006), for effects that neither adjustment
nor a front door identifies: evaluated on observed frequencies, with intervals by resampling them (Efron 1979)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.identification.estimand import Expression, Joint, Values, names_in
from core.causal.tables.rows import Columns
from core.statistics import Z_95
from core.wording import percent

FORMULA = "formula"
MOST_VALUES = 20  # of a column in the formula, except the outcome
MOST_CELLS = 1_000  # combinations of these values
_DRAWS = 500
_MOST_FAILED, _TOO_MANY_FAILED = 0.05, 0.5  # of the draws: beyond these it is not quoted, or there is no estimate


def by_formula(rows: Columns, question: Question, formula: Expression, rng: np.random.Generator) -> Estimate:
    """The effect of one more unit of the exposure, by a formula for P(outcome | do(exposure)) from the ID algorithm.
    The outcome may have any values: it occurs only once in such a formula, after everything else, so means replace it.

    Args:
        rng: Resamples the frequencies for the interval, which is as wide as the range of 95 % of the draws.

    Raises:
        EstimateError: A column has too many values, a required combination of values is in no row or too few, or
            there are covariates, which have no place in the formula.
    """
    if question.covariates:
        raise EstimateError(f"The formula takes no covariates such as {', '.join(question.covariates)}; remove them.")
    cells = _counted(rows, question, formula)
    joints = cells.joints(rng)
    slopes, means = _effects(formula.evaluate(joints), joints, cells, question)
    if not np.isfinite(slopes[0]):
        raise EstimateError(f"The formula needs combinations of {cells.listed} that no row has.")
    drawn = slopes[1:][np.isfinite(slopes[1:])]
    failed = 1 - len(drawn) / _DRAWS
    if failed > _TOO_MANY_FAILED:
        raise EstimateError(f"The formula needs combinations of {cells.listed} that too few rows have.")
    caveat = f"combinations of values that the formula needs are missing in {percent(failed)} of the bootstrap samples"
    low, high = np.quantile(drawn, (0.025, 0.975))
    binary = bool(question.arms) or set(cells.values[question.exposure].tolist()) == {0.0, 1.0}
    return Estimate(
        FORMULA,
        float(slopes[0]),
        float(high - low) / (2 * Z_95),
        len(rows[question.outcome]),
        f"every combination of {cells.listed} that matters occurs in the rows"
        + ("" if binary else f", and each further unit of {question.exposure} has the same effect"),
        _averaging_note(formula, question),
        caveat if failed > _MOST_FAILED else "",
        (float(means[0, 0]), float(means[0, 1])) if binary else None,
    )


@dataclass(frozen=True)
class _Cells:
    """The frequency of each combination of values, and the outcome in it, rescaled to 0 (its minimum) to 1.

    Attributes:
        values: The distinct values of each column except the outcome, in order.
        outcome: Its name.
        counts, means, spreads: For each combination: its rows, and the outcome's mean and standard deviation
            ``[combinations]``.
        low, span: The minimum and the range of the outcome.
    """

    values: dict[str, np.ndarray]
    outcome: str
    counts: np.ndarray
    means: np.ndarray
    spreads: np.ndarray
    low: float
    span: float

    @property
    def listed(self) -> str:
        """The names of the columns, as in ``a, b and c``."""
        *first, last = self.values
        return f"{', '.join(first)} and {last}" if first else last

    def joints(self, rng: np.random.Generator) -> Joint:
        """The observed joint distribution, followed by the draws: resampled counts, and means moved by their errors.
        The outcome takes its minimum or maximum, with the frequencies that give its mean."""
        total = self.counts.sum()
        drawn = rng.multinomial(total, self.counts / total, _DRAWS)
        errors = self.spreads / np.sqrt(np.maximum(drawn, 1))
        counts = np.concatenate([self.counts[None], drawn])
        means = np.concatenate([self.means[None], self.means + errors * rng.standard_normal(drawn.shape)])
        table = np.stack([counts * (1 - means), counts * means], axis=-1) / total
        shape = tuple(len(values) for values in self.values.values())
        return Joint((*self.values, self.outcome), table.reshape(len(counts), *shape, 2))


def _counted(rows: Columns, question: Question, formula: Expression) -> _Cells:
    y = rows[question.outcome]
    low, span = float(y.min()), float(np.ptp(y))
    if span == 0:
        raise EstimateError(f"{question.outcome} is the same in every row, so there is nothing to compare.")
    values, places = {}, np.zeros(len(y), int)
    for name in sorted((names_in(formula, bound=True) | {question.exposure}) - {question.outcome}):
        values[name], at = np.unique(rows[name], return_inverse=True)
        if len(values[name]) > MOST_VALUES:
            raise EstimateError(
                f"{name} has {len(values[name]):,} different values; the formula needs columns with at most "
                f"{MOST_VALUES}, so group its values."
            )
        if (size := math.prod(map(len, values.values()))) > MOST_CELLS:
            raise EstimateError(
                f"The columns of the formula have at least {size:,} combinations of values and the limit is "
                f"{MOST_CELLS:,}; group their values."
            )
        places = places * len(values[name]) + at.reshape(-1)
    counts, share = np.bincount(places, minlength=size), (y - low) / span
    at_least_one = np.maximum(counts, 1)
    means = np.bincount(places, share, size) / at_least_one
    spreads = np.sqrt(np.bincount(places, (share - means[places]) ** 2, size) / at_least_one)
    return _Cells(values, question.outcome, counts, means, spreads, low, span)


def _effects(result: Values, joints: Joint, cells: _Cells, question: Question) -> tuple[np.ndarray, np.ndarray]:
    """For each joint distribution the effect of one more unit ``[joints]`` (NaN if something is missing), and the
    outcome's mean at each value of the exposure ``[joints, values]``. If the formula has free variables, the mean over
    their observed values is taken, weighted by frequency."""
    x = question.exposure
    free = tuple(name for name in result.names if name not in (x, question.outcome))
    means = result.along((question.outcome, x, *free))[:, 1]
    means = means.reshape(*means.shape[:2], -1)
    known = np.isfinite(means).all(axis=1)
    weights = joints.marginal(frozenset(free)).along(free).reshape(len(means), -1) * known
    shares = joints.marginal(frozenset([x])).array
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (np.where(known[:, None], means, 0.0) * weights[:, None]).sum(axis=2) / weights.sum(axis=1)[:, None]
        centred = cells.values[x] - (shares @ cells.values[x])[:, None]
        slopes = (shares * centred * means).sum(axis=1) / (shares * centred**2).sum(axis=1)
        if len(question.arms) > 2:
            slopes = means[:, 1] - means[:, 0]
    return slopes * cells.span, cells.low + cells.span * means


def _averaging_note(formula: Expression, question: Question) -> str:
    free = sorted(names_in(formula) - {question.exposure, question.outcome})
    return f"averaged over the values of {', '.join(free)}, any of which gives the effect" if free else ""
