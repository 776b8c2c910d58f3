"""A causal graph that can be acted on: click a node and it is set from outside, with the arrows into it cut; beside it
one chooses how else it is acted on."""

from __future__ import annotations

from collections.abc import Callable

from core.causal.graphs.graph import CausalGraph
from core.causal.scm.interventions import Intervention
from dashboard.components.causal_graph.plot import GraphPlot

__all__ = ["GraphPlot", "causal_graph", "graph_editor"]


def causal_graph(plot: GraphPlot, *, key: str, on_act: Callable[[str, Intervention | None], None]) -> str:
    """Show a graph.

    Args:
        plot: What to show.
        key: Streamlit key.
        on_act: Called before the page is drawn anew, with a node and what a person does to it; None where the node is
            left to its causes again. A ValueError refuses it.

    Returns:
        Why what was last done was not taken; empty if it was.
    """
    from dashboard.components.causal_graph import mount  # needs Streamlit's runtime

    return mount.show(plot, key, on_act)


def graph_editor(graph: CausalGraph, *, key: str, on_draw: Callable[[CausalGraph], None]) -> str:
    """Show a graph that can be drawn anew.

    Args:
        graph: As it stands.
        key: Streamlit key.
        on_draw: Called before the page is drawn anew, with the graph as a person has changed it.

    Returns:
        Why the last change was not taken; empty if it was.
    """
    from dashboard.components.causal_graph import mount

    return mount.edit(graph, key, on_draw)
