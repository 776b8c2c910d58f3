"""The ID algorithm (Shpitser and Pearl 2006, figure 3): an effect as a formula of what is observed, or why there is
none. It is complete: what it can't do, nobody can without assuming more."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from core.causal.graphs.graph import CausalGraph
from core.causal.identification.estimand import Expression, Probability, Quotient, product, summed

_MOST_TRIES = 100  # to do without nodes


@dataclass(frozen=True)
class Hedge:
    """What stands in the way: among ``nodes`` hidden common causes tie what is changed to what listens, so that two
    models can agree on all that is observed and differ in the effect. ``root`` is the part of it that is left when the
    exposure is cut out."""

    nodes: frozenset[str]
    root: frozenset[str]


class _NotIdentifiable(Exception):
    def __init__(self, hedge: Hedge) -> None:
        super().__init__()
        self.hedge = hedge


@dataclass(frozen=True)
class _Mixed:
    """A graph of the observed nodes: arrows, and ties where a hidden cause is shared."""

    order: tuple[str, ...]  # a topological one
    arrows: frozenset[tuple[str, str]]
    ties: frozenset[frozenset[str]]

    def within(self, nodes: frozenset[str]) -> _Mixed:
        return _Mixed(
            tuple(node for node in self.order if node in nodes),
            frozenset(edge for edge in self.arrows if set(edge) <= nodes),
            frozenset(tie for tie in self.ties if tie <= nodes),
        )

    def under_do(self, nodes: frozenset[str]) -> _Mixed:
        """Without what leads into some nodes."""
        return _Mixed(
            self.order,
            frozenset(edge for edge in self.arrows if edge[1] not in nodes),
            frozenset(tie for tie in self.ties if not tie & nodes),
        )

    def ancestors(self, nodes: frozenset[str]) -> frozenset[str]:
        found = set(nodes)
        for node in reversed(self.order):  # what listens comes later
            if any(edge[0] == node and edge[1] in found for edge in self.arrows):
                found.add(node)
        return frozenset(found)

    def districts(self) -> list[frozenset[str]]:
        """Nodes that hidden causes tie together, directly or through others."""
        ties = nx.Graph()
        ties.add_nodes_from(self.order)
        ties.add_edges_from(tuple(tie) for tie in self.ties)
        place = {node: i for i, node in enumerate(self.order)}
        return sorted(map(frozenset, nx.connected_components(ties)), key=lambda part: min(place[n] for n in part))


def identified(graph: CausalGraph, exposure: str, outcome: str) -> Expression | Hedge:
    """P(outcome | do(exposure)) as a formula; or the hedge that stands in the way."""
    mixed = _projected(graph)
    try:
        return _identify(frozenset([outcome]), frozenset([exposure]), None, mixed)
    except _NotIdentifiable as refused:
        return refused.hedge


def leanest(graph: CausalGraph, exposure: str, outcome: str, formula: Expression) -> Expression:
    """A formula of the same effect without any node that it can do without: ID looks at all that comes before, and what
    was not measured, or is seen in few combinations, should not stand in the way for nothing. What can't be done
    without can't be with even less, so halves of what is left are tried."""
    earlier = graph.ancestors([outcome]) - {exposure, outcome}
    waiting = [[node for node in graph.observed if node in earlier]]
    for _ in range(_MOST_TRIES):
        if not waiting:
            break
        nodes = waiting.pop()
        fewer, half = graph.with_latent(nodes), len(nodes) // 2
        if not isinstance(found := identified(fewer, exposure, outcome), Hedge):
            graph, formula = fewer, found
        elif half:
            waiting += [nodes[half:], nodes[:half]]
    return formula


def _projected(graph: CausalGraph) -> _Mixed:
    """The latent projection (Verma and Pearl 1990): the observed nodes, with what goes through latent ones as arrows
    and ties."""
    order = [node for node in nx.topological_sort(graph.directed) if node not in graph.latent]
    reached = {node: _reached(graph, node) for node in graph.nodes}
    arrows = {(cause, effect) for cause in order for effect in reached[cause]}
    ties = {frozenset((one, other)) for hidden in graph.latent for one in reached[hidden] for other in reached[hidden]
            if one != other}  # fmt: skip
    return _Mixed(tuple(order), frozenset(arrows), frozenset(ties))


def _reached(graph: CausalGraph, start: str) -> set[str]:
    """The observed nodes that a node leads to directly or through latent ones alone."""
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


def _identify(y: frozenset[str], x: frozenset[str], known: Expression | None, graph: _Mixed) -> Expression:
    """ID(y, x, P, G), line by line; ``known`` is P over the nodes of ``graph``, None for what is observed itself."""
    nodes = frozenset(graph.order)
    if not x:  # line 1
        return _marginal(known, nodes, y)
    relevant = graph.ancestors(y)
    if relevant != nodes:  # line 2
        return _identify(y, x & relevant, _over(known, nodes, relevant), graph.within(relevant))
    idle = nodes - x - graph.under_do(x).ancestors(y)
    if idle:  # line 3
        return _identify(y, x | idle, known, graph)
    parts = graph.within(nodes - x).districts()
    if len(parts) > 1:  # line 4
        factors = [_identify(part, nodes - part, known, graph) for part in parts]
        return summed(nodes - y - x, product(factors))
    (part,) = parts
    whole = graph.districts()
    if len(whole) == 1:  # line 5
        raise _NotIdentifiable(Hedge(nodes, part))
    if part in whole:  # line 6
        return summed(part - y, product([_factor(node, known, graph) for node in graph.order if node in part]))
    (wider,) = (district for district in whole if part < district)  # line 7
    inner = product([_factor(node, known, graph) for node in graph.order if node in wider])
    return _identify(y, x & wider, inner, graph.within(wider))


def _factor(node: str, known: Expression | None, graph: _Mixed) -> Expression:
    """P(node | all before it)."""
    nodes = frozenset(graph.order)
    before = frozenset(graph.order[: graph.order.index(node)])
    if known is None or isinstance(known, Probability):
        return Probability(frozenset([node]), before)
    return Quotient(_marginal(known, nodes, before | {node}), _marginal(known, nodes, before)) if before else _marginal(
        known, nodes, frozenset([node])
    )  # fmt: skip


def _over(known: Expression | None, nodes: frozenset[str], kept: frozenset[str]) -> Expression | None:
    """What is known of the nodes that are kept."""
    return None if known is None else _marginal(known, nodes, kept)


def _marginal(known: Expression | None, nodes: frozenset[str], kept: frozenset[str]) -> Expression:
    return Probability(kept) if known is None else summed(nodes - kept, known)
