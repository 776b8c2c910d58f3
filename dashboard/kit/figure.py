"""The layout that every figure shares."""

from __future__ import annotations

import plotly.graph_objects as go


def base_layout(figure: go.Figure, height: int) -> go.Figure:
    """Returns the figure, ``height`` pixels high, on a transparent ground, its legend below it and without dragging."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        hovermode="closest",
        dragmode=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
    )
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return figure
