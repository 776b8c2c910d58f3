"""The interventions on a story's nodes: the range of each, and the current ones, from the visitor or a link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

import numpy as np
import streamlit as st

from core.causal.scm.intervention_text import (
    argument_of,
    intervention_text,
    kind_of,
    make_intervention,
    parse_intervention,
)
from core.causal.scm.interventions import Do, Intervention, ReplaceMechanism, check_category
from core.causal.scm.ladder import is_discrete
from core.causal.scm.mechanisms import Categorical
from core.causal.scm.model import Model, Units, check_numbers
from core.causal.stories.shipped import STORIES
from core.causal.stories.story import Story
from dashboard.causes.state import STATE
from dashboard.components.causal_graph.plot import Knob
from dashboard.kit.url_state import went_through_history

_NONE = "nothing"  # in an address: there is no intervention
INTERVENTIONS = STATE.key("interventions")  # session state: by story, the interventions by node
_CHANCE = Knob(0.0, 1.0, 0.05, 0.5)
Interventions = Mapping[str, Intervention]


def knobs(model: Model, units: Units) -> dict[str, dict[str, Knob]]:
    """Returns the range of each node's interventions, by kind: do() within the values of nearly all units, a chance for
    nodes of 0 and 1, a shift for numbers."""
    return {node: _knobs(model, node, column) for node, column in units.values.items()}


def _knobs(model: Model, node: str, column: np.ndarray) -> dict[str, Knob]:
    found = {"do": do_knob(column)}
    if np.isin(column, (0, 1)).all():
        return found | {"chance": _CHANCE}
    if isinstance(model.mechanisms[node], Categorical):
        return found
    return found | {"shift": _shift_knob(found["do"])}


def do_knob(column: np.ndarray) -> Knob:
    """Returns the values that a node can be set to: those of a discrete node, or the range of nearly all units."""
    if is_discrete(column):
        return Knob(float(column.min()), float(max(column.max(), column.min() + 1)), 1.0, float(column.max()))
    low, high = np.quantile(column, (0.003, 0.997))
    step = 10 ** np.floor(np.log10(high - low)) / 10 if high > low else 0.1
    low, high = float(np.floor(low / step) * step), float(np.ceil(high / step) * step)
    start = min(high, max(low, 1.0))
    return Knob(low, high, float(step), round(start / step) * float(step))


def _shift_knob(setting: Knob) -> Knob:
    """Returns shifts of up to half the node's range; the first is 1, or as near to it as the range allows."""
    reach = setting.step * max(1.0, np.floor((setting.high - setting.low) / 2 / setting.step))
    return Knob(-reach, reach, setting.step, max(setting.step, min(1.0, reach)))


def simulate_interventions(model: Model, units: Units, interventions: Interventions) -> Units:
    """Returns the units under interventions.

    Raises:
        ValueError: An intervention is not possible, or leads to values that are not finite.
    """
    for node, one in interventions.items():
        check_category(one, model.mechanisms[node])
    intervened = model.simulate(units.noise, *interventions.values())
    check_numbers(intervened)
    return intervened


def intervene(name: str, model: Model, units: Units, node: str, one: Intervention | None) -> None:
    """Change the intervention on a node of a story; None takes it back.

    Raises:
        ValueError: As ``simulate_interventions``; then nothing changes.
    """
    before = st.session_state.get(INTERVENTIONS, {}).get(name, {})
    interventions = _possible(before.values(), knobs(model, units), model)
    interventions.pop(node, None)
    if one is not None:
        interventions[node] = one
        simulate_interventions(model, units, interventions)
    st.session_state.setdefault(INTERVENTIONS, {})[name] = interventions


def copy_interventions(name: str, other: str) -> None:
    """Give another story the interventions of a story."""
    known = st.session_state.setdefault(INTERVENTIONS, {})
    if name in known:
        known[other] = known[name]


