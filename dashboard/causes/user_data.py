"""One's own problem as it stands: the graph as text, the table, and what is asked."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.causal.graphs.graph import CausalGraph
from core.causal.graphs.parsing import parse_graph
from core.causal.graphs.writing import to_dagitty, to_dot
from core.causal.stories.shipped import kidney_stones
from core.causal.tables.read_csv import read_table
from core.causal.tables.rows import Table, table_of
from dashboard.causes.state import STATE
from dashboard.kit.uploads import kept_files

TEXT = STATE.key("own_graph")  # session state: the graph
EXAMPLE = """dag {
small_stone [pos="1,0"]
treatment_A [exposure, pos="0,1"]
success [outcome, pos="2,1"]
small_stone -> treatment_A
small_stone -> success
treatment_A -> success
}"""
_EXAMPLE = "example"  # the key of the table that is there before a person gives one
EXAMPLE_TOLD = (
    "Kidney stones: 700 patients as counted in 1986 (Charig et al.). Treatment A was given for large stones more often."
)


@dataclass(frozen=True)
class Source:
    """A table and what it is: ``key`` tells tables apart."""

    table: Table
    key: str
    told: str

    @property
    def is_example(self) -> bool:
        return self.key == _EXAMPLE


def graph_text() -> str:
    """The graph as it was written or drawn last, or as a link tells it."""
    return st.session_state.setdefault(TEXT, STATE.read("own_graph", EXAMPLE))


def read_graph() -> CausalGraph:
    """The graph of one's own.

    Raises:
        GraphError: The text is no graph; says where.
    """
    return parse_graph(graph_text())


def replace_graph(graph: CausalGraph) -> None:
    """Take over a graph that was drawn; its text follows."""
    st.session_state[TEXT] = to_dagitty(graph)


def save_graph(graph: CausalGraph) -> None:
    """Buttons that save the graph as files that can be read again, whether there is a table or not."""
    with st.container(horizontal=True):
        for name, write in (("graph.txt", to_dagitty), ("graph.dot", to_dot)):
            st.download_button(
                name, write(graph), name, key=STATE.key(f"save.{name}"), on_click="ignore", icon=":material/download:"
            )


def source() -> Source:
    """The table of one's own, or the example.

    Raises:
        RowsError: The file can't be used.
    """
    file = st.file_uploader(
        "table as CSV (a header, then numbers)",
        type=["csv", "tsv", "txt"],
        key=STATE.key("own_csv"),
        max_upload_size=200,
    )
    given = kept_files(STATE.key("own_csv"), [file] if file else [])
    if not given:
        return Source(_example(), _EXAMPLE, EXAMPLE_TOLD)
    table = _read(given[0].id, given[0].content)
    return Source(table, given[0].id, f"{given[0].name}: {table.count:,} rows, {len(table.names)} columns.")


@st.cache_resource(max_entries=2, show_spinner="Reading the table")
def _read(key: str, _content: bytes) -> Table:
    return read_table(_content)


@st.cache_resource(max_entries=1, show_spinner=False)
def _example() -> Table:
    return table_of(kidney_stones())
