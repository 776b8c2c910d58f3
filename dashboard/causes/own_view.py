"""One's own problem: a graph that is drawn or typed, a table, a question; answers, tries to refute them, a report."""

from __future__ import annotations

import datetime

import streamlit as st

from core.causal.estimate import EstimateError
from core.causal.graph import CausalGraph, GraphError
from core.causal.parsing import to_dot
from core.causal.problem import Analysis, analyse
from core.causal.refute import Refutation
from core.causal.report import to_html, to_markdown
from core.causal.rows import RowsError
from core.version import version
from dashboard.causes import own
from dashboard.causes.doubts_view import doubts_view
from dashboard.causes.evidence_view import Known, evidence_view
from dashboard.compare.evidence import quiet
from dashboard.components.causal_graph import graph_editor

_NONE = "(no column)"


@st.fragment
def own_view() -> None:
    """The whole of it."""
    graph = _graph()
    try:
        source = own.source()
        quiet(source.told)
        if graph is None:
            return
        asked = _question(graph, source)
        if asked is None:
            return
        analysis = _analysed(own.graph_text(), source.key, *asked, graph, source)
    except (GraphError, RowsError, EstimateError) as error:
        st.error(str(error))
        return
    key = f"own.{source.key}.{asked}"
    evidence_view(analysis, Known(source.table), key)
    tried = doubts_view(analysis, source.table, key)
    _take_home(analysis, tried)


def _graph() -> CausalGraph | None:
    """The graph, drawn and typed; None while the text is none."""
    drawn, typed = st.columns((3, 2))
    own.graph_text()
    with typed:
        st.text_area(
            "the same as text (DAGitty or DOT)", key=own.TEXT, height=260,
            help="x -> y draws an arrow, x <-> y a hidden common cause; [latent] marks what nobody measured.",
        )  # fmt: skip
    try:
        graph = own.read_graph()
    except GraphError as error:
        drawn.error(str(error))
        return None
    with drawn:
        if refused := graph_editor(graph, key="editor", on_draw=own.replace_graph):
            st.warning(refused)
    return graph


def _question(graph: CausalGraph, source: own.Source) -> tuple[str, str, tuple[tuple[str, str], ...]] | None:
    """Exposure, outcome and the columns of the nodes."""
    nodes = list(graph.observed)
    if len(nodes) < 2:
        st.info("Draw at least two nodes that were measured and an arrow between them.")
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        x = st.selectbox("exposure", nodes, index=_place(nodes, graph.exposure, 0), width=220)
        y = st.selectbox("outcome", nodes, index=_place(nodes, graph.outcome, len(nodes) - 1), width=220)
        with st.popover("columns of the nodes"):
            mapping = {node: _column(node, source) for node in nodes}
    return x, y, tuple((node, column) for node, column in mapping.items() if column)


def _place(nodes: list[str], name: str | None, otherwise: int) -> int:
    return nodes.index(name) if name in nodes else otherwise


def _column(node: str, source: own.Source) -> str:
    names = [_NONE, *source.table.names]
    chosen = st.selectbox(
        node, names, index=names.index(node) if node in names else 0, key=f"column.{source.key}.{node}"
    )
    return "" if chosen == _NONE else chosen


@st.cache_resource(max_entries=8, show_spinner="Working it out")
def _analysed(
    text: str,
    table: str,
    x: str,
    y: str,
    mapping: tuple[tuple[str, str], ...],
    _graph: CausalGraph,
    _source: own.Source,
) -> Analysis:  # fmt: skip
    found = dict(mapping)
    unmeasured = [node for node in _graph.observed if node not in found and node not in (x, y)]
    return analyse(_graph, _source.table, x, y, latent=unmeasured, mapping=found)


def _take_home(analysis: Analysis, tried: tuple[Refutation, ...]) -> None:
    made = {"version": version(), "date": datetime.date.today().isoformat()}
    with st.container(horizontal=True):
        for name, text in (
            ("report.html", lambda: to_html(analysis, tried, **made)),
            ("report.md", lambda: to_markdown(analysis, tried, **made)),
            ("graph.dot", lambda: to_dot(analysis.graph)),
        ):
            st.download_button(name, text, name, key=f"save.{name}", on_click="ignore", icon=":material/download:")
