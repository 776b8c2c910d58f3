"""The story that is shown: its model with the dials where they stand, its units, and what is done to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.causal.interventions import Set
from core.causal.modelling import parse_model
from core.causal.rungs import effect, is_discrete
from core.causal.scm import Model, Units, check_numbers
from core.causal.stories import STORIES
from core.causal.story import Story
from core.causal.truth import ClickThrough, click_through, even_noise
from dashboard.components.causal_graph.plot import Knob

UNITS, TRUTH = 10_000, 100_000  # units that are shown, and from which the true effect is worked out
OWN, OWN_TITLE = "own", "(write your own)"  # the story that a person writes
_EXAMPLE = """soil = normal(0, 1)
fertiliser = 0.8*soil + normal(0, 1)
hidden rain = normal(0, 1)
harvest = 0.5*fertiliser + soil + rain + normal(0, 0.5)"""
_TEXT = "own_story"  # session state: the text of it
_NOTHING = "nothing"  # in a link: that no node is set
_DOING = "doing"  # session state: what is set, by story


@dataclass(frozen=True)
class Stage:
    """A story as it stands.

    Attributes:
        name, story, model: Which, and with its dials where they stand.
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


def staged(name: str, story: Story, dials: Mapping[str, float], seed: int) -> Stage:
    """The story on stage, with what a person or a link has set.

    Raises:
        ValueError: What is set leads to values that are no numbers.
    """
    model, units = story.model(dials), units_of(story, dials, seed)
    doing = _doing(name, story, model, units)
    done = model.play(units.noise, *(Set(node, value) for node, value in doing.items())) if doing else units
    check_numbers(done)
    return Stage(name, story, model, units, doing, done)


def units_of(story: Story, dials: Mapping[str, float], seed: int) -> Units:
    """The units of a story as they are seen; kept."""
    return _units(story, tuple(dials.items()), seed)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={Story: hash})
def _units(story: Story, dials: tuple[tuple[str, float], ...], seed: int) -> Units:
    model = story.model(dict(dials))
    units = model.play(model.draw_noise(UNITS, np.random.default_rng(seed)))
    check_numbers(units)
    return units


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Story: hash})
def true_effect(story: Story, dials: tuple[tuple[str, float], ...]) -> float:
    """What 1 for 0 of the exposure does to the outcome, over many units whose noise is spread evenly: three digits are
    right."""
    model = story.model(dict(dials))
    return effect(model, even_noise(model, TRUTH, np.random.default_rng(0)), story.exposure, story.outcome)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Story: hash})
def true_clicks(story: Story, dials: tuple[tuple[str, float], ...]) -> ClickThrough:
    """The click-through of a story's recommender, seen and acting, over the same units."""
    model = story.model(dict(dials))
    noise = even_noise(model, TRUTH, np.random.default_rng(0))
    return click_through(model, noise, story.exposure, story.outcome, story.overlooked)


def written() -> Story | None:
    """The story that a person writes; None while nothing can be asked of it.

    Raises:
        ValueError: The text is no model; says which line.
    """
    st.session_state.setdefault(_TEXT, st.query_params.get(_TEXT, _EXAMPLE))
    with st.container(horizontal=True):
        text = st.text_area(
            "one line for each node", key=_TEXT, height=150, width="stretch", bind="query-params",
            help="normal(mean, deviation), uniform(low, high) or laplace(mean, deviation) is a node's own part; "
            "bernoulli(chance) is 0 or 1, choice(weights...) one of several kinds; hidden marks what nobody measures.",
        )  # fmt: skip
    model = parse_model(text)
    nodes = [node for node in model.order if node not in model.latent]
    if len(nodes) < 2:
        st.info("Write at least two nodes that are measured.")
        return None
    with st.container(horizontal=True):
        exposure = st.selectbox("exposure", nodes, index=0, key="own_exposure", bind="query-params", width=220)
        outcome = st.selectbox(
            "outcome", nodes, index=len(nodes) - 1, key="own_outcome", bind="query-params", width=220
        )
    told = "Your own story: everything below is worked out from its lines."
    question = f"What does {exposure} do to {outcome}?"
    return Story(OWN_TITLE, told, text.replace("{", "{{").replace("}", "}}"), (), exposure, outcome, question, "", None)


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
    """Set a node of a story, or leave it to its causes again."""
    doing = dict(st.session_state.get(_DOING, {}).get(name, {}))
    doing.pop(node, None)
    if value is not None:
        doing[node] = value
    st.session_state.setdefault(_DOING, {})[name] = doing


def set_nothing(name: str) -> None:
    """Leave every node of a story to its causes."""
    st.session_state.setdefault(_DOING, {})[name] = {}


def _doing(name: str, story: Story, model: Model, units: Units) -> dict[str, float]:
    """What is set in a story; at first what the link says, or the exposure alone. The link follows."""
    known, start = st.session_state.setdefault(_DOING, {}), {story.exposure: _start(story, units)}
    if name not in known:
        linked = st.query_params.get("story", next(iter(STORIES.values())).title) == story.title
        asked = st.query_params.get("do", "") if linked else ""
        known[name] = {} if asked == _NOTHING else _read(asked, units) or start
    doing = {node: value for node, value in known[name].items() if node in model.mechanisms}
    if doing != start:
        st.query_params["do"] = " ".join(f"{one}:{number:.6g}" for one, number in doing.items()) or _NOTHING
    elif "do" in st.query_params:
        del st.query_params["do"]
    return doing


def _start(story: Story, units: Units) -> float:
    return knobs(units)[story.exposure].start if story.start is None else story.start


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
            knob = bounds[node]
            value = round(value) if is_discrete(units.values[node]) else value
            found[node] = float(min(knob.high, max(knob.low, value)))
    return found
