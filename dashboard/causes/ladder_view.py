"""Seeing, doing and imagining, side by side on the same units."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.causal.scm.counterfactuals import Step, UnitCounterfactual, unit_counterfactual
from core.causal.scm.ladder import association_curve, intervention_curve, matching_units, places, shares_of
from core.causal.scm.mechanisms import Categorical
from dashboard.causes import ladder_text
from dashboard.causes.scene import Scene
from dashboard.causes.state import STATE
from dashboard.causes.unit import UnitChoice, choose, choose_unit
from dashboard.figures import causes as figures
from dashboard.kit.charts import scheme
from dashboard.kit.text import caption

_PICTURE = {"displayModeBar": False}


def show_ladder(stage: Scene) -> None:
    """The three rungs, and the unit that is imagined, as a table."""
    columns = st.columns(3)
    caption(f"Drawn: at most {figures.SHOWN} units of each colour. Means and numbers are of all {len(stage.units):,}.")
    below = st.container(border=True)
    with below:
        asked = choose_unit(stage)  # first: the pictures show it
    imagined = _imagined(stage, asked)
    so, axes = matching_units(stage.units, stage.set_to), _axes(stage)
    seeing, doing = _shares(stage, so) if stage.kinds(stage.story.outcome) else _clouds(stage, so, axes)
    with columns[0], _card():
        st.markdown(f"**Seeing:** {ladder_text.seen(stage, so)}")
        _picture(seeing, "seeing", "Units as they are seen.")
    with columns[1], _card():
        st.markdown(f"**Doing:** {ladder_text.done(stage)}")
        _picture(doing, "acting", "The same units, once acted on.")
    with columns[2], _card():
        twin = imagined if isinstance(imagined, str) else ladder_text.twin(stage, asked.told, imagined)
        st.markdown(f"**Imagining:** {twin}")
        st.plotly_chart(
            _unit_and_twin(stage, axes, imagined),
            key=STATE.key("imagining"),
            alt="One unit and its twin.",
            config=_PICTURE,
            on_select=lambda: choose(stage.name),
            selection_mode="points",
        )
    with below:
        _table(stage, asked, imagined)


def _card() -> DeltaGenerator:
    """Words at the top, the picture at the bottom: the three pictures stand at one height."""
    return st.container(border=True, height="stretch", vertical_alignment="distribute")


def _picture(figure: go.Figure, key: str, alt: str) -> None:
    st.plotly_chart(figure, key=STATE.key(key), alt=alt, config=_PICTURE)


def _axes(stage: Scene) -> figures.Axes:
    x, y = stage.story.exposure, stage.story.outcome
    columns = [(units.values[x], units.values[y]) for units in (stage.units, stage.done)]
    return figures.axes_of(stage.label(x), stage.label(y), columns, stage.kinds(x) > 0)


def _clouds(stage: Scene, so: np.ndarray, axes: figures.Axes) -> tuple[go.Figure, go.Figure]:
    """Seeing and doing as points, with the outcome's mean along the exposure."""
    x, y = stage.story.exposure, stage.story.outcome
    seen, done, at = stage.units.values, stage.done.values, places(stage.units.values[x])
    curve = association_curve(stage.units, x, y, at)
    acted = intervention_curve(stage.model, stage.units.noise, x, y, at, *stage.doing.values())
    return (
        figures.association(axes, seen[x], seen[y], so, at, curve, scheme()),
        figures.intervention(axes, done[x], done[y], at, curve, acted, scheme()),
    )


def _shares(stage: Scene, so: np.ndarray) -> tuple[go.Figure, go.Figure]:
    """Seeing and doing as the share of each kind of the outcome."""
    y = stage.story.outcome
    name, kinds, seen = stage.label(y), stage.kinds(y), stage.units.values[y]
    everybody, acted = shares_of(seen, kinds), shares_of(stage.done.values[y], kinds)
    like = shares_of(seen[so], kinds) if ladder_text.FEW <= so.sum() < len(so) else None
    seeing = [("all units", "baseline", everybody), *([("alike", "truth", like)] if like else [])]
    doing = [("as seen", "truth", like or everybody), ("acted on", "violation", acted)]
    return figures.shares(name, seeing, scheme()), figures.shares(name, doing, scheme())


def _unit_and_twin(stage: Scene, axes: figures.Axes, imagined: UnitCounterfactual | str) -> go.Figure:
    x, y = stage.story.exposure, stage.story.outcome
    pair = None
    if not isinstance(imagined, str):
        pair = tuple((_place(imagined.of(x), side), _place(imagined.of(y), side)) for side in (0, 1))
    return figures.counterfactual(axes, stage.units.values[x], stage.units.values[y], pair, scheme())


def _place(step: Step, side: int) -> float:
    """Where a unit stood (side 0) or its twin stands (1): of a choice at the likeliest kind, for kinds have no mean."""
    if step.shares:
        return float(np.argmax([pair[side] for pair in step.shares]))
    return (step.seen, step.imagined)[side]


def _imagined(stage: Scene, asked: UnitChoice) -> UnitCounterfactual | str:
    """The unit, or why there is none."""
    try:
        return unit_counterfactual(stage.model, asked.seen, tuple(stage.doing.values()), np.random.default_rng(0))
    except ValueError as error:
        return str(error)


def _table(stage: Scene, asked: UnitChoice, imagined: UnitCounterfactual | str) -> None:
    """The unit, node by node, so that a person can follow it by hand."""
    if isinstance(imagined, str):
        st.markdown("Choose another unit.")
        return
    head = ("node", "was", "would have been", "its own part", "how it comes about")
    rows = [ladder_text.row(stage, step) for step in imagined.steps]
    st.table({name: [row[i] for row in rows] for i, name in enumerate(head)})
    caption(
        f"For {asked.told}, what was seen says what its own parts must have been (abduction); they stay, the model is "
        "changed as the graph shows (action), and everything is worked out anew from top to bottom (prediction). "
        "*own* is a unit's own part. " + imagined.told()
    )
    if kinds := [node for node, one in stage.model.mechanisms.items() if isinstance(one, Categorical)]:
        caption(
            f"For {' and '.join(map(stage.label, kinds))} this assumes Gumbel-max noise; other mechanisms with the "
            "same chances imagine otherwise."
        )
