"""The state grid on a map: a grid of places, as a representation lays them out."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from dashboard.kit.colours import RAMPS, colour
from dashboard.kit.figure import base_layout

_HEIGHT = 440


def grid_map(points: np.ndarray, places: np.ndarray, scheme: str) -> go.Figure:
    """The places of a square grid where a representation has them, joined to their neighbours on the grid.

    Args:
        points: ``[n, 2 or 3]`` on the map, row by row of the grid.
        places: ``[n, 2]`` in widths.
        scheme: ``light`` or ``dark``.
    """
    side, flat = round(len(points) ** 0.5), points.shape[1] == 2
    mesh = points.reshape(side, side, -1)
    gap = np.full((1, points.shape[1]), np.nan)  # between one line and the next
    lines = np.concatenate([part for line in (*mesh, *mesh.swapaxes(0, 1)) for part in (line, gap)])
    kind, axes = (go.Scatter, "xy") if flat else (go.Scatter3d, "xyz")
    figure = go.Figure()
    figure.add_trace(
        kind(
            **dict(zip(axes, lines.T, strict=True)),
            mode="lines",
            line={"color": colour("baseline", scheme), "width": 1},
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        kind(
            **dict(zip(axes, points.T, strict=True)),
            mode="markers",
            customdata=places,
            marker={
                "size": 7 if flat else 4,
                "color": places[:, 0],
                "colorscale": [*RAMPS[scheme]],
                "colorbar": {"title": "x (frame widths)", "thickness": 10, "len": 0.7},
            },
            hovertemplate="x %{customdata[0]:.2f}, y %{customdata[1]:.2f} frame widths<extra></extra>",
        )
    )
    bare = {"showticklabels": False, "title": "", "zeroline": False, "showgrid": not flat}
    if flat:
        figure.update_xaxes(**bare)
        figure.update_yaxes(scaleanchor="x", **bare)
    else:
        figure.update_scenes(xaxis=bare, yaxis=bare, zaxis=bare, aspectmode="data")
    return base_layout(figure, _HEIGHT).update_layout(showlegend=False)
