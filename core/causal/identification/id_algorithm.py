"""The ID algorithm (Shpitser and Pearl 2006, figure 3): an effect as a formula of what is observed, or the hedge that
rules one out. It is complete: where it finds no formula, there is none without further assumptions."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from core.causal.graphs.graph import CausalGraph
from core.causal.identification.estimand import Expression, Probability, Quotient, product, summed

_MOST_TRIES = 100  # of ``simplified``


@dataclass(frozen=True)
class Hedge:
    """What prevents identification: two models can agree on everything observed and differ in the effect.

    Attributes:
        nodes: Nodes that hidden common causes connect, the exposure among them.
        root: Those that remain connected when the exposure is removed.
    """

    nodes: frozenset[str]
    root: frozenset[str]


class _NotIdentifiable(Exception):
    def __init__(self, hedge: Hedge) -> None:
        super().__init__()
        self.hedge = hedge


@dataclass(frozen=True)
class _MixedGraph:
    """An acyclic directed mixed graph of the observed nodes.

    Attributes:
        order: The nodes in a topological order.
        directed: Arrows, as (cause, effect).
        bidirected: Pairs of nodes with a hidden common cause.
    """

    order: tuple[str, ...]
    directed: frozenset[tuple[str, str]]
    bidirected: frozenset[frozenset[str]]

    def subgraph(self, nodes: frozenset[str]) -> _MixedGraph:
        return _MixedGraph(
            tuple(node for node in self.order if node in nodes),
            frozenset(edge for edge in self.directed if set(edge) <= nodes),
            frozenset(pair for pair in self.bidirected if pair <= nodes),
        )

    def under_do(self, nodes: frozenset[str]) -> _MixedGraph:
        """Without the edges into some nodes."""
        return _MixedGraph(
            self.order,
            frozenset(edge for edge in self.directed if edge[1] not in nodes),
            frozenset(pair for pair in self.bidirected if not pair & nodes),
        )

    def ancestors(self, nodes: frozenset[str]) -> frozenset[str]:
        """The nodes themselves and their ancestors."""
        found = set(nodes)
        for node in reversed(self.order):  # effects come after their causes
            if any(edge[0] == node and edge[1] in found for edge in self.directed):
                found.add(node)
        return frozenset(found)

    def districts(self) -> list[frozenset[str]]:
        """The districts (c-components): nodes connected by bidirected edges."""
        graph = nx.Graph()
        graph.add_nodes_from(self.order)
        graph.add_edges_from(tuple(pair) for pair in self.bidirected)
        place = {node: i for i, node in enumerate(self.order)}
        return sorted(map(frozenset, nx.connected_components(graph)), key=lambda part: min(place[n] for n in part))


def id_formula(graph: CausalGraph, exposure: str, outcome: str) -> Expression | Hedge:
    """P(outcome | do(exposure)) as a formula of what is observed; or the hedge that rules one out."""
    mixed = _latent_projection(graph)
    try:
        return _identify(frozenset([outcome]), frozenset([exposure]), None, mixed)
    except _NotIdentifiable as refused:
        return refused.hedge


def simplified(graph: CausalGraph, exposure: str, outcome: str, formula: Expression) -> Expression:
    """A formula for the same effect without the nodes that it does not need.

    ID conditions on everything earlier, so a column that is missing or sparse could stand in the way for no reason.
    Whole groups of nodes are tried first, and halves of those that can't be left out.
    """
    earlier = graph.ancestors([outcome]) - {exposure, outcome}
    waiting = [[node for node in graph.observed if node in earlier]]
    for _ in range(_MOST_TRIES):
        if not waiting:
            break
        nodes = waiting.pop()
        reduced, half = graph.with_latent(nodes), len(nodes) // 2
        if not isinstance(found := id_formula(reduced, exposure, outcome), Hedge):
            graph, formula = reduced, found
        elif half:
            waiting += [nodes[half:], nodes[:half]]
    return formula


def _latent_projection(graph: CausalGraph) -> _MixedGraph:
    """The latent projection (Verma and Pearl 1990): the observed nodes, with paths through latent ones as edges."""
    order = [node for node in nx.topological_sort(graph.directed) if node not in graph.latent]
    reached = {node: _observed_children(graph, node) for node in graph.nodes}
    directed = {(cause, effect) for cause in order for effect in reached[cause]}
    bidirected = {
        frozenset((one, other))
        for hidden in graph.latent
        for one in reached[hidden]
        for other in reached[hidden]
        if one != other
    }
    return _MixedGraph(tuple(order), frozenset(directed), frozenset(bidirected))


def _observed_children(graph: CausalGraph, start: str) -> set[str]:
    """The observed nodes to which a path leads directly or through latent nodes only."""
    found, waiting, seen = set(), list(graph.directed.successors(start)), set()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node in graph.latent:
            waiting += graph.directed.successors(node)
        else:
            found.add(node)
    return found


def _identify(y: frozenset[str], x: frozenset[str], known: Expression | None, graph: _MixedGraph) -> Expression:
    """ID(y, x, P, G), line by line; ``known`` is P over the nodes of ``graph``, None for the observed distribution."""
    nodes = frozenset(graph.order)
    if not x:  # line 1
        return _marginal(known, nodes, y)
    relevant = graph.ancestors(y)
    if relevant != nodes:  # line 2
        return _identify(y, x & relevant, _restricted(known, nodes, relevant), graph.subgraph(relevant))
    idle = nodes - x - graph.under_do(x).ancestors(y)
    if idle:  # line 3
        return _identify(y, x | idle, known, graph)
    parts = graph.subgraph(nodes - x).districts()
    if len(parts) > 1:  # line 4
        factors = [_identify(part, nodes - part, known, graph) for part in parts]
        return summed(nodes - y - x, product(factors))
    (part,) = parts
    districts = graph.districts()
    if len(districts) == 1:  # line 5
        raise _NotIdentifiable(Hedge(nodes, part))
    if part in districts:  # line 6
        return summed(part - y, product([_factor(node, known, graph) for node in graph.order if node in part]))
    (wider,) = (district for district in districts if part < district)  # line 7
    inner = product([_factor(node, known, graph) for node in graph.order if node in wider])
    return _identify(y, x & wider, inner, graph.subgraph(wider))


def _factor(node: str, known: Expression | None, graph: _MixedGraph) -> Expression:
    """P(node | all nodes before it)."""
    nodes = frozenset(graph.order)
    before = frozenset(graph.order[: graph.order.index(node)])
    if known is None or isinstance(known, Probability):
        return Probability(frozenset([node]), before)
    joint = _marginal(known, nodes, before | {node})
    return Quotient(joint, _marginal(known, nodes, before)) if before else joint


def _restricted(known: Expression | None, nodes: frozenset[str], kept: frozenset[str]) -> Expression | None:
    """``known`` over the nodes that are kept; None for the observed distribution."""
    return None if known is None else _marginal(known, nodes, kept)


def _marginal(known: Expression | None, nodes: frozenset[str], kept: frozenset[str]) -> Expression:
    return Probability(kept) if known is None else summed(nodes - kept, known)
