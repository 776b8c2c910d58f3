"""One's own problem: a graph that is drawn or typed, a table, a question; answers, tries to refute them, a report."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from core.causal.analysis.analyse import Analysis, analyse
from core.causal.analysis.report import to_html, to_markdown
from core.causal.estimation.question import EstimateError
from core.causal.estimation.refuters import Refutation
from core.causal.graphs.graph import CausalGraph, GraphError
from core.causal.graphs.spelling import comma_list
from core.causal.identification.identify import Identification, identify, noticed
from core.causal.tables.rows import RowsError
from core.version import version
from dashboard.causes import user_data
from dashboard.causes.evidence_view import Known, evidence_view, identified, reasons
from dashboard.causes.labels import Labels
from dashboard.causes.refutation_view import doubts_view
from dashboard.causes.shuffled_view import shuffled_view
from dashboard.causes.state import STATE
from dashboard.components.causal_graph import graph_editor
from dashboard.kit.text import caption, escape_markdown

_NONE = "(no column)"
_SECONDS, _LONGER = 2.0, 10.0  # for listing sets: at first, as the command does, and once more are asked for


def own_view() -> None:
    """The whole of it. No fragment: what takes long could not be cancelled in one."""
    graph = _graph()
    try:
        source = user_data.source()
        if graph is None or not source.is_example or set(graph.nodes) & set(source.table.names):
            caption(source.told)  # the example is of no use to another graph
        if graph is None:
            return
        asked = _question(graph, source)
        if asked is None:
            return
        if missing := [node for node in asked[:2] if node not in dict(asked[2])]:
            _without_rows(graph, asked[0], asked[1], missing, source)
            return
        time = _Time(asked[:2])
        analysis = _analysed(user_data.graph_text(), source.key, *asked, time.seconds, graph, source)
    except (GraphError, RowsError, EstimateError) as error:
        st.error(escape_markdown(str(error)))
        return
    key = f"own.{source.key}.{asked}"
    names = Labels(graph.nodes)
    evidence_view(analysis, Known(source.table, names, list_more=time.list_more), key)
    tried = doubts_view(analysis, source.table, names, key)
    shuffled_view(analysis, source.table, key)
    _take_home(analysis, tried)


@dataclass(frozen=True)
class _Time:
    """How long sets are listed for a question in the graph as it stands: longer once more are asked for."""

    ends: tuple[str, str]

    @property
    def _slot(self) -> str:
        return f"seconds.{self.ends}.{user_data.graph_text()}"

    @property
    def seconds(self) -> float:
        return st.session_state.get(self._slot, _SECONDS)

    @property
    def list_more(self) -> Callable[[], None] | None:
        """What a click does that asks for more; None where no more time is given."""
        return None if self.seconds == _LONGER else lambda: st.session_state.update({self._slot: _LONGER})


def _graph() -> CausalGraph | None:
    """The graph, drawn and typed; None while the text is none."""
    drawn, typed = st.columns((3, 2))
    user_data.graph_text()
    with typed:
        st.text_area(
            "the same as text (DAGitty or DOT)", key=user_data.TEXT, height=260, bind="query-params",
            help="x -> y draws an arrow, x <-> y a hidden common cause; x [exposure], y [outcome] and u [latent] mark "
            "what is asked about and what nobody measured.",
        )  # fmt: skip
    try:
        graph = user_data.read_graph()
    except GraphError as error:
        drawn.error(escape_markdown(str(error)))
        return None
    with typed:
        user_data.save_graph(graph)
    with drawn:
        if refused := graph_editor(graph, key=STATE.key("editor"), on_draw=user_data.replace_graph):
            st.warning(escape_markdown(f"Not drawn: {refused}"))
    return graph


def _question(graph: CausalGraph, source: user_data.Source) -> tuple[str, str, tuple[tuple[str, str], ...]] | None:
    """Exposure, outcome and the columns of the nodes."""
    nodes = list(graph.observed)
    if len(nodes) < 2:
        st.info("Draw at least two nodes that were measured and an arrow between them.")
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        x, y = _marked("exposure", graph.exposure, nodes), _marked("outcome", graph.outcome, nodes)
        with st.popover("columns of the nodes"):
            mapping = {node: _column(node, source) for node in nodes}
    if x is None or y is None:
        st.info(
            "Say what the exposure is and what the outcome, here, by clicking a node of the drawing, or in the text: "
            "x [exposure], y [outcome]."
        )
        return None
    return x, y, tuple((node, column) for node, column in mapping.items() if column)


def _without_rows(
    graph: CausalGraph, exposure: str, outcome: str, missing: list[str], source: user_data.Source
) -> None:
    """What the graph alone says."""
    time, names = _Time((exposure, outcome)), Labels(graph.nodes)
    found = _identified(user_data.graph_text(), exposure, outcome, time.seconds, graph)
    with st.container(border=True):
        identified(found, names, list_more=time.list_more)
        said = f"which of its columns is {' and which '.join(map(names.label, missing))}"
        if source.is_example:
            caption(f"For numbers, give a table and say {said}.")
        else:
            caption(
                f"For numbers, say of the table {said}, under *columns of the nodes*, or call the nodes as they are "
                f"called there: {escape_markdown(comma_list(source.table.names))}."
            )
        for note in noticed(graph, exposure, outcome):
            caption(names.relabel(note))
    reasons(found, names)


def _marked(role: str, name: str | None, nodes: list[str]) -> str | None:
    """The node that the graph calls so; choosing another marks that one in the graph."""
    slot = STATE.key(
        "role", role, str(name)
    )  # another control for each mark, so that it always shows what the graph says
    return st.selectbox(
        role, nodes, index=nodes.index(name) if name in nodes else None, key=slot, width=220, placeholder="choose",
        on_change=lambda: user_data.replace_graph(replace(user_data.read_graph(), **{role: st.session_state[slot]})),
    )  # fmt: skip


def _column(node: str, source: user_data.Source) -> str:
    names, slot = [_NONE, *source.table.names], STATE.key("column", source.key, node)
    st.session_state.setdefault(slot, node if node in names else _NONE)
    chosen = st.selectbox(node, names, key=slot, persist_state="session")
    return "" if chosen == _NONE else chosen


@st.cache_resource(max_entries=8, show_spinner="Working it out")
def _analysed(
    text: str,
    table: str,
    x: str,
    y: str,
    mapping: tuple[tuple[str, str], ...],
    seconds: float,
    _graph: CausalGraph,
    _source: user_data.Source,
) -> Analysis:  # fmt: skip
    found = dict(mapping)
    columns = _source.table.names  # a node without one is told of; one whose column a person has taken away is not
    unmeasured = [node for node in _graph.observed if node in columns and node not in found and node not in (x, y)]
    return analyse(_graph, _source.table, x, y, latent=unmeasured, mapping=found, seconds=seconds)


@st.cache_resource(max_entries=8, show_spinner="Listing sets")
def _identified(text: str, x: str, y: str, seconds: float, _graph: CausalGraph) -> Identification:
    return identify(_graph, x, y, seconds=seconds)


def _take_home(analysis: Analysis, tried: tuple[Refutation, ...]) -> None:
    made = {"version": version(), "date": datetime.date.today().isoformat()}
    with st.container(horizontal=True):
        for name, text in (
            ("report.html", lambda: to_html(analysis, tried, **made)),
            ("report.md", lambda: to_markdown(analysis, tried, **made)),
        ):
            st.download_button(
                name, text, name, key=STATE.key(f"save.{name}"), on_click="ignore", icon=":material/download:"
            )
