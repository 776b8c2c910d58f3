"""Tries to refute the estimate that an analysis quotes, and the outcomes that may serve as controls."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from core.causal.analysis.analyse import Analysis, question_rows
from core.causal.estimation.adjustment import METHODS
from core.causal.estimation.question import EstimateError, Question
from core.causal.estimation.refuters import TRIES, Refutation, negative_control, refute
from core.causal.graphs.graph import GraphError
from core.causal.identification.identify import is_adjustment_set
from core.causal.tables.rows import RowsError, Table


def refutations(
    analysis: Analysis, table: Table, rng: np.random.Generator,
    report: Callable[[float], None] = lambda share: None, controls: Iterable[str] | None = None,
) -> tuple[Refutation, ...]:  # fmt: skip
    """Try the headline in up to four ways, and on outcomes that the exposure can't move by the graph; what passes is
    not confirmed.

    Args:
        report: Is told the share that is done, again and again; what it raises ends the tries.
        controls: The outcomes that should not move; all that ``controls_of`` finds if not given.

    Raises:
        GraphError: One of the controls is none by the graph.
        EstimateError: There is no estimate to try.
    """
    chosen = controls_of(analysis, table) if controls is None else check_controls(analysis, table, controls)
    if analysis.headline is None:
        raise EstimateError("There is no estimate to refute; the effect can't be had from these columns.")
    method, question = analysis.quoted
    whole = TRIES + len(chosen)
    tried = list(refute(analysis.data, question, method, rng, lambda share: report(share * TRIES / whole)))
    for i, node in enumerate(chosen, TRIES + 1):
        asked = Question(analysis.exposure, node, analysis.adjusted)
        try:
            tried.append(negative_control(*question_rows(analysis, table, asked), method))
        except (RowsError, EstimateError) as error:  # the rows that are whole may allow none
            if controls is not None:
                raise EstimateError(f"{node} can't be tried as a control: {error}") from error
        report(i / whole)
    return tuple(tried)


def controls_of(analysis: Analysis, table: Table) -> tuple[str, ...]:
    """The nodes that the exposure does not move by the graph, that what is adjusted for makes independent of it, and
    that are numbers; none where nothing is adjusted for."""
    return tuple(node for node in analysis.mapping if not _why_no_control(analysis, table, node))


def check_controls(analysis: Analysis, table: Table, nodes: Iterable[str]) -> tuple[str, ...]:
    """Some nodes, each once, if all of them can be controls.

    Raises:
        GraphError: Says which can't, and why.
    """
    nodes = tuple(dict.fromkeys(nodes))
    for node in nodes:
        analysis.graph.check_node(node)
        if why := _why_no_control(analysis, table, node):
            others = controls_of(analysis, table)
            raise GraphError(f"{node} is no control: {why}; {_others(others)}.")
    return nodes


def _others(nodes: tuple[str, ...]) -> str:
    return f"there {'are' if len(nodes) > 1 else 'is'} {', '.join(nodes) or 'none'}"


def _why_no_control(analysis: Analysis, table: Table, node: str) -> str:
    """Why a node can't be a control; empty if it can."""
    graph, x, adjusted = analysis.graph, analysis.exposure, analysis.adjusted
    if adjusted is None or (analysis.headline and analysis.headline.method not in METHODS):
        return "controls are for effects that are found by adjusting"
    if node not in analysis.mapping:
        return "it has no column"
    if node in adjusted:
        return "it is adjusted for"
    if node in graph.descendants([x]):
        return f"by the graph {x} can move it" if node != x else "it is the exposure"
    if not is_adjustment_set(graph, x, node, adjusted):
        return f"by the graph it goes with {x} though {x} does not move it"
    try:
        return "it is the same in every row" if table.rows([analysis.mapping[node]]).constant else ""
    except RowsError as error:
        return str(error).rstrip(".")
