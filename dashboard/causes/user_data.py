"""The visitor's graph as text, and the visitor's table."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.causal.graphs.graph import CausalGraph
from core.causal.graphs.parsing import parse_graph
from core.causal.graphs.writing import to_dagitty, to_dot
from core.causal.stories.shipped import kidney_stones
from core.causal.tables.read_csv import read_table
from core.causal.tables.rows import Table, table_of
from core.wording import count_of
from dashboard.causes.choices_view import ReadingChoices, reading_choices
from dashboard.causes.state import STATE
from dashboard.kit.uploads import keep_files

TEXT = STATE.key("graph")  # session state and link: the graph
EXAMPLE = """dag {
small_stone [pos="1,0"]
treatment_A [exposure, pos="0,1"]
success [outcome, pos="2,1"]
small_stone -> treatment_A
small_stone -> success
treatment_A -> success
}"""
_EXAMPLE = "example"  # the key of the example, which is shown until the visitor uploads a table
EXAMPLE_DESCRIPTION = (
    "Kidney stones: 700 patients (Charig et al. 1986). Doctors gave treatment A more often for large stones."
)


@dataclass(frozen=True)
class Source:
    """A table and where it is from.

    Attributes:
        table: The table.
        key: Distinguishes tables.
        description: In one line.
    """

    table: Table
    key: str
    description: str

    @property
    def is_example(self) -> bool:
        """Whether it is the example, and not the visitor's."""
        return self.key == _EXAMPLE


def graph_text() -> str:
    """The graph as it was last written or drawn, or as a link gives it."""
    return st.session_state.setdefault(TEXT, STATE.read("graph", EXAMPLE))


def read_graph() -> CausalGraph:
    """The visitor's graph.

    Raises:
        GraphError: The text is not a graph.
    """
    return parse_graph(graph_text())


def replace_graph(graph: CausalGraph) -> None:
    """Replace the graph by one that was drawn."""
    st.session_state[TEXT] = to_dagitty(graph)


def save_graph(graph: CausalGraph) -> None:
    """Show buttons that save the graph as files, which can be read again."""
    with st.container(horizontal=True):
        for name, write in (("graph.txt", to_dagitty), ("graph.dot", to_dot)):
            st.download_button(
                name, write(graph), name, key=STATE.key(f"save.{name}"), on_click="ignore", icon=":material/download:"
            )


def source() -> Source:
    """The visitor's table, or the example.

    Raises:
        RowsError: The file can't be read as a table.
    """
    file = st.file_uploader(
        "CSV table (a header row, then values)",
        type=["csv", "tsv", "txt"],
        key=STATE.key("table_file"),
        max_upload_size=200,
    )
    given = keep_files(STATE.key("table_file"), [file] if file else [])
    if not given:
        return Source(_example(), _EXAMPLE, EXAMPLE_DESCRIPTION)
    reading = reading_choices()
    table = _read(given[0].id, reading, given[0].content)
    return Source(
        table,
        f"{given[0].id}.{reading}" if reading != ReadingChoices() else given[0].id,
        f"{given[0].name}: {count_of(table.count, 'row')}, {count_of(len(table.names), 'column')}.",
    )


@st.cache_resource(max_entries=2, show_spinner="Reading the table")
def _read(key: str, reading: ReadingChoices, _content: bytes) -> Table:
    table = read_table(_content, reading.delimiter, reading.missing)
    return table.repeated(reading.counts) if reading.counts else table


@st.cache_resource(max_entries=1, show_spinner=False)
def _example() -> Table:
    return table_of(kidney_stones())
