"""Sentences for the three rungs: the interventions, what is seen and done, and one unit's counterfactual."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.causal.scm.counterfactuals import NodeCounterfactual, UnitCounterfactual, formula
from core.causal.scm.interventions import Do, Intervention, Randomise, ReplaceMechanism, Shift
from core.causal.scm.ladder import Mean, category_shares, is_discrete, mean_of
from core.causal.scm.model_text import mechanism_text
from core.statistics import Z_95
from dashboard.causes.scene import Scene

MIN_UNITS = 8  # of fewer units no mean is shown
_EXACT = 1e-9  # a smaller standard error is 0
_NOT_SEEN = {Shift: "shifting", Randomise: "randomising", ReplaceMechanism: "replacing the mechanism of"}


def conditions(scene: Scene) -> str:
    """Returns the interventions as conditions, such as ``tar is 1``."""
    return " and ".join(_condition(scene.label(node), one) for node, one in scene.interventions.items())


def _condition(node: str, one: Intervention) -> str:
    match one:
        case Do(value=value):
            return f"{node} is {number(value)}"
        case Shift(by=by):
            return f"{node} is {abs(by):.3g} {'less' if by < 0 else 'more'} than its mechanism makes it"
        case Randomise(chance=chance):
            return f"{node} is drawn at random (1 with a probability of {chance:.3g}, else 0)"
        case ReplaceMechanism(mechanism=mechanism):
            return f"{node} follows `{mechanism_text(mechanism)}`"
    raise TypeError(one)


def association(scene: Scene, matching: np.ndarray) -> str:
    """Returns the outcome of the units ``matching [n]`` that happen to have the values that others are set to."""
    text = level(scene, scene.units.values[scene.story.outcome][matching])
    if not scene.do_values:
        bold = f"**{text}**" if scene.interventions else text
        return f"over all units, {_outcome_is(scene)} {bold}{_not_seen(scene)}"
    same = " and ".join(
        f"{scene.label(node)} is {_about(scene, node)}{number(v)}" for node, v in scene.do_values.items()
    )
    if matching.sum() < MIN_UNITS:
        return f"too few units have these values ({matching.sum()} where {same}){_not_seen(scene)}"
    return f"in the {matching.sum():,} units where {same}, {_outcome_is(scene)} **{text}**{_not_seen(scene)}"


def _not_seen(scene: Scene) -> str:
    """Returns a sentence on interventions that have no counterpart among units that are only observed."""
    acts = [
        f"{_NOT_SEEN[type(one)]} {scene.label(node)}"
        for node, one in scene.interventions.items()
        if type(one) in _NOT_SEEN
    ]
    if not acts:
        return ""
    return f". Observation has no equivalent of {' or '.join(acts)}: observed units follow their own mechanisms."


def _about(scene: Scene, node: str) -> str:
    return "" if is_discrete(scene.units.values[node]) else "about "  # such values match within a range


def intervention(scene: Scene) -> str:
    """Returns the outcome of all units under the interventions."""
    values = scene.intervened.values[scene.story.outcome]
    text = level(scene, values)
    if not scene.interventions:
        return f"nothing is set, so nothing changes: {_outcome_is(scene)} {text}. Click a node of the graph."
    return f"in all {len(values):,} units, if {conditions(scene)}, {_outcome_is(scene)} **{text}**"


def _outcome_is(scene: Scene) -> str:
    """Returns the beginning of a sentence that ends with a number or with shares, as ``level`` gives them."""
    outcome = scene.label(scene.story.outcome)
    return f"the shares of {outcome} are" if scene.category_count(scene.story.outcome) else f"the mean of {outcome} is"


def level(scene: Scene, values: np.ndarray) -> str:
    """Returns an outcome's mean in some units, or the share of each category."""
    if count := scene.category_count(scene.story.outcome):
        return shares_text(category_shares(values, count))
    mean = mean_of(values)
    return f"{mean.value:.3g}" if mean.units < 2 else with_interval(mean.value, mean.error)


