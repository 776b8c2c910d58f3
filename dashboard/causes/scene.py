"""The story that is shown: its model with the dials where they stand, its units, and what is done to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.causal.scm.interventions import Do, Intervention
from core.causal.scm.ladder import effect, effect_on_shares
from core.causal.scm.mechanisms import Categorical
from core.causal.scm.model import Model, Units, check_numbers
from core.causal.scm.true_effects import ClickThrough, click_through, stratified_noise
from core.causal.stories.story import Story
from dashboard.causes.intervention_state import asked, simulate_interventions

UNITS, TRUTH = 10_000, 100_000  # units that are shown, and from which the true effect is worked out
USER_STORY, USER_STORY_TITLE = "own", "(write your own)"  # the story that a person writes


@dataclass(frozen=True)
class Scene:
    """A story as it stands.

    Attributes:
        name, story, model: Which, and with its dials where they stand.
        units: As they are seen.
        doing: What is done, by node.
        done: The same units under that.
    """

    name: str
    story: Story
    model: Model
    units: Units
    doing: Mapping[str, Intervention]
    done: Units

    @property
    def set_to(self) -> dict[str, float]:
        """The values of the nodes that are set."""
        return {node: one.value for node, one in self.doing.items() if isinstance(one, Do)}

    def kinds(self, node: str) -> int:
        """Of how many kinds a node is one, 0 for what is a number; nothing that is done changes that."""
        mechanism = self.model.mechanisms[node]
        return len(mechanism.weights) if isinstance(mechanism, Categorical) else 0

    def label(self, node: str) -> str:
        """What a node is called."""
        return dict(self.story.labels).get(node, node.replace("_", " "))


def build_scene(name: str, story: Story, dials: Mapping[str, float], seed: int) -> Scene:
    """The story on stage, with what a person or a link does to it.

    Raises:
        ValueError: What is done makes no sense, or leads to values that are no numbers.
    """
    model, units = story.model(dials), units_of(story, dials, seed)
    doing = asked(name, story, model, units)
    done = simulate_interventions(model, units, doing) if doing else units
    return Scene(name, story, model, units, doing, done)


def units_of(story: Story, dials: Mapping[str, float], seed: int) -> Units:
    """The units of a story as they are seen; kept."""
    return _units(story, tuple(dials.items()), seed)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={Story: hash})
def _units(story: Story, dials: tuple[tuple[str, float], ...], seed: int) -> Units:
    model = story.model(dict(dials))
    units = model.simulate(model.draw_noise(UNITS, np.random.default_rng(seed)))
    check_numbers(units)
    return units


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Story: hash})
def true_effect(story: Story, dials: tuple[tuple[str, float], ...]) -> float:
    """What 1 for 0 of the exposure does to the outcome, over many units whose noise is spread evenly: three digits are
    right."""
    model = story.model(dict(dials))
    return effect(model, stratified_noise(model, TRUTH, np.random.default_rng(0)), story.exposure, story.outcome)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Story: hash})
def true_shares(story: Story, dials: tuple[tuple[str, float], ...]) -> tuple[float, ...]:
    """The same of an outcome that is a choice: by how much the share of each kind moves."""
    model = story.model(dict(dials))
    noise = stratified_noise(model, TRUTH, np.random.default_rng(0))
    return effect_on_shares(model, noise, story.exposure, story.outcome)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Story: hash})
def true_clicks(story: Story, dials: tuple[tuple[str, float], ...]) -> ClickThrough:
    """The click-through of a story's recommender, seen and acting, over the same units."""
    model = story.model(dict(dials))
    noise = stratified_noise(model, TRUTH, np.random.default_rng(0))
    return click_through(model, noise, story.exposure, story.outcome, story.overlooked)
