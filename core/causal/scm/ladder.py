"""The first two rungs of Pearl's ladder on the same units (Pearl and Mackenzie 2018, chapter 1): association, the
outcome of units that happen to have some values, and intervention, the outcome of all units once they are given these
values. The third rung is ``core.causal.scm.counterfactuals``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.causal.scm.interventions import Do, Intervention
from core.causal.scm.mechanisms import Categorical, MechanismError, Threshold
from core.causal.scm.model import Model, Units, check_numbers
from core.statistics import Z_95

_MAX_DISCRETE = 12  # values of a node that counts as discrete
_NEAR = 0.25  # standard deviations between two values that count as equal
_POINTS = 21


@dataclass(frozen=True)
class Mean:
    """A mean over some units, with its standard error; both are NaN if there are no units."""

    value: float
    error: float
    units: int

    @property
    def margin(self) -> float:
        """Half the width of the 95 % interval."""
        return Z_95 * self.error

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval."""
        return self.value - self.margin

    @property
    def high(self) -> float:
        """The upper end of the 95 % interval."""
        return self.value + self.margin


def mean_of(values: np.ndarray) -> Mean:
    """Returns the mean of ``values [n]``."""
    if not len(values):
        return Mean(float("nan"), float("nan"), 0)
    error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
    return Mean(float(values.mean()), error, len(values))


def category_shares(values: np.ndarray, count: int) -> tuple[Mean, ...]:
    """Returns the share of each category ``0, 1, ..., count - 1`` among units with values ``[N]``."""
    return tuple(mean_of((values == category).astype(np.float64)) for category in range(count))


def matching_units(units: Units, values: Mapping[str, float]) -> np.ndarray:
    """Returns which units happen to have some values, ``bool [n]``: equal where a node is discrete, within a quarter of
    its standard deviation where it is not."""
    chosen = np.ones(len(units), bool)
    for node, value in values.items():
        column = units.values[node]
        chosen &= column == value if is_discrete(column) else np.abs(column - value) <= _NEAR * column.std()
    return chosen


def is_discrete(column: np.ndarray) -> bool:
    """Whether a column ``[N]`` takes few values."""
    return len(np.unique(column[:2000])) <= _MAX_DISCRETE and len(np.unique(column)) <= _MAX_DISCRETE


def curve_points(column: np.ndarray) -> np.ndarray:
    """Returns the values ``[points]`` at which curves over a node with a column ``[N]`` are drawn: each value of a
    discrete node, otherwise even steps from the first to the 99th percentile."""
    if is_discrete(column):
        return np.unique(column)
    low, high = np.quantile(column, (0.01, 0.99))
    return np.linspace(low, high, _POINTS)


def association_curve(units: Units, node: str, outcome: str, points: Sequence[float]) -> list[Mean]:
    """Returns the outcome's mean among the units that happen to be at each point."""
    column, values = units.values[node], units.values[outcome]
    near = 0.0 if is_discrete(column) else _NEAR * column.std()
    return [mean_of(values[np.abs(column - point) <= near]) for point in points]


def intervention_curve(
    model: Model, noise: Mapping[str, np.ndarray], node: str, outcome: str, points: Sequence[float], *also: Intervention
) -> list[Mean]:
    """Returns the outcome's mean over all units under do(node = point), for each point; other interventions stay.
    Noise is ``[N]`` for each node, ``[N, K]`` for a choice among K."""
    others = [one for one in also if one.node != node]
    return [mean_of(model.simulate(noise, *others, Do(node, float(point))).values[outcome]) for point in points]


def average_effect(model: Model, noise: Mapping[str, np.ndarray], exposure: str, outcome: str) -> float:
    """Returns the true average effect: the difference of the outcome's mean between do(exposure = 1) and
    do(exposure = 0). For an outcome of 0 or 1 the chances are averaged and not the draws, so that the result is exact
    given its causes. NaN if either intervention leads to values that are not finite. Noise as for
    ``intervention_curve``, ``[N]`` or ``[N, K]``."""
    low, high = (model.simulate(noise, Do(exposure, value)) for value in (0.0, 1.0))
    try:
        check_numbers(low)
        check_numbers(high)
    except MechanismError:
        return float("nan")
    mechanism = model.mechanisms[outcome]
    if isinstance(mechanism, Threshold) and outcome != exposure:
        return float(np.mean(mechanism.expected(high.values) - mechanism.expected(low.values)))
    return float(np.mean(high.values[outcome] - low.values[outcome]))


def effect_on_shares(model: Model, noise: Mapping[str, np.ndarray], exposure: str, outcome: str) -> tuple[float, ...]:
    """Returns the true effect on a categorical outcome: the difference of each category's share between
    do(exposure = 1) and do(exposure = 0), from the chances and not the draws. NaN where ``average_effect`` gives it.
    Noise as for ``intervention_curve``, ``[N]`` or ``[N, K]``.

    Raises:
        MechanismError: The outcome is not a choice.
    """
    mechanism = model.mechanisms[outcome]
    if not isinstance(mechanism, Categorical):
        raise MechanismError(f"{outcome} is not a choice, so it has no shares.")
    low, high = (_chances(model.simulate(noise, Do(exposure, value)), mechanism) for value in (0.0, 1.0))
    return tuple(map(float, high - low))


def _chances(units: Units, mechanism: Categorical) -> np.ndarray:
    """The mean chance of each category ``[count]``."""
    categories, columns = range(len(mechanism.weights)), units.values
    try:
        check_numbers(units)
    except MechanismError:
        return np.full(len(categories), np.nan)
    full = (np.full(len(units), float(category)) for category in categories)
    return np.array([np.exp(mechanism.log_density(column, columns)).mean() for column in full])
