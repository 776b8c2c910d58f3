"""Effects by adjustment, each with its 95 % interval: regression, standardisation, inverse propensity weighting and the
doubly robust combination. For the front door and instruments see ``core.causal.estimation.indirect``.

An exposure with arms is coded: 0 for the reference, 1 for the arm that is compared with it. Intervals of regression use
HC3 errors, those of the other methods influence functions, with t quantiles by the size of the smaller arm.
"""

from __future__ import annotations

import numpy as np

from core.causal.estimation.arms import Arms, arm_error, arms_of, estimate_by_arms, impossible_means, small_arm_note
from core.causal.estimation.least_squares import (
    FEW_ROWS,
    design_of,
    fit,
    freedom_of,
    norm,
    row_weights,
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
_PROPENSITY = "the log odds of the exposure are linear in the covariates"


def regression(rows: Columns, question: Question) -> Estimate:
    """Least squares on exposure and covariates, with an HC3 interval.

    Raises:
        EstimateError: Columns are linearly dependent, or there are too few rows.
    """
    x, y, root = rows[question.exposure], rows[question.outcome], np.sqrt(row_weights(rows, question))
    line = fit(design_of(rows, question) * root[:, None], y * root, question)
    count = len(line.coefficients)
    direction = unit_vector(1, count)
    influence = line.influence(direction)
    of_arms = x[x <= 1] if len(question.arms) > 2 else x
    pairs = [(norm(influence), freedom_of(of_arms, count))]
    if smaller_arm(of_arms) < FEW_ROWS:
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
        influence=influence,
    )


def standardisation(rows: Columns, question: Question) -> Estimate:
    """The outcome's model in each arm, averaged over the covariates of all rows (the g-formula).

    Raises:
        EstimateError: The exposure has no arms, columns are linearly dependent, or there are too few rows.
    """
    arms = arms_of(rows, question)
    return estimate_by_arms(STANDARDISATION, arms, np.zeros((2, len(arms.y))), arms.assumption)


def effect_on_arm(rows: Columns, question: Question, arm: int) -> Estimate:
    """The effect on the rows with the exposure (``arm`` 1, ATT) or on those without (0, ATU), by standardisation over
    them alone.

    Raises:
        EstimateError: As for ``standardisation``.
    """
    arms = arms_of(rows, question)
    name = (ON_UNTREATED, ON_TREATED)[arm]
    return estimate_by_arms(name, arms, np.zeros((2, len(arms.y))), arms.assumption, among=arms.treated == arm)


def weighting(rows: Columns, question: Question) -> Estimate:
    """Inverse propensity weighting with weights normalised in each arm (Hajek). Its error allows for propensity scores
    estimated from the same rows, which makes it more precise (Lunceford and Davidian 2004).

    Raises:
        EstimateError: The exposure has no arms.
    """
    arms = arms_of(rows, question)
    treated, y, covariates = arms.treated, arms.y, arms.covariates
    scores, note, caveat = clipped_scores(arms)
    influence, means, squared_weights, residuals = np.zeros(len(y)), [], 0.0, np.zeros(len(y))
    for arm, weight in enumerate(inverse_weights(arms, scores)):
        chosen = treated == arm
        weight = weight * arms.weights
        weight = weight / weight.sum()
        means.append(float(weight @ y))
        residuals[chosen] = y[chosen] - means[-1]
        influence += (2 * arm - 1) * weight * (y - means[-1]) / np.sqrt(np.maximum(1 - weight, 1e-6))
        squared_weights += weight @ weight
    scale = np.abs(covariates).max(axis=0)
    columns = covariates / np.where(scale > 0, scale, 1.0)
    fitted = (1,) if (treated <= 1).all() else (0, 1)
    gradient = np.hstack([((treated == arm) - scores[arm])[:, None] * columns for arm in fitted])
    influence = influence - gradient @ np.linalg.lstsq(gradient, influence, rcond=None)[0]
    error, freedom = arm_error(
        arms, covariates.shape[1], norm(influence), float(squared_weights * residuals @ residuals)
    )
    return Estimate(
        WEIGHTING,
        means[1] - means[0],
        error,
        len(y),
        _PROPENSITY if arms.can_be_nonlinear else "",
        note,
        caveat or small_arm_note(treated, question) or impossible_means(arms, np.array(means)),
        (means[0], means[1]),
        freedom,
        influence=influence,
    )


def doubly_robust(rows: Columns, question: Question) -> Estimate:
    """Augmented inverse propensity weighting: right if the outcome's models or the propensity scores are (Robins,
    Rotnitzky and Zhao 1994).

    Raises:
        EstimateError: As for ``standardisation``.
    """
    arms = arms_of(rows, question)
    scores, note, caveat = clipped_scores(arms)
    assumption = f"{arms.assumption}, or the log odds of the exposure are" if arms.can_be_nonlinear else ""
    return estimate_by_arms(DOUBLY_ROBUST, arms, inverse_weights(arms, scores), assumption, note, caveat)


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
        EstimateError: The exposure has no arms.
    """
    scores = arm_scores(arms_of(rows, question))[1]
    return scores, poor_overlap(scores)


def arm_scores(arms: Arms) -> np.ndarray:
    """The probability of being in each of the two arms ``[2, rows]``."""
    with_exposure = propensity_scores((arms.treated == 1).astype(int), arms.covariates, arms.weights)
    if (arms.treated <= 1).all():
        return np.stack([1 - with_exposure, with_exposure])
    return np.stack([propensity_scores((arms.treated == 0).astype(int), arms.covariates, arms.weights), with_exposure])


def clipped_scores(arms: Arms) -> tuple[np.ndarray, str, str]:
    """Clipped propensity scores ``[2, rows]``, a note on overlap, and a caveat against quoting estimates by them."""
    scores = arm_scores(arms)
    return clip_scores(scores), *overlap_remarks(arms, scores)


def clip_scores(scores: np.ndarray) -> np.ndarray:
    """Propensity scores ``[N]`` moved within the limits, so that no row counts more than a hundredfold."""
    return np.clip(scores, CLIP, 1 - CLIP)


def overlap_remarks(arms: Arms, scores: np.ndarray) -> tuple[str, str]:
    """A note on overlap, and a caveat against quoting estimates by these propensity scores ``[2, rows]``."""
    if (arms.treated <= 1).all():
        share, caveat = poor_overlap(scores[1]), propensity_caveat(arms.treated, scores[1])
    else:  # a score near 1 leaves little for the others, so low scores tell
        share = max(float((arm < 0.05).mean()) for arm in scores)
        clipped = max(float((arm < CLIP).mean()) for arm in scores)
        caveat = f"{percent(clipped)} of the propensity scores had to be clipped" if clipped > 0.05 else ""
    return f"{percent(share)} of the rows have poor overlap" if share > 0.01 else "", caveat


def inverse_weights(arms: Arms, scores: np.ndarray) -> np.ndarray:
    """The weight of each row in each arm: one over the probability of being in it, and 0 in the others
    ``[2, rows]``."""
    return np.stack([(arms.treated == arm) / scores[arm] for arm in (0, 1)])
