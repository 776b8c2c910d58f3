"""Causal graphs: directed and acyclic, with nodes that may be latent (not measured)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import networkx as nx

from core.causal.graphs.spelling import comma_list, suggestion

MAX_NODES = 200
_Step = tuple[str, bool]  # a node, and whether it was reached along an arrow that points to it


class GraphError(ValueError):
    """One plain sentence: what is wrong with a graph, and where."""


@dataclass(frozen=True)
class CausalGraph:
    """A causal graph.

    Attributes:
        nodes: Names, in the order of the text.
        edges: Pairs of a cause and its effect.
        latent: Nodes that are not measured.
        exposure, outcome: The nodes that the text marks as such; None where it marks none.
        positions: Where a node is drawn, for those whose position is known: x to the right, y downwards.
        adjusted: Nodes that the text marks as adjusted for.
        notes: How the text was read, in sentences.
        selected: Nodes by which the rows are selected: every row has the same value of each.
        categorical: Nodes that the text marks as categorical: their values are names, not amounts.

    Raises:
        GraphError: An unknown node, a node or an edge that appears twice, a cycle, or too many nodes.
    """

    nodes: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    latent: frozenset[str] = frozenset()
    exposure: str | None = None
    outcome: str | None = None
    positions: dict[str, tuple[float, float]] = field(default_factory=dict, compare=False)
    adjusted: frozenset[str] = frozenset()
    notes: tuple[str, ...] = field(default=(), compare=False)
    selected: frozenset[str] = frozenset()
    categorical: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if len(self.nodes) > MAX_NODES:
            raise GraphError(f"This graph has {len(self.nodes)} nodes and the limit is {MAX_NODES}; leave some out.")
        if len(set(self.nodes)) < len(self.nodes):
            twice = next(node for node in self.nodes if self.nodes.count(node) > 1)
            raise GraphError(f"Two nodes are called {twice}; give each node its own name.")
        roles = (name for name in (self.exposure, self.outcome) if name)
        for name in (
            *(end for edge in self.edges for end in edge),
            *self.latent,
            *self.adjusted,
            *self.selected,
            *self.categorical,
            *roles,
        ):
            self.check_node(name)
        _check_edges(self.edges)
        if cycle := _cycle(self.directed):
            raise GraphError(f"These arrows form a cycle: {' -> '.join(cycle)}; reverse one or leave it out.")

    @cached_property
    def directed(self) -> nx.DiGraph:
        """The same graph for networkx. Do not change it: it is shared."""
        graph = nx.DiGraph()
        graph.add_nodes_from(self.nodes)
        graph.add_edges_from(self.edges)
        return graph

    @property
    def observed(self) -> tuple[str, ...]:
        """The nodes that are measured, in order."""
        return tuple(node for node in self.nodes if node not in self.latent)

    def parents(self, node: str) -> set[str]:
        """Returns the direct causes of a node."""
        return set(self.directed.predecessors(node))

    def ancestors(self, nodes: Iterable[str]) -> set[str]:
        """Returns the nodes and all their causes, direct or not."""
        found = set(nodes)
        return found.union(*(nx.ancestors(self.directed, node) for node in found))

    def descendants(self, nodes: Iterable[str]) -> set[str]:
        """Returns the nodes and all their effects, direct or not."""
        found = set(nodes)
        return found.union(*(nx.descendants(self.directed, node) for node in found))

    def causal_nodes(self, exposure: str, outcome: str) -> set[str]:
        """Returns the nodes on directed paths from the exposure to the outcome, without the exposure."""
        return (self.descendants([exposure]) & self.ancestors([outcome])) - {exposure}

    def is_d_separated(self, one: str, other: str, given: Iterable[str]) -> bool:
        """Whether two nodes are d-separated by a set of others."""
        return other not in self.d_connected(one, given)

    def d_connected(self, start: str, given: Iterable[str], mute: Iterable[str] = ()) -> set[str]:
        """Returns all nodes that are d-connected to one, given others (the Bayes ball of Shachter 1998).

        Args:
            start: The node to start from.
            given: The nodes that are conditioned on.
            mute: Nodes whose outgoing arrows count as cut.
        """
        known = set(given)
        return {node for node, _ in self._flow(start, known, set(mute))} - known - {start}

    def open_path(self, start: str, end: str, given: Iterable[str]) -> tuple[str, ...]:
        """Returns a shortest d-connecting path between two nodes, given others; empty if there is none. The node that
        opens a collider may be a descendant of the collider and need not lie on the path."""
        came = self._flow(start, set(given), set())
        at, path = next((step for step in came if step[0] == end), None), list[str]()
        while at is not None:
            path.append(at[0])
            at = came[at]
        return tuple(reversed(path))

    def _flow(self, start: str, known: set[str], mute: set[str]) -> dict[_Step, _Step | None]:
        """Returns each step that the Bayes ball takes, nearest first, with the step before it. Takes time linear in the
        number of arrows; networkx visits nodes repeatedly."""
        opened, waiting = set(known), list(known)  # a collider passes information if it is among these
        while waiting:
            causes = self.parents(waiting.pop()) - mute - opened
            opened |= causes
            waiting += causes
        came: dict[_Step, _Step | None] = {(start, False): None}
        steps = deque(came)
        while steps:
            at = node, downwards = steps.popleft()
            more: list[_Step] = []
            if node in opened if downwards else node not in known:
                more += [(cause, False) for cause in self.directed.pred[node] if cause not in mute]
            if node not in known and node not in mute:
                more += [(effect, True) for effect in self.directed.succ[node]]
            for step in more:
                if step not in came:
                    came[step] = at
                    steps.append(step)
        return came

    def without(self, edges: Iterable[tuple[str, str]]) -> CausalGraph:
        """Returns the graph without some edges."""
        cut = set(edges)
        return replace(self, edges=tuple(edge for edge in self.edges if edge not in cut))

    def under_do(self, nodes: Iterable[str]) -> CausalGraph:
        """Returns the graph after do() on some nodes: the arrows into them are cut."""
        chosen = set(nodes)
        return self.without(edge for edge in self.edges if edge[1] in chosen)

    def with_latent(self, latent: Iterable[str]) -> CausalGraph:
        """Returns the graph with more latent nodes."""
        return replace(self, latent=self.latent | frozenset(latent))

    def check_node(self, name: str) -> None:
        """Refuse a name that is not in the graph.

        Raises:
            GraphError: Names it, and the nodes that there are.
        """
        if name not in self.nodes:
            hint = suggestion(name, self.nodes, f"the nodes are {comma_list(self.nodes) or 'none'}.")
            raise GraphError(f"There is no node called {name}; {hint}")


def _check_edges(edges: tuple[tuple[str, str], ...]) -> None:
    seen = set()
    for cause, effect in edges:
        if cause == effect:
            raise GraphError(f"{cause} can't be its own cause; leave out {cause} -> {effect}.")
        if (cause, effect) in seen:
            raise GraphError(f"The arrow {cause} -> {effect} appears twice; leave one out.")
        seen.add((cause, effect))


def _cycle(graph: nx.DiGraph) -> list[str]:
    """Returns the nodes of a cycle, the first again at the end; empty if there is none."""
    try:
        edges = nx.find_cycle(graph)
    except nx.NetworkXNoCycle:
        return []
    return [*(cause for cause, *_ in edges), edges[0][0]]
