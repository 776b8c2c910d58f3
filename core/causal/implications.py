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
    found = []
    for one, other, given in implied(graph):
        if {one, other, *given} <= set(rows):
            found.append(Implication(one, other, given, *_partial(rows, one, other, given)))
    return sorted(found, key=lambda implication: implication.chance)


def _partial(rows: Columns, one: str, other: str, given: tuple[str, ...]) -> tuple[float, float]:
    """Partial correlation and its two-sided chance (Fisher's z)."""
    design = np.column_stack([np.ones(len(rows[one])), *(rows[name] for name in given)])
    left = [rows[name] - design @ np.linalg.lstsq(design, rows[name], rcond=None)[0] for name in (one, other)]
    size = np.linalg.norm(left[0]) * np.linalg.norm(left[1])
    correlation = float(left[0] @ left[1] / size) if size > 1e-12 else 0.0
    freedom = len(rows[one]) - len(given) - 3
    if freedom < 1:
        return correlation, float("nan")
    from scipy.special import ndtr

    z = np.arctanh(np.clip(correlation, -1 + 1e-12, 1 - 1e-12)) * np.sqrt(freedom)
    return correlation, float(2 * ndtr(-abs(z)))
