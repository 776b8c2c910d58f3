"""Least squares and its uncertainty: HC3 errors (MacKinnon and White 1985) with t quantiles, and with few rows never a
narrower interval than under equal variances (Angrist and Pischke 2009, section 8.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.causal.estimation.question import EstimateError, Question
from core.causal.tables.rows import Columns
from core.statistics import half_width
from core.wording import count_of

FEW_ROWS = 30  # in the smaller arm: with fewer, its spread may be far too small by chance, as of ten zeros
_ROUNDING = 1e-12  # a column that varies less than this, relative to its size, is constant


@dataclass(frozen=True, eq=False)
class Fit:
    """A least-squares fit.

    Attributes:
        design: Explanatory columns ``[rows, columns]``.
        inverse: The inverse of ``design.T @ design``.
        coefficients: One for each column.
        residuals: One for each row.
        loo_residuals: The residual of each row from the fit without that row.
    """

    design: np.ndarray
    inverse: np.ndarray
    coefficients: np.ndarray
    residuals: np.ndarray
    loo_residuals: np.ndarray

    def influence(self, direction: np.ndarray) -> np.ndarray:
        """The influence of each row, ``[N]``, on ``coefficients @ direction`` for a direction ``[P]``; the sum of its
        squares is the variance (HC3)."""
        return (self.design @ (self.inverse @ direction)) * self.loo_residuals

    def equal_variance_error(self, direction: np.ndarray) -> float:
        """The standard error of ``coefficients @ direction``, for a direction ``[P]``, if all rows have the same
        variance."""
        spread = norm(self.residuals) / np.sqrt(len(self.residuals) - len(self.coefficients))
        return float(spread * np.sqrt(max(0.0, direction @ self.inverse @ direction)))


def fit(design: np.ndarray, y: np.ndarray, question: Question) -> Fit:
    """Fit ``y`` ``[rows]`` to the columns of ``design``.

    Args:
        question: Names the columns in messages.

    Raises:
        EstimateError: Columns are linearly dependent, or there are too few rows.
    """
    inverse = inverse_of(design, question)
    coefficients = inverse @ (design.T @ y)
    residuals = y - design @ coefficients
    leverage = ((design @ inverse) * design).sum(axis=1)
    return Fit(design, inverse, coefficients, residuals, residuals / np.maximum(1 - leverage, 1e-6))


def norm(values: np.ndarray) -> float:
    """The root of the sum of squares of an array ``[N]``, without overflow however large or small the numbers are."""
    top = float(np.abs(values).max(initial=0.0))
    return top * float(np.sqrt(np.square(values / top).sum())) if top > 0 else 0.0


def unit_vector(place: int, count: int) -> np.ndarray:
    """The unit vector ``[count]`` with 1 at ``place``."""
    return np.eye(count)[place]


def widest(*pairs: tuple[float, float]) -> tuple[float, float]:
    """The pair of standard error and degrees of freedom that has the widest interval."""
    return max(pairs, key=lambda pair: half_width(*pair))


def smaller_arm(column: np.ndarray) -> int:
    """How many rows have the rarer of two values; all of them if a column ``[N]`` has more than two."""
    largest, smallest = column == column.max(), column == column.min()
    binary = (largest ^ smallest).all()
    return int(min(largest.sum(), smallest.sum())) if binary else len(column)


def freedom_of(column: np.ndarray, count: int) -> int:
    """Degrees of freedom for the coefficient of ``column [N]`` in a fit of ``count`` columns."""
    return max(1, min(len(column) - count, smaller_arm(column) - 1))


def design_of(rows: Columns, question: Question) -> np.ndarray:
    """A column of ones, the exposure and the covariates, the latter centred ``[rows, columns]``. An exposure of several
    arms is an indicator of the arm in question, and at the end come indicators of the other arms."""
    x = np.asarray(rows[question.exposure])
    exposure = [x] if len(question.arms) <= 2 else [x == 1]
    others = [x == code for code in np.unique(x[x > 1])] if len(question.arms) > 2 else []
    return design_matrix([*exposure, *(rows[name] for name in question.covariates), *others])


def row_weights(rows: Columns, question: Question) -> np.ndarray:
    """How much each row counts, 1 on average ``[rows]``."""
    if not question.weights:
        return np.ones(len(rows[question.exposure]))
    return rows[question.weights] / rows[question.weights].mean()


def design_matrix(columns: Iterable[np.ndarray], count: int = 0) -> np.ndarray:
    """A column of ones and the centred columns ``[rows, columns]``.

    Args:
        count: The number of rows if there are no columns.
    """
    centred = [_centred(np.asarray(column, float)) for column in columns]
    return np.column_stack([np.ones(len(centred[0]) if centred else count), *centred])


def inverse_of(design: np.ndarray, question: Question) -> np.ndarray:
    """The inverse of ``design.T @ design``, ``[P, P]``, for a design ``[N, P]``.

    Raises:
        EstimateError: Columns are linearly dependent, or there are too few rows.
    """
    if len(design) <= design.shape[1]:
        rows, columns = count_of(len(design), "row"), count_of(design.shape[1], "column")
        raise EstimateError(f"{rows} can't determine {columns}; use fewer covariates.")
    scale = np.abs(design).max(axis=0)
    scale[scale == 0] = 1.0
    products = (design / scale).T @ (design / scale)
    if np.linalg.cond(products) > 1e12:
        raise EstimateError(
            f"Some columns among {', '.join((question.exposure, *question.covariates))} are linearly dependent or "
            "constant here; leave one out."
        )
    return np.linalg.inv(products) / np.outer(scale, scale)


def _centred(column: np.ndarray) -> np.ndarray:
    """The column minus its mean, so that a large mean (such as of a date in seconds) hides nothing."""
    mean = column.mean()
    centred = column - mean
    return centred if np.abs(centred).max() > _ROUNDING * abs(mean) else np.zeros_like(centred)
