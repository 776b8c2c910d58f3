"""Effects where no adjustment gives them: by what lies between (the front door), or by an instrument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.causal.estimation.least_squares import (
    FEW,
    design,
    design_of,
    fit,
    freedom_of,
    inverse_of,
    length,
    unit,
    wider,
)
from core.causal.estimation.question import Estimate, Question
from core.causal.tables.rows import Columns

_MOST_CELLS = 10  # combinations of mediators' values that are told apart
_WEAK = 10  # F of the first stage


def front_door(rows: Columns, question: Question, mediators: Sequence[str]) -> Estimate:
    """By what lies between. With an exposure of 0 and 1 and mediators of few values by Pearl's formula as it stands,
    else by straight lines. Its error adds up what each row does to all that was estimated."""
    x = rows[question.exposure]
    values, cells = np.unique(np.column_stack([rows[name] for name in mediators]), axis=0, return_inverse=True)
    cells = cells.reshape(-1)
    if set(np.unique(x)) != {0, 1} or len(values) > _MOST_CELLS:
        return _by_lines(rows, question, mediators)
    counts = np.zeros((len(values), 2), int)
    np.add.at(counts, (cells, x.astype(int)), 1)
    if counts.min() > 1:
        return _by_cells(rows, question, cells, counts)
    missing = f"too few rows have some values of {', '.join(mediators)} with some of {question.exposure} to do without"
    return replace(_by_lines(rows, question, mediators), noticed=missing)


def _by_cells(rows: Columns, question: Question, cells: np.ndarray, counts: np.ndarray) -> Estimate:
    """The formula: how much likelier the exposure makes each value m of the mediators, times the outcome's mean at m,
    over both exposures as frequent as they are. Covariates, if any, in straight lines.

    Args:
        cells: Which value each row's mediators have.
        counts: How many rows have each, by exposure ``[values, 2]``.
    """
    x, y = rows[question.exposure].astype(int), rows[question.outcome]
    first, shares = design_of(rows, question), counts.sum(axis=0) / len(y)
    places = 2 * cells + x
    later = fit(np.column_stack([np.eye(counts.size)[places], first[:, 2:]]), y, question)
    means = later.weights[: counts.size].reshape(counts.shape)
    through = fit(first, (means @ shares)[cells], question)
    moved = np.array([fit(first, (cells == m).astype(float), question).weights[1] for m in range(len(counts))])
    direction = np.append(np.outer(moved, shares), np.zeros(first.shape[1] - 2))
    others = (moved @ means)[x]
    outside = through.influence(unit(1, first.shape[1])) + (others - others.mean()) / len(y)
    error, value = length(outside + later.influence(direction)), float(through.weights[1])
    pairs = [(error, float(max(1, counts.min() - 1)))]
    if counts.min() < FEW:
        plain = np.hypot(length(outside), later.plain_error(direction))
        pairs.append((float(plain), float(len(y) - len(later.weights))))
    error, freedom = wider(*pairs)
    share, middle = float(x.mean()), float(through.weights[0])
    at = (middle - value * share, middle + value * (1 - share))
    return Estimate("front door", value, error, len(y), means=at, freedom=freedom)


def _by_lines(rows: Columns, question: Question, mediators: Sequence[str]) -> Estimate:
    """What the exposure does to each mediator times what that does to the outcome, given the exposure."""
    x, y, count = rows[question.exposure], rows[question.outcome], len(mediators)
    first = design_of(rows, question)
    between = design(rows[name] for name in mediators)[:, 1:]
    later = fit(np.column_stack([first[:, :1], between, first[:, 1:]]), y, question)
    through = fit(first, between @ later.weights[1 : 1 + count], question)
    moved = [fit(first, column, question).weights[1] for column in between.T]
    direction = np.concatenate([[0.0], moved, np.zeros(first.shape[1] - 1)])
    influence = through.influence(unit(1, first.shape[1])) + later.influence(direction)
    return Estimate(
        "front door", float(through.weights[1]), length(influence), len(y),
        "lines are straight and there are no interactions", freedom=freedom_of(x, len(later.weights)),
    )  # fmt: skip


def two_stages(rows: Columns, question: Question, instrument: str) -> Estimate:
    """Two-stage least squares. Must not be quoted when the instrument is weak: F below 10 (Staiger and Stock 1997)."""
    y, columns = rows[question.outcome], design_of(rows, question)
    tools = design_of(rows, Question(instrument, question.outcome, question.covariates))
    projected = tools @ (inverse_of(tools, question) @ (tools.T @ columns))
    middle = inverse_of(projected, question)
    weights = middle @ (projected.T @ y)
    leverage = ((projected @ middle) * projected).sum(axis=1)
    left = (y - columns @ weights) / np.maximum(1 - leverage, 1e-6)
    first = fit(tools, rows[question.exposure], question)
    freedom = freedom_of(rows[instrument], len(weights))
    strength = _strength(float(first.weights[1]), length(first.influence(unit(1, len(first.weights)))))
    return Estimate(
        "two-stage least squares", float(weights[1]), length((projected @ middle[1]) * left), len(y),
        f"the effect is the same for everybody, or is that of those who follow {instrument}",
        f"F of the first stage {strength:.1f}",
        f"{instrument} is a weak instrument (F = {strength:.1f}), too weak to tell" if strength < _WEAK else "",
        freedom=freedom,
    )  # fmt: skip


def _strength(value: float, error: float) -> float:
    return (value / error) ** 2 if error > 0 else np.inf
