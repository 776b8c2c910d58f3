"""Pearl's first two rungs on one set of units: what is seen of those that happen to be so, and what becomes of all
when they are made so (Pearl and Mackenzie 2018, chapter 1). The third is ``core.causal.scm.counterfactuals``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.causal.scm.interventions import Do, Intervention
from core.causal.scm.mechanisms import Categorical, MechanismError, Threshold
from core.causal.scm.model import Model, Units, check_numbers
from core.statistics import Z_95

_FEW = 12  # values of a node that counts as discrete
_NEAR = 0.25  # standard deviations within which two values count as alike
_POINTS = 21


@dataclass(frozen=True)
class Mean:
    """A mean over some units and its 95 % interval; not a number where there are none."""

    value: float
    error: float
    units: int

    @property
    def margin(self) -> float:
        """Half the width of the interval."""
        return Z_95 * self.error

    @property
    def low(self) -> float:
        return self.value - self.margin

    @property
    def high(self) -> float:
        return self.value + self.margin


def mean_of(values: np.ndarray) -> Mean:
    """The mean of some values with its standard error; not a number where there are no values."""
    if not len(values):
        return Mean(float("nan"), float("nan"), 0)
    error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
    return Mean(float(values.mean()), error, len(values))


def shares_of(values: np.ndarray, kinds: int) -> tuple[Mean, ...]:
    """The share of each kind ``0, 1, ...`` among some units."""
    return tuple(mean_of((values == kind).astype(np.float64)) for kind in range(kinds))


def matching_units(units: Units, asked: Mapping[str, float]) -> np.ndarray:
    """Which units happen to be as asked, ``bool [n]``: equal in what takes few values, within a quarter of a standard
    deviation in what does not."""
    chosen = np.ones(len(units), bool)
    for node, value in asked.items():
        column = units.values[node]
        chosen &= column == value if is_discrete(column) else np.abs(column - value) <= _NEAR * column.std()
    return chosen


def is_discrete(column: np.ndarray) -> bool:
    """Whether a column takes few values."""
    return len(np.unique(column[:2000])) <= _FEW and len(np.unique(column)) <= _FEW


def places(column: np.ndarray) -> np.ndarray:
    """Where curves over a node are drawn: at each of its values, or evenly between its outer percents."""
    if is_discrete(column):
        return np.unique(column)
    return np.linspace(*np.quantile(column, (0.01, 0.99)), _POINTS)


def association_curve(units: Units, node: str, outcome: str, at: Sequence[float]) -> list[Mean]:
    """The outcome's mean among units that happen to be at each place."""
    column, values = units.values[node], units.values[outcome]
    near = 0.0 if is_discrete(column) else _NEAR * column.std()
    return [mean_of(values[np.abs(column - place) <= near]) for place in at]


def intervention_curve(
    model: Model, noise: Mapping[str, np.ndarray], node: str, outcome: str, at: Sequence[float], *also: Intervention
) -> list[Mean]:
    """The outcome's mean over all units when each is made to be at each place; other interventions stay."""
    others = [one for one in also if one.node != node]
    return [mean_of(model.simulate(noise, *others, Do(node, float(place))).values[outcome]) for place in at]


def effect(model: Model, noise: Mapping[str, np.ndarray], exposure: str, outcome: str) -> float:
    """The truth: how much the outcome's mean moves when the exposure is set to 1 rather than to 0. Of an outcome of 0
    or 1 the chance counts and not the draw, so that it is exact given its causes. Not a number where either leads to
    values that are none."""
    low, high = (model.simulate(noise, Do(exposure, value)) for value in (0.0, 1.0))
    try:
        check_numbers(low)
        check_numbers(high)
    except MechanismError:
        return float("nan")
    own = model.mechanisms[outcome]
    if isinstance(own, Threshold) and outcome != exposure:
        return float(np.mean(own.expected(high.values) - own.expected(low.values)))
    return float(np.mean(high.values[outcome] - low.values[outcome]))


def effect_on_shares(model: Model, noise: Mapping[str, np.ndarray], exposure: str, outcome: str) -> tuple[float, ...]:
    """The same of an outcome that is a choice: how much the share of each kind moves. The chances count and not the
    draw. Not numbers where either leads to values that are none."""
    own = model.mechanisms[outcome]
    low, high = (_chances(model.simulate(noise, Do(exposure, value)), own) for value in (0.0, 1.0))
    return tuple(map(float, high - low))


def _chances(units: Units, own: Categorical) -> np.ndarray:
    """The share ``[kinds]`` of each kind, by its chances."""
    kinds, columns = range(len(own.weights)), units.values
    try:
        check_numbers(units)
    except MechanismError:
        return np.full(len(kinds), np.nan)
    return np.array([np.exp(own.log_density(np.full(len(units), float(kind)), columns)).mean() for kind in kinds])
