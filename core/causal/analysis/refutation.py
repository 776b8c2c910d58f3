"""Refutation of the estimate that an analysis quotes, with negative controls."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from core.causal.analysis.agreement import COMPARABLE
from core.causal.analysis.analyse import question_rows
from core.causal.analysis.result import Analysis
from core.causal.estimation.question import EstimateError, Question
from core.causal.estimation.refuters import TOTAL_ROUNDS, Refutation, negative_control, refute
from core.causal.graphs.graph import GraphError
from core.causal.graphs.spelling import comma_list
from core.causal.identification.adjustment_sets import is_adjustment_set
from core.causal.tables.rows import RowsError, Table


def refutations(
    analysis: Analysis,
    table: Table,
    rng: np.random.Generator,
    report: Callable[[float], None] = lambda share: None,
    controls: Iterable[str] | None = None,
) -> tuple[Refutation, ...]:
    """The results of up to four refuters on the headline, and of negative controls. Passing confirms nothing.

    Args:
        report: Receives the share of the work that is done; an exception that it raises ends the work.
        controls: Negative control outcomes; by default all that ``negative_controls`` finds.

    Raises:
        GraphError: According to the graph, a control is not a negative control.
        EstimateError: There is no estimate to refute, or a chosen control allows none.
    """
    chosen = negative_controls(analysis, table) if controls is None else check_controls(analysis, table, controls)
    if analysis.headline is None:
        raise EstimateError("There is no estimate to refute.")
    method, question = analysis.headline_method
    total = TOTAL_ROUNDS + len(chosen)
    results = list(refute(analysis.data, question, method, rng, lambda share: report(share * TOTAL_ROUNDS / total)))
    for i, node in enumerate(chosen, TOTAL_ROUNDS + 1):
        control = Question(analysis.exposure, node, analysis.adjusted or ())
        try:
            results.append(negative_control(*question_rows(analysis, table, control), method))
        except (RowsError, EstimateError) as error:  # the complete rows may allow no estimate
            if controls is not None:
                raise EstimateError(f"{node} can't be used as a negative control: {error}") from error
        report(i / total)
    return tuple(results)


def negative_controls(analysis: Analysis, table: Table) -> tuple[str, ...]:
    """The nodes that can serve as negative control outcomes: by the graph the exposure does not affect them and the
    adjustment set makes them independent of it, and their columns are numeric. Empty if nothing is adjusted for."""
    return tuple(node for node in analysis.mapping if not _objection(analysis, table, node))


def check_controls(analysis: Analysis, table: Table, nodes: Iterable[str]) -> tuple[str, ...]:
    """The given nodes, each once, if all of them can serve as negative controls.

    Raises:
        GraphError: One of them can't; the message says why.
    """
    nodes = tuple(dict.fromkeys(nodes))
    for node in nodes:
        analysis.graph.check_node(node)
        if why := _objection(analysis, table, node):
            others = negative_controls(analysis, table)
            choice = f"choose from {comma_list(others)}" if others else "this graph has none"
            raise GraphError(f"{node} is not a negative control: {why}; {choice}.")
    return nodes


def _objection(analysis: Analysis, table: Table, node: str) -> str:
    """Why a node can't serve as a negative control; empty if it can."""
    graph, x, adjusted = analysis.graph, analysis.exposure, analysis.adjusted
    if adjusted is None or (analysis.headline and analysis.headline.method not in COMPARABLE):
        return "negative controls need an effect that is identified by adjustment"
    if node not in analysis.mapping:
        return "it has no column"
    if node in (analysis.outcome, *adjusted):
        return "it is the outcome" if node == analysis.outcome else "it is adjusted for"
    if node in graph.descendants([x]):
        return f"according to the graph, {x} may affect it" if node != x else "it is the exposure"
    if not is_adjustment_set(graph, x, node, adjusted):
        return f"according to the graph, it is associated with {x} although {x} does not affect it"
    try:
        return "it is the same in every row" if table.rows([analysis.mapping[node]]).constant else ""
    except RowsError as error:
        return str(error).rstrip(".")
