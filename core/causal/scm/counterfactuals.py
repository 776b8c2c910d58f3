"""Pearl's third rung: what would have become of one unit (Pearl and Mackenzie 2018, chapter 1; by abduction, action and
prediction, Pearl 2009, 7.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.causal.scm.exact_counterfactuals import counterfactual_worlds, possible_worlds
from core.causal.scm.interventions import Intervention, by_node, check_category
from core.causal.scm.mechanisms import Additive, Categorical, Mechanism, MechanismError, Threshold
from core.causal.scm.model import Model, Units, check_numbers
from core.causal.scm.model_text import summand

_GUESSES = 40_000  # of what is unknown, or of ways in which a unit can have come about
_TRUSTED = 400  # guesses that must count: with a hundred an interval holds the truth four times in five, not 19 in 20


@dataclass(frozen=True)
class Step:
    """What one node of one unit is: seen, and under interventions.

    Attributes:
        node: Its name.
        told: How it comes about; ``own`` is the part that is the unit's own.
        seen: Its value as it was; where it is unknown, the mean over all that it can have been.
        own: What the unit's own part must have been, in words.
        imagined: Its value under the interventions: the mean over all ways in which the unit can have come about.
        chance: Whether those ways differ in it.
        guessed: Whether it is unknown, and can have been one or another.
        errors: The standard errors of ``seen`` and ``imagined``; 0 where they were worked out and not drawn.
        shares: Of a choice, how likely each kind was, and would have been; empty for other nodes.
        done: What is done to it; None where it is left to its causes.
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
    done: Intervention | None


@dataclass(frozen=True)
class UnitCounterfactual:
    """One unit, node by node.

    Attributes:
        steps: Causes first.
        effective: How many guesses of what is unknown counted; None where nothing had to be guessed.
        ways: In how many ways what is unknown can have been, where all were weighed and none guessed.
    """

    steps: tuple[Step, ...]
    effective: float | None
    ways: int

    def of(self, node: str) -> Step:
        return next(step for step in self.steps if step.node == node)

    def told(self) -> str:
        """How what is unknown was found, in a sentence; empty where everything is known."""
        if self.effective is None:
            ways = f"What is unknown can have come about in {self.ways:,} ways"
            return f"{ways}; each was weighed, so the answer is exact." if self.ways > 1 else ""
        return f"What is unknown was guessed: {self.effective:,.0f} guesses count."


def unit_counterfactual(
    model: Model, seen: Mapping[str, float], interventions: Sequence[Intervention], rng: np.random.Generator
) -> UnitCounterfactual:
    """What would have become of one unit.

    Args:
        seen: Its values. What is not there is unknown: all that it can have been is weighed by how well it fits what
            was seen, exactly where that are few ways (``branches``), else by weighted guesses.
        interventions: What is done to it.

    Raises:
        GraphError: What was seen, or is done, is of no node.
        MechanismError: Nothing like this can come about, no guess of what is unknown fits, or what is done makes no
            sense or leads to values that are no numbers.
    """
    for node in seen:
        model.graph.check_node(node)
    doing = by_node(model.graph, interventions)
    for node, one in doing.items():
        check_category(one, model.mechanisms[node])
    partial = len(seen) < len(model.mechanisms)
    units = possible_worlds(model, seen) if partial else _one(model, seen, 1, rng)
    other = None
    if units is not None:
        _check_fits(units)
        other = counterfactual_worlds(model, units, interventions)
    exact = other is not None
    if not exact:
        units = _fitting(model.abduct(seen, _GUESSES, rng)) if partial else _one(model, seen, _GUESSES, rng)
        other = model.counterfactual(units, *interventions)
    check_numbers(other)
    steps = tuple(_step(model.mechanisms[node], node, units, other, exact, doing.get(node)) for node in model.order)
    return UnitCounterfactual(steps, units.effective if partial and not exact else None, len(units) if exact else 1)


def _one(model: Model, seen: Mapping[str, float], count: int, rng: np.random.Generator) -> Units:
    """A unit of which all was seen, so many times: each a draw from what its own parts can have been."""
    return model.abduct({node: np.full(count, float(value)) for node, value in seen.items()}, count, rng)


def formula(mechanism: Mechanism) -> str:
    """How a node comes about, in one line."""
    match mechanism:
        case Additive(mean=mean, scale=scale):
            return mean.text if scale == 0 else "own" if mean.text in ("0", "0.0") else f"{summand(mean)} + own"
        case Threshold(chance=chance):
            return f"1 if own < {chance.text}"
        case Categorical(weights=weights):
            return f"one of {len(weights)} kinds"
    raise TypeError(mechanism)


def _step(mechanism: Mechanism, node: str, units: Units, other: Units, exact: bool, done: Intervention | None) -> Step:
    kinds = range(len(mechanism.weights)) if isinstance(mechanism, Categorical) else ()
    shares = tuple((_share(units, node, kind), _share(other, node, kind)) for kind in kinds)
    errors = (0.0, 0.0) if exact else (_error(units, node), _error(other, node))
    return Step(
        node,
        formula(mechanism),
        units.mean(node),
        _own(mechanism, node, units),
        other.mean(node),
        _differs(other.values[node]),
        _differs(units.values[node]),
        errors,
        shares,
        done,
    )


def _share(units: Units, node: str, kind: int) -> float:
    return float(np.average(units.values[node] == kind, weights=units.weights))


def _error(units: Units, node: str) -> float:
    """The standard error of a mean over draws."""
    spread = np.average((units.values[node] - units.mean(node)) ** 2, weights=units.weights)
    return float(np.sqrt(spread / units.effective))


def _check_fits(units: Units) -> None:
    if not units.effective:
        raise MechanismError("No guess of what is unknown fits what was seen; change what was seen.")


def _fitting(units: Units) -> Units:
    """The units without the guesses that weigh nothing: what they differ in is no chance.

    Raises:
        MechanismError: Too few guesses fit.
    """
    _check_fits(units)
    if units.effective < _TRUSTED:
        raise MechanismError(
            f"Only {units.effective:,.0f} of {_GUESSES:,} guesses of what is unknown count, too few for an answer; say "
            "more of what was seen, or what is likelier."
        )
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
        case Threshold() if _differs(units.values[node]):
            return "unknown"
        case Threshold():
            chance = np.broadcast_to(mechanism.expected(units.values), len(units))
            bound, about = float(np.average(chance, weights=units.weights)), "about " if _differs(chance) else ""
            return f"below {about}{bound:.3g}" if units.mean(node) > 0.5 else f"from {about}{bound:.3g} up"
    return "drawn (Gumbel)"
