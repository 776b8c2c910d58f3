"""Discovery on the visitor's table, in its own and in other units. The true graph is unknown, so there is no score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.causal.discovery.class_adjustment import adjust_in_class, effect_in_class
from core.causal.discovery.discover import MOST_USER_COLUMNS, discover, numeric_columns, standardised, user_rows
from core.causal.discovery.notears import notears
from core.causal.discovery.pc import Pattern
from core.causal.estimation.question import EstimateError
from core.causal.tables.rows import Rows, RowsError, Table
from core.wording import count_of
from dashboard.causes import user_data
from dashboard.causes.state import STATE
from dashboard.figures.discovery import circle_layout, discovery_figure
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.messages import show_error, show_warning
from dashboard.kit.tasks import SessionResult, run_task
from dashboard.kit.text import caption, escape_markdown

_SECONDS = 10.0  # for each run of PC
_WARNING = (
    "**Do not trust any of these arrows.** Each method assumes that no common cause is hidden, that relations are "
    "linear, and that rows are independent; the table can't show whether that holds. Use the result to ask better "
    "questions, not to answer them."
)
_NOTES = {
    "PC": "PC tests which columns are independent given others. If both directions fit, it leaves a line.",
    "PC, in other units": "The same rows, each column divided by its standard deviation: the result of PC is the same.",
    "NOTEARS": "NOTEARS searches for the arrows that predict the columns best, and exploits growing variances.",
    "NOTEARS, in other units": (
        "The same rows, each column divided by its standard deviation: any difference comes from the units."
    ),
}


@dataclass(frozen=True)
class _Discovery:
    """How many rows were used, and the patterns by method."""

    description: str
    patterns: dict[str, Pattern]


def user_discovery() -> None:
    """Show the table, a choice of columns, and what PC and NOTEARS find."""
    try:
        source = user_data.source()
        caption(source.description)
        names, notes = _numeric_columns(source.key, source.table)
        picked = st.multiselect(
            "columns",
            names,
            names[:MOST_USER_COLUMNS],
            key=STATE.key(f"sought.{source.key}"),
            max_selections=MOST_USER_COLUMNS,
        )
        for note in notes:
            caption(note)
        st.markdown(_WARNING)
        results: SessionResult[_Discovery] = SessionResult(STATE.key("found", "user"))
        question = (source.key, tuple(picked))
        if st.button("search for arrows", key=STATE.key("look")):
            rows = user_rows(source.table, picked)
            run_task(results, question, "searching for arrows", partial(_discover, rows))
    except (RowsError, EstimateError) as error:
        show_error(error)
        return
    result = results.find(question)
    if result is None:
        return
    found = result.value
    caption(found.description)
    places, titles = circle_layout(picked), list(found.patterns)
    for row in (titles[:2], titles[2:]):
        for column, title in zip(st.columns(2), row, strict=True):
            with column, st.container(border=True, height="stretch"):
                _card(title, found.patterns[title], places)
    _effect(found.patterns["PC"], source.table, picked)


def _effect(pattern: Pattern, table: Table, picked: list[str]) -> None:
    """Show what all graphs that fit PC's result say about an effect, and its estimate."""
    st.markdown("**An effect in all graphs that fit the result of PC**")
    with st.container(horizontal=True):
        exposure = st.selectbox("exposure", picked, key=STATE.key("class.exposure", *picked), width=220)
        others = [name for name in picked if name != exposure]
        outcome = st.selectbox("outcome", others, key=STATE.key("class.outcome", str(exposure), *picked), width=220)
    try:
        found = adjust_in_class(pattern, exposure, outcome)
        sentences = found.summary, effect_in_class(found, user_rows(table, picked).columns)
    except (RowsError, EstimateError) as error:
        show_warning(error)
        return
    for sentence in filter(None, sentences):
        st.markdown(escape_markdown(sentence))


@st.cache_resource(max_entries=2, show_spinner="Reading the columns")
def _numeric_columns(key: str, _table: Table) -> tuple[tuple[str, ...], list[str]]:
    return numeric_columns(_table)


def _card(title: str, pattern: Pattern, places: Mapping[str, tuple[float, float]]) -> None:
    count = len(pattern.arrows)
    st.markdown(f"**{title}: {count} arrow{'s' * (count != 1)}, {len(pattern.lines)} undecided**")
    figure = discovery_figure(pattern, None, places, scheme())
    show_chart(figure, key=STATE.key(f"user.{title}"), alt=f"The arrows that {title} finds.")
    late = "" if pattern.complete else " The search ran out of time, so there may be too many arrows and lines."
    caption(_NOTES[title] + late)


def _discover(rows: Rows, report: Callable[[float], None]) -> _Discovery:
    data = rows.columns
    scaled = standardised(data)
    methods = {
        "PC": lambda report: discover(data, seconds=_SECONDS, report=report),
        "PC, in other units": lambda report: discover(scaled, seconds=_SECONDS, report=report),
        "NOTEARS": lambda report: notears(data),
        "NOTEARS, in other units": lambda report: notears(scaled, threshold=0.1),
    }
    patterns = {}
    for done, (title, method) in enumerate(methods.items()):
        patterns[title] = method(lambda share, done=done: report((done + share) / len(methods)))
        report((done + 1) / len(methods))
    return _Discovery(" ".join((f"The search uses {count_of(len(rows), 'row')}.", *rows.notes)), patterns)
