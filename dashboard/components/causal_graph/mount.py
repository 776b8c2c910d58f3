"""Registers the causal graph with Streamlit, once, when this module is imported."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.causal.graphs.graph import CausalGraph, GraphError
from core.causal.scm.interventions import Intervention
from dashboard.components.causal_graph.plot import GraphPlot, graph_from, intervention_from
from dashboard.components.modules import MODULES, style

component = st.components.v2.component(
    "worldscope_causal_graph",
    html='<div class="causes" data-testid="causal-graph"></div>',
    css=style("causal_graph", "graph.css"),
    js=MODULES.loader("causal_graph/graph.js"),
)

editor = st.components.v2.component(
    "worldscope_graph_editor",
    html='<div class="causes" data-testid="graph-editor"></div>',
    css=style("causal_graph", "graph.css"),
    js=MODULES.loader("causal_graph/editor.js"),
)


def show(plot: GraphPlot, key: str, on_act: Callable[[str, Intervention | None], None]) -> str:
    """Mounts the graph; see `causal_graph`."""
    data = plot.packed | {"refused": st.session_state.get(f"{key}.refused", 0)}
    component(data=data, key=key, on_act_change=lambda: _apply(plot, key, on_act))
    return st.session_state.pop(f"{key}.refusal", "")


def _apply(plot: GraphPlot, key: str, on_act: Callable[[str, Intervention | None], None]) -> None:
    try:
        if (intervention := intervention_from(plot, st.session_state[key].get("act"))) is not None:
            on_act(*intervention)
    except ValueError as error:
        _refuse(key, error)


def _refuse(key: str, error: ValueError) -> None:
    """Keep the reason, and let the browser know that it must take back what it has already drawn."""
    st.session_state[f"{key}.refusal"] = str(error)
    st.session_state[f"{key}.refused"] = st.session_state.get(f"{key}.refused", 0) + 1


def edit(graph: CausalGraph, key: str, on_draw: Callable[[CausalGraph], None]) -> str:
    """Mounts the editor; see `graph_editor`."""
    roles = {name: role for name, role in ((graph.exposure, "exposure"), (graph.outcome, "outcome")) if name}
    data = GraphPlot(graph, roles=roles).packed | {"refused": st.session_state.get(f"{key}.refused", 0)}
    editor(data=data, key=key, on_drawn_change=lambda: _apply_graph(key, on_draw))
    return st.session_state.pop(f"{key}.refusal", "")


def _apply_graph(key: str, on_draw: Callable[[CausalGraph], None]) -> None:
    try:
        on_draw(graph_from(st.session_state[key].get("drawn")))
    except GraphError as error:
        _refuse(key, error)
