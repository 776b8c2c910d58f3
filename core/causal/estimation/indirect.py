"""Effects that no adjustment identifies: by the front door, or by an instrument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.causal.estimation.least_squares import (
    FEW_ROWS,
    design_matrix,
    design_of,
    fit,
    freedom_of,
    inverse_of,
    norm,
    unit_vector,
    widest,
)
from core.causal.estimation.question import Estimate, Question
from core.causal.tables.rows import Columns

FRONT_DOOR, TWO_STAGES = "front door", "two-stage least squares"
_MOST_CELLS = 10  # combinations of the mediators' values
_WEAK = 10  # F statistic of the first stage
_CONTRADICTED = 0.01  # p-value of instruments against one another


def front_door(rows: Columns, question: Question, mediators: Sequence[str]) -> Estimate:
    """The front-door estimate: by Pearl's formula for a binary exposure and mediators of few values, else by linear
    regressions. Its error adds up the influence of each row on all that is estimated.

    Raises:
        EstimateError: Columns are linearly dependent, or there are too few rows.
    """
    x = rows[question.exposure]
    values, cells = np.unique(np.column_stack([rows[name] for name in mediators]), axis=0, return_inverse=True)
    cells = cells.reshape(-1)
    if set(np.unique(x)) != {0, 1} or len(values) > _MOST_CELLS:
        return _by_regressions(rows, question, mediators)
    counts = np.zeros((len(values), 2), int)
    np.add.at(counts, (cells, x.astype(int)), 1)
    if counts.min() > 1:
        return _by_cells(rows, question, cells, counts)
    names = ", ".join(mediators)
    sparse = f"linear, because some combinations of {names} and {question.exposure} have too few rows"
    return replace(_by_regressions(rows, question, mediators), note=sparse)


def _by_cells(rows: Columns, question: Question, cells: np.ndarray, counts: np.ndarray) -> Estimate:
    """The formula: the change of the probability of each mediator value, times the outcome's mean at that value
    averaged over the exposure. Covariates, if any, enter linearly.

    Args:
        cells: The index of each row's mediator value ``[rows]``.
        counts: The number of rows by mediator value and exposure ``[values, 2]``.
    """
    x, y = rows[question.exposure].astype(int), rows[question.outcome]
    first, shares = design_of(rows, question), counts.sum(axis=0) / len(y)
    places = 2 * cells + x
    later = fit(np.column_stack([np.eye(counts.size)[places], first[:, 2:]]), y, question)
    means = later.coefficients[: counts.size].reshape(counts.shape)
    through = fit(first, (means @ shares)[cells], question)
    moved = np.array([fit(first, (cells == m).astype(float), question).coefficients[1] for m in range(len(counts))])
    direction = np.append(np.outer(moved, shares), np.zeros(first.shape[1] - 2))
    others = (moved @ means)[x]
    outside = through.influence(unit_vector(1, first.shape[1])) + (others - others.mean()) / len(y)
    error, value = norm(outside + later.influence(direction)), float(through.coefficients[1])
    pairs = [(error, float(max(1, counts.min() - 1)))]
    if counts.min() < FEW_ROWS:
        equal = np.hypot(norm(outside), later.equal_variance_error(direction))
        pairs.append((float(equal), float(len(y) - len(later.coefficients))))
    error, freedom = widest(*pairs)
    share, middle = float(x.mean()), float(through.coefficients[0])
    means_at = (middle - value * share, middle + value * (1 - share))
    influence = outside + later.influence(direction)
    return Estimate(FRONT_DOOR, value, error, len(y), means=means_at, freedom=freedom, influence=influence)


def _by_regressions(rows: Columns, question: Question, mediators: Sequence[str]) -> Estimate:
    """The effect of the exposure on each mediator times the mediator's effect on the outcome given the exposure."""
    x, y, count = rows[question.exposure], rows[question.outcome], len(mediators)
    first = design_of(rows, question)
    between = design_matrix(rows[name] for name in mediators)[:, 1:]
    later = fit(np.column_stack([first[:, :1], between, first[:, 1:]]), y, question)
    through = fit(first, between @ later.coefficients[1 : 1 + count], question)
    moved = [fit(first, column, question).coefficients[1] for column in between.T]
    direction = np.concatenate([[0.0], moved, np.zeros(first.shape[1] - 1)])
    influence = through.influence(unit_vector(1, first.shape[1])) + later.influence(direction)
    return Estimate(
        FRONT_DOOR,
        float(through.coefficients[1]),
        norm(influence),
        len(y),
        "relations are linear and there are no interactions",
        freedom=freedom_of(x, len(later.coefficients)),
        influence=influence,
    )


