"""An effect that neither adjusting nor a front door gives, by the formula of the ID algorithm (Shpitser and Pearl
2006): worked out on how often each combination of values was seen, and again on draws of these counts (Efron 1979)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.identification.estimand import Expression, Joint, names_in
from core.causal.tables.rows import Columns
from core.statistics import Z_95

MOST_VALUES = 20  # of a column of the formula, but for the outcome
MOST_CELLS = 1_000  # combinations of them
_DRAWS = 500
_MOST_FAILED, _TOO_MANY = 0.05, 0.5  # of the draws lack something: it is not quoted, there is no estimate


def by_formula(rows: Columns, question: Question, formula: Expression, rng: np.random.Generator) -> Estimate:
    """The effect of one unit more of the exposure, by a formula for P(outcome | do(exposure)) that ID found. The
    outcome may have any values: it stands in such a formula but once, after all else, so that means take its place.

    Args:
        rng: Draws the counts again, for the interval: as wide as what holds 95 % of the draws.

    Raises:
        EstimateError: A column has too many values, some combination that is needed is in no row, or there are
            covariates: none has a place in the formula.
    """
    if question.covariates:
        raise EstimateError(f"{', '.join(question.covariates)} can't be put into the formula; adjust for nothing.")
    cells = _counted(rows, question, formula)
    joints = cells.joints(rng)
    slopes, means = _effects(formula.evaluate(joints), joints, cells, question)
    if not np.isfinite(slopes[0]):
        raise EstimateError(f"Combinations of {cells.told} that the formula needs are in no row.")
    drawn = slopes[1:][np.isfinite(slopes[1:])]
    failed = 1 - len(drawn) / _DRAWS
    if failed > _TOO_MANY:
        raise EstimateError(f"Combinations of {cells.told} that the formula needs are in too few rows.")
    told = f"combinations that the formula needs are missing in {failed:.0%} of the draws"
    low, high = np.quantile(drawn, (0.025, 0.975))
    two = set(cells.values[question.exposure].tolist()) == {0.0, 1.0}
    return Estimate(
        "formula", float(slopes[0]), float(high - low) / (2 * Z_95), len(rows[question.outcome]),
        f"no combination of {cells.told} that matters is missing from the rows"
        + ("" if two else f", and each unit more of {question.exposure} does the same"),
        _averaged(formula, question),
        told if failed > _MOST_FAILED else "",
        (float(means[0, 0]), float(means[0, 1])) if two else None,
    )  # fmt: skip


@dataclass(frozen=True)
class _Cells:
    """How often each combination of values was seen, and the outcome in it, from 0 (its least value) to 1.

    Attributes:
        values: Of each column but the outcome, in order.
        outcome: Its name.
        counts, means, spreads: Of the rows of each combination ``[combinations]``.
        least, span: Of the outcome.
    """

    values: dict[str, np.ndarray]
    outcome: str
    counts: np.ndarray
    means: np.ndarray
    spreads: np.ndarray
    least: float
    span: float

    @property
    def told(self) -> str:
        *first, last = self.values
        return f"{', '.join(first)} and {last}" if first else last

    def joints(self, rng: np.random.Generator) -> Joint:
        """What was seen, and after it the draws: counts by chance, and means by their errors. The outcome's two values
        are its least and its greatest, as often as gives its mean."""
        whole = self.counts.sum()
        drawn = rng.multinomial(whole, self.counts / whole, _DRAWS)
        errors = self.spreads / np.sqrt(np.maximum(drawn, 1))
        counts = np.concatenate([self.counts[None], drawn])
        means = np.concatenate([self.means[None], self.means + errors * rng.standard_normal(drawn.shape)])
        table = np.stack([counts * (1 - means), counts * means], axis=-1) / whole
        shape = tuple(len(values) for values in self.values.values())
        return Joint((*self.values, self.outcome), table.reshape(len(counts), *shape, 2))


def _counted(rows: Columns, question: Question, formula: Expression) -> _Cells:
    y = rows[question.outcome]
    least, span = float(y.min()), float(np.ptp(y))
    if span == 0:
        raise EstimateError(f"{question.outcome} is the same in every row; there is nothing to compare.")
    values, places = {}, np.zeros(len(y), int)
    for name in sorted((names_in(formula, bound=True) | {question.exposure}) - {question.outcome}):
        values[name], at = np.unique(rows[name], return_inverse=True)
        if len(values[name]) > MOST_VALUES:
            raise EstimateError(
                f"{name} has {len(values[name]):,} different values; the formula needs columns of at most "
                f"{MOST_VALUES}, so put values together."
            )
        if (size := math.prod(map(len, values.values()))) > MOST_CELLS:
            raise EstimateError(
                f"The columns of the formula have {size:,} combinations of values or more, and the limit is "
                f"{MOST_CELLS:,}; put values together."
            )
        places = places * len(values[name]) + at.reshape(-1)
    counts, share = np.bincount(places, minlength=size), (y - least) / span
    rare = np.maximum(counts, 1)
    means = np.bincount(places, share, size) / rare
    spreads = np.sqrt(np.bincount(places, (share - means[places]) ** 2, size) / rare)
    return _Cells(values, question.outcome, counts, means, spreads, least, span)


def _effects(found, joints: Joint, cells: _Cells, question: Question) -> tuple[np.ndarray, np.ndarray]:
    """For each joint distribution the effect of one unit more ``[joints]`` (NaN where something is missing), and the
    outcome's means at each value of the exposure ``[joints, values]``. What the formula leaves open may have any value:
    the mean over those that can be worked out is taken, as frequent as they are."""
    x = question.exposure
    free = tuple(name for name in found.names if name not in (x, question.outcome))
    means = found.along((question.outcome, x, *free))[:, 1]
    means = means.reshape(*means.shape[:2], -1)
    known = np.isfinite(means).all(axis=1)
    weights = joints.marginal(frozenset(free)).along(free).reshape(len(means), -1) * known
    shares = joints.marginal(frozenset([x])).array
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (np.where(known[:, None], means, 0.0) * weights[:, None]).sum(axis=2) / weights.sum(axis=1)[:, None]
        off = cells.values[x] - (shares @ cells.values[x])[:, None]
        slopes = (shares * off * means).sum(axis=1) / (shares * off**2).sum(axis=1)
    return slopes * cells.span, cells.least + cells.span * means


def _averaged(formula: Expression, question: Question) -> str:
    free = sorted(names_in(formula) - {question.exposure, question.outcome})
    return f"the mean over the values of {', '.join(free)}, each of which gives the effect" if free else ""
