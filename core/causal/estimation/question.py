"""The question that an estimate answers, and the estimate itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from core.causal.tables.rows import Columns
from core.statistics import half_width


class EstimateError(ValueError):
    """One plain sentence: why there is no estimate, and what to do."""


@dataclass(frozen=True)
class Question:
    """The effect of ``exposure`` on ``outcome``, adjusted for ``covariates``.

    Attributes:
        exposure, outcome, covariates: Columns.
        arms: What the values of a coded exposure stand for: the reference (coded 0), the arm that is compared with it
            (coded 1), and any other arms (2, 3, ...), whose rows count only for the mix of the covariates. Empty for an
            exposure that is an amount.
        weights: The column of sampling weights; empty if each row counts the same.
    """

    exposure: str
    outcome: str
    covariates: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    weights: str = ""


@dataclass(frozen=True)
class Estimate:
    """An effect: the change of the outcome's mean for one more unit of the exposure, or for 1 instead of 0.

    Attributes:
        method: The name of the method.
        value, error: The effect and its standard error.
        rows: The number of rows that were used.
        assumption: What the method assumes besides the graph, to follow "if"; empty if it assumes little.
        note: A remark on the data; empty if there is none.
        caveat: Why the estimate should not be quoted; empty if it may be.
        means: The outcome's mean if everybody had the exposure 0, and 1; None if the method does not give them.
        freedom: Degrees of freedom of the error.
        ratio: The 95 % interval of the ratio of the means, for an outcome of 0 and 1; None if it is unknown.
        influence: The influence of each row on the effect ``[rows]``, for errors by clusters and for the error of the
            difference of two estimates; None if the method does not give it.
    """

    method: str
    value: float
    error: float
    rows: int
    assumption: str = ""
    note: str = ""
    caveat: str = ""
    means: tuple[float, float] | None = None
    freedom: float = np.inf
    ratio: tuple[float, float] | None = None
    influence: np.ndarray | None = field(default=None, repr=False, compare=False)

    @property
    def remarks(self) -> str:
        """The assumption, the note and the caveat in one line; empty if there is none."""
        assumes = f"assumes that {self.assumption}" if self.assumption else ""
        return "; ".join(part for part in (assumes, self.note, self.caveat) if part)

    @property
    def low(self) -> float:
        """The lower limit of the 95 % interval, by the t distribution."""
        return self.value - half_width(self.error, self.freedom)

    @property
    def high(self) -> float:
        """The upper limit of the 95 % interval, by the t distribution."""
        return self.value + half_width(self.error, self.freedom)


Method = Callable[[Columns, Question], Estimate]