def shares_text(shares: Sequence[Mean]) -> str:
    """Returns the share of each category that occurs, with its 95 % interval."""
    return ", ".join(f"{category}: {_percentage(share)}" for category, share in enumerate(shares) if share.value > 0)


def _percentage(share: Mean) -> str:
    text = f"{100 * share.value:.1f}"
    return f"{text} ± {100 * share.margin:.1f} %" if share.units > 1 else f"{text} %"


def number(value: float) -> str:
    """Returns a number with three digits, or all before the point."""
    return f"{value + 0.0:.3g}" if abs(value) < 1000 else f"{value:.6g}"


def with_interval(value: float, error: float) -> str:
    """Returns a value with its 95 % interval."""
    margin = Z_95 * error
    is_usual = 0.01 < max(abs(value), margin) < 1000
    return f"{value:.3f} ± {margin:.3f}" if is_usual else f"{value:.3g} ± {margin:.2g}"


def counterfactual(scene: Scene, description: str, unit: UnitCounterfactual) -> str:
    """Returns what the outcome of one unit was, and what it would have been."""
    one = unit.of(scene.story.outcome)
    was = f"unknown ({_over_ways(scene, one, 0)})" if one.is_unknown else number(one.seen)
    would = _over_ways(scene, one, 1) if one.is_uncertain else f"**{number(one.counterfactual)}**"
    return f"{description}: {scene.label(one.node)} was {was} and would have been {would}"


def _over_ways(scene: Scene, one: NodeCounterfactual, side: int) -> str:
    """Returns what a node was (side 0) or would have been (1), over all ways in which the unit may have come about."""
    bold = "**" if side else ""
    if one.shares:
        return f"one of several categories: {bold}{chances_text([pair[side] for pair in one.shares])}{bold}"
    mean = f"{bold}{_mean((one.seen, one.counterfactual)[side], one.errors[side])}{bold}"
    return f"1 with a probability of {mean}" if _is_chance(scene, one.node, side) else f"{mean} on average"


def _is_chance(scene: Scene, node: str, side: int) -> bool:
    """Whether a node is 0 or 1 in all units, so that its mean is a chance."""
    return bool(np.isin((scene.intervened if side else scene.units).values[node], (0, 1)).all())


def _mean(value: float, error: float) -> str:
    return with_interval(value, error) if error > _EXACT else f"{value + 0.0:.3f}"


def chances_text(shares: Sequence[float]) -> str:
    """Returns the chance of each category that can occur."""
    return ", ".join(f"{category}: {100 * share:.0f} %" for category, share in enumerate(shares) if share > 0)


def row(scene: Scene, one: NodeCounterfactual) -> tuple[str, ...]:
    """Returns a node's row of the unit's table: its name, what it was, would have been, its noise and mechanism."""
    was, would = _cell(scene, one, 0, one.is_unknown), _cell(scene, one, 1, one.is_uncertain)
    return scene.label(one.node), was, would if was == would else f"**{would}**", one.noise, _mechanism(scene, one)


def _cell(scene: Scene, one: NodeCounterfactual, side: int, varies: bool) -> str:
    value = (one.seen, one.counterfactual)[side]
    if not varies:
        return f"{value + 0.0:.3f}"
    if one.shares:
        return chances_text([pair[side] for pair in one.shares])
    return _mean(value, one.errors[side]) + (" (probability)" if _is_chance(scene, one.node, side) else " (mean)")


def _mechanism(scene: Scene, one: NodeCounterfactual) -> str:
    match one.intervention:
        case Do():
            return "set by intervention"
        case Shift(by=by):
            return f"`{one.formula}`, and {abs(by):.3g} {'less' if by < 0 else 'more'}"
        case Randomise(chance=chance):
            return f"1 with a probability of {chance:.3g}, independent of its causes"
        case ReplaceMechanism(mechanism=new):
            own = scene.model.mechanisms[one.node]
            fresh = "" if new.noise_kind in (own.noise_kind, "none") else ", with new noise"
            return f"`{formula(new)}` instead of `{one.formula}`{fresh}"
    return f"`{one.formula}`"
