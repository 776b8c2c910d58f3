"""Why a node may or may not be adjusted for, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from core.causal.graph import CausalGraph


def reasons_of(
    graph: CausalGraph, exposure: str, outcome: str, forbidden: set[str], sets: Sequence[frozenset[str]]
) -> dict[str, str]:
    """For each node but exposure and outcome, what adjusting for it would do.

    Args:
        forbidden: What may not be adjusted for, whatever else is.
        sets: The minimal adjustment sets that were found.
    """
    causal = graph.causal_nodes(exposure, outcome)
    view = _View(graph, exposure, outcome, causal, forbidden, tuple(sets), graph.without((exposure, n) for n in causal))
    return {node: _reason(node, view) for node in graph.nodes if node not in (exposure, outcome)}


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

    def broken_by(self, node: str) -> frozenset[str] | None:
        """The first of the sets that is none any more with a node besides."""
        ends = self.exposure, self.outcome
        return next((one for one in self.sets if not self.apart.separated(*ends, one | {node})), None)

    @cached_property
    def before_exposure(self) -> set[str]:
        return self.graph.ancestors([self.exposure])

    @cached_property
    def around(self) -> set[str]:
        """What leads to the outcome by a way round the exposure."""
        return self.graph.without(edge for edge in self.graph.edges if self.exposure in edge).ancestors([self.outcome])


def _reason(node: str, view: _View) -> str:
    if node in view.graph.latent:
        return "nobody has measured it, so it can't be adjusted for"
    if node in view.causal:
        way = f"{view.exposure} to {view.outcome}"
        return f"it lies on a causal path from {way}: adjusting for it takes part of the effect away"
    if node in view.forbidden:
        source = "the outcome" if node in view.graph.descendants([view.outcome]) else "a node on a causal path"
        return f"it listens to {source}: adjusting for it distorts the effect"
    if any(node in one for one in view.sets):
        every = all(node in one for one in view.sets)
        return "it is needed: every set has it" if every else "it is in some of the sets, and others do without it"
    if view.causal and not view.sets:
        return "no adjustment gives the effect, with it or without it"
    if (broken := view.broken_by(node)) is not None:
        so = f"adjusting for it besides {', '.join(sorted(broken))}" if broken else "adjusting for it alone"
        return f"it is a collider{_of(node, view.graph)}: {so} opens a path that is closed without it"
    if node in view.before_exposure and node not in view.around:
        return f"it moves {view.outcome} at most through {view.exposure}: adjusting for it only costs precision"
    if node in view.around:
        return f"it is a cause of {view.outcome}: not needed, but it can make the estimate more precise"
    return "it is neither needed nor harmful"


def _of(node: str, graph: CausalGraph) -> str:
    """The parents that adjusting for a node ties together, its own or those of a node that it listens to."""
    chain = (node, *sorted(graph.ancestors([node]) - {node}))
    parents = next((sorted(graph.parents(one)) for one in chain if len(graph.parents(one)) > 1), [])
    return f" of {parents[0]} and {parents[1]}" if parents else ""
