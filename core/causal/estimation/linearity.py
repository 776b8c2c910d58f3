"""Tests for bends: whether rows contradict the straight lines that estimates assume. A score test that allows unequal
variances (White 1980), of splines and products added to the models of outcome and exposure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.causal.estimation.arms import arms_of
from core.causal.estimation.basis import bend_terms
from core.causal.estimation.least_squares import design_of
from core.causal.estimation.logistic import fit_logistic
from core.causal.estimation.question import EstimateError, Question
from core.causal.tables.rows import Columns

LEVEL = 0.01
_MOST_ROWS = 50_000  # of the test; a fixed sample of more
_ROWS_A_TERM = 10
_SEED = 0


@dataclass(frozen=True)
class Bends:
    """How well straight lines fit.

    Attributes:
        outcome: The p-value of the test of the outcome's model (in each arm, if there are arms).
        exposure: The p-value of the test of the exposure's model.
    """

    outcome: float
    exposure: float

    @property
    def found(self) -> bool:
        """Whether the rows contradict one of the models at the 1 % level."""
        return min(self.outcome, self.exposure) < LEVEL

    @property
    def summary(self) -> str:
        """What the tests found, as part of a sentence."""
        parts = [
            f"the {name}'s model (p {'< 0.001' if p < 0.001 else f'= {p:.2g}'})"
            for name, p in (("outcome", self.outcome), ("exposure", self.exposure))
            if p < LEVEL
        ]
        return " and ".join(parts)


def find_bends(rows: Columns, question: Question, has_arms: bool) -> Bends | None:
    """The tests for bends; None without covariates, or if the rows are too few.

    Args:
        has_arms: Whether the exposure has arms; else it is an amount.
    """
    count = len(rows[question.outcome])
    if count > _MOST_ROWS:
        chosen = np.random.default_rng(_SEED).permutation(count)[:_MOST_ROWS]
        rows = {name: column[chosen] for name, column in rows.items()}
    try:
        return _in_arms(rows, question) if has_arms else _of_amount(rows, question)
    except (EstimateError, np.linalg.LinAlgError):
        return None


def _in_arms(rows: Columns, question: Question) -> Bends | None:
    arms = arms_of(rows, question)
    if not arms.can_be_nonlinear:
        return None
    terms = bend_terms(arms.covariates[:, 1:])
    statistic, freedom = 0.0, 0
    for arm in (0, 1):
        chosen = arms.treated == arm
        score, count = _score(
            arms.y[chosen], arms.covariates[chosen], terms[chosen], arms.is_logistic or arms.shares_slopes
        )
        statistic, freedom = statistic + score, freedom + count
    exposure = _score((arms.treated == 1).astype(float), arms.covariates, terms, True)
    return Bends(_p_value(statistic, freedom), _p_value(*exposure))


def _of_amount(rows: Columns, question: Question) -> Bends | None:
    design = design_of(rows, question)
    outcome = _score(rows[question.outcome], design, bend_terms(design[:, 1:]), False)
    if not question.covariates:
        return Bends(_p_value(*outcome), 1.0)
    covariates = np.delete(design, 1, axis=1)
    exposure = _score(rows[question.exposure], covariates, bend_terms(covariates[:, 1:]), False)
    return Bends(_p_value(*outcome), _p_value(*exposure))


def _score(y: np.ndarray, design: np.ndarray, terms: np.ndarray, logistic: bool) -> tuple[float, int]:
    """The statistic of the test that none of the terms belongs into the model, and its degrees of freedom; 0 and 0 if
    there are too few rows."""
    terms = terms[:, : max(0, len(y) // _ROWS_A_TERM)]
    design = design / np.maximum(np.abs(design).max(axis=0), 1e-300)
    if not terms.shape[1]:
        return 0.0, 0
    if logistic:
        predicted = fit_logistic(y, design).predict(design)
        counts = predicted * (1 - predicted)
    else:
        predicted = design @ np.linalg.lstsq(design, y, rcond=None)[0]
        counts = np.ones(len(y))
    root = np.sqrt(counts)[:, None]
    beside = terms - design @ np.linalg.lstsq(root * design, root * terms, rcond=None)[0]
    residuals = y - predicted
    spread = np.abs(residuals).max()
    if spread <= 1e-9 * np.abs(y).max():
        return 0.0, 0
    moments = beside * (residuals / spread)[:, None]
    total = moments.sum(axis=0)
    inverse = np.linalg.pinv(moments.T @ moments, rcond=1e-9, hermitian=True)
    return float(total @ inverse @ total), int(np.linalg.matrix_rank(inverse, tol=1e-12, hermitian=True))


def _p_value(statistic: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, statistic)) if freedom else 1.0
