"""Adjustment sets: which covariates identify an effect.

Shpitser, VanderWeele and Robins 2010 (adjustment criterion, complete); van der Zander, Liskiewicz and Textor 2019
(minimal sets as separators); Henckel, Perkovic and Maathuis 2022 (the set of least variance).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import networkx as nx

from core.causal.graphs.graph import CausalGraph


def backdoor_graph(graph: CausalGraph, exposure: str, outcome: str) -> CausalGraph:
    """The proper back-door graph: without the first arrow of every causal path."""
    causal = graph.causal_nodes(exposure, outcome)
    return graph.without((exposure, node) for node in causal)


def forbidden_nodes(graph: CausalGraph, exposure: str, outcome: str) -> set[str]:
    """Nodes that no adjustment set may contain: the exposure, the nodes on causal paths, and their descendants."""
    return graph.descendants(graph.causal_nodes(exposure, outcome)) | {exposure}


def is_adjustment_set(graph: CausalGraph, exposure: str, outcome: str, nodes: Iterable[str]) -> bool:
    """Whether adjusting for some nodes identifies the effect, by the adjustment criterion. Nodes by which the rows are
    selected are conditioned on besides; the effect is then that among such rows."""
    chosen = set(nodes)
    if chosen & (forbidden_nodes(graph, exposure, outcome) | {outcome} | graph.latent):
        return False
    if biasing_selection(graph, exposure, outcome):
        return False
    return backdoor_graph(graph, exposure, outcome).is_d_separated(exposure, outcome, chosen | graph.selected)


def biasing_selection(graph: CausalGraph, exposure: str, outcome: str) -> frozenset[str]:
    """The nodes by which the rows are selected and which nobody may condition on: no adjustment undoes that."""
    return graph.selected & (forbidden_nodes(graph, exposure, outcome) | {outcome})


def minimal_adjustment_sets(graph: CausalGraph, exposure: str, outcome: str) -> Iterator[frozenset[str] | None]:
    """Minimal adjustment sets as they are found, the first at once. Yields None for a step that finds none, so that
    the caller can stop."""
    if biasing_selection(graph, exposure, outcome):
        return
    selected = set(graph.selected)
    backdoor = backdoor_graph(graph, exposure, outcome).directed
    allowed = (set(graph.nodes) - forbidden_nodes(graph, exposure, outcome) - {outcome} - graph.latent) | selected
    for separator in separators(backdoor, exposure, outcome, selected, allowed):
        minimal = separator is not None and nx.is_minimal_d_separator(
            backdoor, exposure, outcome, set(separator), included=selected
        )
        yield separator - selected if minimal and separator is not None else None


def optimal_adjustment_set(graph: CausalGraph, exposure: str, outcome: str) -> frozenset[str] | None:
    """The adjustment set of least variance: the parents of the causal nodes that may be adjusted for (Henckel et al.
    2022). None if one of them is latent or they are not an adjustment set."""
    causal = graph.causal_nodes(exposure, outcome)
    parents = set().union(*(graph.parents(node) for node in causal)) - forbidden_nodes(graph, exposure, outcome)
    parents -= graph.selected
    usable = not parents & graph.latent and is_adjustment_set(graph, exposure, outcome, parents)
    return frozenset(parents) if usable else None


def separators(
    graph: nx.DiGraph, one: str, other: str, required: set[str], allowed: set[str]
) -> Iterator[frozenset[str] | None]:
    """Separators that contain all of ``required`` and only nodes of ``allowed``, each followed by those without and
    those with one of its nodes; None where a branch has none. Every minimal separator is among them."""
    separator = nx.find_minimal_d_separator(graph, {one}, {other}, included=required, restricted=allowed)
    if separator is None:
        yield None
        return
    yield frozenset(separator)
    optional = sorted(separator - required)
    if optional:
        yield from separators(graph, one, other, required, allowed - {optional[0]})
        yield from separators(graph, one, other, required | {optional[0]}, allowed)
