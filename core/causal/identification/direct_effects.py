"""Direct and indirect effects: which measured nodes identify them.

Pearl 2001 and 2014 (natural effects): covariates that the exposure does not affect leave exposure, mediators and
outcome unconfounded, the mediators also given the exposure. Pearl 2009, theorem 5.3.1 (single door): a set that
separates exposure and outcome once the arrow between them is cut gives the direct effect, if relations are linear.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import networkx as nx

from core.causal.graphs.graph import CausalGraph
from core.causal.graphs.spelling import comma_list


@dataclass(frozen=True)
class DirectEffects:
    """What identifies the direct and the indirect effects.

    Attributes:
        mediators: Nodes that every indirect path passes.
        given: Covariates that identify the natural effects; None if there are none.
        reason: Why none identify them, to follow "because"; empty if some do.
        door: The smallest set that gives the direct effect under linear relations; None if there is none.
    """

    mediators: tuple[str, ...]
    given: frozenset[str] | None
    reason: str
    door: frozenset[str] | None

    def to_json(self) -> dict:
        """The same as JSON data."""
        return {
            "mediators": list(self.mediators),
            "given": None if self.given is None else sorted(self.given),
            "reason": self.reason,
            "door": None if self.door is None else sorted(self.door),
        }


def direct_effects(graph: CausalGraph, exposure: str, outcome: str) -> DirectEffects | None:
    """What identifies the direct and indirect effects of an exposure; None if no path is indirect."""
    between = graph.causal_nodes(exposure, outcome) - {outcome}
    if not between:
        return None
    door = _single_door(graph, exposure, outcome)
    last = between & graph.parents(outcome)
    first = between & set(graph.directed.successors(exposure))
    mediators = next((nodes for nodes in (last, first) if not nodes & graph.latent), None)
    if mediators is None:
        hidden = comma_list(sorted(last & graph.latent))
        return DirectEffects(_ordered(graph, last), None, f"{hidden} was not measured", door)
    late = graph.descendants([exposure]) | graph.latent | {outcome}
    usable = frozenset(graph.ancestors([exposure, outcome, *mediators]) - late)
    if reason := _objection(graph, exposure, outcome, mediators, usable):
        return DirectEffects(_ordered(graph, mediators), None, reason, door)
    given = usable
    for node in sorted(usable):
        if not _objection(graph, exposure, outcome, mediators, given - {node}):
            given -= {node}
    return DirectEffects(_ordered(graph, mediators), given, "", door)


def _single_door(graph: CausalGraph, exposure: str, outcome: str) -> frozenset[str] | None:
    cut = graph.without([(exposure, outcome)])
    allowed = (set(graph.observed) - graph.descendants([outcome]) - {exposure}) | set(graph.selected)
    if graph.selected & graph.descendants([outcome]):
        return None
    found = nx.find_minimal_d_separator(
        cut.directed, {exposure}, {outcome}, included=set(graph.selected), restricted=allowed
    )
    return None if found is None else frozenset(found) - graph.selected


def _objection(graph: CausalGraph, exposure: str, outcome: str, mediators: set[str], given: frozenset[str]) -> str:
    """Why covariates do not identify the natural effects, to follow "because"; empty if they do."""
    known = given | graph.selected
    if graph.selected & (graph.descendants([exposure]) | {outcome}):
        return f"{exposure} affects the selection of the rows"
    from_exposure = graph.without(edge for edge in graph.edges if edge[0] == exposure)
    for node in (*sorted(mediators), outcome):
        if path := from_exposure.open_path(exposure, node, known):
            return f"{_path_text(from_exposure, path)} stays open"
    from_mediators = graph.without(edge for edge in graph.edges if edge[0] in mediators)
    for node in sorted(mediators):
        if path := from_mediators.open_path(node, outcome, known | {exposure}):
            late = [one for one in path[1:-1] if one in graph.descendants([exposure])]
            why = f", and {exposure} affects {late[0]}" if late else ""
            return f"{_path_text(from_mediators, path)} stays open{why}"
    return ""


def _path_text(graph: CausalGraph, path: tuple[str, ...]) -> str:
    steps = itertools.pairwise(path)
    return path[0] + "".join(f" -> {b}" if (a, b) in graph.edges else f" <- {b}" for a, b in steps)


def _ordered(graph: CausalGraph, nodes: set[str]) -> tuple[str, ...]:
    return tuple(node for node in graph.nodes if node in nodes)