def clear_interventions(name: str) -> None:
    """Take back all interventions on a story."""
    st.session_state.setdefault(INTERVENTIONS, {})[name] = {}


def current_interventions(name: str, story: Story, model: Model, units: Units) -> Interventions:
    """Returns the interventions on a story, and writes them into the address. A story begins with those of the link
    that opened the page, otherwise with do() on the exposure; after Back or Forward the address counts."""
    bounds = knobs(model, units)
    known, exposure = st.session_state.setdefault(INTERVENTIONS, {}), story.exposure
    start = {exposure: _start(story, bounds[exposure], units.values[exposure])}
    is_linked = not known and STATE.read("story", next(iter(STORIES.values())).title) == story.title
    if name not in known or went_through_history():
        text = STATE.read("do") if is_linked or name in known else ""
        known[name] = {} if text == _NONE else _read(text, bounds, model, units) or start
        if _texts(text) == set(map(intervention_text, known[name].values())):
            STATE.follow("do", text)  # in another spelling than the address has from now on
    interventions = _possible(known[name].values(), bounds, model)
    _write_address("" if interventions == start else " ".join(map(intervention_text, interventions.values())) or _NONE)
    return interventions


def _write_address(text: str) -> None:
    if text != STATE.read("do"):
        STATE.write("do", text)


def _start(story: Story, bounds: Mapping[str, Knob], column: np.ndarray) -> Intervention:
    start = Do(story.exposure, bounds["do"].start if story.start_value is None else story.start_value)
    return _within(start, bounds, column)


def _is_offered(one: Intervention, bounds: Mapping[str, Mapping[str, Knob]]) -> bool:
    return one.node in bounds and (isinstance(one, ReplaceMechanism) or kind_of(one) in bounds[one.node])


def _possible(
    wanted: Iterable[Intervention], bounds: Mapping[str, Mapping[str, Knob]], model: Model
) -> dict[str, Intervention]:
    """Returns the interventions that are possible: a link may hold anything, and a rewritten model may have lost a
    node, a cause, or a kind of intervention."""
    found: dict[str, Intervention] = {}
    for one in wanted:
        if _is_offered(one, bounds):
            with suppress(ValueError):  # an unknown cause, a cycle, or none of its categories
                model.order_under({**found, one.node: one})
                if not isinstance(one, ReplaceMechanism):  # a mechanism is refused with a sentence
                    check_category(one, model.mechanisms[one.node])
                found[one.node] = one
    return found


def _read(text: str, bounds: Mapping[str, Mapping[str, Knob]], model: Model, units: Units) -> Interventions:
    """Returns the interventions of a link, separated by blanks; what can't be read is left out."""
    found = []
    for part in text.split():
        with suppress(ValueError):
            one = parse_intervention(part)
            if _is_offered(one, bounds) and _is_finite(one):
                found.append(_within(one, bounds[one.node], units.values[one.node]))
    return _possible(found, bounds, model)


def _texts(text: str) -> set[str]:
    """Returns the interventions of a link as they are spelled now; a part that can't be read stays as it is."""
    return {_present_spelling(part) for part in text.split()}


def _present_spelling(part: str) -> str:
    with suppress(ValueError):
        return intervention_text(parse_intervention(part))
    return part


def _is_finite(one: Intervention) -> bool:
    return isinstance(one, ReplaceMechanism) or bool(np.isfinite(argument_of(one)))


def _within(one: Intervention, bounds: Mapping[str, Knob], column: np.ndarray) -> Intervention:
    """Returns an intervention within the node's range; its argument must be finite."""
    if isinstance(one, ReplaceMechanism):
        return one
    argument, knob = argument_of(one), bounds[kind_of(one)]
    if isinstance(one, Do) and is_discrete(column):
        argument = float(column[np.abs(column - argument).argmin()])
    return make_intervention(one.node, kind_of(one), min(knob.high, max(knob.low, argument)))
