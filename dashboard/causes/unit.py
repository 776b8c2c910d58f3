"""Which unit the counterfactual is about: the one that the story describes, one that was drawn, or one that people
describe themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.causal.scm.mechanisms import Categorical, Threshold
from dashboard.causes.intervention_state import do_knob
from dashboard.causes.scene import UNITS, Scene
from dashboard.causes.state import STATE
from dashboard.kit.text import caption

_STORY, _DRAWN, _USER = "of the story", "drawn", "your own"  # in addresses


@dataclass(frozen=True)
class UnitChoice:
    """A unit: what it is called, and its known values by node."""

    description: str
    seen: Mapping[str, float]


def choose_unit(scene: Scene) -> UnitChoice:
    """Show the controls for the unit, and return the choice."""
    options = [_STORY, _DRAWN, _USER] if scene.story.unit else [_DRAWN, _USER]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = st.segmented_control(
            "which unit",
            options,
            default=options[0],
            required=True,
            key=STATE.key("whose", scene.name),
            bind="query-params",
        )
        if source == _STORY:
            return UnitChoice("the unit of the story", dict(scene.story.unit))
        if source == _DRAWN:
            return _drawn_unit(scene)
    return _user_unit(scene)


def take_click(name: str) -> None:
    """Take the unit that was clicked in a story's picture."""
    points = st.session_state[STATE.key("counterfactual")]["selection"]["points"]
    if points and isinstance(points[0].get("customdata"), (int, float)):
        st.session_state[STATE.key("unit", name)] = int(points[0]["customdata"])
        st.session_state[STATE.key("whose", name)] = _DRAWN


def _drawn_unit(scene: Scene) -> UnitChoice:
    number = st.number_input(
        "unit",
        0,
        UNITS - 1,
        _first_choice(scene),
        key=STATE.key("unit", scene.name),
        width=140,
        bind="query-params",
        help="Or click a unit in the picture on the right.",
    )
    is_inferred = bool(scene.model.latent) and st.toggle(
        f"infer {' and '.join(map(scene.label, sorted(scene.model.latent)))} from the measured nodes",
        key=STATE.key("guess"),
        bind="query-params",
    )
    unknown = scene.model.latent if is_inferred else frozenset()
    values = scene.units.values.items()
    known = {node: float(column[int(number)]) for node, column in values if node not in unknown}
    return UnitChoice(f"unit {number}", known)


def _first_choice(scene: Scene) -> int:
    """A unit whose exposure differs from what the exposure is set to, so that something changes."""
    column = scene.units.values[scene.story.exposure]
    return int(np.argmax(np.abs(column - do_knob(column).start) > 0.5 * column.std()))


def _user_unit(scene: Scene) -> UnitChoice:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = {node: _value_input(scene, node) for node in scene.model.order}
    caption("Empty values are unknown: all values that fit the rest are weighted by their likelihood.")
    seen = {node: float(value) for node, value in typed.items() if value is not None}
    return UnitChoice("your unit" if seen else "a unit without known values", seen)


def _value_input(scene: Scene, node: str) -> float | None:
    """A control for the value of a node; None if it is unknown."""
    low: int | None
    high: int | None
    step: float
    match scene.model.mechanisms[node]:
        case Threshold():
            low, high, step, shown = 0, 1, 1, "%d"
        case Categorical(weights=weights):
            low, high, step, shown = 0, len(weights) - 1, 1, "%d"
        case _:
            low, high, step, shown = None, None, do_knob(scene.units.values[node]).step, "%g"
    return st.number_input(
        scene.label(node),
        low,
        high,
        None,
        step,
        shown,
        key=STATE.key("was", scene.name, node),
        placeholder="unknown",
        width=150,
        bind="query-params",
    )
