"""What can still be said where an effect can't be identified: how low and how high it can be.

Without assumptions: Manski 1990. With an instrument: Balke and Pearl 1997. Of single people, whether it was the
exposure that did it: Tian and Pearl 2000. The bounds are those of what was seen; how many rows there were does not
show in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from core.causal.estimation.question import EstimateError, Question
from core.causal.tables.rows import Columns

_CLOSE = 1e-9
SURE = 3.0  # standard errors, within which chance explains what can't be
_NO_INSTRUMENT = "These rows contradict that this is an instrument: no mixture of people gives them."


@dataclass(frozen=True)
class Bounds:
    """An effect of 1 for 0 lies from ``low`` to ``high``, if ``believes`` holds."""

    method: str
    low: float
    high: float
    believes: str


@dataclass(frozen=True)
class Causation:
    """How probable it is that the exposure is what does it, each as lowest and highest (equal where it is known; NaN
    where there is nobody of whom it is asked).

    Attributes:
        necessity: Of those with the exposure and the outcome: the share who would not have the outcome without it (PN).
        sufficiency: Of those with neither: the share who would have the outcome with the exposure (PS).
        both: Of everybody: the share who would have the outcome with the exposure and not without it (PNS).
    """

    necessity: tuple[float, float]
    sufficiency: tuple[float, float]
    both: tuple[float, float]


def no_assumption_bounds(rows: Columns, question: Question, lowest: float = 0.0, highest: float = 1.0) -> Bounds:
    """Bounds of the effect of a binary exposure on an outcome from ``lowest`` to ``highest``, whatever was hidden
    (Manski 1990). They are always as wide as the outcome's range, and always hold 0.

    Raises:
        EstimateError: The exposure has other values than 0 and 1, or the outcome lies outside its range.
    """
    x, y = _binary(rows, question.exposure), np.asarray(rows[question.outcome], float)
    if not lowest < highest or y.min() < lowest or y.max() > highest:
        raise EstimateError(f"{question.outcome} has values outside of {lowest:g} to {highest:g}; give its true range.")
    share = float(x.mean())
    with_it, without = float((y * x).mean()), float((y * (1 - x)).mean())
    low = with_it + lowest * (1 - share) - (without + highest * share)
    high = with_it + highest * (1 - share) - (without + lowest * share)
    return Bounds("no assumptions", low, high, f"{question.outcome} can't lie outside of {lowest:g} to {highest:g}")


def instrument_bounds(rows: Columns, question: Question, instrument: str) -> Bounds:
    """Bounds of the effect of a binary exposure on a binary outcome with a binary instrument (Balke and Pearl 1997).

    Raises:
        EstimateError: Something has other values than 0 and 1, or the rows contradict that it is an instrument.
    """
    z, x, y = (_binary(rows, name) for name in (instrument, question.exposure, question.outcome))
    table = np.zeros((2, 2, 2))
    np.add.at(table, (z, x, y), 1.0)
    if (table.sum(axis=(1, 2)) == 0).any():
        raise EstimateError(f"{instrument} is the same in every row; it can tell nothing.")
    low, high = balke_pearl(_allowed(table))
    told = f"{instrument} moves {question.outcome} only through {question.exposure} and shares no cause with it"
    return Bounds("instrument", low, high, told)


def balke_pearl(table: np.ndarray) -> tuple[float, float]:
    """Lowest and highest effect that P(x, y | z) allows: a linear programme over the 16 kinds of people, by what they
    would take and what would become of them (Balke and Pearl 1997, section 3).

    Args:
        table: P(x, y | z) ``[z, x, y]``, all of 2 values.

    Raises:
        EstimateError: No mixture of such people gives this table: z is no instrument.
    """
    from scipy.optimize import linprog

    effect, meets = _people()
    ends = []
    for sign in (1, -1):
        found = linprog(sign * effect, A_eq=meets, b_eq=table.ravel(), bounds=(0, 1))
        if not found.success:
            raise EstimateError(_NO_INSTRUMENT)
        ends.append(sign * float(found.fun))
    return ends[0], ends[1]


def _people() -> tuple[np.ndarray, np.ndarray]:
    """The effect in each of the 16 kinds of people ``[16]``, and whether one of a kind is found in a cell of the table
    ``[z * x * y, 16]``."""
    takes = list(product((0, 1), repeat=2))  # what one takes at z = 0 and at z = 1
    kinds = list(product(takes, takes))  # and what becomes of one at x = 0 and at x = 1
    cells = product((0, 1), repeat=3)
    meets = [[take[z] == x and after[x] == y for take, after in kinds] for z, x, y in cells]
    return np.array([after[1] - after[0] for _, after in kinds], float), np.array(meets, float)


def _allowed(counts: np.ndarray) -> np.ndarray:
    """P(x, y | z) by counts ``[z, x, y]``; where chance alone makes it impossible with an instrument, the nearest table
    that is possible.

    Raises:
        EstimateError: The instrumental inequality (Pearl 1995) is broken by more than chance explains.
    """
    from scipy.optimize import linprog

    within = counts.sum(axis=(1, 2))
    table = counts / within[:, None, None]
    for x in (0, 1):
        at = table[:, x].argmax(axis=0)  # for each y the z where it is most frequent
        size, most = within[at], counts[at, x, [0, 1]]
        shares = (most + 1) / (size + 2)  # never 0 or 1, so that neither is the error
        error = np.sqrt((shares * (1 - shares) / size).sum())
        if (most / size).sum() - 1 > SURE * error:
            raise EstimateError(_NO_INSTRUMENT)
    _, meets = _people()
    cost = np.repeat((0.0, 1.0), (meets.shape[1], 2 * len(meets)))  # of what is too much and of what is missing
    off = np.eye(len(meets))
    found = linprog(cost, A_eq=np.hstack([meets, off, -off]), b_eq=table.ravel(), bounds=(0, 1))
    return (meets @ found.x[: meets.shape[1]]).reshape(table.shape)


def necessity_bounds(seen: np.ndarray, done: tuple[float, float] | None = None, monotone: bool = False) -> Causation:
    """How probable it is that the exposure was necessary, sufficient, or both (Tian and Pearl 2000, theorems 1 to 3).

    Args:
        seen: P(x, y) ``[x, y]``, both of 2 values.
        done: P(y = 1 | do(x = 0)) and P(y = 1 | do(x = 1)), from an experiment; None where nothing is confounded, so
            that seeing is doing.
        monotone: Whether the exposure never prevents the outcome; then the probabilities are known.

    Raises:
        EstimateError: What was seen is no distribution, or what was done contradicts it.
    """
    seen = np.asarray(seen, float)
    if seen.shape != (2, 2) or (seen < 0).any() or abs(seen.sum() - 1) > 1e-6 or (seen.sum(axis=1) == 0).any():
        raise EstimateError("What was seen must be four probabilities [x, y] that add up to 1, with both exposures.")
    without, with_it = map(float, seen[:, 1] / seen.sum(axis=1) if done is None else done)
    _check_done(seen, without, with_it)
    (never, only_y), (only_x, have_both) = seen.tolist()  # P(x', y'), P(x', y), P(x, y'), P(x, y)
    y = only_y + have_both
    low = {
        "both": max(0.0, with_it - without, y - without, with_it - y),
        "necessity": _share(max(0.0, y - without), have_both),
        "sufficiency": _share(max(0.0, with_it - y), never),
    }
    if monotone:
        if min(with_it - without, y - without, with_it - y) < -_CLOSE:
            raise EstimateError("These numbers contradict that the exposure never prevents the outcome.")
        low["both"] = with_it - without
        return Causation(*((low[name], low[name]) for name in ("necessity", "sufficiency", "both")))
    high = {
        "both": min(with_it, 1 - without, have_both + never, with_it - without + only_x + only_y),
        "necessity": _share(min(have_both, 1 - without - never), have_both),
        "sufficiency": _share(min(never, with_it - have_both), never),
    }
    return Causation(*((low[name], max(low[name], high[name])) for name in ("necessity", "sufficiency", "both")))


def _check_done(seen: np.ndarray, without: float, with_it: float) -> None:
    """P(x, y) <= P(y | do(x)) <= 1 - P(x, y') in every model."""
    for x, chance in ((0, without), (1, with_it)):
        if not seen[x, 1] - _CLOSE <= chance <= 1 - seen[x, 0] + _CLOSE:
            raise EstimateError(
                f"P(y | do(x = {x})) = {chance:g} contradicts what was seen: it must lie from {seen[x, 1]:g} to "
                f"{1 - seen[x, 0]:g}."
            )


def _share(part: float, whole: float) -> float:
    """A part of a whole; where there is no whole, nothing is known."""
    return float(part / whole) if whole > 0 else float("nan")


def _binary(rows: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    column = np.asarray(rows[name])
    if not np.isin(column, (0, 1)).all():
        raise EstimateError(f"{name} has more values than 0 and 1; these bounds need just those.")
    return column.astype(int)
