"""A story on the page: its graph, the three rungs of the ladder, and what can be known without the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from core.causal.analysis.analyse import analyse
from core.causal.analysis.result import Analysis
from core.causal.scm.model import Units
from core.causal.stories.shipped import STORIES, kidney_stones, shipped_text
from core.causal.stories.story import Dial, Story
from core.causal.tables.rows import Table, table_of
from core.wording import percent
from dashboard.causes.evidence_view import evidence_view
from dashboard.causes.graph_view import graph_view
from dashboard.causes.intervention_state import clear_interventions, copy_interventions
from dashboard.causes.known import Known
from dashboard.causes.labels import Labels
from dashboard.causes.ladder_view import show_ladder
from dashboard.causes.refutation_view import refutation_view
from dashboard.causes.scene import (
    USER_STORY,
    USER_STORY_TITLE,
    Scene,
    build_scene,
    true_clicks,
    true_effect,
    true_shares,
    units_of,
)
from dashboard.causes.state import STATE
from dashboard.causes.story_editor import keep_text, replace_text, user_story
from dashboard.kit.messages import show_error
from dashboard.kit.text import caption


def story_view() -> None:
    """Show the story that the visitor chooses or writes."""
    keep_text()
    head = st.container(horizontal=True, vertical_alignment="bottom")
    with head:
        name = st.selectbox(
            "story", [*STORIES, USER_STORY], format_func=_title, key=STATE.key("story"), bind="query-params", width=260
        )
    STATE.follow("story", _title(name))
    story = STORIES.get(name)
    try:
        story = story or user_story()
    except ValueError as error:  # a text that can't be read
        show_error(error)
    with head:
        dials, seed = _controls(name, story)
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


def _controls(name: str, story: Story | None) -> tuple[dict[str, float], int]:
    """The numbers of the dials, and the seed of the units."""
    dials = {}
    if story:
        cases = [dict(at) for _, at in story.presets]
        for dial in story.dials:
            dials[dial.name] = _dial(name, dial, [at[dial.name] for at in cases if dial.name in at])
        _presets(name, story)
    seed = st.number_input(
        "draw",
        0,
        9999,
        0,
        key=STATE.key("draw"),
        bind="query-params",
        width=110,
        help="Draw other units of the same story.",
    )
    if story and name != USER_STORY and not story.is_real:  # a text describes a model and can't hold real counts
        st.button(
            "edit a copy",
            key=STATE.key("write_on"),
            on_click=_edit_copy,
            args=(name, dials),
            icon=":material/edit:",
        )
    return dials, int(seed)


def _edit_copy(name: str, dials: dict[str, float]) -> None:
    """Make a shipped story, with its dials and interventions, the one that the visitor writes."""
    replace_text(shipped_text(name))
    st.session_state[STATE.key("story")] = USER_STORY
    st.session_state.update({STATE.key(USER_STORY, dial): at for dial, at in dials.items()})
    copy_interventions(name, f"{USER_STORY}.{STORIES[name].exposure}")


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
        _show_question(scene, dials)
    if story.overlooked:
        _clicks(scene, dials)
    show_ladder(scene)


def _title(name: str) -> str:
    return STORIES[name].title if name in STORIES else USER_STORY_TITLE


def _dial(story: str, dial: Dial, presets: list[float]) -> float:
    """A slider; ``presets`` are the numbers that presets give it."""
    whole = all(float(number).is_integer() for number in (dial.low, dial.start, dial.step, *presets))
    return st.slider(
        dial.description,
        float(dial.low),
        float(dial.high),
        float(dial.start),
        float(dial.step),
        "%d" if whole else None,
        key=STATE.key(story, dial.name),
        bind="query-params",
        width=270,
    )


def _presets(name: str, story: Story) -> None:
    """Buttons that set the dials to cases worth a look."""
    for preset, dials in story.presets:
        at = {STATE.key(name, dial): float(value) for dial, value in dials}
        st.button(preset, key=STATE.key(f"preset.{name}.{preset}"), on_click=st.session_state.update, args=(at,))
    if story.is_real:
        caption("This story uses real counts, so it has no dials.")


def _clicks(scene: Scene, dials: dict[str, float]) -> None:
    """The click-through that a recommender observes, beside what it gets once it acts."""
    found, cause = true_clicks(scene.story, tuple(dials.items())), f"*{scene.label(scene.story.exposure)}*"
    overlooked = scene.label(scene.story.overlooked)
    with st.container(border=True):
        st.markdown(
            f"**The recommender observes a click-through rate of {percent(found.seen, 1)} and gets "
            f"{percent(found.acting, 1)} when it acts**"
        )
        with st.container(horizontal=True):
            for label, share, group in (
                ("observed click-through rate", found.seen, f"of those with {cause} = 1, without intervention"),
                (
                    "rate under its intervention",
                    found.acting,
                    f"if it sets {cause} to 1 for everybody; otherwise {percent(found.everybody, 1)} of all click",
                ),
                (
                    "rate among those it changes",
                    found.pushed,
                    f"of those with {cause} = 0 without intervention; {percent(found.without, 1)} click "
                    f"without {overlooked}",
                ),
            ):
                with st.container(width=300, gap=None):
                    st.metric(label, percent(share, 1))
                    caption(group)
        caption("Computed from the model with the dials as they are now; interventions on the graph are ignored here.")


def _show_question(scene: Scene, dials: dict[str, float]) -> None:
    story = scene.story
    st.markdown(f"{story.description} **{story.question}**")
    then = ""
    if story.wrong_adjustment:
        named = " and ".join(scene.label(node) for node in story.wrong_adjustment)
        then = f" Then press *adjust for {named} (wrong)* further down."
    st.markdown(
        "Click a node to set its value: the arrows into it are cut, and the pictures show the same units under "
        "this intervention; ✕ removes it. Below the graph, choose another kind of intervention: shift the node, draw "
        f"it at random, or replace its mechanism.{then}"
    )
    with st.expander("The true answer", key=STATE.key(f"answer.{scene.name}")):
        moved = any(dials[dial.name] != dial.start for dial in story.dials)
        truth = _truth_text(scene, tuple(dials.items()))
        if story.is_real:  # nobody knows the truth about real people
            st.markdown(story.answer)
        elif truth:
            st.markdown(
                f"With the dials as they started: {story.answer} "
                f"With the dials as they are now: {truth[0].lower()}{truth[1:]}."
                if moved and story.answer
                else f"{story.answer} {truth}."
            )
        else:
            st.markdown("The effect of 1 instead of 0 is not finite in this model.")
    caption("A unit is one day or one person of the story. ± marks 95 % intervals.")


def _truth_text(scene: Scene, dials: tuple[tuple[str, float], ...]) -> str:
    """Returns a sentence with the true effect; empty if it is not finite."""
    if scene.category_count(scene.story.outcome):
        moved = true_shares(scene.story, dials)
        points = ", ".join(f"category {one}: {100 * by + 0.0:+.1f}" for one, by in enumerate(moved))
        return (
            f"In this model, 1 instead of 0 changes the shares of the categories (percentage points): **{points}**"
            if np.isfinite(moved).all()
            else ""
        )
    true = true_effect(scene.story, dials)
    return f"In this model, the effect of 1 instead of 0 is **{true + 0.0:.3f}**" if np.isfinite(true) else ""


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
    return table, analyse(model.graph, table, story.exposure, story.outcome)
