"""Figures of estimated effects: data in, Plotly figure out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.causal.estimation.question import Estimate
from dashboard.kit.colours import colour
from dashboard.kit.figure import base_layout


def estimates(rows: Sequence[tuple[str, Estimate, bool]], truth: float | None, scheme: str) -> go.Figure:
    """Estimates with their 95 % intervals, the first on top, and a line at the truth if it is known.

    Args:
        rows: For each estimate its name, and whether it is wrong, which is drawn in vermillion.
    """
    figure = go.Figure()
    for name, found, mistaken in reversed(rows):
        hue = colour("violation" if mistaken else "truth", scheme)
        figure.add_scatter(
            x=[found.value],
            y=[name],
            mode="markers",
            marker={"size": 11, "color": hue},
            name=name,
            showlegend=False,
            error_x={"type": "data", "array": [found.high - found.value], "thickness": 2, "color": hue},
            hovertemplate=f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})<extra>{found.method}</extra>",
        )
    if truth is not None:
        figure.add_vline(
            x=truth,
            line={"color": colour("latent", scheme), "width": 2},
            annotation={"text": f"truth {truth:.2f}", "font": {"color": colour("latent", scheme)}, "yanchor": "bottom"},
        )
    figure.add_vline(x=0, line={"color": colour("baseline", scheme), "width": 1, "dash": "dot"})
    figure.update_xaxes(title="effect on the outcome")
    figure.update_yaxes(automargin=True)
    return base_layout(figure, 110 + 46 * len(rows)).update_layout(margin={"t": 30})


def hidden_confounder(shares: np.ndarray, effects: np.ndarray, scheme: str) -> go.Figure:
    """Contours of the effect if an unmeasured confounder explained these shares of the residual variance.

    Args:
        shares: Partial R² ``[n]``, from 0 to 1.
        effects: The effect ``[outcome share, exposure share]``.
    """
    ink = colour("truth", scheme)
    figure = go.Figure(
        go.Contour(
            x=100 * shares,
            y=100 * shares,
            z=effects,
            contours={"coloring": "none", "showlabels": True},
            line={"color": ink, "width": 1},
            showscale=False,
            ncontours=12,
            showlegend=False,
            hovertemplate="%{x:.0f} % of the exposure, %{y:.0f} % of the outcome: %{z:.3f}<extra></extra>",
        )
    )
    figure.add_contour(
        x=100 * shares,
        y=100 * shares,
        z=effects,
        showscale=False,
        line={"color": colour("violation", scheme), "width": 3},
        contours={"type": "constraint", "operation": "=", "value": 0},
        fillcolor="rgba(0,0,0,0)",
        hoverinfo="skip",
        name="no effect",
        showlegend=True,
    )
    figure.update_xaxes(title="explained exposure variance (%)")
    figure.update_yaxes(title="explained outcome variance (%)")
    return base_layout(figure, 300)


def overlap(treated: np.ndarray, untreated: np.ndarray, exposure: str, arms: tuple[str, str], scheme: str) -> go.Figure:
    """Histograms of the propensity scores in both arms, the reference and the other."""
    figure = go.Figure()
    for values, name, role in (
        (treated, f"{exposure} = {arms[1]}", "violation"),
        (untreated, f"{exposure} = {arms[0]}", "truth"),
    ):
        figure.add_histogram(
            x=values,
            name=name,
            marker_color=colour(role, scheme),
            opacity=0.6,
            xbins={"start": 0, "end": 1, "size": 0.04},
        )
    figure.update_xaxes(title=f"propensity score of {exposure}", range=[0, 1])
    figure.update_yaxes(title="rows")
    return base_layout(figure, 300).update_layout(barmode="overlay")
