"""Figures of where the compute goes: shares by region and place in, Plotly figure out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from core.worlds.stage.regions import REGIONS
from dashboard.kit.colours import colour
from dashboard.kit.figure import base_layout

if TYPE_CHECKING:  # it imports torch
    from core.evaluation.compute_split import ComputeSplit

_SHADES = {"light": ("#c9cdd3", "#858b95", "#1d2127"), "dark": ("#3f444c", "#8f959f", "#e9e6df")}
_ROWS = (("area", "operations"), ("loss", "loss"), ("gradient", "gradient"))


def share_bars(arms: Sequence[tuple[str, ComputeSplit]], scheme: str) -> go.Figure:
    """A bar for each arm and quantity, split by region; ``arms`` are pairs of a name for people and a result."""
    rows = [(f"{name}: {quantity}", getattr(split, field)) for name, split in arms for field, quantity in _ROWS]
    figure = go.Figure()
    for region in reversed(range(len(REGIONS))):
        values = [100 * float(split[region]) for _, split in rows]
        figure.add_bar(
            x=values,
            y=[name for name, _ in rows],
            orientation="h",
            name=REGIONS[region],
            marker_color=_SHADES[scheme][region],
            text=[f"{v:.0f} %" if v >= 8 else "" for v in values],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            hovertemplate="%{y} on " + REGIONS[region] + ": %{x:.1f} %<extra></extra>",
        )
    figure.update_layout(barmode="stack", bargap=0.25)
    figure.update_xaxes(title="share (%)", range=[0, 100.5], dtick=20)
    figure.update_yaxes(autorange="reversed")
    return base_layout(figure, 300).update_layout(legend_traceorder="normal", legend_y=0, margin_b=40)


def share_map(values: np.ndarray, role: str, scheme: str) -> go.Figure:
    """Shares of a whole by place ``[h, w]``, each map on a scale of its own."""
    red, green, blue = (int(colour(role, scheme)[i : i + 2], 16) for i in (1, 3, 5))
    scale = [[0, f"rgba({red},{green},{blue},0)"], [1, f"rgb({red},{green},{blue})"]]
    figure = go.Figure(
        go.Heatmap(
            z=100 * values[::-1],
            zmin=0,
            zmax=100 * max(float(np.quantile(values, 0.998)), 1e-6),
            showscale=False,
            colorscale=scale,
            hovertemplate="%{z:.2f} % of all<extra></extra>",
        )
    )
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, scaleanchor="x", constrain="domain")
    return base_layout(figure, 170)
