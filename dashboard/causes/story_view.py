"""A story on the page: its graph to act on, the three rungs, and what can be known without the truth."""

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
from dashboard.causes.evidence_view import evidence_view
from dashboard.causes.graph_view import graph_view
from dashboard.causes.intervention_state import do_nothing, do_the_same
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
from dashboard.causes.story_editor import begin, write_on, written
from dashboard.kit.text import caption, escape_markdown


def story_view() -> None:
    """The story that a person chooses or writes."""
    begin()
    head = st.container(horizontal=True, vertical_alignment="bottom")
    with head:
        name = st.selectbox(
            "story", [*STORIES, USER_STORY], format_func=_title, key=STATE.key("story"), bind="query-params", width=260
        )
    story = STORIES.get(name)
    try:
        story = story or written()
    except ValueError as error:  # a text that can't be read
        st.error(escape_markdown(str(error)))
    with head:
        dials, seed = _controls(name, story)
    if story is None:
        return
    try:
        units_of(story, dials, seed)
    except ValueError as error:  # a model that gives no numbers
        st.error(escape_markdown(str(error)))
        return
    name = f"{name}.{story.exposure}" if name == USER_STORY else name  # another exposure is another question
    _live(name, story, dials, seed)
    _evidence(name, story, dials, seed)


def _controls(name: str, story: Story | None) -> tuple[dict[str, float], int]:
    """Where the dials stand, and which units are drawn."""
    dials = {}
    if story:
        cases = [dict(at) for _, at in story.presets]
        for dial in story.dials:
            dials[dial.name] = _dial(name, dial, [at[dial.name] for at in cases if dial.name in at])
        _presets(name, story)
    seed = st.number_input(
        "draw", 0, 9999, 0, key=STATE.key("draw"), bind="query-params", width=110, help="Other units of the same story."
    )
    if name != USER_STORY and not story.is_real:  # a text draws new units, and can't hold rows that were counted
        st.button(
            "write on from this",
            key=STATE.key("write_on"),
            on_click=_write_on,
            args=(name, dials),
            icon=":material/edit:",
        )
    return dials, int(seed)


def _write_on(name: str, dials: dict[str, float]) -> None:
    """A story that is shipped becomes the one that a person writes, as it stands."""
    write_on(shipped_text(name))
    st.session_state[STATE.key("story")] = USER_STORY
    st.session_state.update({STATE.key(USER_STORY, dial): at for dial, at in dials.items()})
    do_the_same(name, f"{USER_STORY}.{STORIES[name].exposure}")


@st.fragment
def _live(name: str, story: Story, dials: dict[str, float], seed: int) -> None:
    """What follows the clicks on the graph."""
    try:
        stage = build_scene(name, story, dials, seed)
    except ValueError as error:  # what is done leads to no numbers, such as the logarithm of a negative one
        st.error(escape_markdown(str(error)))
        st.button("set nothing", key=STATE.key(f"nothing.{name}"), on_click=lambda: do_nothing(name))
        return
    left, right = st.columns((3, 2))
    with left:
        graph_view(stage)
    with right:
        _told(stage, dials)
    if story.overlooked:
        _clicks(stage, dials)
    show_ladder(stage)


def _title(name: str) -> str:
    return STORIES[name].title if name in STORIES else USER_STORY_TITLE


def _dial(story: str, dial: Dial, presets: list[float]) -> float:
    """A slider; ``presets`` are where cases worth a click put it."""
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
    """Cases worth a click, beside the dials."""
    for told, dials in story.presets:
        at = {STATE.key(name, dial): float(value) for dial, value in dials}
        st.button(told, key=STATE.key(f"preset.{name}.{told}"), on_click=st.session_state.update, args=(at,))
    if story.is_real:
        caption("Real counts: there is nothing to slide.")


