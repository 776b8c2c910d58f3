"""What is done to the nodes of a story: in which ways each can be acted on, and what a person or a link asks for."""

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

_NOTHING = "nothing"  # in a link: that nothing is done
_DOING = "doing"  # session state: what is done, by story
_CHANCE = Knob(0.0, 1.0, 0.05, 0.5)
Doing = Mapping[str, Intervention]


def knobs(model: Model, units: Units) -> dict[str, dict[str, Knob]]:
    """How far each node can be changed, by the kind of intervention: set as far as nearly all units are; what is 0 or 1
    drawn by chance, and what is a number shifted."""
    return {node: _knobs(model, node, column) for node, column in units.values.items()}


def _knobs(model: Model, node: str, column: np.ndarray) -> dict[str, Knob]:
    found = {"set": setting(column)}
    if np.isin(column, (0, 1)).all():
        return found | {"chance": _CHANCE}
    if isinstance(model.mechanisms[node], Categorical):
        return found
    return found | {"shift": _shift(found["set"])}


def setting(column: np.ndarray) -> Knob:
    """Between which values a node can be set: its own, or the range that nearly all units are in."""
    if is_discrete(column):
        return Knob(float(column.min()), float(max(column.max(), column.min() + 1)), 1.0, float(column.max()))
    low, high = np.quantile(column, (0.003, 0.997))
    step = 10 ** np.floor(np.log10(high - low)) / 10 if high > low else 0.1
    low, high = float(np.floor(low / step) * step), float(np.ceil(high / step) * step)
    start = min(high, max(low, 1.0))
    return Knob(low, high, float(step), round(start / step) * float(step))


def _shift(setting: Knob) -> Knob:
    """At first by 1, or as near to that as half the range of the node allows."""
    reach = setting.step * max(1.0, np.floor((setting.high - setting.low) / 2 / setting.step))
    return Knob(-reach, reach, setting.step, max(setting.step, min(1.0, reach)))


def simulate_interventions(model: Model, units: Units, doing: Doing) -> Units:
    """The units under what is done.

    Raises:
        ValueError: It makes no sense, or leads to values that are no numbers.
    """
    for node, one in doing.items():
        check_category(one, model.mechanisms[node])
    done = model.simulate(units.noise, *doing.values())
    check_numbers(done)
    return done


def act(name: str, model: Model, units: Units, node: str, one: Intervention | None) -> None:
    """Act on a node of a story, or leave it to its causes again.

    Raises:
        ValueError: As ``played``; then all stays as it was.
    """
    before = st.session_state.get(_DOING, {}).get(name, {})
    doing = _possible(before.values(), knobs(model, units), model)
    doing.pop(node, None)
    if one is not None:
        doing[node] = one
        simulate_interventions(model, units, doing)
    st.session_state.setdefault(_DOING, {})[name] = doing


def do_the_same(name: str, other: str) -> None:
    """What is done in one story is done in another."""
    known = st.session_state.setdefault(_DOING, {})
    if name in known:
        known[other] = known[name]


def do_nothing(name: str) -> None:
    """Leave every node of a story to its causes."""
    st.session_state.setdefault(_DOING, {})[name] = {}


def asked(name: str, story: Story, model: Model, units: Units) -> Doing:
    """What is done in a story; at first what the link says that the page was opened by, or the exposure alone is set.
    The link follows."""
    bounds = knobs(model, units)
    known, exposure = st.session_state.setdefault(_DOING, {}), story.exposure
    start = {exposure: _start(story, bounds[exposure], units.values[exposure])}
    linked = not known and STATE.read("story", next(iter(STORIES.values())).title) == story.title
    if name not in known or went_through_history():
        text = STATE.read("do") if linked or name in known else ""
        known[name] = {} if text == _NOTHING else _read(text, bounds, model, units) or start
    doing = _possible(known[name].values(), bounds, model)
    _write_address("" if doing == start else " ".join(map(intervention_text, doing.values())) or _NOTHING)
    return doing


def _write_address(text: str) -> None:
    if text != STATE.read("do"):
        STATE.write("do", text)


def _start(story: Story, bounds: Mapping[str, Knob], column: np.ndarray) -> Intervention:
    start = Do(story.exposure, bounds["set"].start if story.start_value is None else story.start_value)
    return _within(start, bounds, column)


def _is_offered(one: Intervention, bounds: Mapping[str, Mapping[str, Knob]]) -> bool:
    return one.node in bounds and (isinstance(one, ReplaceMechanism) or kind_of(one) in bounds[one.node])


def _possible(
    wanted: Iterable[Intervention], bounds: Mapping[str, Mapping[str, Knob]], model: Model
) -> dict[str, Intervention]:
    """Those that can be done: a link may ask for anything, and a model that was written anew can have lost the node,
    what it was to listen to, or what can be done to it."""
    found = {}
    for one in wanted:
        if _is_offered(one, bounds):
            with suppress(ValueError):  # it would listen to what there is not, in a circle, or be none of its kinds
                model.order_under({**found, one.node: one})
                if not isinstance(one, ReplaceMechanism):  # what a person writes is refused in words
                    check_category(one, model.mechanisms[one.node])
                found[one.node] = one
    return found


def _read(text: str, bounds: Mapping[str, Mapping[str, Knob]], model: Model, units: Units) -> Doing:
    """Interventions with blanks between, as in a link; what can't be read is left out."""
    found = []
    for part in text.split():
        with suppress(ValueError):
            one = parse_intervention(part)
            if _is_offered(one, bounds):
                found.append(_within(one, bounds[one.node], units.values[one.node]))
    return _possible([one for one in found if one is not None], bounds, model)


def _within(one: Intervention, bounds: Mapping[str, Knob], column: np.ndarray) -> Intervention | None:
    """An intervention as far as its node can be changed; None where it is by no number."""
    if isinstance(one, ReplaceMechanism):
        return one
    by, knob = argument_of(one), bounds[kind_of(one)]
    if not np.isfinite(by):
        return None
    if isinstance(one, Do) and is_discrete(column):
        by = float(column[np.abs(column - by).argmin()])
    return make_intervention(one.node, kind_of(one), min(knob.high, max(knob.low, by)))
