"""A story on the page: its graph to act on, the three rungs, and what can be known without the truth."""

from __future__ import annotations

import streamlit as st

from core.causal.problem import Analysis, analyse
from core.causal.rows import Table, table_of
from core.causal.rungs import effect
from core.causal.stories import STORIES, Dial, Story, kidney_stones, story_named
from dashboard.causes.evidence_view import Known, evidence_view
from dashboard.causes.rungs_view import rungs_view
from dashboard.causes.story import Stage, act, knobs, staged
from dashboard.components.causal_graph import GraphPlot, causal_graph


@st.fragment
def story_view() -> None:
    """The story that a person chooses."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("story", list(STORIES), format_func=_title, key="story", bind="query-params", width=260)
        story = story_named(name)
        dials = {dial.name: _dial(name, dial) for dial in story.dials}
        seed = st.number_input("draw", 0, 9999, 0, key="draw", bind="query-params", width=110, help="Other units.")
    stage = staged(name, dials, int(seed))
    left, right = st.columns((3, 2), vertical_alignment="center")
    with left:
        causal_graph(_plot(stage), key=f"graph.{name}", on_act=lambda node, value: act(name, node, value))
    with right:
        _told(stage)
    rungs_view(stage)
    _evidence(stage, dials, int(seed))


def _title(name: str) -> str:
    return STORIES[name].title


def _dial(story: str, dial: Dial) -> float:
    return st.slider(
        dial.told, float(dial.low), float(dial.high), float(dial.start), dial.step, key=f"{story}.{dial.name}",
        bind="query-params", width=270,
    )  # fmt: skip


def _told(stage: Stage) -> None:
    story: Story = stage.story
    st.markdown(f"{story.told} **{story.question}**")
    st.markdown("Click a node to set it from outside: the arrows into it are cut, and all below is drawn anew.")
    true = effect(stage.model, stage.units.noise, story.exposure, story.outcome)
    with st.expander("The honest answer"):
        st.markdown(f"{story.answer} The effect in this model is **{true:.3f}**.")


def _evidence(stage: Stage, dials: dict[str, float], seed: int) -> None:
    story, model = stage.story, stage.model
    st.subheader("What can be known without the truth?")
    table, analysis = _analysis(stage.name, tuple(sorted(dials.items())), seed, stage)
    true = effect(model, stage.units.noise, story.exposure, story.outcome)
    evidence_view(
        analysis,
        Known(table, None if story.real else true, None if story.real else model, dict(story.labels), story.wrong),
        stage.name,
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _analysis(name: str, dials: tuple[tuple[str, float], ...], seed: int, _stage: Stage) -> tuple[Table, Analysis]:
    """What the units say to one who sees only what was measured, and nothing being set."""
    measured = {node: column for node, column in _stage.units.values.items() if node not in _stage.model.latent}
    table = table_of(kidney_stones() if _stage.story.real else measured)
    return table, analyse(_stage.model.graph, table, _stage.story.exposure, _stage.story.outcome)


def _plot(stage: Stage) -> GraphPlot:
    seen, done = stage.units, stage.done
    means = {node: (seen.mean(node), done.mean(node)) for node in stage.model.order}
    changed = frozenset(node for node, (before, now) in means.items() if abs(now - before) > 1e-9)
    told = {
        node: f"mean {before:.2f}" + (f" → {now:.2f}" if node in changed else "")
        for node, (before, now) in means.items()
    }
    return GraphPlot(
        stage.model.graph, dict(stage.story.labels),
        {stage.story.exposure: "exposure", stage.story.outcome: "outcome"},
        knobs(seen), stage.doing, told, changed,
    )  # fmt: skip
