"""Causal graphs: who listens to whom. Directed, without cycles; some nodes may be latent (nobody has measured them)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import networkx as nx

from core.causal.graphs.spelling import comma_list, suggestion

MAX_NODES = 200
_Step = tuple[str, bool]  # a node, and whether it was come to from a cause of it


class GraphError(ValueError):
    """One plain sentence: what is wrong with a graph and where."""


@dataclass(frozen=True)
class CausalGraph:
    """A causal graph.

    Attributes:
        nodes: Names, in the order in which they were given.
        edges: Pairs of a cause and what listens to it.
        latent: The nodes that nobody has measured.
        exposure, outcome: Where the text that the graph was read from names them.
        places: Where each node is drawn, as far as is known: x to the right, y downwards.
        adjusted: What that text marks as adjusted for.

    Raises:
        GraphError: A node that is not there, a loop, an edge that is there twice, a cycle, or too many nodes.
    """

    nodes: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    latent: frozenset[str] = frozenset()
    exposure: str | None = None
    outcome: str | None = None
    places: dict[str, tuple[float, float]] = field(default_factory=dict, compare=False)
    adjusted: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if len(self.nodes) > MAX_NODES:
            raise GraphError(f"This graph has {len(self.nodes)} nodes and the limit is {MAX_NODES}; leave some out.")
        if len(set(self.nodes)) < len(self.nodes):
            twice = next(node for node in self.nodes if self.nodes.count(node) > 1)
            raise GraphError(f"The node {twice} is there twice; give each a name of its own.")
        asked = (*self.latent, *self.adjusted, *(name for name in (self.exposure, self.outcome) if name))
        for name in (*(end for edge in self.edges for end in edge), *asked):
            self.check_node(name)
        _check_edges(self.edges)
        if cycle := _cycle(self.directed):
            raise GraphError(f"These arrows run in a circle: {' -> '.join(cycle)}; turn one round or leave it out.")

    @cached_property
    def directed(self) -> nx.DiGraph:
        """The same for networkx; never changed."""
        graph = nx.DiGraph()
        graph.add_nodes_from(self.nodes)
        graph.add_edges_from(self.edges)
        return graph

    @property
    def observed(self) -> tuple[str, ...]:
        return tuple(node for node in self.nodes if node not in self.latent)

    def parents(self, node: str) -> set[str]:
        return set(self.directed.predecessors(node))

    def ancestors(self, nodes: Iterable[str]) -> set[str]:
        """The nodes themselves and all that lead to them."""
        found = set(nodes)
        return found.union(*(nx.ancestors(self.directed, node) for node in found))

    def descendants(self, nodes: Iterable[str]) -> set[str]:
        """The nodes themselves and all that they lead to."""
        found = set(nodes)
        return found.union(*(nx.descendants(self.directed, node) for node in found))

    def causal_nodes(self, exposure: str, outcome: str) -> set[str]:
        """The nodes on causal paths from the exposure to the outcome, without the exposure."""
        return (self.descendants([exposure]) & self.ancestors([outcome])) - {exposure}

    def is_d_separated(self, one: str, other: str, given: Iterable[str]) -> bool:
        """Whether no information flows between two nodes, given others (d-separation)."""
        return other not in self.d_connected(one, given)

    def d_connected(self, start: str, given: Iterable[str], mute: Iterable[str] = ()) -> set[str]:
        """All nodes that information flows to from one, given others (Shachter 1998): those it is not separated from.

        Args:
            mute: Nodes whose arrows to others count as cut.
        """
        known = set(given)
        return {node for node, _ in self._flow(start, known, set(mute))} - known - {start}

    def open_path(self, start: str, end: str, given: Iterable[str]) -> tuple[str, ...]:
        """A shortest path that information flows along between two nodes, given others; empty where there is none. What
        opens a collider on it need not stand on it: it may listen to it."""
        came = self._flow(start, set(given), set())
        at, path = next((step for step in came if step[0] == end), None), []
        while at is not None:
            path.append(at[0])
            at = came[at]
        return tuple(reversed(path))

    def _flow(self, start: str, known: set[str], mute: set[str]) -> dict[_Step, _Step | None]:
        """Where information comes to, the nearest first, and from where. In time that grows as the arrows do, unlike
        networkx, which comes back to nodes again and again."""
        opened, waiting = set(known), list(known)  # what a collider must be, to let information pass
        while waiting:
            more = self.parents(waiting.pop()) - mute - opened
            opened |= more
            waiting += more
        came: dict[_Step, _Step | None] = {(start, False): None}
        steps = deque(came)
        while steps:
            at = node, downwards = steps.popleft()
            more = []
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
        """The same with some edges cut."""
        cut = set(edges)
        return replace(self, edges=tuple(edge for edge in self.edges if edge not in cut))

    def under_do(self, nodes: Iterable[str]) -> CausalGraph:
        """The graph once nodes are set from outside: the arrows into them are cut."""
        chosen = set(nodes)
        return self.without(edge for edge in self.edges if edge[1] in chosen)

    def with_latent(self, latent: Iterable[str]) -> CausalGraph:
        """The same with more nodes that nobody has measured."""
        return replace(self, latent=self.latent | frozenset(latent))

    def check_node(self, name: str) -> None:
        """Refuse a name that is not in the graph.

        Raises:
            GraphError: Names it and what there is.
        """
        if name not in self.nodes:
            hint = suggestion(name, self.nodes, f"there are {comma_list(self.nodes) or 'none'}.")
            raise GraphError(f"There is no node called {name}; {hint}")


def _check_edges(edges: tuple[tuple[str, str], ...]) -> None:
    seen = set()
    for cause, effect in edges:
        if cause == effect:
            raise GraphError(f"{cause} can't be its own cause; leave the arrow {cause} -> {effect} out.")
        if (cause, effect) in seen:
            raise GraphError(f"The arrow {cause} -> {effect} is there twice; leave one out.")
        seen.add((cause, effect))


def _cycle(graph: nx.DiGraph) -> list[str]:
    """The nodes of a cycle, the first again at the end; empty if there is none."""
    try:
        edges = nx.find_cycle(graph)
    except nx.NetworkXNoCycle:
        return []
    return [*(cause for cause, *_ in edges), edges[0][0]]
