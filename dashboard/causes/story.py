"""The story that is shown: its model with the dials where they stand, its units, and what is done to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.causal.rungs import is_discrete
from core.causal.scm import Model, Set, Units
from core.causal.stories import STORIES, Story, story_named
from dashboard.components.causal_graph.plot import Knob

UNITS = 10_000
_DOING = "doing"  # session state: what is set, by story


@dataclass(frozen=True)
class Stage:
    """A story as it stands.

    Attributes:
        name, story, model: Which, and with which numbers.
        units: As they are seen.
        doing: What is set, and to what.
        done: The same units under that.
    """

    name: str
    story: Story
    model: Model
    units: Units
    doing: Mapping[str, float]
    done: Units

    @property
    def interventions(self) -> tuple[Set, ...]:
        return tuple(Set(node, value) for node, value in self.doing.items())

    def called(self, node: str) -> str:
        """What a node is called."""
        return dict(self.story.labels).get(node, node.replace("_", " "))


def staged(name: str, dials: Mapping[str, float], seed: int) -> Stage:
    """The story on stage, with what a person or a link has set."""
    story = story_named(name)
    model = story.model(dials)
    units = _units(name, tuple(sorted(dials.items())), seed)
    doing = _doing(name, story, model, units)
    done = model.play(units.noise, *(Set(node, value) for node, value in doing.items())) if doing else units
    return Stage(name, story, model, units, doing, done)


@st.cache_resource(max_entries=8, show_spinner=False)
def _units(name: str, dials: tuple[tuple[str, float], ...], seed: int) -> Units:
    model = story_named(name).model(dict(dials))
    return model.play(model.draw_noise(UNITS, np.random.default_rng(seed)))


def knobs(units: Units) -> dict[str, Knob]:
    """Between which values each node can be set: its own, or the range that nearly all units are in."""
    return {node: _knob(column) for node, column in units.values.items()}


def _knob(column: np.ndarray) -> Knob:
    if is_discrete(column):
        return Knob(float(column.min()), float(max(column.max(), column.min() + 1)), 1.0, float(column.max()))
    low, high = np.quantile(column, (0.003, 0.997))
    step = 10 ** np.floor(np.log10(high - low)) / 10 if high > low else 0.1
    low, high = float(np.floor(low / step) * step), float(np.ceil(high / step) * step)
    start = min(high, max(low, 1.0))
    return Knob(low, high, float(step), round(start / step) * float(step))


def act(name: str, node: str, value: float | None) -> None:
    """Set a node of a story, or leave it to its causes again; the link tells of it."""
    doing = dict(st.session_state.get(_DOING, {}).get(name, {}))
    doing.pop(node, None)
    if value is not None:
        doing[node] = value
    st.session_state.setdefault(_DOING, {})[name] = doing
    st.query_params["do"] = " ".join(f"{one}:{number:.6g}" for one, number in doing.items()) or "nothing"


def _doing(name: str, story: Story, model: Model, units: Units) -> dict[str, float]:
    """What is set in a story; at first what the link says, or the exposure alone."""
    known = st.session_state.setdefault(_DOING, {})
    if name not in known:
        linked = st.query_params.get("story", next(iter(STORIES.values())).title) == story.title
        asked = st.query_params.get("do", "") if linked else ""
        known[name] = _read(asked, units) if asked else {story.exposure: knobs(units)[story.exposure].start}
    return {node: value for node, value in known[name].items() if node in model.mechanisms}


def _read(asked: str, units: Units) -> dict[str, float]:
    """``node:value`` with blanks between, as in a link; what can't be read is left out."""
    found, bounds = {}, knobs(units)
    for part in asked.split():
        node, _, text = part.partition(":")
        try:
            value = float(text)
        except ValueError:
            continue
        if node in bounds and np.isfinite(value):
            found[node] = min(bounds[node].high, max(bounds[node].low, value))
    return found
