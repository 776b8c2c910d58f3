"""Least squares, and how sure it is: HC3 (MacKinnon and White 1985) with t quantiles, and where few rows decide, no
narrower than if every row were spread alike (Angrist and Pischke 2009, section 8.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.causal.estimation.question import EstimateError, Question
from core.causal.tables.rows import Columns
from core.statistics import half_width

FEW = 30  # rows, in the smaller arm: their own spread may be far too small by chance, as of ten zeros
_ROUNDING = 1e-12  # a column that varies less than this, for its size, is constant


@dataclass(frozen=True, eq=False)
class Fit:
    """A line through rows.

    Attributes:
        design: Columns that explain ``[rows, columns]``.
        inverse: Of their products.
        weights: Of each column.
        left: What the line leaves of each row.
        scaled: The same for a line drawn without that row.
    """

    design: np.ndarray
    inverse: np.ndarray
    weights: np.ndarray
    left: np.ndarray
    scaled: np.ndarray

    def influence(self, direction: np.ndarray) -> np.ndarray:
        """What each row adds to ``weights @ direction`` by chance; the variance is the sum of squares."""
        return (self.design @ (self.inverse @ direction)) * self.scaled

    def plain_error(self, direction: np.ndarray) -> float:
        """Standard error of ``weights @ direction`` if every row is spread alike."""
        spread = length(self.left) / np.sqrt(len(self.left) - len(self.weights))
        return float(spread * np.sqrt(max(0.0, direction @ self.inverse @ direction)))


def fit(design: np.ndarray, y: np.ndarray, question: Question) -> Fit:
    """Draw the line.

    Raises:
        EstimateError: Some columns say the same, or there are too few rows.
    """
    inverse = inverse_of(design, question)
    weights = inverse @ (design.T @ y)
    left = y - design @ weights
    leverage = ((design @ inverse) * design).sum(axis=1)
    return Fit(design, inverse, weights, left, left / np.maximum(1 - leverage, 1e-6))


def length(influence: np.ndarray) -> float:
    """Root of the sum of squares, of numbers however large or small."""
    top = float(np.abs(influence).max(initial=0.0))
    return top * float(np.sqrt(np.square(influence / top).sum())) if top > 0 else 0.0


def unit(place: int, count: int) -> np.ndarray:
    """The unit vector ``[count]`` with a 1 at ``place``."""
    return np.eye(count)[place]


def wider(*pairs: tuple[float, float]) -> tuple[float, float]:
    """Of pairs of error and degrees of freedom, that of the widest interval."""
    return max(pairs, key=lambda pair: half_width(*pair))


def smaller_arm(column: np.ndarray) -> int:
    """How many rows have the rarer of two values; all of them where a column has more values."""
    with_it, without = column == column.max(), column == column.min()
    two = (with_it ^ without).all()
    return int(min(with_it.sum(), without.sum())) if two else len(column)


def freedom_of(column: np.ndarray, count: int) -> int:
    """Degrees of freedom of what ``column`` does, beside others, in a line of ``count`` columns."""
    return max(1, min(len(column) - count, smaller_arm(column) - 1))


def design_of(rows: Columns, question: Question) -> np.ndarray:
    """A column of ones, the exposure and the covariates, these around their means."""
    return design(rows[name] for name in (question.exposure, *question.covariates))


def design(columns: Iterable[np.ndarray], count: int = 0) -> np.ndarray:
    """A column of ones (``count`` of them where there are no others), and columns around their means."""
    centred = [_centred(np.asarray(column, float)) for column in columns]
    return np.column_stack([np.ones(len(centred[0]) if centred else count), *centred])


def inverse_of(design: np.ndarray, question: Question) -> np.ndarray:
    """Inverse of the products of columns.

    Raises:
        EstimateError: Some columns say the same, or there are too few rows.
    """
    if len(design) <= design.shape[1]:
        few = "There is only 1 row" if len(design) == 1 else f"There are only {len(design)} rows"
        columns = f"{design.shape[1]} columns" if design.shape[1] > 1 else "1 column"
        raise EstimateError(f"{few} for {columns}; use fewer covariates.")
    scale = np.abs(design).max(axis=0)
    scale[scale == 0] = 1.0
    products = (design / scale).T @ (design / scale)
    if np.linalg.cond(products) > 1e12:
        raise EstimateError(
            f"Some columns among {', '.join((question.exposure, *question.covariates))} say the same or are constant "
            "here; leave one out."
        )
    return np.linalg.inv(products) / np.outer(scale, scale)


def _centred(column: np.ndarray) -> np.ndarray:
    """Around its mean, so that a large one (such as of a date in seconds) hides nothing."""
    mean = column.mean()
    moved = column - mean
    return moved if np.abs(moved).max() > _ROUNDING * abs(mean) else np.zeros_like(moved)
