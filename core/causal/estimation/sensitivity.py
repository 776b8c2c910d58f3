"""Sensitivity analysis: how strong an unmeasured confounder would have to be.

Cinelli and Hazlett 2020 (robustness value, contours); VanderWeele and Ding 2017 (E-value).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.causal.estimation.adjustment import regression
from core.causal.estimation.least_squares import design_of, inverse_of, norm
from core.causal.estimation.question import Estimate, Question
from core.causal.tables.rows import Columns
from core.wording import percent


@dataclass(frozen=True)
class Sensitivity:
    """How strong an unmeasured confounder would have to be to explain an effect away.

    Attributes:
        robustness_value: The partial R² with exposure and outcome that brings the effect to 0.
        e_value: The E-value of the ratio of the means; None unless the outcome is binary and the means are known.
        e_value_limit: The E-value of the interval's limit nearest to 1; 1 if the interval contains 1.
    """

    robustness_value: float
    e_value: float | None
    e_value_limit: float | None

    @property
    def summary(self) -> str:
        """The same in sentences."""
        sentence = (
            f"An unmeasured confounder that explains {percent(self.robustness_value, 1)} of the residual variance of "
            "the exposure and of the outcome brings the regression estimate to 0 (robustness value, Cinelli and "
            "Hazlett 2020)."
        )
        if self.e_value is None:
            return sentence
        limit = ""
        if self.e_value_limit is not None:
            limit = (
                f", and of {self.e_value_limit:.2f} for the interval to include no effect"
                if self.e_value_limit > 1
                else "; the interval already includes no effect"
            )
        return (
            f"{sentence} To explain the ratio of the means, it would need a risk ratio of {self.e_value:.2f} with both"
            f"{limit} (E-value, VanderWeele and Ding 2017)."
        )


def sensitivity(rows: Columns, question: Question, quoted: Estimate | None) -> Sensitivity:
    """How strong an unmeasured confounder would have to be to explain away an effect found by adjustment.

    Args:
        quoted: The estimate that is quoted; None if there is none.

    Raises:
        EstimateError: There is no regression.
    """
    means, ratio = (None, None) if quoted is None else (quoted.means, quoted.ratio)
    if means is None or min(means) <= 0 or not np.isin(rows[question.outcome], (0, 1)).all():
        return Sensitivity(robustness_value(rows, question), None, None)
    limit = None if ratio is None else e_value(min(max(1.0, ratio[0]), ratio[1]))
    return Sensitivity(robustness_value(rows, question), e_value(means[1] / means[0]), limit)


def robustness_value(rows: Columns, question: Question) -> float:
    """The partial R² that an unmeasured confounder would need with both exposure and outcome to bring the effect to 0:
    from 0 (anything does) to 1 (nothing does) (Cinelli and Hazlett 2020, equation 19)."""
    t, freedom = _t_and_freedom(rows, question)
    f = abs(t) / np.sqrt(freedom)
    return float(2 / (1 + np.sqrt(1 + 4 / f**2))) if f > 0 else 0.0  # their formula, but not 0 for a large f


def with_hidden_confounder(
    rows: Columns, question: Question, of_exposure: np.ndarray | float, of_outcome: np.ndarray | float
) -> np.ndarray:
    """The effect if an unmeasured confounder explained these shares of the residual variance and acted against the
    estimate (Cinelli and Hazlett 2020, equation 12).

    Args:
        of_exposure, of_outcome: Partial R² from 0 to 1 (less than 1 for the exposure), ``[...]`` of shapes that
            broadcast; the effect has the shape that they broadcast to.
    """
    estimate, (t, freedom) = regression(rows, question), _t_and_freedom(rows, question)
    error = abs(estimate.value / t) if t else estimate.error
    bias = np.sqrt(of_outcome * of_exposure / (1 - of_exposure)) * error * np.sqrt(freedom)
    return estimate.value - np.sign(estimate.value) * bias


def e_value(risk_ratio: float) -> float:
    """The risk ratio that an unmeasured confounder would need with both exposure and outcome to explain a risk ratio
    away (VanderWeele and Ding 2017)."""
    ratio = max(risk_ratio, 1 / risk_ratio)
    return float(ratio + np.sqrt(ratio * (ratio - 1)))


def _t_and_freedom(rows: Columns, question: Question) -> tuple[float, int]:
    """The classical t statistic of the exposure in the regression, and its degrees of freedom."""
    y, design = rows[question.outcome], design_of(rows, question)
    inverse = inverse_of(design, question)
    coefficients = inverse @ (design.T @ y)
    freedom = len(y) - design.shape[1]
    error = norm(y - design @ coefficients) / np.sqrt(freedom) * np.sqrt(inverse[1, 1])
    return float(coefficients[1] / error), freedom