def two_stages(rows: Columns, question: Question, instruments: Sequence[str]) -> Estimate:
    """Two-stage least squares, with a caveat if the instruments are weak: F below 10 (Staiger and Stock 1997), or if
    they contradict one another: p below 0.01 in the test of Hansen (1982), which allows unequal variances as that of
    Sargan (1958) does not.

    Raises:
        EstimateError: Columns are linearly dependent, or there are too few rows.
    """
    y, columns = rows[question.outcome], design_of(rows, question)
    tools = design_of(rows, Question(instruments[0], question.outcome, (*instruments[1:], *question.covariates)))
    projected = tools @ (inverse_of(tools, question) @ (tools.T @ columns))
    middle = inverse_of(projected, question)
    coefficients = middle @ (projected.T @ y)
    leverage = ((projected @ middle) * projected).sum(axis=1)
    residuals = y - columns @ coefficients
    freedom = min(freedom_of(rows[one], len(coefficients)) for one in instruments)
    strength = _first_stage(rows, question, tools, len(instruments))
    names, note, caveat = ", ".join(instruments), f"F statistic of the first stage: {strength:.1f}", ""
    if len(instruments) > 1:
        statistic, p_value = overidentification(tools, columns, y, residuals)
        test = f"Hansen's J = {statistic:.2g}, p = {p_value:.2g}"
        note += f"; {len(instruments)} instruments ({names}), {test}"
        if p_value < _CONTRADICTED:
            caveat = (
                f"the instruments {names} contradict one another ({test}): one of them is not a valid instrument, or "
                "the effect is not the same for everybody"
            )
    if strength < _WEAK:
        caveat = f"{names} is a weak instrument" if len(instruments) == 1 else f"{names} are weak instruments"
        caveat += f" (F = {strength:.1f})"
    influence = (projected @ middle[1]) * residuals / np.maximum(1 - leverage, 1e-6)
    return Estimate(
        TWO_STAGES,
        float(coefficients[1]),
        norm(influence),
        len(y),
        f"the effect is the same for everybody; otherwise it is the effect on those whose exposure follows {names}",
        note,
        caveat,
        freedom=freedom,
        influence=influence,
    )


def overidentification(
    tools: np.ndarray, columns: np.ndarray, y: np.ndarray, residuals: np.ndarray
) -> tuple[float, float]:
    """Hansen's J statistic and its p-value: whether several instruments give the same effect (Hansen 1982).

    Args:
        tools: Instruments and exogenous columns ``[rows, tools]``.
        columns: The columns of the model ``[rows, columns]``, fewer than tools.
        y: The outcome ``[rows]``.
        residuals: Of two-stage least squares ``[rows]``.
    """
    from scipy.special import gammaincc

    basis = np.linalg.qr(tools)[0]  # the statistic does not depend on the basis
    size = max(float(np.abs(residuals).max()), np.finfo(float).tiny)
    scaled = basis * (residuals / size)[:, None]
    weights = np.linalg.pinv(scaled.T @ scaled, hermitian=True)
    scale = np.abs(columns).max(axis=0)
    moments = basis.T @ (columns / np.where(scale > 0, scale, 1.0))
    change = np.linalg.lstsq(moments.T @ weights @ moments, moments.T @ weights @ (basis.T @ residuals), rcond=None)[0]
    left = (basis.T @ residuals - moments @ change) / size
    statistic = float(left @ weights @ left)
    return statistic, float(gammaincc((tools.shape[1] - columns.shape[1]) / 2, max(statistic, 0.0) / 2))


def _first_stage(rows: Columns, question: Question, tools: np.ndarray, count: int) -> float:
    """The F statistic of the instruments, columns 1 to ``count`` of the tools, in the first stage (HC3)."""
    first = fit(tools, rows[question.exposure], question)
    influence = [first.influence(unit_vector(i, tools.shape[1])) for i in range(1, count + 1)]
    errors = np.array([norm(one) for one in influence])
    if errors.min() <= 0:
        return np.inf
    ratios = first.coefficients[1 : count + 1] / errors
    correlations = np.array(
        [
            [one / a @ (other / b) for other, b in zip(influence, errors, strict=True)]
            for one, a in zip(influence, errors, strict=True)
        ]
    )
    return float(ratios @ np.linalg.lstsq(correlations, ratios, rcond=None)[0]) / count
