"""Sets of mediators by which Pearl's front-door formula works (Pearl 2009, 3.3.2).

The criterion: the set is on every causal path; nothing but the exposure's effect ties the exposure to it; and the
exposure blocks every back door from it to the outcome. The last two hold of the union of two sets if they hold of both,
so that among any nodes there is a greatest set, found by dropping what breaks them (Jeong, Tian and Bareinboim 2022).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx

from core.causal.graphs.graph import CausalGraph


def front_doors(graph: CausalGraph, exposure: str, outcome: str) -> Iterator[frozenset[str] | None]:
    """Every set that meets the criterion and holds no smaller one that does, the first at once. None stands for a step
    that found nothing new, so that whoever is waiting can stop."""
    asked = _Asked(graph, exposure, outcome)
    mediators = graph.causal_nodes(exposure, outcome) - {outcome} - graph.latent
    tied = graph.d_connected(exposure, (), mute=[exposure])
    yield from _sets(asked, frozenset(), frozenset(mediators - tied))


@dataclass(frozen=True)
class _Asked:
    graph: CausalGraph
    exposure: str
    outcome: str

    def greatest(self, among: frozenset[str]) -> frozenset[str] | None:
        """The greatest set among some mediators; None where none is on every path."""
        chosen = among
        while back := chosen & self.graph.d_connected(self.outcome, [self.exposure], mute=chosen):
            chosen -= back  # fewer mute nodes leave no fewer back doors, so none of them comes in again
        rest = self.graph.directed.subgraph(set(self.graph.nodes) - chosen)
        return None if nx.has_path(rest, self.exposure, self.outcome) else chosen

    def least(self, chosen: frozenset[str], kept: frozenset[str]) -> frozenset[str]:
        """A set within one from which nothing can be left out, but for what is kept."""
        for node in sorted(chosen - kept):
            smaller = self.greatest(chosen - {node})
            chosen = smaller if smaller is not None and kept <= smaller else chosen
        return chosen


def _sets(asked: _Asked, within: frozenset[str], allowed: frozenset[str]) -> Iterator[frozenset[str] | None]:
    """The sets that hold all of ``within`` and nothing but ``allowed``: those without and those with one of the nodes
    of the first."""
    whole = asked.greatest(allowed)
    if whole is None or not within <= whole:
        yield None
        return
    found = asked.least(whole, within)
    yield found if asked.least(found, frozenset()) == found else None
    if found != within:
        node = min(found - within)
        yield from _sets(asked, within, allowed - {node})
        yield from _sets(asked, within | {node}, allowed)
