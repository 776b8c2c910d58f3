"""Instrumental variables of a graph (Brito and Pearl 2002)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx

from core.causal.graphs.graph import CausalGraph
from core.causal.identification.adjustment_sets import backdoor_graph


@dataclass(frozen=True)
class Instrument:
    """A node that affects the exposure, and the outcome only through the exposure, given other nodes.

    An instrument identifies an effect that is the same for everybody, or the effect on those whose exposure follows the
    instrument. It does not identify the mean effect in general.
    """

    node: str
    given: frozenset[str]


def instruments(graph: CausalGraph, exposure: str, outcome: str) -> Iterator[Instrument]:
    """The observed nodes that can serve as instruments, each with a conditioning set that it needs.

    Descendants of the exposure are left out: the definition admits some, but only where adjustment works as well.
    """
    backdoor = backdoor_graph(graph, exposure, outcome)
    late = graph.descendants([exposure, outcome])
    for node in graph.observed:
        if node in late or node == outcome:
            continue
        allowed = set(graph.observed) - late - graph.descendants([node]) - {outcome}
        given = nx.find_minimal_d_separator(backdoor.directed, {node}, {outcome}, restricted=allowed)
        if given is not None and not graph.is_d_separated(node, exposure, given):
            yield Instrument(node, frozenset(given))