def _clicks(stage: Scene, dials: dict[str, float]) -> None:
    """A recommender's click-through as it sees it, beside what it gets once it acts on that."""
    found, does = true_clicks(stage.story, tuple(dials.items())), f"*{stage.label(stage.story.exposure)}*"
    away = stage.label(stage.story.overlooked)
    with st.container(border=True):
        st.markdown(
            f"**The recommender sees {_percent(found.seen)} clicking, and gets {_percent(found.acting)} once it acts**"
        )
        with st.container(horizontal=True):
            for told, share, who in (
                ("click-through as observed", found.seen, f"where {does} is 1 by itself"),
                (
                    "under its own intervention",
                    found.acting,
                    f"where it makes that 1 for all; left alone, {_percent(found.everybody)} of all click",
                ),
                (
                    "of these, those it had to push",
                    found.pushed,
                    f"where it would have been 0; without {away}, {_percent(found.without)} would click",
                ),
            ):
                with st.container(width=300, gap=None):
                    st.metric(told, _percent(share))
                    caption(who)
        caption("By the chances of the model, as its dials stand; what is set on the graph does not count here.")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _told(stage: Scene, dials: dict[str, float]) -> None:
    story = stage.story
    st.markdown(f"{story.description} **{story.question}**")
    then = ""
    if story.wrong_adjustment:
        named = " and ".join(stage.label(node) for node in story.wrong_adjustment)
        then = f" Then press *adjust for {named} (wrong)* further down."
    st.markdown(
        "Click a node to set it from outside: the arrows into it are cut, and the pictures show what becomes of the "
        "same units; ✕ leaves it to its causes again. Under the "
        f"graph, choose to shift it, to leave it to chance, or what it listens to instead.{then}"
    )
    with st.expander("The honest answer", key=STATE.key(f"answer.{stage.name}")):
        moved = any(dials[dial.name] != dial.start for dial in story.dials)
        told = _true(stage, tuple(dials.items()))
        if story.is_real:  # of real people nobody knows it
            st.markdown(story.answer)
        elif told:
            st.markdown(
                f"As the dials stood at first: {story.answer} {told} as they stand now."
                if moved and story.answer
                else f"{story.answer} {told}."
            )
        else:
            st.markdown("The effect of 1 for 0 is no number in this model.")
    caption("A unit is one day, person or patient of the story. ± gives 95 % intervals.")


def _true(stage: Scene, dials: tuple[tuple[str, float], ...]) -> str:
    """The true effect in words; empty where it is no number."""
    if stage.kinds(stage.story.outcome):
        moved = true_shares(stage.story, dials)
        points = ", ".join(f"kind {kind} by {100 * by + 0.0:+.1f}" for kind, by in enumerate(moved))
        return (
            f"1 for 0 moves the shares in this model, in percentage points: **{points}**"
            if np.isfinite(moved).all()
            else ""
        )
    true = true_effect(stage.story, dials)
    return f"The effect of 1 for 0 in this model is **{true + 0.0:.3f}**" if np.isfinite(true) else ""


def _evidence(name: str, story: Story, dials: dict[str, float], seed: int) -> None:
    """What one who sees only what was measured can know, nothing being set. No fragment: what takes long could not be
    cancelled in one."""
    st.subheader("What can be known without the truth?")
    try:
        table, analysis = _analysis(story, tuple(dials.items()), seed, units_of(story, dials, seed))
    except ValueError as error:  # rows that allow no estimate, such as an exposure that never changes
        st.error(escape_markdown(str(error)))
        return
    names = Labels(analysis.graph.nodes, dict(story.labels))
    known = Known(table, names, wrong=story.wrong_adjustment)
    for tool in analysis.identification.instruments[:1]:
        known = replace(
            known,
            no_estimate=(
                f"The instrument {names.label(tool.node)} is weak, so no estimate is quoted and there is none to "
                "repeat. Its wide interval usually contains the truth, but the estimate is biased towards "
                "the association."
            ),
        )
    if not story.is_real:
        true = true_effect(story, tuple(dials.items()))
        known = replace(known, truth=true if np.isfinite(true) else None, model=story.model(dials))
    evidence_view(analysis, known, name)
    doubts = st.expander("What speaks against the estimate?", key=STATE.key("doubts"), on_change="rerun")
    if doubts.open:
        with doubts:
            refutation_view(analysis, table, names, name)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Story: hash})
def _analysis(story: Story, dials: tuple[tuple[str, float], ...], seed: int, _units: Units) -> tuple[Table, Analysis]:
    model = story.model(dict(dials))
    measured = {node: column for node, column in _units.values.items() if node not in model.latent}
    table = table_of(kidney_stones() if story.is_real else measured)
    return table, analyse(model.graph, table, story.exposure, story.outcome)
