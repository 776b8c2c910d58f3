"""The visitor's own problem: a graph that is drawn or typed, a table and a question; and the answer."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from core.causal.analysis.analyse import quick_analysis
from core.causal.analysis.choices import NO_CHOICES, Choices
from core.causal.analysis.cross_fit import with_cross_fitting
from core.causal.analysis.graph_check import few_rows_sentence
from core.causal.analysis.result import Analysis
from core.causal.estimation.question import EstimateError
from core.causal.estimation.refuters import Refutation
from core.causal.graphs.graph import CausalGraph, GraphError
from core.causal.graphs.spelling import comma_list
from core.causal.identification.identify import Identification, graph_notes, identify
from core.causal.tables.rows import RowsError
from core.version import version
from dashboard.causes import user_data
from dashboard.causes.choices_view import column_choices
from dashboard.causes.evidence_view import evidence_view
from dashboard.causes.identification_view import identification_card, reasons_table
from dashboard.causes.known import Known
from dashboard.causes.labels import Labels
from dashboard.causes.refutation_view import refutation_view
from dashboard.causes.shuffled_view import shuffled_view
from dashboard.causes.state import STATE
from dashboard.components.causal_graph import graph_editor
from dashboard.kit.messages import show_error, show_info, show_warning
from dashboard.kit.tasks import SharedResults, run_task
from dashboard.kit.text import caption, escape_markdown
from dashboard.reports.effect import effect_report
from dashboard.reports.render import to_html, to_markdown

_NONE = "(no column)"
_CHOOSE = {  # whether the exposure and the outcome are missing
    (True, True): "Choose the exposure and the outcome: here, by clicking a node of the drawing, or in the text with "
    "x [exposure] and y [outcome].",
    (True, False): "Choose the exposure: here, by clicking a node of the drawing, or in the text with x [exposure].",
    (False, True): "Choose the outcome: here, by clicking a node of the drawing, or in the text with y [outcome].",
}
_CROSS_FITTED: SharedResults[Analysis] = SharedResults(STATE.key("cross_fitted"))
_SECONDS, _MORE_SECONDS = 2.0, 10.0  # for listing adjustment sets: at first, as the command does; and on request


@dataclass(frozen=True)
class _Question:
    """Exposure, outcome, and pairs of a node and its column."""

    exposure: str
    outcome: str
    columns: tuple[tuple[str, str], ...]
    choices: Choices = NO_CHOICES

    @property
    def without_column(self) -> list[str]:
        """Which of exposure and outcome has no column."""
        return [node for node in (self.exposure, self.outcome) if node not in dict(self.columns)]


@dataclass(frozen=True)
class _SetSearch:
    """The time limit for listing adjustment sets: longer once the visitor asks for more sets of this question."""

    exposure: str
    outcome: str

    @property
    def _slot(self) -> str:
        return STATE.key(f"seconds.{(self.exposure, self.outcome)}.{user_data.graph_text()}")

    @property
    def seconds(self) -> float:
        return st.session_state.get(self._slot, _SECONDS)

    @property
    def list_more(self) -> Callable[[], None] | None:
        """Raises the time limit; None if it is raised already."""
        if self.seconds == _MORE_SECONDS:
            return None
        return lambda: st.session_state.update({self._slot: _MORE_SECONDS})


def problem_view() -> None:
    """Show the visitor's problem. Not a fragment: long work in a fragment could not be cancelled."""
    graph = _graph()
    try:
        source = user_data.source()
        if graph is None or not source.is_example or set(graph.nodes) & set(source.table.names):
            caption(source.description)  # the example does not fit other graphs
        if graph is None:
            return
        question = _question(graph, source)
        if question is None:
            return
        if question.without_column:
            _graph_only(graph, question, source)
            return
        search = _SetSearch(question.exposure, question.outcome)
        analysis = _analysis(user_data.graph_text(), source.key, question, search.seconds, graph, source)
        if analysis.needs_cross_fitting:  # takes seconds
            inputs = (user_data.graph_text(), source.key, question, search.seconds)
            label = "The rows contradict straight lines: computing an estimate that needs none"
            result = run_task(_CROSS_FITTED, inputs, label, partial(with_cross_fitting, analysis))
            analysis = result.value if result else analysis
    except (GraphError, RowsError, EstimateError) as error:
        show_error(error)
        return
    key = f"user.{source.key}.{question}"
    labels = Labels(graph.nodes)
    evidence_view(analysis, Known(source.table, labels, list_more=search.list_more), key)
    refutations = refutation_view(analysis, source.table, labels, key)
    shuffled_view(analysis, source.table, key)
    _report_buttons(analysis, refutations)


