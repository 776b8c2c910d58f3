"""Which unit is imagined: the one that the story tells of, one of those that were drawn, or one of a person's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.causal.scm.mechanisms import Categorical, Threshold
from dashboard.causes.intervention_state import setting
from dashboard.causes.scene import UNITS, Scene
from dashboard.causes.state import STATE
from dashboard.kit.text import caption

_TOLD, _DRAWN, _OWN = "of the story", "drawn", "your own"


@dataclass(frozen=True)
class UnitChoice:
    """A unit: what it is called, and what is known of it."""

    told: str
    seen: Mapping[str, float]


def choose_unit(stage: Scene) -> UnitChoice:
    """The unit that a person has chosen."""
    offered = [_TOLD, _DRAWN, _OWN] if stage.story.unit else [_DRAWN, _OWN]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        whose = st.segmented_control(
            "which unit",
            offered,
            default=offered[0],
            required=True,
            key=STATE.key("whose", stage.name),
            bind="query-params",
        )
        if whose == _TOLD:
            return UnitChoice("the unit of the story", dict(stage.story.unit))
        if whose == _DRAWN:
            return _drawn(stage)
    return _own(stage)


def choose(name: str) -> None:
    """A click on a unit."""
    points = st.session_state[STATE.key("imagining")]["selection"]["points"]
    if points and isinstance(points[0].get("customdata"), (int, float)):
        st.session_state[STATE.key("unit", name)] = int(points[0]["customdata"])
        st.session_state[STATE.key("whose", name)] = _DRAWN


def _drawn(stage: Scene) -> UnitChoice:
    unit = st.number_input(
        "unit",
        0,
        UNITS - 1,
        _telling(stage),
        key=STATE.key("unit", stage.name),
        width=140,
        bind="query-params",
        help="Or click one in the picture of imagining.",
    )
    guess = bool(stage.model.latent) and st.toggle(
        f"guess {' and '.join(map(stage.label, sorted(stage.model.latent)))} from what was measured",
        key=STATE.key("guess"),
        bind="query-params",
    )
    hidden = stage.model.latent if guess else frozenset()
    values = stage.units.values.items()
    return UnitChoice(f"unit {unit}", {node: float(column[int(unit)]) for node, column in values if node not in hidden})


def _telling(stage: Scene) -> int:
    """A unit that is not already as the story's exposure can be set: something happens to it."""
    column = stage.units.values[stage.story.exposure]
    return int(np.argmax(np.abs(column - setting(column).start) > 0.5 * column.std()))


def _own(stage: Scene) -> UnitChoice:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = {node: _typed(stage, node) for node in stage.model.order}
    caption("What is left empty is unknown: all that it can have been is weighed by how well it fits the rest.")
    seen = {node: float(value) for node, value in typed.items() if value is not None}
    return UnitChoice("your unit" if seen else "a unit of which nothing is known", seen)


def _typed(stage: Scene, node: str) -> float | None:
    """What a person knows of a node; None where it is unknown."""
    match stage.model.mechanisms[node]:
        case Threshold():
            low, high, step, shown = 0, 1, 1, "%d"
        case Categorical(weights=weights):
            low, high, step, shown = 0, len(weights) - 1, 1, "%d"
        case _:
            low, high, step, shown = None, None, setting(stage.units.values[node]).step, "%g"
    return st.number_input(
        stage.label(node),
        low,
        high,
        None,
        step,
        shown,
        key=STATE.key("was", stage.name, node),
        placeholder="unknown",
        width=150,
        bind="query-params",
    )
