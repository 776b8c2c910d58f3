"""Seeing, doing and imagining, side by side on the same units."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.causal.imagining import Imagined, Step, imagine_unit
from core.causal.interventions import Set
from core.causal.mechanisms import Categorical, Mechanism, MechanismError, Threshold
from core.causal.rungs import Mean, alike, done_curve, is_discrete, mean_of, places, seen_curve
from dashboard.causes.story import UNITS, Stage, knobs
from dashboard.compare.evidence import quiet, scheme
from dashboard.figures import causes as figures

_EXACT = 1e-9  # standard error of what was worked out and not drawn, or nearly
_FEW = 8  # units of which no mean is told
_PICTURE = {"displayModeBar": False}


def rungs_view(stage: Stage) -> None:
    """The three rungs, and the unit that is imagined, as a table."""
    columns = st.columns(3)
    quiet(f"Drawn: at most {figures.SHOWN} units of each colour. Means and numbers are of all {len(stage.units):,}.")
    below = st.container(border=True)
    with below:
        told, was = _asked_unit(stage)  # first: the pictures show it
    imagined = _imagined(stage, was)
    seen, done, look = stage.units.values, stage.done.values, scheme()
    x, y = stage.story.exposure, stage.story.outcome
    at = places(seen[x])
    curve = seen_curve(stage.units, x, y, at)
    acted = done_curve(stage.model, stage.units.noise, x, y, at, *stage.interventions)
    axes = figures.axes_of(stage.called(x), stage.called(y), [(seen[x], seen[y]), (done[x], done[y])])
    so = alike(stage.units, stage.doing)
    with columns[0], _card():
        st.markdown(f"**Seeing:** {_seen(stage, mean_of(seen[y][so]))}")
        _picture(figures.seeing(axes, seen[x], seen[y], so, at, curve, look), "seeing", "Units as they are seen.")
    with columns[1], _card():
        st.markdown(f"**Doing:** {_done(stage, mean_of(done[y]))}")
        _picture(figures.doing(axes, done[x], done[y], at, curve, acted, look), "acting", "The same units, once set.")
    with columns[2], _card():
        st.markdown(f"**Imagining:** {_twin(stage, told, imagined)}")
        here = (was[x], was[y])
        twin = here if isinstance(imagined, str) else (_place(imagined.of(x)), _place(imagined.of(y)))
        figure = figures.imagining(axes, seen[x], seen[y], here, twin, look)
        st.plotly_chart(
            figure, key="imagining", alt="One unit and its twin.", config=_PICTURE,
            on_select=lambda: _choose(stage.name), selection_mode="points",
        )  # fmt: skip
    with below:
        _table(stage, told, imagined)


def _card() -> DeltaGenerator:
    """Words at the top, the picture at the bottom: the three pictures stand at one height."""
    return st.container(border=True, height="stretch", vertical_alignment="distribute")


def _asked_unit(stage: Stage) -> tuple[str, dict[str, float]]:
    """Which unit is imagined: what it is called, and what was seen of it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if stage.story.unit:
            told = st.segmented_control(
                "unit", ["of the story", "drawn"], default="of the story", required=True, key="whose",
                bind="query-params",
            )  # fmt: skip
            if told == "of the story":
                return "the unit of the story", dict(stage.story.unit)
        unit = st.number_input(
            "unit", 0, UNITS - 1, _telling(stage), key=f"unit.{stage.name}", width=140, bind="query-params",
            help="Or click one in the picture of imagining.",
        )  # fmt: skip
        guess = bool(stage.model.latent) and st.toggle(
            f"guess {' and '.join(map(stage.called, sorted(stage.model.latent)))} from what was measured", key="guess",
            bind="query-params",
        )  # fmt: skip
    hidden = stage.model.latent if guess else frozenset()
    return f"unit {unit}", {node: float(v[int(unit)]) for node, v in stage.units.values.items() if node not in hidden}


def _picture(figure: go.Figure, key: str, alt: str) -> None:
    st.plotly_chart(figure, key=key, alt=alt, config=_PICTURE)


def _telling(stage: Stage) -> int:
    """A unit that is not already as the story's exposure can be set: something happens to it."""
    column = stage.units.values[stage.story.exposure]
    return int(np.argmax(np.abs(column - knobs(stage.units)[stage.story.exposure].start) > 0.5 * column.std()))


def _choose(name: str) -> None:
    """A click on a unit."""
    points = st.session_state.imagining["selection"]["points"]
    if points and isinstance(points[0].get("customdata"), (int, float)):
        st.session_state[f"unit.{name}"] = int(points[0]["customdata"])
        st.session_state.whose = "drawn"


def _imagined(stage: Stage, was: dict[str, float]) -> Imagined | str:
    """The unit, or why there is none."""
    try:
        return imagine_unit(stage.model, was, stage.interventions, np.random.default_rng(0))
    except MechanismError as error:
        return str(error)


