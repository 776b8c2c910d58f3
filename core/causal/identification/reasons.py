"""Why a node may or may not be adjusted for, in words."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.causal.graphs.graph import CausalGraph


def reasons_of(
    graph: CausalGraph, exposure: str, outcome: str, forbidden: set[str], sets: Sequence[frozenset[str]],
    uses: Mapping[str, str],
) -> dict[str, str]:  # fmt: skip
    """For each node but exposure and outcome, what adjusting for it would do.

    Args:
        forbidden: What may not be adjusted for, whatever else is.
        sets: The minimal adjustment sets that were found.
        uses: What nodes are good for where no adjustment gives the effect.
    """
    causal = graph.causal_nodes(exposure, outcome)
    apart = graph.without((exposure, node) for node in causal)
    view = _View(graph, exposure, outcome, causal, forbidden, tuple(sets), apart)
    told = {node: _reason(node, view) for node in graph.nodes if node not in (exposure, outcome)}
    return {node: f"{why}; {uses[node]}" if node in uses else why for node, why in told.items()}


@dataclass(frozen=True)
class _Flow:
    """What information flows to in the proper back-door graph, from exposure and from outcome, once a set is adjusted
    for. Added to the set, a node opens a path if and only if both reach it: d-separation is weakly transitive, and
    composes (Pearl 1988, 3.3)."""

    given: frozenset[str]
    exposure: set[str]
    outcome: set[str]


@dataclass(frozen=True)
class _View:
    """What all reasons look at; ``apart`` is the proper back-door graph."""

    graph: CausalGraph
    exposure: str
    outcome: str
    causal: set[str]
    forbidden: set[str]
    sets: tuple[frozenset[str], ...]
    apart: CausalGraph

    @cached_property
    def flows(self) -> tuple[_Flow, ...]:
        ends = self.exposure, self.outcome
        return tuple(_Flow(given, *(self.apart.d_connected(end, given) for end in ends)) for given in self.sets)

    @cached_property
    def everywhere(self) -> frozenset[str]:
        """What every set has."""
        return frozenset.intersection(*self.sets)

    @cached_property
    def usable(self) -> frozenset[str]:
        """What leads to exposure or outcome and may be adjusted for. If any set gives the effect, this one does (van
        der Zander, Liskiewicz and Textor 2019)."""
        ends = {self.exposure, self.outcome}
        return frozenset(self.graph.ancestors(ends) - self.forbidden - self.graph.latent - ends)

    @cached_property
    def open_anyway(self) -> tuple[str, ...]:
        """A path between exposure and outcome besides the causal ones that stays open whatever is adjusted for; empty
        where some set gives the effect."""
        return self.apart.open_path(self.exposure, self.outcome, self.usable) if self.causal else ()

    def shown(self, path: tuple[str, ...]) -> str:
        """A path with its arrows."""
        ways = (f" -> {step[1]}" if step in self.apart.edges else f" <- {step[1]}" for step in itertools.pairwise(path))
        return path[0] + "".join(ways)

    @cached_property
    def before_exposure(self) -> set[str]:
        return self.graph.ancestors([self.exposure])

    @cached_property
    def around(self) -> set[str]:
        """What leads to the outcome by a way round the exposure."""
        return self.graph.without(edge for edge in self.graph.edges if self.exposure in edge).ancestors([self.outcome])


def _reason(node: str, view: _View) -> str:
    x, y = view.exposure, view.outcome
    if node in view.graph.latent:
        stays = f": {view.shown(view.open_anyway)} stays open" if node in view.open_anyway else ""
        return f"nobody has measured it, so it can't be adjusted for{stays}"
    if not view.causal:
        return f"there is nothing to adjust for: no arrows lead from {x} to {y}"
    if node in view.causal:
        return f"it lies on a causal path from {x} to {y}: adjusting for it takes part of the effect away"
    if node in view.forbidden:
        source = "the outcome" if node in view.graph.descendants([y]) else "a node on a causal path"
        return f"it listens to {source}: adjusting for it distorts the effect"
    if not view.sets:
        told = view.shown(view.open_anyway)
        return f"no adjustment gives the effect: with it and all else that can be adjusted for, {told} stays open"
    if node in view.everywhere:
        return "it is needed: every set has it"
    harm = next((_harm(node, flow, view) for flow in view.flows if node in flow.exposure & flow.outcome), "")
    if any(node in one for one in view.sets):
        return "it is in some of the sets, and others do without it" + (f"; {harm}" if harm else "")
    return harm or _harmless(node, view)


def _harm(node: str, flow: _Flow, view: _View) -> str:
    """What comes of adjusting for a node besides a set, where that opens a path."""
    collider, (one, other) = _collider(node, flow, view)
    is_one = f"it is a collider of {one} and {other}"
    is_one = is_one if collider == node else f"it listens to {collider}, a collider of {one} and {other}"
    besides = f"besides {', '.join(sorted(flow.given))}" if flow.given else "alone"
    return f"{is_one}: adjusting for it {besides} opens a path that is closed without it"


def _collider(node: str, flow: _Flow, view: _View) -> tuple[str, tuple[str, str]]:
    """The collider that adjusting for a node opens, itself or one that it listens to, and the two that it ties: one
    that the exposure tells of and one that the outcome does."""
    left = (flow.exposure | {view.exposure}) - flow.given
    right = (flow.outcome | {view.outcome}) - flow.given
    for collider in (node, *sorted(view.apart.ancestors([node]) - {node})):
        parents = sorted(view.apart.parents(collider))
        pairs = [pair for pair in itertools.permutations(parents, 2) if pair[0] in left and pair[1] in right]
        if pairs:
            return collider, min(pairs, key=lambda pair: (_both(pair, left, right), pair))
    raise AssertionError("where two ways in meet there is a collider")


def _both(pair: tuple[str, str], left: Collection[str], right: Collection[str]) -> int:
    """How many of a pair both ends tell of: such a node lies below the collider that ties them."""
    return sum(name in left and name in right for name in pair)


def _harmless(node: str, view: _View) -> str:
    """Of a node that opens nothing. Where it tells of the outcome alone it makes estimates more precise, and where it
    tells of the exposure alone less so (Henckel, Perkovic and Maathuis 2022)."""
    x, y = view.exposure, view.outcome
    if any(node in flow.outcome for flow in view.flows):
        role = f"is a cause of {y}" if node in view.around else f"tells of {y}"
        return f"it {role}: not needed, but it can make the estimate more precise"
    if any(node in flow.exposure for flow in view.flows):
        through = node in view.before_exposure and node not in view.around
        role = f"moves {y} at most through {x}" if through else f"tells of {x} and not of {y}"
        return f"it {role}: adjusting for it only costs precision"
    return "it is neither needed nor harmful"
