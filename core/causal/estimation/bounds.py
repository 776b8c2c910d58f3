"""Bounds on effects that are not identified.

Without assumptions: Manski 1990. With an instrument: Balke and Pearl 1997. Probabilities of causation: Tian and Pearl
2000. The bounds are those of the observed frequencies; they do not show sampling error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from core.causal.estimation.question import EstimateError, Question
from core.causal.tables.rows import Columns

_TOLERANCE = 1e-9
MAX_STANDARD_ERRORS = 3.0  # within this many, chance explains a contradiction
_NO_INSTRUMENT = "These rows contradict the instrument: no mixture of response types produces them."


@dataclass(frozen=True)
class Bounds:
    """The effect of 1 instead of 0 lies between ``low`` and ``high`` if ``assumption`` holds."""

    method: str
    low: float
    high: float
    assumption: str


@dataclass(frozen=True)
class Causation:
    """Bounds on the probabilities of causation, each as (lowest, highest): equal if it is identified, NaN if it
    concerns nobody.

    Attributes:
        necessity: Among those with exposure and outcome, the share without the outcome but for the exposure (PN).
        sufficiency: Among those with neither, the share who would have the outcome with the exposure (PS).
        necessity_and_sufficiency: Among all, the share who would have the outcome with the exposure only (PNS).
    """

    necessity: tuple[float, float]
    sufficiency: tuple[float, float]
    necessity_and_sufficiency: tuple[float, float]


def no_assumption_bounds(rows: Columns, question: Question, lowest: float = 0.0, highest: float = 1.0) -> Bounds:
    """Bounds on the effect of a binary exposure, whatever was hidden (Manski 1990). They are always as wide as the
    range of the outcome, and always contain 0.

    Args:
        lowest, highest: The range of the outcome.

    Raises:
        EstimateError: The exposure has other values than 0 and 1, or the outcome lies outside its range.
    """
    x, y = _binary(rows, question.exposure), np.asarray(rows[question.outcome], float)
    if not lowest < highest or y.min() < lowest or y.max() > highest:
        raise EstimateError(f"{question.outcome} has values outside {lowest:g} to {highest:g}; give its true range.")
    share = float(x.mean())
    treated, untreated = float((y * x).mean()), float((y * (1 - x)).mean())
    low = treated + lowest * (1 - share) - (untreated + highest * share)
    high = treated + highest * (1 - share) - (untreated + lowest * share)
    return Bounds("no assumptions", low, high, f"{question.outcome} always lies between {lowest:g} and {highest:g}")


def instrument_bounds(rows: Columns, question: Question, instrument: str) -> Bounds:
    """Bounds on the effect of a binary exposure on a binary outcome by a binary instrument (Balke and Pearl 1997).

    Raises:
        EstimateError: A column has other values than 0 and 1, or the rows contradict the instrument.
    """
    z, x, y = (_binary(rows, name) for name in (instrument, question.exposure, question.outcome))
    counts = np.zeros((2, 2, 2))
    np.add.at(counts, (z, x, y), 1.0)
    if (counts.sum(axis=(1, 2)) == 0).any():
        raise EstimateError(f"{instrument} is the same in every row, so it gives no bounds.")
    low, high = balke_pearl(_feasible(counts))
    assumption = f"{instrument} affects {question.outcome} only through {question.exposure} and shares no cause with it"
    return Bounds("instrument", low, high, assumption)


def balke_pearl(table: np.ndarray) -> tuple[float, float]:
    """The lowest and highest effect that P(x, y | z) allows: a linear programme over the 16 response types (Balke and
    Pearl 1997, section 3).

    Args:
        table: P(x, y | z) ``[z, x, y]``, all binary.

    Raises:
        EstimateError: No mixture of response types gives this table, so z is not an instrument.
    """
    from scipy.optimize import linprog

    effect, cells = _response_types()
    ends = []
    for sign in (1, -1):
        result = linprog(sign * effect, A_eq=cells, b_eq=table.ravel(), bounds=(0, 1))
        if not result.success or result.fun is None:
            raise EstimateError(_NO_INSTRUMENT)
        ends.append(sign * float(result.fun))
    return ends[0], ends[1]


def _response_types() -> tuple[np.ndarray, np.ndarray]:
    """The effect on each of the 16 response types ``[16]``, and whether the type occurs in a cell of the table
    ``[z * x * y, 16]``."""
    choices = list(product((0, 1), repeat=2))  # the exposure at z = 0 and at z = 1
    types = list(product(choices, choices))  # and the outcome at x = 0 and at x = 1
    cells = product((0, 1), repeat=3)
    occurs = [[choice[z] == x and outcome[x] == y for choice, outcome in types] for z, x, y in cells]
    return np.array([outcome[1] - outcome[0] for _, outcome in types], float), np.array(occurs, float)


def _feasible(counts: np.ndarray) -> np.ndarray:
    """P(x, y | z) from counts ``[z, x, y]``; the nearest table that an instrument allows, if chance explains why the
    observed one is not.

    Raises:
        EstimateError: The instrumental inequality (Pearl 1995) is violated by more than chance explains.
    """
    from scipy.optimize import linprog

    totals = counts.sum(axis=(1, 2))
    table = counts / totals[:, None, None]
    for x in (0, 1):
        at = table[:, x].argmax(axis=0)  # for each y the z where it is most frequent
        size, most = totals[at], counts[at, x, [0, 1]]
        shares = (most + 1) / (size + 2)  # never 0 or 1, so the error is never 0
        error = np.sqrt((shares * (1 - shares) / size).sum())
        if (most / size).sum() - 1 > MAX_STANDARD_ERRORS * error:
            raise EstimateError(_NO_INSTRUMENT)
    _, cells = _response_types()
    cost = np.repeat((0.0, 1.0), (cells.shape[1], 2 * len(cells)))  # of excess and of shortfall
    slack = np.eye(len(cells))
    result = linprog(cost, A_eq=np.hstack([cells, slack, -slack]), b_eq=table.ravel(), bounds=(0, 1))
    assert result.x is not None  # excess and shortfall can always make up for what is missing
    return (cells @ result.x[: cells.shape[1]]).reshape(table.shape)


def causation_bounds(
    observed: np.ndarray, interventional: tuple[float, float] | None = None, monotone: bool = False
) -> Causation:
    """Bounds on the probabilities that the exposure was necessary, sufficient, or both (Tian and Pearl 2000, theorems 1
    to 3).

    Args:
        observed: P(x, y) ``[x, y]``, both binary.
        interventional: P(y = 1 | do(x = 0)) and P(y = 1 | do(x = 1)), such as from an experiment; None if nothing is
            confounded.
        monotone: Whether the exposure never prevents the outcome, which identifies the probabilities.

    Raises:
        EstimateError: ``observed`` is not a distribution, or the other arguments contradict it.
    """
    observed = np.asarray(observed, float)
    is_distribution = observed.shape == (2, 2) and (observed >= 0).all() and abs(observed.sum() - 1) <= 1e-6
    if not is_distribution or (observed.sum(axis=1) == 0).any():
        raise EstimateError("The observed frequencies must be four probabilities [x, y] that add up to 1 for each x.")
    by_arm = observed[:, 1] / observed.sum(axis=1) if interventional is None else interventional
    without, with_it = map(float, by_arm)
    _check_interventional(observed, without, with_it)
    (neither, only_y), (only_x, both) = observed.tolist()  # P(x', y'), P(x', y), P(x, y'), P(x, y)
    y = only_y + both
    low = {
        "necessity_and_sufficiency": max(0.0, with_it - without, y - without, with_it - y),
        "necessity": _share(max(0.0, y - without), both),
        "sufficiency": _share(max(0.0, with_it - y), neither),
    }
    names = ("necessity", "sufficiency", "necessity_and_sufficiency")
    if monotone:
        if min(with_it - without, y - without, with_it - y) < -_TOLERANCE:
            raise EstimateError("These numbers contradict that the exposure never prevents the outcome (monotonicity).")
        low["necessity_and_sufficiency"] = with_it - without
        return Causation(*((low[name], low[name]) for name in names))
    high = {
        "necessity_and_sufficiency": min(with_it, 1 - without, both + neither, with_it - without + only_x + only_y),
        "necessity": _share(min(both, 1 - without - neither), both),
        "sufficiency": _share(min(neither, with_it - both), neither),
    }
    return Causation(*((low[name], max(low[name], high[name])) for name in names))


def _check_interventional(observed: np.ndarray, without: float, with_it: float) -> None:
    """Refuse what violates P(x, y) <= P(y | do(x)) <= 1 - P(x, y'), which holds in every model."""
    for x, probability in ((0, without), (1, with_it)):
        if not observed[x, 1] - _TOLERANCE <= probability <= 1 - observed[x, 0] + _TOLERANCE:
            raise EstimateError(
                f"P(y | do(x = {x})) = {probability:g} contradicts the observed frequencies: it must lie between "
                f"{observed[x, 1]:g} and {1 - observed[x, 0]:g}."
            )


def _share(part: float, whole: float) -> float:
    """A part of a whole; NaN if the whole is 0."""
    return float(part / whole) if whole > 0 else float("nan")


def _binary(rows: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    column = np.asarray(rows[name])
    if not np.isin(column, (0, 1)).all():
        raise EstimateError(f"{name} has values other than 0 and 1; these bounds need a binary column.")
    return column.astype(int)