def conditions(stage: Stage) -> str:
    """What is set, in words."""
    return " and ".join(f"{stage.called(node)} is {value:.3g}" for node, value in stage.doing.items())


def _seen(stage: Stage, mean: Mean) -> str:
    outcome = stage.called(stage.story.outcome)
    if not stage.doing:
        return f"over all units {outcome} is {_told(mean)}"
    like = " and ".join(f"{stage.called(node)} is {_about(stage, node)}{v:.3g}" for node, v in stage.doing.items())
    if mean.units < _FEW:
        return f"hardly any unit happens to be so ({mean.units} where {like})"
    return f"in the {mean.units:,} units where {like}, {outcome} is **{_told(mean)}**"


def _about(stage: Stage, node: str) -> str:
    """Units that are alike in what takes many values are so by a quarter of its standard deviation."""
    return "" if is_discrete(stage.units.values[node]) else "about "


def _done(stage: Stage, mean: Mean) -> str:
    outcome = stage.called(stage.story.outcome)
    if not stage.doing:
        return f"nothing is set, so nothing changes: {outcome} is {_told(mean)}. Click a node of the graph."
    return f"all {mean.units:,} units, made so that {conditions(stage)}: {outcome} is **{_told(mean)}**"


def _told(mean: Mean) -> str:
    if mean.units < 2:
        return f"{mean.value:.3g}"
    return _between(mean.value, mean.error)


def _between(value: float, error: float) -> str:
    usual = 0.01 < max(abs(value), 1.96 * error) < 1000
    return f"{value:.3f} ± {1.96 * error:.3f}" if usual else f"{value:.3g} ± {1.96 * error:.2g}"


def _twin(stage: Stage, told: str, imagined: Imagined | str) -> str:
    if isinstance(imagined, str):
        return imagined
    step = imagined.of(stage.story.outcome)
    would = _would(stage.model.mechanisms[step.node], step) if step.chance else f"**{step.imagined + 0.0:.3g}**"
    return f"{told}: {stage.called(step.node)} was {step.seen:.3g} and would have been {would}"


def _would(mechanism: Mechanism, step: Step) -> str:
    """What a unit would have been, over all ways in which it can have come about."""
    if step.shares:
        return f"of a kind by chance: **{_kinds([would for _, would in step.shares])}**"
    drawn = _drawn(step.imagined, step.errors[1])
    return f"1 with a chance of **{drawn}**" if isinstance(mechanism, Threshold) else f"**{drawn}** in the mean"


def _place(step: Step) -> float:
    """Where the twin stands: of a choice at the likeliest kind, for kinds have no mean."""
    return float(np.argmax([would for _, would in step.shares])) if step.shares else step.imagined


def _drawn(value: float, error: float) -> str:
    """A mean with its 95 % interval, where it was drawn and not worked out."""
    return _between(value, error) if error > _EXACT else f"{value + 0.0:.3f}"


def _kinds(shares: Sequence[float]) -> str:
    return ", ".join(f"{kind}: {100 * share:.0f} %" for kind, share in enumerate(shares) if share > 0)


def _table(stage: Stage, told: str, imagined: Imagined | str) -> None:
    """The unit, node by node, so that a person can follow it by hand."""
    if isinstance(imagined, str):
        st.markdown("Choose another unit.")
        return
    head = ("node", "was", "would have been", "its own part", "how it comes about")
    rows = [_row(stage, step) for step in imagined.steps]
    st.table({name: [row[i] for row in rows] for i, name in enumerate(head)})
    quiet(
        f"For {told}, what was seen says what its own parts must have been (abduction); they stay, the arrows into "
        "what is set are cut (action), and everything is worked out anew from top to bottom (prediction). "
        + imagined.told()
    )
    if kinds := [node for node, one in stage.model.mechanisms.items() if isinstance(one, Categorical)]:
        quiet(
            f"For {' and '.join(map(stage.called, kinds))} this assumes Gumbel-max noise; other mechanisms with the "
            "same chances imagine otherwise."
        )


def _row(stage: Stage, step: Step) -> tuple[str, ...]:
    comes = "set from outside" if isinstance(step.done, Set) else f"`{step.told}`"
    mechanism = stage.model.mechanisms[step.node]
    was = _cell(mechanism, step.seen, step.errors[0], step.guessed, [share for share, _ in step.shares])
    would = _cell(mechanism, step.imagined, step.errors[1], step.chance, [share for _, share in step.shares])
    return stage.called(step.node), was, would if was == would else f"**{would}**", step.own, comes


def _cell(mechanism: Mechanism, value: float, error: float, several: bool, shares: Sequence[float]) -> str:
    if not several:
        return f"{value + 0.0:.3f}"
    if shares:
        return _kinds(shares)
    return _drawn(value, error) + (" (a chance)" if isinstance(mechanism, Threshold) else " (a mean)")
