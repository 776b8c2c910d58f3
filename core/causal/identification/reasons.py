"""Why a node should or should not be adjusted for, in words."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.causal.graphs.graph import CausalGraph


def reasons_of(
    graph: CausalGraph,
    exposure: str,
    outcome: str,
    forbidden: set[str],
    sets: Sequence[frozenset[str]],
    uses: Mapping[str, str],
) -> dict[str, str]:
    """For each node but the exposure and the outcome, what adjusting for it would do.

    Args:
        forbidden: Nodes that no adjustment set may contain.
        sets: The minimal adjustment sets that were found.
        uses: What nodes are useful for if no adjustment set identifies the effect.
    """
    causal = graph.causal_nodes(exposure, outcome)
    backdoor_graph = graph.without((exposure, node) for node in causal)
    view = _View(graph, exposure, outcome, causal, forbidden, tuple(sets), backdoor_graph)
    reasons = {node: _reason(node, view) for node in graph.nodes if node not in (exposure, outcome)}
    return {node: f"{reason}; {uses[node]}" if node in uses else reason for node, reason in reasons.items()}


@dataclass(frozen=True)
class _Flow:
    """The nodes that the exposure and the outcome are connected with in the proper back-door graph given a set. A node
    opens a path when it joins the set if and only if both reach it: d-separation is weakly transitive, and composes
    (Pearl 1988, section 3.3)."""

    given: frozenset[str]
    exposure: set[str]
    outcome: set[str]


@dataclass(frozen=True)
class _View:
    """What all reasons are read from; ``backdoor_graph`` is the proper back-door graph."""

    graph: CausalGraph
    exposure: str
    outcome: str
    causal: set[str]
    forbidden: set[str]
    sets: tuple[frozenset[str], ...]
    backdoor_graph: CausalGraph

    @cached_property
    def flows(self) -> tuple[_Flow, ...]:
        ends = self.exposure, self.outcome
        sets = (given | self.graph.selected for given in self.sets)
        return tuple(_Flow(given, *(self.backdoor_graph.d_connected(end, given) for end in ends)) for given in sets)

    @cached_property
    def in_every_set(self) -> frozenset[str]:
        return frozenset.intersection(*self.sets)

    @cached_property
    def usable(self) -> frozenset[str]:
        """The ancestors of exposure and outcome that may be adjusted for. If any set identifies the effect, this one
        does (van der Zander, Liskiewicz and Textor 2019)."""
        ends = {self.exposure, self.outcome}
        found = self.graph.ancestors({*ends, *self.graph.selected}) - self.forbidden - self.graph.latent - ends
        return frozenset(found | self.graph.selected)

    @cached_property
    def always_open(self) -> tuple[str, ...]:
        """A non-causal path between exposure and outcome that no adjustment closes; empty if a set identifies the
        effect."""
        return self.backdoor_graph.open_path(self.exposure, self.outcome, self.usable) if self.causal else ()

    def path_text(self, path: tuple[str, ...]) -> str:
        """A path with its arrows."""
        edges = self.backdoor_graph.edges
        steps = (f" -> {step[1]}" if step in edges else f" <- {step[1]}" for step in itertools.pairwise(path))
        return path[0] + "".join(steps)

    @cached_property
    def before_exposure(self) -> set[str]:
        return self.graph.ancestors([self.exposure])

    @cached_property
    def around_exposure(self) -> set[str]:
        """The ancestors of the outcome by paths that avoid the exposure."""
        return self.graph.without(edge for edge in self.graph.edges if self.exposure in edge).ancestors([self.outcome])


def _reason(node: str, view: _View) -> str:
    x, y = view.exposure, view.outcome
    if node in view.graph.selected:
        return "the rows are selected by it, so it is conditioned on"
    if node in view.graph.latent:
        path = f": {view.path_text(view.always_open)} stays open" if node in view.always_open else ""
        return f"it was not measured, so it can't be adjusted for{path}"
    if not view.causal and not view.sets:
        return f"no adjustment set makes the association of {x} and {y} 0, although the graph says that the effect is 0"
    if node in view.causal:
        return f"it lies on a causal path from {x} to {y}: adjusting for it removes part of the effect"
    if node in view.forbidden:
        source = "the outcome" if node in view.graph.descendants([y]) else "a node on a causal path"
        return f"it is a descendant of {source}: adjusting for it biases the estimate"
    if not view.sets and not view.always_open:
        return "no adjustment undoes the selection of the rows"
    if not view.sets:
        path = view.path_text(view.always_open)
        return f"no adjustment set identifies the effect: even if one adjusts for all nodes, {path} stays open"
    if node in view.in_every_set:
        return "it is required: every adjustment set contains it"
    harm = next((_harm(node, flow, view) for flow in view.flows if node in flow.exposure & flow.outcome), "")
    if any(node in one for one in view.sets):
        return "some adjustment sets contain it and others do not" + (f"; {harm}" if harm else "")
    return harm or _harmless(node, view)


def _harm(node: str, flow: _Flow, view: _View) -> str:
    """Which path opens if a node is adjusted for besides a set."""
    collider, (one, other) = _collider(node, flow, view)
    role = f"it is a collider between {one} and {other}"
    if collider != node:
        role = f"it is a descendant of {collider}, a collider between {one} and {other}"
    besides = f"besides {', '.join(sorted(flow.given))}" if flow.given else "alone"
    return f"{role}: adjusting for it {besides} opens a path that is otherwise closed"


def _collider(node: str, flow: _Flow, view: _View) -> tuple[str, tuple[str, str]]:
    """The collider that adjusting for a node opens, which is the node or its ancestor, and the two parents that it
    connects: one on the side of the exposure and one on the side of the outcome."""
    left = (flow.exposure | {view.exposure}) - flow.given
    right = (flow.outcome | {view.outcome}) - flow.given
    for collider in (node, *sorted(view.backdoor_graph.ancestors([node]) - {node})):
        parents = sorted(view.backdoor_graph.parents(collider))
        pairs = [pair for pair in itertools.permutations(parents, 2) if pair[0] in left and pair[1] in right]
        if pairs:
            return collider, min(pairs, key=lambda pair: (_on_both_sides(pair, left, right), pair))
    raise AssertionError("the paths do not meet in a collider")


def _on_both_sides(pair: tuple[str, str], left: Collection[str], right: Collection[str]) -> int:
    """How many of a pair are connected with both ends: such a node lies below the collider to be named."""
    return sum(name in left and name in right for name in pair)


def _harmless(node: str, view: _View) -> str:
    """The role of a node that opens no path. A node that is associated with the outcome alone makes estimates more
    precise, one that is associated with the exposure alone less (Henckel, Perkovic and Maathuis 2022)."""
    x, y = view.exposure, view.outcome
    if any(node in flow.outcome for flow in view.flows):
        role = f"is a cause of {y}" if node in view.around_exposure else f"is associated with {y}"
        return f"it {role}: not required, but it can make the estimate more precise"
    if any(node in flow.exposure for flow in view.flows):
        through = node in view.before_exposure and node not in view.around_exposure
        role = f"affects {y} only through {x}, if at all" if through else f"is associated with {x} and not with {y}"
        return f"it {role}: adjusting for it only costs precision"
    return "it is neither required nor harmful"
