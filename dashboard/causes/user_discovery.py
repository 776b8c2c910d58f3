"""Arrows sought in one's own table, as it is and in other units. Nobody knows the truth here, so nothing is scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.causal.discovery.discover import MOST_OWN_COLUMNS, discover, numeric, own_rows, standardised
from core.causal.discovery.notears import notears
from core.causal.discovery.pc import Pattern
from core.causal.estimation.question import EstimateError
from core.causal.tables.rows import Rows, RowsError, Table
from dashboard.causes import user_data
from dashboard.causes.state import STATE
from dashboard.figures.discovery import discovered, in_a_circle
from dashboard.kit.charts import NO_TOOLBAR, scheme
from dashboard.kit.tasks import SessionResult, run_task
from dashboard.kit.text import caption

_SECONDS = 10.0  # for each time that PC looks
_WARNING = (
    "**Take no arrow from here for known.** Each of these methods believes that no cause is missing, that all is in "
    "straight lines, and that rows are independent; a table can't show that it is so. Use what is found to ask better "
    "questions, not to answer them."
)
_NOTES = {
    "PC": "It asks which columns are independent of which, given others; where both directions fit, it leaves a line.",
    "PC, in other units": "The same rows, each column divided by its spread: PC does not mind.",
    "NOTEARS": "It looks for the arrows by which each column is best predicted, and profits from spreads that grow.",
    "NOTEARS, in other units": "The same rows, each column divided by its spread. What differs came from the units.",
}


@dataclass(frozen=True)
class _Found:
    """How many rows counted, and what came of them."""

    told: str
    patterns: dict[str, Pattern]


def own_discovery() -> None:
    """A table, its columns, and what PC and NOTEARS make of them."""
    try:
        source = user_data.source()
        caption(source.told)
        names, left_out = _numeric(source.key, source.table)
        picked = st.multiselect(
            "columns",
            names,
            names[:MOST_OWN_COLUMNS],
            key=STATE.key(f"sought.{source.key}"),
            max_selections=MOST_OWN_COLUMNS,
        )
        for note in left_out:
            caption(note)
        st.markdown(_WARNING)
        results, question = SessionResult(STATE.key("found", "own")), (source.key, tuple(picked))
        if st.button("look for arrows", key=STATE.key("look")):
            run_task(results, question, "looking for arrows", partial(_found, own_rows(source.table, picked)))
    except (RowsError, EstimateError) as error:
        st.error(str(error))
        return
    result = results.find(question)
    if result is None:
        return
    found = result.value
    caption(found.told)
    places, titles = in_a_circle(picked), list(found.patterns)
    for row in (titles[:2], titles[2:]):
        for column, title in zip(st.columns(2), row, strict=True):
            with column, st.container(border=True, height="stretch"):
                _card(title, found.patterns[title], places)


@st.cache_resource(max_entries=2, show_spinner="Looking at the columns")
def _numeric(key: str, _table: Table) -> tuple[tuple[str, ...], list[str]]:
    return numeric(_table)


def _card(title: str, pattern: Pattern, places) -> None:
    count = len(pattern.arrows)
    st.markdown(f"**{title}: {count} arrow{'s' * (count != 1)}, {len(pattern.lines)} undecided**")
    figure = discovered(pattern, None, places, scheme())
    st.plotly_chart(figure, key=STATE.key(f"own.{title}"), config=NO_TOOLBAR, alt=f"{title}: arrows that it finds.")
    caption(_NOTES[title] + " The time was up: there may be too many of both." * (not pattern.complete))


def _found(rows: Rows, report: Callable[[float], None]) -> _Found:
    data = rows.columns
    other = standardised(data)
    looks = {
        "PC": lambda told: discover(data, seconds=_SECONDS, report=told),
        "PC, in other units": lambda told: discover(other, seconds=_SECONDS, report=told),
        "NOTEARS": lambda told: notears(data),
        "NOTEARS, in other units": lambda told: notears(other, threshold=0.1),
    }
    patterns = {}
    for done, (title, look) in enumerate(looks.items()):
        patterns[title] = look(lambda share, done=done: report((done + share) / len(looks)))
        report((done + 1) / len(looks))
    return _Found(" ".join((f"{len(rows):,} rows count.", *rows.told())), patterns)
