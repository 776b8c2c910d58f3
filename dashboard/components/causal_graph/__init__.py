"""A causal graph that can be acted on, and one that can be drawn.

A click on a node sets it from outside and cuts the arrows into it; under the graph one chooses other interventions.
"""

from __future__ import annotations

from collections.abc import Callable

from core.causal.graphs.graph import CausalGraph
from core.causal.scm.interventions import Intervention
from dashboard.components.causal_graph.plot import GraphPlot

__all__ = ["GraphPlot", "causal_graph", "graph_editor"]


def causal_graph(plot: GraphPlot, *, key: str, on_act: Callable[[str, Intervention | None], None]) -> str:
    """Shows a graph.

    Args:
        plot: What to show.
        key: Streamlit key.
        on_act: Called before the page runs again, with a node and what a person does to it; None if the node is left to
            its causes again. It raises ValueError to refuse.

    Returns:
        Why the last intervention was refused; empty if it was not.
    """
    from dashboard.components.causal_graph import mount  # needs Streamlit's runtime

    return mount.show(plot, key, on_act)


def graph_editor(graph: CausalGraph, *, key: str, on_draw: Callable[[CausalGraph], None]) -> str:
    """Shows a graph that a person can change.

    Args:
        graph: The graph as it is.
        key: Streamlit key.
        on_draw: Called before the page runs again, with the changed graph. It raises GraphError to refuse.

    Returns:
        Why the last change was refused; empty if it was not.
    """
    from dashboard.components.causal_graph import mount

    return mount.edit(graph, key, on_draw)
