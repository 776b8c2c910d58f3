"""Standardisation over cells: the adjustment formula as it is printed, a sum over the combinations of the covariates'
values (Pearl 2009, section 3.3; post-stratification, Imbens and Rubin 2015, chapter 9). It assumes no shape of any
relation."""

from __future__ import annotations

import numpy as np

from core.causal.estimation.arms import ArmMean, Arms, arms_of, contrast, mix_of
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.tables.rows import Columns

CELLS = "standardisation over cells"
MOST_CELLS, FEWEST_ROWS = 200, 5  # cells, and rows of each arm in each cell


def cells_apply(rows: Columns, question: Question) -> bool:
    """Whether the covariates have at most 200 combinations of values and each has at least five rows in each arm."""
    if not question.covariates:
        return False
    columns = [rows[name] for name in question.covariates]
    if any(len(np.unique(column[:10_000])) > MOST_CELLS for column in columns):
        return False
    cells = _joined([np.unique(column, return_inverse=True)[1].reshape(-1) for column in columns])
    if (count := int(cells.max()) + 1) > MOST_CELLS:
        return False
    return min(int(_sizes(rows[question.exposure], cells, count, arm).min()) for arm in (0, 1)) >= FEWEST_ROWS


def by_cells(rows: Columns, question: Question) -> Estimate:
    """The outcome's mean in each cell and arm, averaged over the cells of all rows. A covariate with more than 200
    values is cut at its median, so that refuters can add one.

    Raises:
        EstimateError: The exposure has no arms, or a cell has fewer than two rows in an arm.
    """
    return _by_cells(CELLS, rows, question, None)


def cells_on_arm(name: str, rows: Columns, question: Question, arm: int) -> Estimate:
    """The same, averaged over the cells of the rows of one arm.

    Raises:
        EstimateError: As for ``by_cells``.
    """
    return _by_cells(name, rows, question, arm)


def _by_cells(name: str, rows: Columns, question: Question, among: int | None) -> Estimate:
    arms = arms_of(rows, question)
    cells = _joined([_values(rows[one]) for one in question.covariates] or [np.zeros(len(arms.y), int)])
    count = int(cells.max()) + 1
    mix = mix_of(arms, None if among is None else arms.treated == among)
    means = tuple(_arm_mean(arms, cells, count, mix, arm) for arm in (0, 1))
    return contrast(name, arms, mix, (means[0], means[1]), count)


def _arm_mean(arms: Arms, cells: np.ndarray, count: int, mix: np.ndarray, arm: int) -> ArmMean:
    chosen = arms.treated == arm
    if _sizes(arms.treated, cells, count, arm).min() < 2:
        names = ", ".join(arms.question.covariates)
        raise EstimateError(f"Some combinations of {names} have hardly any rows with one of the arms; use regression.")
    inside, counts, y = cells[chosen], arms.weights[chosen], arms.y[chosen]
    totals = np.bincount(inside, counts, count)
    averages = np.bincount(inside, counts * y, count) / totals
    pull = np.bincount(cells, mix, count)[inside] * counts / totals[inside]
    residuals, influence = y - averages[inside], np.zeros(len(arms.y))
    influence[chosen] = (
        pull * residuals / np.maximum(1 - counts / totals[inside], 1e-6)
    )  # from the mean without the row
    predicted = averages[cells]
    return ArmMean(float(mix @ predicted), predicted, influence, float(residuals @ residuals), float(pull @ pull))


def _sizes(exposure: np.ndarray, cells: np.ndarray, count: int, arm: int) -> np.ndarray:
    return np.bincount(cells[exposure == arm], minlength=count)


def _values(column: np.ndarray) -> np.ndarray:
    values, index = np.unique(column, return_inverse=True)
    return (column > np.median(column)).astype(int) if len(values) > MOST_CELLS else index.reshape(-1)


def _joined(indices: list[np.ndarray]) -> np.ndarray:
    """The index of each row's combination ``[rows]``, from 0."""
    joined = indices[0]
    for index in indices:
        joined = np.unique(joined * (int(index.max()) + 1) + index, return_inverse=True)[1].reshape(-1)
    return joined
