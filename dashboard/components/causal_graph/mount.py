"""Registers the causal graph with Streamlit, once, when this module is imported."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.components.causal_graph.plot import GraphPlot
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


def show(plot: GraphPlot, key: str, on_act: Callable[[str, float | None], None]) -> None:
    """Mounts the graph; see `causal_graph`."""
    component(data=plot.packed, key=key, on_act_change=lambda: _pass_on(plot, key, on_act))


def _pass_on(plot: GraphPlot, key: str, on_act: Callable[[str, float | None], None]) -> None:
    act = st.session_state[key].get("act")
    if not isinstance(act, dict) or act.get("node") not in plot.knobs:
        return  # of a graph that was shown before
    value, knob = act.get("value"), plot.knobs[act["node"]]
    on_act(act["node"], min(knob.high, max(knob.low, float(value))) if isinstance(value, (int, float)) else None)