def _graph() -> CausalGraph | None:
    """The graph, drawn and typed; None as long as the text is not a graph."""
    drawn, typed = st.columns((3, 2))
    user_data.graph_text()
    with typed:
        st.text_area(
            "the graph as text (DAGitty, DOT, GML or a list of edges)",
            key=user_data.TEXT,
            height=260,
            bind="query-params",
            help="x -> y is an arrow, x <-> y a hidden common cause. A name of several words "
            "stands in quotes. x [exposure] and y [outcome] mark the effect of "
            "interest; u [latent] marks a node that was not measured.",
        )
    try:
        graph = user_data.read_graph()
    except GraphError as error:
        with drawn:
            show_error(error)
        return None
    with typed:
        user_data.save_graph(graph)
    with drawn:
        if refusal := graph_editor(graph, key=STATE.key("editor"), on_draw=user_data.replace_graph):
            show_warning("Not drawn: {reason}", reason=refusal)
    return graph


def _question(graph: CausalGraph, source: user_data.Source) -> _Question | None:
    """Exposure, outcome and columns; None until both are chosen."""
    nodes = list(graph.observed)
    if len(nodes) < 2:
        st.info("Draw at least two measured nodes and an arrow between them.")
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        x, y = _marked("exposure", graph.exposure, nodes), _marked("outcome", graph.outcome, nodes)
        with st.popover("columns for the nodes"):
            columns = {node: _column(node, source) for node in nodes}
        choices = column_choices(source.table, source.key, nodes, columns, x or "", y or "")
    if x is None or y is None:
        show_info(_CHOOSE[x is None, y is None])
        return None
    return _Question(x, y, tuple((node, column) for node, column in columns.items() if column), choices)


def _graph_only(graph: CausalGraph, question: _Question, source: user_data.Source) -> None:
    """Show what the graph alone says."""
    x, y = question.exposure, question.outcome
    search, labels = _SetSearch(x, y), Labels(graph.nodes)
    found = _identification(user_data.graph_text(), x, y, search.seconds, graph)
    missing = " and for ".join(map(labels.label, question.without_column))
    with st.container(border=True):
        identification_card(found, labels, list_more=search.list_more)
        if source.is_example:
            caption(f"For an estimate, upload a table with a column for {missing}.")
        else:
            caption(
                f"For an estimate, choose the column for {missing} under *columns for the nodes*, or give the "
                f"nodes the names of columns: {escape_markdown(comma_list(source.table.names))}."
            )
        for note in graph_notes(graph, x, y):
            caption(labels.relabel(note))
        if few := few_rows_sentence(source.table.count):
            caption(few)
    reasons_table(found, labels)


def _marked(role: str, name: str | None, nodes: list[str]) -> str | None:
    """The node that the graph marks with a role; choosing another one marks that in the graph."""
    slot = STATE.key("role", role, str(name))  # a new control for each mark, so that it always shows the graph's

    def mark() -> None:
        user_data.replace_graph(replace(user_data.read_graph(), **{role: st.session_state[slot]}))

    index = nodes.index(name) if name in nodes else None
    return st.selectbox(role, nodes, index=index, key=slot, width=220, placeholder="choose", on_change=mark)


def _column(node: str, source: user_data.Source) -> str:
    """The column that the visitor chooses for a node; empty if none."""
    names, slot = [_NONE, *source.table.names], STATE.key("column", source.key, node)
    st.session_state.setdefault(slot, node if node in names else _NONE)
    chosen = st.selectbox(escape_markdown(node), names, key=slot, persist_state="session")
    return "" if chosen == _NONE else chosen


@st.cache_resource(max_entries=8, show_spinner="Analysing")
def _analysis(
    text: str, table: str, question: _Question, seconds: float, _graph: CausalGraph, _source: user_data.Source
) -> Analysis:
    mapping = dict(question.columns)
    # A node whose column the visitor removed is latent without a note; a node that never had one gets a note.
    ends, columns = (question.exposure, question.outcome), _source.table.names
    removed = [node for node in _graph.observed if node in columns and node not in mapping and node not in ends]
    return quick_analysis(
        _graph, _source.table, *ends, latent=removed, mapping=mapping, seconds=seconds, choices=question.choices
    )


@st.cache_resource(max_entries=8, show_spinner="Listing adjustment sets")
def _identification(text: str, x: str, y: str, seconds: float, _graph: CausalGraph) -> Identification:
    return identify(_graph, x, y, seconds=seconds)


def _report_buttons(analysis: Analysis, refutations: tuple[Refutation, ...]) -> None:
    page = effect_report(analysis, refutations, version=version(), date=datetime.date.today().isoformat())
    with st.container(horizontal=True):
        for name, render in (("report.html", to_html), ("report.md", to_markdown)):
            st.download_button(
                name,
                partial(render, page),
                name,
                key=STATE.key(f"save.{name}"),
                on_click="ignore",
                icon=":material/download:",
            )
