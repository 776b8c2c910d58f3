"""The testable implications of a graph: conditional independences that data can contradict."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx
import numpy as np

from core.causal.graphs.graph import CausalGraph
from core.statistics import fisher_z, partial_correlation

MOST_IMPLICATIONS = 60
SIGNIFICANCE = 0.05  # an implication with a smaller p-value counts as contradicted


@dataclass(frozen=True)
class Implication:
    """A conditional independence that the graph implies, and what the data say of it.

    Attributes:
        first, second: Nodes that are independent by the graph.
        given: The conditioning set.
        correlation: Their partial correlation in the data.
        p_value: The probability of a correlation at least as large if the graph is right and relations are linear.
    """

    first: str
    second: str
    given: tuple[str, ...]
    correlation: float
    p_value: float


def implied_independences(graph: CausalGraph, seconds: float = 1.0) -> list[tuple[str, str, tuple[str, ...]]]:
    """One conditional independence for each pair of observed nodes that are not adjacent and can be separated, the
    smallest conditioning sets first; at most 60 of those that are found in time."""
    found, until = [], time.monotonic() + seconds
    for one, other in itertools.combinations(graph.observed, 2):
        if graph.directed.has_edge(one, other) or graph.directed.has_edge(other, one):
            continue
        if graph.selected & {one, other}:
            continue
        selected = set(graph.selected)  # the same in every row, so conditioned on
        allowed = (set(graph.observed) - {one, other}) | selected
        given = nx.find_minimal_d_separator(graph.directed, {one}, {other}, included=selected, restricted=allowed)
        if given is not None:
            found.append((one, other, tuple(sorted(given - selected))))
        if time.monotonic() > until:
            break
    return sorted(found, key=lambda pair: (len(pair[2]), pair))[:MOST_IMPLICATIONS]


def check_implications(graph: CausalGraph, rows: Mapping[str, np.ndarray]) -> list[Implication]:
    """Every implication that the columns can test, the most contradicted first. An implication is left out if a column
    is missing or is a linear function of the conditioning set.

    Args:
        rows: Columns by node, float64 ``[rows]``, none of them constant.
    """
    testable = [pair for pair in implied_independences(graph) if {pair[0], pair[1], *pair[2]} <= set(rows)]
    if not testable:
        return []
    names = sorted({name for one, other, given in testable for name in (one, other, *given)})
    correlations, count = np.corrcoef(np.stack([rows[name] for name in names])), len(rows[names[0]])
    found = []
    for one, other, given in testable:
        chosen = [names.index(name) for name in (one, other, *given)]
        correlation, freedom = partial_correlation(correlations[np.ix_(chosen, chosen)]), count - len(given) - 3
        if np.isfinite(correlation) and freedom > 0:
            p_value = _two_sided_p(fisher_z(correlation, freedom))
            found.append(Implication(one, other, given, correlation, p_value))
    return sorted(found, key=lambda implication: implication.p_value)


def _two_sided_p(z: float) -> float:
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))
