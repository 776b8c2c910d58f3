"""Natural direct and indirect effects by the mediation formula (Pearl 2001), with regressions in which the exposure and
the mediators interact (VanderWeele and Vansteelandt 2014). Errors add up the influence of each row on all estimates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.causal.estimation.least_squares import design_matrix, fit, freedom_of, norm, unit_vector
from core.causal.estimation.question import Estimate, Question
from core.causal.tables.rows import Columns

NATURAL_DIRECT, NATURAL_INDIRECT = "natural direct effect", "natural indirect effect"
_ASSUMPTION = "the mediators are linear in exposure and covariates, and the outcome in these and in the mediators"


def natural_effects(rows: Columns, question: Question, mediators: Sequence[str]) -> tuple[Estimate, Estimate]:
    """The natural direct effect (one more unit of the exposure, mediators as they were) and the natural indirect effect
    (the exposure as it was, mediators as after one more unit). With an exposure of 0 and 1 the change is from 0 to 1,
    else from the mean.

    Raises:
        EstimateError: Columns are linearly dependent, or there are too few rows.
    """
    x, y, count = rows[question.exposure], rows[question.outcome], len(mediators)
    start = 0.0 if np.isin(x, (0, 1)).all() else float(x.mean())
    moved = (x - start)[:, None]
    covariates = design_matrix((rows[name] for name in question.covariates), len(x))[:, 1:]
    through = design_matrix((rows[name] for name in mediators), len(x))[:, 1:]
    ones = np.ones((len(x), 1))
    first = np.column_stack([ones, moved, covariates])
    design = np.column_stack([ones, moved, through, moved * through, covariates])
    later = fit(design, y, question)
    own, interaction = later.coefficients[2 : 2 + count], later.coefficients[2 + count : 2 + 2 * count]
    lines = [fit(first, column, question) for column in through.T]
    before = np.array([line.coefficients[0] for line in lines])
    change = np.array([line.coefficients[1] for line in lines])
    width = first.shape[1]
    drift = np.array([covariates @ line.coefficients[2:] / len(x) for line in lines])  # of the covariates' means
    base = np.array([line.influence(unit_vector(0, width)) for line in lines]) + drift
    slope = np.array([line.influence(unit_vector(1, width)) for line in lines])
    direct_way, indirect_way = np.zeros(design.shape[1]), np.zeros(design.shape[1])
    direct_way[1], direct_way[2 + count : 2 + 2 * count] = 1.0, before
    indirect_way[2 : 2 + count] = change
    freedom = freedom_of(x, design.shape[1])

    def estimate(name: str, value: float, influence: np.ndarray) -> Estimate:
        note = f"through {', '.join(mediators)}" if name == NATURAL_INDIRECT else f"not through {', '.join(mediators)}"
        return Estimate(name, value, norm(influence), len(x), _ASSUMPTION, note, freedom=freedom)

    return (
        estimate(
            NATURAL_DIRECT,
            float(later.coefficients[1] + interaction @ before),
            later.influence(direct_way) + interaction @ base,
        ),
        estimate(NATURAL_INDIRECT, float(own @ change), later.influence(indirect_way) + own @ slope),
    )
