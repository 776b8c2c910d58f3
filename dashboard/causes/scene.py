"""The story on the page: its model with the dials, its units, and the interventions on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.causal.scm.interventions import Do, Intervention
from core.causal.scm.ladder import average_effect, effect_on_shares
from core.causal.scm.mechanisms import Categorical
from core.causal.scm.model import Model, Units, check_numbers
from core.causal.scm.true_effects import ClickThrough, click_through, stratified_noise
from core.causal.stories.story import Story
from dashboard.causes.intervention_state import current_interventions, simulate_interventions

UNITS, TRUTH_UNITS = 10_000, 100_000  # units on the page, and units from which the true effect is computed
USER_STORY, USER_STORY_TITLE = "own", "(write your own)"  # the story that a visitor writes


@dataclass(frozen=True)
class Scene:
    """A story as it stands.

    Attributes:
        name: The name under which the session keeps its interventions.
        story: The story.
        model: Its model, with the dials at their numbers.
        units: The units without interventions.
        interventions: The interventions, by node.
        intervened: The same units under the interventions.
    """

    name: str
    story: Story
    model: Model
    units: Units
    interventions: Mapping[str, Intervention]
    intervened: Units

    @property
    def do_values(self) -> dict[str, float]:
        """The values of the nodes that are set."""
        return {node: one.value for node, one in self.interventions.items() if isinstance(one, Do)}

    def category_count(self, node: str) -> int:
        """Returns the number of a node's categories; 0 for a node with numbers. Interventions never change it."""
        mechanism = self.model.mechanisms[node]
        return len(mechanism.weights) if isinstance(mechanism, Categorical) else 0

    def label(self, node: str) -> str:
        """Returns what a node is called on the page."""
        return dict(self.story.labels).get(node, node.replace("_", " "))


def build_scene(name: str, story: Story, dials: Mapping[str, float], seed: int) -> Scene:
    """Returns the scene of a story, with the interventions of the visitor or of a link.

    Raises:
        ValueError: An intervention is not possible, or leads to values that are not finite.
    """
    model, units = story.model(dials), units_of(story, dials, seed)
    interventions = current_interventions(name, story, model, units)
    intervened = simulate_interventions(model, units, interventions) if interventions else units
    return Scene(name, story, model, units, interventions, intervened)


def units_of(story: Story, dials: Mapping[str, float], seed: int) -> Units:
    """Returns the units of a story without interventions; they are cached."""
    return _units(story, tuple(dials.items()), seed)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={Story: hash})
def _units(story: Story, dials: tuple[tuple[str, float], ...], seed: int) -> Units:
    model = story.model(dict(dials))
    units = model.simulate(model.draw_noise(UNITS, np.random.default_rng(seed)))
    check_numbers(units)
    return units


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Story: hash})
def true_effect(story: Story, dials: tuple[tuple[str, float], ...]) -> float:
    """Returns the true effect of setting the exposure to 1 instead of 0, from many units with stratified noise; three
    digits are right."""
    model = story.model(dict(dials))
    return average_effect(
        model, stratified_noise(model, TRUTH_UNITS, np.random.default_rng(0)), story.exposure, story.outcome
    )


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Story: hash})
def true_shares(story: Story, dials: tuple[tuple[str, float], ...]) -> tuple[float, ...]:
    """Returns the true effect on the share of each category of a categorical outcome."""
    model = story.model(dict(dials))
    noise = stratified_noise(model, TRUTH_UNITS, np.random.default_rng(0))
    return effect_on_shares(model, noise, story.exposure, story.outcome)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Story: hash})
def true_clicks(story: Story, dials: tuple[tuple[str, float], ...]) -> ClickThrough:
    """Returns the click-through of a story's recommender, as it sees it and once it acts."""
    model = story.model(dict(dials))
    noise = stratified_noise(model, TRUTH_UNITS, np.random.default_rng(0))
    return click_through(model, noise, story.exposure, story.outcome, story.overlooked)
