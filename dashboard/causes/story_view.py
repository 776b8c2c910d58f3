"""A story on the page: its graph, the three rungs of the ladder, and what can be known without the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from core.causal.analysis.analyse import quick_analysis
from core.causal.analysis.result import Analysis
from core.causal.scm.model import Units
from core.causal.stories.shipped import STORIES, kidney_stones
from core.causal.stories.story import Story
from core.causal.tables.rows import Table, table_of
from dashboard.causes.evidence_view import evidence_view
from dashboard.causes.graph_view import graph_view
from dashboard.causes.intervention_state import clear_interventions
from dashboard.causes.known import Known
from dashboard.causes.labels import Labels
from dashboard.causes.ladder_view import show_ladder
from dashboard.causes.refutation_view import refutation_view
from dashboard.causes.scene import (
    USER_STORY,
    build_scene,
    true_effect,
    units_of,
)
from dashboard.causes.state import STATE
from dashboard.causes.story_controls import story_controls, story_title
from dashboard.causes.story_editor import keep_text, user_story
from dashboard.causes.story_question import clicks, show_question
from dashboard.kit.messages import show_error


def story_view() -> None:
    """Show the story that the visitor chooses or writes."""
    keep_text()
    head = st.container(horizontal=True, vertical_alignment="bottom")
    with head:
        name = st.selectbox(
            "story",
            [*STORIES, USER_STORY],
            format_func=story_title,
            key=STATE.key("story"),
            bind="query-params",
            width=260,
        )
    STATE.follow("story", story_title(name))
    story = STORIES.get(name)
    try:
        story = story or user_story()
    except ValueError as error:  # a text that can't be read
        show_error(error)
    with head:
        dials, seed = story_controls(name, story)
    if story is None:
        return
    try:
        units_of(story, dials, seed)
    except ValueError as error:  # a model that gives no numbers
        show_error(error)
        return
    name = f"{name}.{story.exposure}" if name == USER_STORY else name  # another exposure is another question
    _interactive_part(name, story, dials, seed)
    _evidence(name, story, dials, seed)


@st.fragment
def _interactive_part(name: str, story: Story, dials: dict[str, float], seed: int) -> None:
    """The part of the page that follows clicks on the graph."""
    try:
        scene = build_scene(name, story, dials, seed)
    except ValueError as error:  # an intervention leads to a value that is not finite, such as log(-1)
        show_error(error)
        st.button(
            "remove all interventions", key=STATE.key(f"nothing.{name}"), on_click=lambda: clear_interventions(name)
        )
        return
    left, right = st.columns((3, 2))
    with left:
        graph_view(scene)
    with right:
        show_question(scene, dials)
    if story.overlooked:
        clicks(scene, dials)
    show_ladder(scene)


def _evidence(name: str, story: Story, dials: dict[str, float], seed: int) -> None:
    """What can be known from the measured nodes alone, without interventions. Not a fragment: long tasks can't be
    cancelled in one."""
    st.subheader("What can be learned from the data alone?")
    try:
        table, analysis = _analysis(story, tuple(dials.items()), seed, units_of(story, dials, seed))
    except ValueError as error:  # rows that allow no estimate, such as an exposure that never changes
        show_error(error)
        return
    names = Labels(analysis.graph.nodes, dict(story.labels))
    known = Known(table, names, wrong=story.wrong_adjustment)
    for tool in analysis.identification.instruments[:1]:
        known = replace(
            known,
            no_estimate=(
                f"The instrument {names.label(tool.node)} is weak, so no estimate is reported and there is none to "
                "repeat. Its wide interval usually contains the truth, but the estimate is biased towards "
                "the association."
            ),
        )
    if not story.is_real:
        true = true_effect(story, tuple(dials.items()))
        known = replace(known, truth=true if np.isfinite(true) else None, model=story.model(dials))
    evidence_view(analysis, known, name)
    doubts = st.expander("What counts against the estimate?", key=STATE.key("doubts"), on_change="rerun")
    if doubts.open:
        with doubts:
            refutation_view(analysis, table, names, name)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Story: hash})
def _analysis(story: Story, dials: tuple[tuple[str, float], ...], seed: int, _units: Units) -> tuple[Table, Analysis]:
    model = story.model(dict(dials))
    measured = {node: column for node, column in _units.values.items() if node not in model.latent}
    table = table_of(kidney_stones() if story.is_real else measured)
    return table, quick_analysis(model.graph, table, story.exposure, story.outcome)
