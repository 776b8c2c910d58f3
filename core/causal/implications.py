"""What a graph says that data can contradict: pairs that must be independent, given others."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import networkx as nx
import numpy as np

from core.causal.estimate import Columns
from core.causal.graph import CausalGraph

MOST = 60


@dataclass(frozen=True)
class Implication:
    """``one`` and ``other`` are independent given ``given``, says the graph; the data have a partial ``correlation``
    between them, and ``chance`` is how often so large a one comes about where there is none (straight lines)."""

    one: str
    other: str
    given: tuple[str, ...]
    correlation: float
    chance: float


def implied(graph: CausalGraph) -> list[tuple[str, str, tuple[str, ...]]]:
    """One independence for each pair of observed nodes that no arrow joins and that can be separated, the fewest
    conditions first; at most 60."""
    found = []
    for one, other in itertools.combinations(graph.observed, 2):
        if graph.directed.has_edge(one, other) or graph.directed.has_edge(other, one):
            continue
        allowed = set(graph.observed) - {one, other}
        given = nx.find_minimal_d_separator(graph.directed, {one}, {other}, restricted=allowed)
        if given is not None:
            found.append((one, other, tuple(sorted(given))))
    return sorted(found, key=lambda pair: (len(pair[2]), pair))[:MOST]


def check(graph: CausalGraph, rows: Columns) -> list[Implication]:
    """Every implication between columns that there are, the most contradicted first."""
    asked = [pair for pair in implied(graph) if {pair[0], pair[1], *pair[2]} <= set(rows)]
    if not asked:
        return []
    names = sorted({name for one, other, given in asked for name in (one, other, *given)})
    correlations, count = np.corrcoef(np.stack([rows[name] for name in names])), len(rows[names[0]])
    found = []
    for one, other, given in asked:
        few = [names.index(name) for name in (one, other, *given)]
        correlation = _partial(correlations[np.ix_(few, few)])
        found.append(Implication(one, other, given, correlation, _chance(correlation, count - len(given) - 3)))
    return sorted(found, key=lambda implication: implication.chance)


def _partial(correlations: np.ndarray) -> float:
    """Correlation of the first two once the others are taken out by straight lines."""
    inverse = np.linalg.pinv(correlations, hermitian=True)
    size = inverse[0, 0] * inverse[1, 1]
    return float(-inverse[0, 1] / np.sqrt(size)) if size > 1e-12 else 0.0


def _chance(correlation: float, freedom: int) -> float:
    """How often so large a one comes about where there is none (Fisher's z, both sides)."""
    if freedom < 1:
        return float("nan")
    from scipy.special import ndtr

    z = np.arctanh(np.clip(correlation, -1 + 1e-12, 1 - 1e-12)) * np.sqrt(freedom)
    return float(2 * ndtr(-abs(z)))
