"""Tries to refute the estimate that an analysis quotes, and the outcomes that may serve as controls."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np

from core.causal.answers import asked_of, methods_of
from core.causal.identify import is_adjustment_set
from core.causal.problem import Analysis, question_rows
from core.causal.question import EstimateError, Question
from core.causal.refute import TRIES, Refutation, negative_control, refute
from core.causal.rows import RowsError, Table


def refutations(
    analysis: Analysis, table: Table, rng: np.random.Generator, report: Callable[[float], None] = lambda share: None
) -> tuple[Refutation, ...]:
    """Try the headline in four ways, and on outcomes that the exposure can't move by the graph; what passes is not
    confirmed.

    Args:
        report: Is told the share that is done, again and again; what it raises ends the tries.

    Raises:
        EstimateError: There is no estimate to try.
    """
    if analysis.headline is None:
        raise EstimateError("There is no estimate to refute; the effect can't be had from these columns.")
    methods, name = methods_of(analysis.identification, analysis.binary, True), analysis.headline.method
    controls = _controls(analysis)
    whole = TRIES + len(controls)
    tried = list(refute(analysis.data, asked_of(name, analysis.question), methods[name], rng,
                        lambda share: report(share * TRIES / whole)))  # fmt: skip
    for i, asked in enumerate(controls, TRIES + 1):
        with contextlib.suppress(RowsError, EstimateError):  # text, or what never changes, is no control
            tried.append(negative_control(*question_rows(analysis, table, asked), methods[name]))
        report(i / whole)
    return tuple(tried)


def _controls(analysis: Analysis) -> list[Question]:
    """The question asked of nodes that the exposure does not move, and that what is adjusted for makes independent of
    it."""
    if analysis.adjusted is None:
        return []
    graph, x, adjusted = analysis.graph, analysis.exposure, set(analysis.adjusted)
    left_alone = [node for node in analysis.mapping if node not in graph.descendants([x]) | adjusted]
    return [
        Question(x, node, analysis.adjusted) for node in left_alone if is_adjustment_set(graph, x, node, adjusted)
    ]  # fmt: skip
