"""Front-door sets: mediators that identify an effect by Pearl's front-door formula (Pearl 2009, section 3.3.2).

The criterion: the set intercepts every causal path; no back-door path leads from the exposure to the set; and the
exposure blocks every back-door path from the set to the outcome. The last two conditions hold for the union of two sets
if they hold for both. So any set of nodes has a largest subset that meets them, found by removing the nodes that
violate them (Jeong, Tian and Bareinboim 2022).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx

from core.causal.graphs.graph import CausalGraph


def front_door_sets(graph: CausalGraph, exposure: str, outcome: str) -> Iterator[frozenset[str] | None]:
    """Every minimal front-door set, the first at once. Yields None for a step that finds none, so that the caller can
    stop."""
    query = _FrontDoorQuery(graph, exposure, outcome)
    mediators = graph.causal_nodes(exposure, outcome) - {outcome} - graph.latent
    confounded = graph.d_connected(exposure, (), mute=[exposure])
    yield from _sets(query, frozenset(), frozenset(mediators - confounded))


@dataclass(frozen=True)
class _FrontDoorQuery:
    graph: CausalGraph
    exposure: str
    outcome: str

    def largest(self, among: frozenset[str]) -> frozenset[str] | None:
        """The largest front-door set among some mediators; None if they do not intercept every causal path."""
        chosen = among
        while violating := chosen & self.graph.d_connected(self.outcome, [self.exposure], mute=chosen):
            chosen -= violating  # fewer mute nodes leave at least as many back doors, so none needs to come back
        rest = self.graph.directed.subgraph(set(self.graph.nodes) - chosen)
        return None if nx.has_path(rest, self.exposure, self.outcome) else chosen

    def minimal(self, chosen: frozenset[str], required: frozenset[str]) -> frozenset[str]:
        """A subset from which no node but the required ones can be removed."""
        for node in sorted(chosen - required):
            smaller = self.largest(chosen - {node})
            chosen = smaller if smaller is not None and required <= smaller else chosen
        return chosen


def _sets(query: _FrontDoorQuery, required: frozenset[str], allowed: frozenset[str]) -> Iterator[frozenset[str] | None]:
    """The sets that contain all of ``required`` and only nodes of ``allowed``, branching on a node of the first."""
    largest = query.largest(allowed)
    if largest is None or not required <= largest:
        yield None
        return
    found = query.minimal(largest, required)
    yield found if query.minimal(found, frozenset()) == found else None
    if found != required:
        node = min(found - required)
        yield from _sets(query, required, allowed - {node})
        yield from _sets(query, required | {node}, allowed)
