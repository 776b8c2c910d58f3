"""Pearl's three rungs on one set of units: what is seen of those that happen to be so, what becomes of all when they
are made so, and what would have become of one (Pearl and Mackenzie 2018, chapter 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.causal.branches import branches
from core.causal.interventions import Intervention, Set
from core.causal.mechanisms import Additive, Categorical, Mechanism, MechanismError, Threshold
from core.causal.scm import Model, Units, check_numbers

_FEW = 12  # values of a node that counts as discrete
_NEAR = 0.25  # standard deviations within which two values count as alike
_GUESSES = 40_000  # of what is hidden, or of ways in which a unit can have come about
_TRUSTED = 100  # guesses that must count
_POINTS = 21


@dataclass(frozen=True)
class Mean:
    """A mean over some units and its 95 % interval; not a number where there are none."""

    value: float
    error: float
    units: int

    @property
    def low(self) -> float:
        return self.value - 1.96 * self.error

    @property
    def high(self) -> float:
        return self.value + 1.96 * self.error


@dataclass(frozen=True)
class Step:
    """What one node of one unit is: seen, and under interventions.

    Attributes:
        node: Its name.
        told: How it comes about; ``own`` is the part that is the unit's own.
        seen: Its value as it was; where it is hidden and was guessed, the mean of the guesses.
        own: What the unit's own part must have been, in words.
        imagined: Its value under the interventions: the mean over all ways in which the unit can have come about.
        chance: Whether those ways differ in it.
        guessed: Whether the guesses of what it was differ.
        errors: The standard errors of ``seen`` and ``imagined``; 0 where they were worked out and not drawn.
        shares: Of a choice, how likely each kind was, and would have been; empty for other nodes.
        fixed: Whether it is set from outside.
    """

    node: str
    told: str
    seen: float
    own: str
    imagined: float
    chance: bool
    guessed: bool
    errors: tuple[float, float]
    shares: tuple[tuple[float, float], ...]
    fixed: bool


@dataclass(frozen=True)
class Imagined:
    """One unit, node by node; ``effective`` says how many guesses of what is hidden counted, None where nothing had to
    be guessed."""

    steps: tuple[Step, ...]
    effective: float | None

    def of(self, node: str) -> Step:
        return next(step for step in self.steps if step.node == node)

    def told(self) -> str:
        """How well guesses of what is hidden fit, in a sentence; empty where nothing had to be guessed."""
        if self.effective is None:
            return ""
        if self.effective < _TRUSTED:
            return f"Hardly any guess of what is hidden fits ({self.effective:,.0f} count): don't trust this answer."
        return f"What is hidden was guessed: {self.effective:,.0f} guesses count."


def mean_of(values: np.ndarray) -> Mean:
    if not len(values):
        return Mean(float("nan"), float("nan"), 0)
    error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
    return Mean(float(values.mean()), error, len(values))


def alike(units: Units, asked: Mapping[str, float]) -> np.ndarray:
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


def seen_curve(units: Units, node: str, outcome: str, at: Sequence[float]) -> list[Mean]:
    """The outcome's mean among units that happen to be at each place."""
    column, values = units.values[node], units.values[outcome]
    near = 0.0 if is_discrete(column) else _NEAR * column.std()
    return [mean_of(values[np.abs(column - place) <= near]) for place in at]


def done_curve(
    model: Model, noise: Mapping[str, np.ndarray], node: str, outcome: str, at: Sequence[float], *also: Intervention
) -> list[Mean]:
    """The outcome's mean over all units when each is made to be at each place; other interventions stay."""
    others = [one for one in also if one.node != node]
    return [mean_of(model.play(noise, *others, Set(node, float(place))).values[outcome]) for place in at]


def effect(model: Model, noise: Mapping[str, np.ndarray], exposure: str, outcome: str) -> float:
    """The truth: how much the outcome's mean moves when the exposure is set to 1 rather than to 0. Of an outcome of 0
    or 1 the chance counts and not the draw, so that it is exact given its causes. Not a number where either leads to
    values that are none."""
    low, high = (model.play(noise, Set(exposure, value)) for value in (0.0, 1.0))
    try:
        check_numbers(low)
        check_numbers(high)
    except MechanismError:
        return float("nan")
    own = model.mechanisms[outcome]
    if isinstance(own, Threshold) and outcome != exposure:
        return float(np.mean(own.expected(high.values) - own.expected(low.values)))
    return float(np.mean(high.values[outcome] - low.values[outcome]))


