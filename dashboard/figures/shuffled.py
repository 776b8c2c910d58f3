"""Contradicted implications of a graph beside those of graphs with permuted nodes: data in, Plotly figure out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.kit.colours import colour
from dashboard.kit.figure import base_layout


def contradictions(own: int, permuted: Sequence[int], scheme: str) -> go.Figure:
    """Bars of how many permuted graphs have each number of contradicted implications, and a line at this graph's."""
    counts = Counter(permuted)
    figure = go.Figure(
        go.Bar(
            x=list(counts),
            y=list(counts.values()),
            name="permuted nodes",
            showlegend=True,
            marker_color=colour("baseline", scheme),
            hovertemplate="%{x} contradicted: %{y} permuted graphs<extra></extra>",
        )
    )
    figure.add_scatter(
        x=[own, own],
        y=[0, max(counts.values())],
        mode="lines",
        name="this graph",
        line={"color": colour("violation", scheme), "width": 3},
        hovertemplate="%{x} contradicted<extra>this graph</extra>",
    )
    most = max(own, *counts)
    ticks = {"dtick": 1} if most < 15 else {}
    figure.update_xaxes(title="contradicted implications", range=[-0.7, most + 0.7], **ticks)
    figure.update_yaxes(title="graphs")
    return base_layout(figure, 260)
