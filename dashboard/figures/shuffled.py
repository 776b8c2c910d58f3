"""How often rows contradict graphs with shuffled names, beside the graph itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.kit.colours import colour
from dashboard.kit.figure import base_layout


def contradicted(broken: int, shuffled: Sequence[int], scheme: str) -> go.Figure:
    """Bars for how many shuffled graphs have so many contradicted demands, and a line where the graph stands."""
    counted = Counter(shuffled)
    figure = go.Figure(
        go.Bar(
            x=list(counted), y=list(counted.values()), name="shuffled names", showlegend=True,
            marker_color=colour("baseline", scheme),
            hovertemplate="%{x} contradicted: %{y} shuffled graphs<extra></extra>",
        )
    )  # fmt: skip
    figure.add_scatter(
        x=[broken, broken], y=[0, max(counted.values())], mode="lines", name="this graph",
        line={"color": colour("violation", scheme), "width": 3},
        hovertemplate="%{x} contradicted<extra>this graph</extra>",
    )  # fmt: skip
    most = max(broken, *counted)
    figure.update_xaxes(title="contradicted demands", range=[-0.7, most + 0.7], **({"dtick": 1} if most < 15 else {}))
    figure.update_yaxes(title="graphs")
    return base_layout(figure, 260)
