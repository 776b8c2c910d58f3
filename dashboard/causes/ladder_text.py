"""The three rungs in words: what is done, what is seen and done, and what one unit was and would have been."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.causal.scm.counterfactuals import Step, UnitCounterfactual, formula
from core.causal.scm.interventions import Do, Intervention, Randomise, ReplaceMechanism, Shift
from core.causal.scm.ladder import Mean, is_discrete, mean_of, shares_of
from core.causal.scm.model_text import mechanism_text
from core.statistics import Z_95
from dashboard.causes.scene import Scene

FEW = 8  # units of which no mean is told
_EXACT = 1e-9  # standard error of what was worked out and not drawn, or nearly


def conditions(stage: Scene) -> str:
    """What is done."""
    return " and ".join(_condition(stage.label(node), one) for node, one in stage.doing.items())


def _condition(node: str, one: Intervention) -> str:
    match one:
        case Do(value=value):
            return f"{node} is {number(value)}"
        case Shift(by=by):
            return f"{node} is {abs(by):.3g} {'less' if by < 0 else 'more'} than its causes make it"
        case Randomise(chance=chance):
            return f"{node} is drawn by chance (1 with {chance:.3g}, else 0)"
        case ReplaceMechanism(mechanism=mechanism):
            return f"{node} listens to `{mechanism_text(mechanism)}` instead"
    raise TypeError(one)


def seen(stage: Scene, so: np.ndarray) -> str:
    """The outcome of the units that happen to be as others are set, ``so [n]``; and that nothing else which can be done
    is to be seen."""
    outcome, values = stage.label(stage.story.outcome), stage.units.values[stage.story.outcome]
    told = level(stage, values[so])
    if not stage.set_to:
        bold = f"**{told}**" if stage.doing else told
        return f"over all units {outcome} is {bold}{_unseen(stage)}"
    like = " and ".join(f"{stage.label(node)} is {_about(stage, node)}{number(v)}" for node, v in stage.set_to.items())
    if so.sum() < FEW:
        return f"hardly any unit happens to be so ({so.sum()} where {like}){_unseen(stage)}"
    return f"in the {so.sum():,} units where {like}, {outcome} is **{told}**{_unseen(stage)}"


def _unseen(stage: Scene) -> str:
    """Nothing that is seen corresponds to a shift, a draw or another mechanism."""
    kinds = {
        Shift: "shifting",
        Randomise: "drawing by chance what becomes of",
        ReplaceMechanism: "changing the causes of",
    }
    acts = [f"{kinds[type(one)]} {stage.label(node)}" for node, one in stage.doing.items() if type(one) in kinds]
    if not acts:
        return ""
    return f". Seeing knows no equivalent of {' or '.join(acts)}: units that are only watched follow their causes."


def _about(stage: Scene, node: str) -> str:
    """Units that are alike in what takes many values are so by a quarter of its standard deviation."""
    return "" if is_discrete(stage.units.values[node]) else "about "


def done(stage: Scene) -> str:
    """The outcome of all units under what is done."""
    outcome, values = stage.label(stage.story.outcome), stage.done.values[stage.story.outcome]
    told = level(stage, values)
    if not stage.doing:
        return f"nothing is set, so nothing changes: {outcome} is {told}. Click a node of the graph."
    return f"all {len(values):,} units, made so that {conditions(stage)}: {outcome} is **{told}**"


def level(stage: Scene, values: np.ndarray) -> str:
    """Where an outcome lies in some units: its mean, or of a choice the share of each kind."""
    if kinds := stage.kinds(stage.story.outcome):
        return shares_told(shares_of(values, kinds))
    return _told(mean_of(values))


def shares_told(shares: Sequence[Mean]) -> str:
    """The share of each kind that there is, with its 95 % interval."""
    return ", ".join(f"{kind}: {_percentage(share)}" for kind, share in enumerate(shares) if share.value > 0)


def _percentage(share: Mean) -> str:
    told = f"{100 * share.value:.1f}"
    return f"{told} ± {100 * share.margin:.1f} %" if share.units > 1 else f"{told} %"


def _told(mean: Mean) -> str:
    return f"{mean.value:.3g}" if mean.units < 2 else between(mean.value, mean.error)


def number(value: float) -> str:
    """Three digits, or all before the point."""
    return f"{value + 0.0:.3g}" if abs(value) < 1000 else f"{value:.6g}"


def between(value: float, error: float) -> str:
    """A value with its 95 % interval."""
    margin = Z_95 * error
    usual = 0.01 < max(abs(value), margin) < 1000
    return f"{value:.3f} ± {margin:.3f}" if usual else f"{value:.3g} ± {margin:.2g}"


def twin(stage: Scene, told: str, imagined: UnitCounterfactual) -> str:
    """What the outcome of one unit was, and would have been."""
    step = imagined.of(stage.story.outcome)
    was = f"unknown ({_several(stage, step, 0)})" if step.guessed else number(step.seen)
    would = _several(stage, step, 1) if step.chance else f"**{number(step.imagined)}**"
    return f"{told}: {stage.label(step.node)} was {was} and would have been {would}"


def _several(stage: Scene, step: Step, side: int) -> str:
    """What a unit was (side 0) or would have been (1), over all ways in which it can have come about."""
    bold = "**" if side else ""
    if step.shares:
        return f"of a kind by chance: {bold}{kinds_told([pair[side] for pair in step.shares])}{bold}"
    drawn = f"{bold}{_drawn((step.seen, step.imagined)[side], step.errors[side])}{bold}"
    return f"1 with a chance of {drawn}" if _is_chance(stage, step.node, side) else f"{drawn} in the mean"


def _is_chance(stage: Scene, node: str, side: int) -> bool:
    """Whether it is 0 or 1 in all units, so that a mean is a chance."""
    return bool(np.isin((stage.done if side else stage.units).values[node], (0, 1)).all())


def _drawn(value: float, error: float) -> str:
    """A mean with its 95 % interval, where it was drawn and not worked out."""
    return between(value, error) if error > _EXACT else f"{value + 0.0:.3f}"


def kinds_told(shares: Sequence[float]) -> str:
    """The share of each kind of a choice, in percent."""
    return ", ".join(f"{kind}: {100 * share:.0f} %" for kind, share in enumerate(shares) if share > 0)


def row(stage: Scene, step: Step) -> tuple[str, ...]:
    """A node of one unit: its name, what it was, would have been, its own part, and how it comes about."""
    was, would = _cell(stage, step, 0, step.guessed), _cell(stage, step, 1, step.chance)
    return stage.label(step.node), was, would if was == would else f"**{would}**", step.own, _comes(stage, step)


def _cell(stage: Scene, step: Step, side: int, several: bool) -> str:
    value = (step.seen, step.imagined)[side]
    if not several:
        return f"{value + 0.0:.3f}"
    if step.shares:
        return kinds_told([pair[side] for pair in step.shares])
    return _drawn(value, step.errors[side]) + (" (a chance)" if _is_chance(stage, step.node, side) else " (a mean)")


def _comes(stage: Scene, step: Step) -> str:
    match step.done:
        case Do():
            return "set from outside"
        case Shift(by=by):
            return f"`{step.told}`, and {abs(by):.3g} {'less' if by < 0 else 'more'}"
        case Randomise(chance=chance):
            return f"1 with a chance of {chance:.3g}, whatever its causes"
        case ReplaceMechanism(mechanism=new):
            own = stage.model.mechanisms[step.node]
            fresh = "" if new.noise_kind in (own.noise_kind, "none") else ", its own part drawn anew"
            return f"`{formula(new)}` instead of `{step.told}`{fresh}"
    return f"`{step.told}`"
