"""Instrumental variables of a graph, alone and several at once (Brito and Pearl 2002).

The controls of an instrument are sought among the ancestors of a candidate and of the outcome, from the outcome's side:
of all separators the one next to the outcome leaves the candidate connected with the exposure wherever one does (van
der Zander, Textor and Liskiewicz 2015). A control may descend from the candidate, not from the exposure.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.causal.graphs.graph import CausalGraph
from core.causal.identification.adjustment_sets import backdoor_graph

_MOST_TRIED = 8  # controls, of which all subsets are tried if no ancestors serve


@dataclass(frozen=True)
class Instrument:
    """A node that affects the exposure, and the outcome only through the exposure, given other nodes.

    An instrument identifies an effect that is the same for everybody, or the effect on those whose exposure follows the
    instrument. It does not identify the mean effect in general.
    """

    node: str
    given: frozenset[str]


@dataclass(frozen=True)
class InstrumentSet:
    """Nodes that are instruments at once, given the same controls.

    Attributes:
        nodes: In the order of the graph.
        given: The controls that all of them need.
        optional: Further controls that keep all of them instruments and can make the estimate more precise.
    """

    nodes: tuple[str, ...]
    given: frozenset[str]
    optional: frozenset[str]


def instruments(graph: CausalGraph, exposure: str, outcome: str) -> Iterator[Instrument]:
    """The observed nodes that can serve as instruments, each with a conditioning set of which each is needed.

    Descendants of the exposure are left out: the definition admits some, but only where adjustment works as well.
    """
    query = _Query(graph, backdoor_graph(graph, exposure, outcome), exposure, outcome)
    for node in query.candidates:
        given = query.controls_of(node)
        if given is not None:
            yield Instrument(node, query.minimal(node, given))


def instrument_set(
    graph: CausalGraph, exposure: str, outcome: str, found: Iterable[Instrument]
) -> InstrumentSet | None:
    """The largest set of instruments that the controls of one of them allow, of those with as many nodes the one with
    the fewest controls; with the widest set of optional controls. None if there is no instrument."""
    query = _Query(graph, backdoor_graph(graph, exposure, outcome), exposure, outcome)
    groups = []
    for one in found:
        nodes = tuple(
            node for node in query.candidates if node not in one.given and query.are_instruments([node], one.given)
        )
        groups.append((-len(nodes), len(one.given), nodes, one.given))
    if not groups:
        return None
    _, _, nodes, given = min(groups, key=lambda group: (*group[:2], group[2], sorted(group[3])))
    wide = given
    for node in sorted(query.allowed - graph.descendants(nodes) - given):
        if query.are_instruments(nodes, wide | {node}):
            wide |= {node}
    return InstrumentSet(nodes, given, wide - given)


@dataclass(frozen=True)
class _Query:
    graph: CausalGraph
    backdoor: CausalGraph
    exposure: str
    outcome: str

    @property
    def allowed(self) -> frozenset[str]:
        """The nodes that may be controls."""
        late = self.graph.descendants([self.exposure, self.outcome])
        return frozenset(set(self.graph.observed) - late)

    @property
    def candidates(self) -> tuple[str, ...]:
        allowed = self.allowed
        return tuple(node for node in self.graph.nodes if node in allowed)

    def are_instruments(self, nodes: Iterable[str], given: frozenset[str]) -> bool:
        """Whether each node is connected with the exposure given others, and with the outcome only through it."""
        connected = self.backdoor.d_connected(self.outcome, given)
        near = self.graph.d_connected(self.exposure, given)
        return all(node not in connected and node in near for node in nodes)

    def controls_of(self, node: str) -> frozenset[str] | None:
        """Controls that make a node an instrument; None if none are found. Only a collider that is no ancestor can make
        others serve where ancestors do not: then all subsets are tried, if they are few."""
        given = self.separator(node)
        if given is not None and self.are_instruments([node], given):
            return given
        others = sorted(self.allowed - {node})
        if len(others) > _MOST_TRIED:
            return None
        subsets = (frozenset(some) for size in range(len(others) + 1) for some in itertools.combinations(others, size))
        return next((some for some in subsets if self.are_instruments([node], some)), None)

    def separator(self, node: str) -> frozenset[str] | None:
        """The set of allowed ancestors next to the outcome that separates a node from it in the back-door graph; None
        if there is none."""
        ancestors = self.backdoor.ancestors([self.outcome, node])
        usable = (self.allowed & ancestors) - {node}
        reached, separator, waiting = {self.outcome}, set[str](), [self.outcome]
        while waiting:
            for near in _moral_neighbours(self.backdoor, waiting.pop(), ancestors) - reached:
                reached.add(near)
                if near == node:
                    return None
                if near in usable:
                    separator.add(near)
                else:
                    waiting.append(near)
        return frozenset(separator)

    def minimal(self, node: str, given: frozenset[str]) -> frozenset[str]:
        """The controls without those that can be left out, one after another."""
        for control in sorted(given):
            if self.are_instruments([node], given - {control}):
                given -= {control}
        return given


def _moral_neighbours(graph: CausalGraph, node: str, among: set[str]) -> set[str]:
    """The neighbours of a node in the moral graph of some nodes: parents, children, and other parents of children."""
    children = set(graph.directed.successors(node)) & among
    return (graph.parents(node) | children | set().union(*(graph.parents(child) for child in children))) & among - {
        node
    }
