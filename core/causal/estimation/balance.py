"""Balance: how far apart the covariates of two arms are, before and after weighting (Austin 2009)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.causal.estimation.adjustment import clipped_scores, inverse_weights
from core.causal.estimation.arms import arms_of
from core.causal.estimation.question import Question
from core.causal.tables.rows import Columns

BALANCED = 0.1  # standard deviations


@dataclass(frozen=True)
class Balance:
    """The difference of a covariate's means in the two arms, in standard deviations, before and after weighting by the
    inverse propensity score."""

    covariate: str
    before: float
    after: float


def balance_of(rows: Columns, question: Question) -> tuple[Balance, ...]:
    """The balance of each covariate.

    Raises:
        EstimateError: The exposure has no arms.
    """
    arms = arms_of(rows, question)
    weights = inverse_weights(arms, clipped_scores(arms)[0]) * arms.weights
    plain = np.stack([(arms.treated == arm) * arms.weights for arm in (0, 1)])
    found = []
    for name, column in zip(question.covariates, arms.covariates[:, 1:].T, strict=True):
        spread = np.sqrt(np.mean([column[arms.treated == arm].var() for arm in (0, 1)])) or column.std()
        before, after = ((w @ column / w.sum(axis=1)) for w in (plain, weights))
        scale = spread if spread > 0 else 1.0
        found.append(Balance(name, float((before[1] - before[0]) / scale), float((after[1] - after[0]) / scale)))
    return tuple(found)
