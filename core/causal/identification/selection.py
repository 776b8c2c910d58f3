"""Selected rows: what it does to an effect that all rows have the same value of some nodes.

Correa and Bareinboim 2017 (generalised adjustment criterion, type 1): the selected nodes are conditioned on. Adjusting
for a set that blocks every non-causal path besides them gives the effect among the selected rows; it is the effect on
everybody if the selection does not depend on what the outcome would be.
"""

from __future__ import annotations

import itertools

from core.causal.graphs.graph import CausalGraph
from core.causal.graphs.spelling import comma_list
from core.causal.identification.adjustment_sets import backdoor_graph, biasing_selection


def holds_for_everybody(graph: CausalGraph, exposure: str, outcome: str) -> bool:
    """Whether the effect among the selected rows is that on everybody: under do(exposure) the selection is independent
    of the outcome given the exposure, and if the exposure affects the selection, it is not confounded."""
    under_do = graph.under_do([exposure])
    if not all(under_do.is_d_separated(outcome, node, [exposure]) for node in graph.selected):
        return False
    if not graph.selected & graph.descendants([exposure]):
        return True
    return graph.without(edge for edge in graph.edges if edge[0] == exposure).is_d_separated(exposure, outcome, ())


def selection_notes(graph: CausalGraph, exposure: str, outcome: str) -> tuple[str, ...]:
    """What the selection of the rows does, in sentences; empty if the graph marks none."""
    if not graph.selected:
        return ()
    nodes = comma_list(sorted(graph.selected))
    notes = [f"The rows are selected by {nodes}, so every estimate is conditional on that."]
    if biasing := biasing_selection(graph, exposure, outcome):
        notes.append(
            f"The selection by {comma_list(sorted(biasing))} depends on {outcome} or on what lies between {exposure} "
            f"and {outcome}: no adjustment of selected rows gives the effect; use rows from before the selection."
        )
        return tuple(notes)
    backdoor = backdoor_graph(graph, exposure, outcome)
    if path := opened_path(backdoor, exposure, outcome, graph.selected):
        notes.append(f"The selection opens {path}; an adjustment set must close this path.")
    if holds_for_everybody(graph, exposure, outcome):
        notes.append("The selection does not depend on the outcome, so the effect is that on everybody.")
    else:
        notes.append(
            "The selection depends on what affects the outcome, so the effect is that among the selected rows alone."
        )
    return tuple(notes)


def opened_path(graph: CausalGraph, exposure: str, outcome: str, selected: frozenset[str]) -> str:
    """A path that conditioning on the selected nodes opens, with its arrows; empty if it opens none."""
    path = graph.open_path(exposure, outcome, selected)
    if not path or graph.open_path(exposure, outcome, ()) == path:
        return ""
    return path[0] + "".join(
        f" -> {after}" if (before, after) in graph.edges else f" <- {after}"
        for before, after in itertools.pairwise(path)
    )
