"""What is asked of rows, and what an answer in numbers is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.statistics import half_width


class EstimateError(ValueError):
    """One plain sentence: why there is no estimate, and what to do."""


@dataclass(frozen=True)
class Question:
    """What is asked: the effect of ``exposure`` on ``outcome``, adjusted for ``covariates``."""

    exposure: str
    outcome: str
    covariates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Estimate:
    """An effect: that of one unit more of the exposure, or of 1 for 0.

    Attributes:
        method: What was done.
        value, error: The effect and its standard error.
        low, high: Its 95 % interval, by the t distribution.
        rows: How many counted.
        believes: What must hold besides the graph, to follow an "if"; empty if the method asks for little.
        noticed: What was noticed; empty if nothing.
        doubt: Why it must not be quoted; empty if it may.
        means: The outcome's mean if everybody had the exposure 0, and 1; None where the method does not give them.
        freedom: Degrees of freedom of the error.
        ratio: 95 % interval of the ratio of the means, of an outcome of 0 and 1; None where it is not known.
    """

    method: str
    value: float
    error: float
    rows: int
    believes: str = ""
    noticed: str = ""
    doubt: str = ""
    means: tuple[float, float] | None = None
    freedom: float = np.inf
    ratio: tuple[float, float] | None = None

    @property
    def note(self) -> str:
        """What one must believe, what was noticed, and why it must not be quoted; empty if nothing."""
        believed = f"believes that {self.believes}" if self.believes else ""
        return "; ".join(part for part in (believed, self.noticed, self.doubt) if part)

    @property
    def low(self) -> float:
        return self.value - half_width(self.error, self.freedom)

    @property
    def high(self) -> float:
        return self.value + half_width(self.error, self.freedom)