def imagine_unit(
    model: Model, seen: Mapping[str, float], interventions: Sequence[Intervention], rng: np.random.Generator
) -> Imagined:
    """What would have become of one unit.

    Args:
        seen: Its values; nodes that are not there are guessed from those that are.
        interventions: What is done to it.

    Raises:
        MechanismError: A node that must be known is not there, nothing like this can come about, no guess of what is
            hidden fits, or what is done leads to values that are no numbers.
    """
    unknown = [node for node in model.order if node not in seen]
    if wrong := [node for node in unknown if node not in model.latent]:
        raise MechanismError(f"Say what {wrong[0]} was; only what is hidden can be guessed.")
    if unknown:
        units = model.abduct({node: np.float64(value) for node, value in seen.items()}, _GUESSES, rng)
        if units.effective == 0:
            raise MechanismError("No guess of what is hidden fits what was seen; change what was seen.")
        units = _fitting(units)
        exact = None
    else:
        units = model.abduct({node: np.float64(value) for node, value in seen.items()}, 1, rng)
        exact = branches(model, units, interventions)
        if exact is None:
            units = model.abduct({node: np.full(_GUESSES, value) for node, value in seen.items()}, _GUESSES, rng)
    other = model.imagine(units, *interventions) if exact is None else exact
    check_numbers(other)
    fixed = {one.node for one in interventions if isinstance(one, Set)}
    steps = tuple(
        _step(model.mechanisms[node], node, units, other, exact is not None, node in fixed) for node in model.order
    )
    return Imagined(steps, units.effective if unknown else None)


def formula(mechanism: Mechanism) -> str:
    """How a node comes about, in one line."""
    match mechanism:
        case Additive(mean=mean, scale=scale):
            return mean.text if scale == 0 else "own" if mean.text in ("0", "0.0") else f"{mean.text} + own"
        case Threshold(chance=chance):
            return f"1 if own < {chance.text}"
        case Categorical(weights=weights):
            return f"one of {len(weights)} kinds"
    raise TypeError(mechanism)


def _step(mechanism: Mechanism, node: str, units: Units, other: Units, exact: bool, fixed: bool) -> Step:
    kinds = range(len(mechanism.weights)) if isinstance(mechanism, Categorical) else ()
    shares = tuple((_share(units, node, kind), _share(other, node, kind)) for kind in kinds)
    errors = _error(units, node), 0.0 if exact else _error(other, node)
    return Step(
        node, formula(mechanism), units.mean(node), _own(mechanism, node, units), other.mean(node),
        _differs(other.values[node]), _differs(units.values[node]), errors, shares, fixed,
    )  # fmt: skip


def _share(units: Units, node: str, kind: int) -> float:
    return float(np.average(units.values[node] == kind, weights=units.weights))


def _error(units: Units, node: str) -> float:
    """The standard error of a mean over draws."""
    spread = np.average((units.values[node] - units.mean(node)) ** 2, weights=units.weights)
    return float(np.sqrt(spread / units.effective))


def _fitting(units: Units) -> Units:
    """The units without the guesses that weigh nothing: what they differ in is no chance."""
    if units.weights is None:
        return units
    fit = units.weights > 0
    values, noise = ({node: column[fit] for node, column in part.items()} for part in (units.values, units.noise))
    return Units(values, noise, units.weights[fit])


def _differs(column: np.ndarray) -> bool:
    return bool(np.ptp(column) > 1e-9 * max(1.0, abs(column[0])))


def _own(mechanism: Mechanism, node: str, units: Units) -> str:
    match mechanism:
        case Additive(scale=scale):
            parts = scale * units.noise[node]
            mean = float(np.average(parts, weights=units.weights))
            return ("about " if _differs(parts) else "") + f"{mean:.3g}" if scale else "none"
        case Threshold():
            chance = np.broadcast_to(mechanism.expected(units.values), len(units))
            bound = float(np.average(chance, weights=units.weights))
            sign = "below" if units.mean(node) > 0.5 else "from"
            return f"{sign} {bound:.3g}" + (" up" if sign == "from" else "")
    return "drawn (Gumbel)"
