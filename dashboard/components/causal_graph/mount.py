"""Registers the causal graph with Streamlit, once, when this module is imported."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.causal.graph import CausalGraph, GraphError
from dashboard.components.causal_graph.plot import GraphPlot, drawn
from dashboard.components.packing import browser_text

component = st.components.v2.component(
    "worldscope_causal_graph",
    html='<div class="causes" data-testid="causal-graph"></div>',
    css=browser_text("dashboard.components.causal_graph", "graph.css"),
    js="\n".join(
        (
            browser_text("dashboard.components", "common.js"),
            browser_text("dashboard.components.causal_graph", "drawing.js", "graph.js"),
        )
    ),
)

editor = st.components.v2.component(
    "worldscope_graph_editor",
    html='<div class="causes" data-testid="graph-editor"></div>',
    css=browser_text("dashboard.components.causal_graph", "graph.css"),
    js="\n".join(
        (
            browser_text("dashboard.components", "common.js"),
            browser_text("dashboard.components.causal_graph", "drawing.js", "editor.js"),
        )
    ),
)


def show(plot: GraphPlot, key: str, on_act: Callable[[str, float | None], None]) -> None:
    """Mounts the graph; see `causal_graph`."""
    component(data=plot.packed, key=key, on_act_change=lambda: _pass_on(plot, key, on_act))


def _pass_on(plot: GraphPlot, key: str, on_act: Callable[[str, float | None], None]) -> None:
    act = st.session_state[key].get("act")
    if not isinstance(act, dict) or act.get("node") not in plot.knobs:
        return  # of a graph that was shown before
    value, knob = act.get("value"), plot.knobs[act["node"]]
    on_act(act["node"], min(knob.high, max(knob.low, float(value))) if isinstance(value, (int, float)) else None)


def edit(graph: CausalGraph, key: str, on_draw: Callable[[CausalGraph], None]) -> str:
    """Mounts the editor; see `graph_editor`."""
    slot, count = f"{key}.refusal", f"{key}.refused"
    roles = {name: role for name, role in ((graph.exposure, "exposure"), (graph.outcome, "outcome")) if name}
    data = GraphPlot(graph, roles=roles).packed | {"refused": st.session_state.get(count, 0)}
    editor(data=data, key=key, on_drawn_change=lambda: _take(key, slot, count, on_draw))
    return st.session_state.pop(slot, "")


def _take(key: str, slot: str, count: str, on_draw: Callable[[CausalGraph], None]) -> None:
    try:
        on_draw(drawn(st.session_state[key].get("drawn")))
    except GraphError as error:
        st.session_state[slot] = str(error)
        st.session_state[count] = st.session_state.get(count, 0) + 1
