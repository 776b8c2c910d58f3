"""The same question again: for other arms of the exposure, and within groups of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from core.causal.analysis.estimators import estimates_of, headline_of, method_named
from core.causal.analysis.result import Analysis, Contrast, Subgroup
from core.causal.estimation.clusters import clustered
from core.causal.estimation.cross_fitting import CROSS_FITTED, PARTIALLY_LINEAR
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.graphs.graph import CausalGraph
from core.causal.tables.rows import Columns, RowsError, Table

MOST_GROUPS = 12
_FEWEST = 20  # rows of a group


def contrasts_of(analysis: Analysis, report: Callable[[float], None] = lambda share: None) -> tuple[Contrast, ...]:
    """The effect of each further arm instead of the reference; empty with two arms."""
    found = []
    for code in range(2, len(analysis.arms)):
        column = analysis.data[analysis.exposure]
        swapped = np.where(column == code, 1.0, np.where(column == 1, code, column))
        order = list(analysis.arms)
        order[1], order[code] = order[code], order[1]
        question = replace(analysis.question, arms=tuple(order))
        data = {**analysis.data, analysis.exposure: swapped}
        estimate, why = _quoted(analysis, data, question, analysis.clusters)
        found.append(Contrast(analysis.arms[code], estimate, why))
        report((code - 1) / (len(analysis.arms) - 2))
    return tuple(found)


def subgroups_of(analysis: Analysis, report: Callable[[float], None] = lambda share: None) -> tuple[Subgroup, ...]:
    """The effect within each group of rows; empty if no groups were chosen."""
    if analysis.groups is None or analysis.headline is None:
        return ()
    found = []
    for index, name in enumerate(analysis.group_names):
        inside = analysis.groups == index
        data = {node: column[inside] for node, column in analysis.data.items()}
        clusters = None if analysis.clusters is None else analysis.clusters[inside]
        varying = tuple(node for node in analysis.covariates if inside.any() and np.ptp(data[node]) > 0)
        estimate, why = None, "it has fewer than 20 rows"
        if inside.sum() >= _FEWEST:
            question = replace(analysis.question, covariates=varying)
            estimate, why = _quoted(analysis, data, question, clusters)
        found.append(Subgroup(name, int(inside.sum()), estimate, why))
        report((index + 1) / len(analysis.group_names))
    return tuple(found)


def group_indices(
    table: Table, columns: Mapping[str, str], by: str, graph: CausalGraph, exposure: str
) -> tuple[tuple[str, ...], list[str]]:
    """The names of the groups of rows, and notes, in sentences; empty if no groups were chosen.

    Raises:
        RowsError: There are too many groups.
    """
    if not by:
        return (), []
    names = table.indices(columns.get(by, by))[1]
    if not 2 <= len(names) <= MOST_GROUPS:
        raise RowsError(f"{by} makes {len(names):,} groups; choose a column with 2 to {MOST_GROUPS} values.")
    if by not in graph.nodes:
        return names, [f"{by} is not in the graph: the effects by {by} hold if {exposure} does not affect it."]
    if by in graph.descendants([exposure]):
        return names, [f"According to the graph, {exposure} affects {by}: effects within its groups can be wrong."]
    return names, []


def _quoted(
    analysis: Analysis, data: Columns, question: Question, clusters: np.ndarray | None
) -> tuple[Estimate | None, str]:
    """The estimate by the rule of the headline; or none, and why. A cross-fitted headline is cross-fitted again."""
    headline = analysis.headline
    estimates: tuple[Estimate, ...] = ()
    try:
        if headline is not None and headline.method in (CROSS_FITTED, PARTIALLY_LINEAR):
            estimates = (method_named(headline.method, analysis.usable)(data, question),)
        if headline_of(estimates) is None:
            estimates, failures = estimates_of(data, analysis.usable, question, analysis.adjusted is not None)
            if not estimates:
                return None, next(iter(failures.values()), "no method applies").rstrip(".")
        if clusters is not None and len(np.unique(clusters)) > 1:
            estimates = tuple(clustered(one, clusters) for one in estimates)
        quoted = headline_of(estimates)
        return quoted, "" if quoted else next((one.caveat for one in estimates if one.caveat), "no reliable estimate")
    except EstimateError as error:
        return None, str(error).rstrip(".")
