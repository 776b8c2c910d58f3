"""Effects by adjustment, each with its 95 % interval: regression, standardisation, inverse propensity weighting and the
doubly robust combination. For the front door and instruments see ``core.causal.estimation.indirect``.

A binary exposure is coded 0 and 1. Intervals of regression use HC3 errors, those of the other methods influence
functions, with t quantiles by the size of the smaller arm.
"""

from __future__ import annotations

import numpy as np

from core.causal.estimation.arms import arm_error, binary_columns, estimate_by_arms, small_arm_note
from core.causal.estimation.least_squares import (
    FEW_ROWS,
    design_of,
    fit,
    freedom_of,
    norm,
    smaller_arm,
    unit_vector,
    widest,
)
from core.causal.estimation.propensity import CLIP, poor_overlap, propensity_caveat, propensity_scores
from core.causal.estimation.question import Estimate, Method, Question
from core.causal.tables.rows import Columns
from core.wording import percent

REGRESSION, STANDARDISATION, WEIGHTING, DOUBLY_ROBUST = (
    "regression",
    "standardisation",
    "inverse propensity weighting",
    "doubly robust",
)
ON_UNTREATED, ON_TREATED = "on the untreated (ATU)", "on the treated (ATT)"
_LINEAR = "the outcome is linear in the covariates in each arm"
_LOGISTIC = "the log odds of the exposure are linear in the covariates"
_EITHER = f"{_LINEAR}, or the log odds of the exposure are"


def regression(rows: Columns, question: Question) -> Estimate:
    """Least squares on exposure and covariates, with an HC3 interval.

    Raises:
        EstimateError: Columns are linearly dependent, or there are too few rows.
    """
    x, y = rows[question.exposure], rows[question.outcome]
    line = fit(design_of(rows, question), y, question)
    count = len(line.coefficients)
    direction = unit_vector(1, count)
    pairs = [(norm(line.influence(direction)), freedom_of(x, count))]
    if smaller_arm(x) < FEW_ROWS:
        pairs.append((line.equal_variance_error(direction), len(y) - count))
    error, freedom = widest(*pairs)
    return Estimate(
        REGRESSION,
        float(line.coefficients[1]),
        error,
        len(y),
        "the outcome is linear in the exposure and the covariates, and the effect is the same for everybody",
        small_arm_note(x, question),
        freedom=freedom,
    )


def standardisation(rows: Columns, question: Question) -> Estimate:
    """A regression in each arm, averaged over the covariates of all rows (the g-formula).

    Raises:
        EstimateError: The exposure is not binary, columns are linearly dependent, or there are too few rows.
    """
    treated, y, covariates = binary_columns(rows, question)
    return estimate_by_arms(STANDARDISATION, treated, y, covariates, np.zeros((2, len(y))), question, _LINEAR)


def effect_on_arm(rows: Columns, question: Question, arm: int) -> Estimate:
    """The effect on the rows with the exposure (``arm`` 1, ATT) or on those without (0, ATU), by standardisation over
    them alone.

    Raises:
        EstimateError: As for ``standardisation``.
    """
    treated, y, covariates = binary_columns(rows, question)
    return estimate_by_arms(
        (ON_UNTREATED, ON_TREATED)[arm],
        treated,
        y,
        covariates,
        np.zeros((2, len(y))),
        question,
        _LINEAR if _can_be_nonlinear(covariates) else "",
        among=treated == arm,
    )


def weighting(rows: Columns, question: Question) -> Estimate:
    """Inverse propensity weighting with weights normalised in each arm (Hajek). Its error allows for propensity scores
    estimated from the same rows, which makes it more precise (Lunceford and Davidian 2004).

    Raises:
        EstimateError: The exposure is not binary.
    """
    treated, y, covariates = binary_columns(rows, question)
    scores, note, caveat = _clipped_scores(treated, covariates)
    influence, means, squared_weights, residuals = np.zeros(len(y)), [], 0.0, np.zeros(len(y))
    for arm, weight in enumerate(_inverse_weights(treated, scores)):
        chosen = treated == arm
        weight = weight / weight.sum()
        means.append(float(weight @ y))
        residuals[chosen] = y[chosen] - means[-1]
        influence += (2 * arm - 1) * weight * (y - means[-1]) / np.sqrt(np.maximum(1 - weight, 1e-6))
        squared_weights += weight @ weight
    scale = np.abs(covariates).max(axis=0)
    gradient = (treated - scores)[:, None] * covariates / np.where(scale > 0, scale, 1.0)
    influence = influence - gradient @ np.linalg.lstsq(gradient, influence, rcond=None)[0]
    error, freedom = arm_error(treated, covariates, norm(influence), float(squared_weights * residuals @ residuals))
    return Estimate(
        WEIGHTING,
        means[1] - means[0],
        error,
        len(y),
        _LOGISTIC if _can_be_nonlinear(covariates) else "",
        note,
        caveat or small_arm_note(treated, question),
        (means[0], means[1]),
        freedom,
    )


def doubly_robust(rows: Columns, question: Question) -> Estimate:
    """Augmented inverse propensity weighting: right if the regressions or the propensity scores are (Robins, Rotnitzky
    and Zhao 1994).

    Raises:
        EstimateError: As for ``standardisation``.
    """
    treated, y, covariates = binary_columns(rows, question)
    scores, note, caveat = _clipped_scores(treated, covariates)
    weights = _inverse_weights(treated, scores)
    assumption = _EITHER if _can_be_nonlinear(covariates) else ""
    return estimate_by_arms(DOUBLY_ROBUST, treated, y, covariates, weights, question, assumption, note, caveat)


METHODS: dict[str, Method] = {
    REGRESSION: regression,
    STANDARDISATION: standardisation,
    WEIGHTING: weighting,
    DOUBLY_ROBUST: doubly_robust,
}


def overlap(rows: Columns, question: Question) -> tuple[np.ndarray, float]:
    """The propensity score of each row ``[rows]``, and the share of rows with poor overlap (scores outside 0.05 to
    0.95).

    Raises:
        EstimateError: The exposure is not binary.
    """
    treated, _, covariates = binary_columns(rows, question)
    scores = propensity_scores(treated, covariates)
    return scores, poor_overlap(scores)


def _can_be_nonlinear(covariates: np.ndarray) -> bool:
    """Whether a model linear in the covariates can be wrong: it can't for a single binary covariate."""
    last = covariates[:, -1]
    return covariates.shape[1] > 2 or not ((last == last.min()) | (last == last.max())).all()


def _clipped_scores(treated: np.ndarray, covariates: np.ndarray) -> tuple[np.ndarray, str, str]:
    """Clipped propensity scores, a note on overlap, and a caveat against quoting estimates by them."""
    scores = propensity_scores(treated, covariates)
    share = poor_overlap(scores)
    note = f"{percent(share)} of the rows have poor overlap" if share > 0.01 else ""
    return np.clip(scores, CLIP, 1 - CLIP), note, propensity_caveat(treated, scores)


def _inverse_weights(treated: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The weight of each row in each arm: one over the probability of being in it, and 0 in the other ``[2, rows]``."""
    return np.stack([(1 - treated) / (1 - scores), treated / scores])
