"""Counterfactuals of one unit, the third rung of Pearl's ladder (Pearl and Mackenzie 2018, chapter 1), by abduction,
action and prediction (Pearl 2009, 7.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.causal.scm.exact_counterfactuals import counterfactual_worlds, possible_worlds
from core.causal.scm.interventions import Intervention, by_node, check_category
from core.causal.scm.mechanisms import Additive, Categorical, Mechanism, MechanismError, Threshold
from core.causal.scm.model import Model, Units, check_numbers
from core.causal.scm.model_text import summand

_SAMPLES = 40_000  # of what is unknown
_MIN_EFFECTIVE = 400  # with an effective size of 100, 95 % intervals cover only four times in five


@dataclass(frozen=True)
class NodeCounterfactual:
    """One node of one unit: as it was, and as it would have been.

    Attributes:
        node: Its name.
        formula: Its mechanism in one line, in which ``noise`` is the unit's own.
        seen: Its value; if it is unknown, the mean over all values that fit.
        noise: What the unit's noise must have been, in words.
        counterfactual: Its value under the interventions: the mean over all ways in which the unit may have come about.
        is_uncertain: Whether the counterfactual differs between these ways.
        is_unknown: Whether its value differs between them.
        errors: The standard errors of ``seen`` and ``counterfactual``; 0 if they are exact.
        shares: For a choice, how likely each category was and would have been; empty for other nodes.
        intervention: The intervention on it; None if there is none.
    """

    node: str
    formula: str
    seen: float
    noise: str
    counterfactual: float
    is_uncertain: bool
    is_unknown: bool
    errors: tuple[float, float]
    shares: tuple[tuple[float, float], ...]
    intervention: Intervention | None


@dataclass(frozen=True)
class UnitCounterfactual:
    """One unit, node by node.

    Attributes:
        nodes: Its nodes, causes first.
        effective: The effective number of samples; None if nothing was sampled.
        ways: The number of ways in which the unit may have come about, if all were weighted and none sampled.
    """

    nodes: tuple[NodeCounterfactual, ...]
    effective: float | None
    ways: int

    def of(self, node: str) -> NodeCounterfactual:
        return next(one for one in self.nodes if one.node == node)

    def summary(self) -> str:
        """Returns a sentence on how the unknown values were found; empty if everything is known."""
        if self.effective is None:
            ways = f"{self.ways:,} combinations of unknown values are possible"
            return f"{ways}; the answer weights all of them, so it is exact." if self.ways > 1 else ""
        return f"The unknown values were sampled; the effective sample size is {self.effective:,.0f}."


def unit_counterfactual(
    model: Model, seen: Mapping[str, float], interventions: Sequence[Intervention], rng: np.random.Generator
) -> UnitCounterfactual:
    """Returns the counterfactual of one unit.

    Args:
        model: The model.
        seen: The unit's known values. All that fits them is weighted by its likelihood: exactly if there are few ways
            (``counterfactual_worlds``), else by samples.
        interventions: What changes.
        rng: For the samples.

    Raises:
        GraphError: An observation or an intervention names no node.
        MechanismError: The observation is impossible, too few samples fit, or an intervention is not possible or leads
            to values that are not finite.
    """
    for node in seen:
        model.graph.check_node(node)
    changes = by_node(model.graph, interventions)
    for node, one in changes.items():
        check_category(one, model.mechanisms[node])
    partial = len(seen) < len(model.mechanisms)
    units = possible_worlds(model, seen) if partial else _one(model, seen, 1, rng)
    other = None
    if units is not None:
        _check_fits(units)
        other = counterfactual_worlds(model, units, interventions)
    exact = other is not None
    if units is None or other is None:
        known = {node: np.asarray(value) for node, value in seen.items()}
        units = _fitting(model.abduct(known, _SAMPLES, rng)) if partial else _one(model, seen, _SAMPLES, rng)
        other = model.counterfactual(units, *interventions)
    check_numbers(other)
    nodes = tuple(_node(model.mechanisms[node], node, units, other, exact, changes.get(node)) for node in model.order)
    return UnitCounterfactual(nodes, units.effective if partial and not exact else None, len(units) if exact else 1)


def _one(model: Model, seen: Mapping[str, float], count: int, rng: np.random.Generator) -> Units:
    """Returns copies of a fully observed unit, each with noise drawn from what it may have been."""
    return model.abduct({node: np.full(count, float(value)) for node, value in seen.items()}, count, rng)


def formula(mechanism: Mechanism) -> str:
    """Returns a mechanism in one line."""
    match mechanism:
        case Additive(mean=mean, scale=scale):
            return mean.text if scale == 0 else "noise" if mean.text in ("0", "0.0") else f"{summand(mean)} + noise"
        case Threshold(chance=chance):
            return f"1 if noise < {chance.text}"
        case Categorical(weights=weights):
            return f"one of {len(weights)} categories"
    raise TypeError(mechanism)


def _node(
    mechanism: Mechanism, node: str, units: Units, other: Units, exact: bool, change: Intervention | None
) -> NodeCounterfactual:
    categories = range(len(mechanism.weights)) if isinstance(mechanism, Categorical) else ()
    shares = tuple((_share(units, node, one), _share(other, node, one)) for one in categories)
    errors = (0.0, 0.0) if exact else (_error(units, node), _error(other, node))
    return NodeCounterfactual(
        node,
        formula(mechanism),
        units.mean(node),
        _noise_text(mechanism, node, units),
        other.mean(node),
        _differs(other.values[node]),
        _differs(units.values[node]),
        errors,
        shares,
        change,
    )


def _share(units: Units, node: str, category: int) -> float:
    return float(np.average(units.values[node] == category, weights=units.weights))


def _error(units: Units, node: str) -> float:
    """Returns the standard error of a mean over samples."""
    spread = np.average((units.values[node] - units.mean(node)) ** 2, weights=units.weights)
    return float(np.sqrt(spread / units.effective))


def _check_fits(units: Units) -> None:
    if not units.effective:
        raise MechanismError("No sample of the unknown values fits the known ones; change the known values.")


def _fitting(units: Units) -> Units:
    """Returns the units without samples of weight 0.


    Raises:
        MechanismError: Too few samples fit.
    """
    _check_fits(units)
    if units.effective < _MIN_EFFECTIVE:
        raise MechanismError(
            f"The effective size of {_SAMPLES:,} samples is {units.effective:,.0f}, too small for an answer; give more "
            "values of the unit, or more plausible ones."
        )
    if units.weights is None:
        return units
    fit = units.weights > 0
    values, noise = ({node: column[fit] for node, column in part.items()} for part in (units.values, units.noise))
    return Units(values, noise, units.weights[fit])


def _differs(column: np.ndarray) -> bool:
    return bool(np.ptp(column) > 1e-9 * max(1.0, abs(column[0])))


def _noise_text(mechanism: Mechanism, node: str, units: Units) -> str:
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
            return f"below {about}{bound:.3g}" if units.mean(node) > 0.5 else f"at least {about}{bound:.3g}"
    return "drawn (Gumbel)"
