"""What a graph says that data can contradict: pairs that must be independent, given others."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx
import numpy as np

from core.causal.graphs.graph import CausalGraph
from core.statistics import fisher_z, partial_correlation

MOST = 60
SIGNIFICANCE = 0.05  # an implication whose correlation is less probable than this counts as contradicted


@dataclass(frozen=True)
class Implication:
    """``one`` and ``other`` are independent given ``given``, says the graph; the data have a partial ``correlation``
    between them, and ``chance`` is how often so large a one comes about where there is none (straight lines)."""

    one: str
    other: str
    given: tuple[str, ...]
    correlation: float
    chance: float


def implied(graph: CausalGraph, seconds: float = 1.0) -> list[tuple[str, str, tuple[str, ...]]]:
    """One independence for each pair of observed nodes that no arrow joins and that can be separated, the fewest
    conditions first; at most 60, of those that are found in time."""
    found, until = [], time.monotonic() + seconds
    for one, other in itertools.combinations(graph.observed, 2):
        if graph.directed.has_edge(one, other) or graph.directed.has_edge(other, one):
            continue
        allowed = set(graph.observed) - {one, other}
        given = nx.find_minimal_d_separator(graph.directed, {one}, {other}, restricted=allowed)
        if given is not None:
            found.append((one, other, tuple(sorted(given))))
        if time.monotonic() > until:
            break
    return sorted(found, key=lambda pair: (len(pair[2]), pair))[:MOST]


def check(graph: CausalGraph, rows: Mapping[str, np.ndarray]) -> list[Implication]:
    """Every implication between columns that there are and that can be tested, the most contradicted first; a column
    that is worked out from what is given can't be.

    Args:
        rows: None of them the same in every row.
    """
    asked = [pair for pair in implied(graph) if {pair[0], pair[1], *pair[2]} <= set(rows)]
    if not asked:
        return []
    names = sorted({name for one, other, given in asked for name in (one, other, *given)})
    correlations, count = np.corrcoef(np.stack([rows[name] for name in names])), len(rows[names[0]])
    found = []
    for one, other, given in asked:
        few = [names.index(name) for name in (one, other, *given)]
        correlation, freedom = partial_correlation(correlations[np.ix_(few, few)]), count - len(given) - 3
        if np.isfinite(correlation) and freedom > 0:
            found.append(Implication(one, other, given, correlation, _chance(fisher_z(correlation, freedom))))
    return sorted(found, key=lambda implication: implication.chance)


def _chance(errors: float) -> float:
    """How often so many standard errors come about where there is nothing, to both sides."""
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(errors)))
