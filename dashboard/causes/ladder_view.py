"""The three rungs of the ladder side by side, on the same units."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.causal.scm.counterfactuals import NodeCounterfactual, UnitCounterfactual, unit_counterfactual
from core.causal.scm.ladder import (
    association_curve,
    category_shares,
    curve_points,
    intervention_curve,
    matching_units,
)
from core.causal.scm.mechanisms import Categorical
from dashboard.causes import ladder_text
from dashboard.causes.scene import Scene
from dashboard.causes.state import STATE
from dashboard.causes.unit import UnitChoice, choose_unit, take_click
from dashboard.figures import causes as figures
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.text import caption, escape_markdown


def show_ladder(scene: Scene) -> None:
    """Show the three rungs, and the unit of the third as a table."""
    columns = st.columns(3)
    caption(
        f"The pictures show at most {figures.SHOWN} units of each colour; means and counts use all "
        f"{len(scene.units):,} units."
    )
    below = st.container(border=True)
    with below:
        choice = choose_unit(scene)  # first, because the pictures show it
    unit = _counterfactual(scene, choice)
    matching, axes = matching_units(scene.units, scene.do_values), _axes(scene)
    is_categorical = scene.category_count(scene.story.outcome) > 0
    seen, done = _bars(scene, matching) if is_categorical else _clouds(scene, matching, axes)
    with columns[0], _card():
        st.markdown(f"**Seeing** (association): {ladder_text.association(scene, matching)}")
        show_chart(seen, key=STATE.key("seeing"), alt="Units as they are observed.")
    with columns[1], _card():
        st.markdown(f"**Doing** (intervention): {ladder_text.intervention(scene)}")
        show_chart(done, key=STATE.key("acting"), alt="The same units under the interventions.")
    with columns[2], _card():
        text = unit if isinstance(unit, str) else ladder_text.counterfactual(scene, choice.description, unit)
        st.markdown(f"**Imagining** (counterfactual): {text}")
        show_chart(
            _unit_figure(scene, axes, unit),
            key=STATE.key("counterfactual"),
            alt="One unit, and its counterfactual.",
            on_select=lambda: take_click(scene.name),
        )
    with below:
        _table(scene, choice, unit)


def _card() -> DeltaGenerator:
    """A card with text at the top and a picture at the bottom, so that the three pictures stand at one height."""
    return st.container(border=True, height="stretch", vertical_alignment="distribute")


def _axes(scene: Scene) -> figures.Axes:
    x, y = scene.story.exposure, scene.story.outcome
    columns = [(units.values[x], units.values[y]) for units in (scene.units, scene.intervened)]
    return figures.axes_of(scene.label(x), scene.label(y), columns, scene.category_count(x) > 0)


def _clouds(scene: Scene, matching: np.ndarray, axes: figures.Axes) -> tuple[go.Figure, go.Figure]:
    """Association and intervention as points, with the outcome's mean along the exposure."""
    x, y = scene.story.exposure, scene.story.outcome
    seen, done = scene.units.values, scene.intervened.values
    points = curve_points(seen[x]).tolist()
    curve = association_curve(scene.units, x, y, points)
    under_do = intervention_curve(scene.model, scene.units.noise, x, y, points, *scene.interventions.values())
    return (
        figures.association(axes, seen[x], seen[y], matching, points, curve, scheme()),
        figures.intervention(axes, done[x], done[y], points, curve, under_do, scheme()),
    )


def _bars(scene: Scene, matching: np.ndarray) -> tuple[go.Figure, go.Figure]:
    """Association and intervention as the share of each category of the outcome."""
    y = scene.story.outcome
    name, count, seen = scene.label(y), scene.category_count(y), scene.units.values[y]
    everybody, done = category_shares(seen, count), category_shares(scene.intervened.values[y], count)
    is_some = ladder_text.MIN_UNITS <= matching.sum() < len(matching)
    same = category_shares(seen[matching], count) if is_some else None
    association = [("all units", "baseline", everybody), *([("matching", "truth", same)] if same else [])]
    intervention = [("observed", "truth", same or everybody), ("intervention", "violation", done)]
    return figures.shares(name, association, scheme()), figures.shares(name, intervention, scheme())


def _unit_figure(scene: Scene, axes: figures.Axes, unit: UnitCounterfactual | str) -> go.Figure:
    x, y = scene.story.exposure, scene.story.outcome
    pair = None
    if not isinstance(unit, str):
        before, after = ((_coordinate(unit.of(x), side), _coordinate(unit.of(y), side)) for side in (0, 1))
        pair = before, after
    return figures.counterfactual(axes, scene.units.values[x], scene.units.values[y], pair, scheme())


def _coordinate(one: NodeCounterfactual, side: int) -> float:
    """Where a unit stands (side 0) or its counterfactual (1); for a choice the likeliest category."""
    if one.shares:
        return float(np.argmax([pair[side] for pair in one.shares]))
    return (one.seen, one.counterfactual)[side]


def _counterfactual(scene: Scene, choice: UnitChoice) -> UnitCounterfactual | str:
    """The unit's counterfactual, or the reason why there is none."""
    interventions = tuple(scene.interventions.values())
    try:
        return unit_counterfactual(scene.model, choice.seen, interventions, np.random.default_rng(0))
    except ValueError as error:
        return escape_markdown(str(error))


def _table(scene: Scene, choice: UnitChoice, unit: UnitCounterfactual | str) -> None:
    """The unit, node by node, so that people can follow the computation by hand."""
    if isinstance(unit, str):
        st.markdown("Choose another unit.")
        return
    head = ("node", "was", "would have been", "noise", "mechanism")
    rows = [ladder_text.row(scene, one) for one in unit.nodes]
    st.table({name: [row[i] for row in rows] for i, name in enumerate(head)})
    known = (
        f"The known values of {choice.description} determine or constrain its noise (abduction)."
        if choice.seen
        else "No value of this unit is known, so all noise of the model is possible (abduction)."
    )
    caption(
        f"{known} The interventions change the model (action). All nodes are computed again with the same noise, "
        f"causes before effects (prediction). *noise* is what is particular to this unit. {unit.summary()}"
    )
    if choices := [node for node, one in scene.model.mechanisms.items() if isinstance(one, Categorical)]:
        caption(
            f"For {' and '.join(map(scene.label, choices))} this assumes Gumbel-max noise; other mechanisms with the "
            "same probabilities give other counterfactuals."
        )
