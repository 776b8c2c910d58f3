"""Figures of forecasts: data in, Plotly figure out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import plotly.graph_objects as go

from core.evaluation.forecast_result import ForecastResult
from core.models.registry import controls, default_pair
from core.models.shipped import COPY_LAST
from core.models.spec import Domain
from dashboard.kit.colours import colour
from dashboard.kit.figure import base_layout
from dashboard.kit.looks import BOUNCE_UNKNOWN, BOUNDS, CEILING, READ_OUT_LIMIT, Look, looks_of

_ARMS = ("pixel", "latent")


def measured_errors(result: ForecastResult, scheme: str) -> go.Figure:
    """Position error against seconds ahead over many clips, with 95 % bands.

    Args:
        result: The forecasts of many clips.
        scheme: ``light`` or ``dark``.
    """
    seconds = [(step + 1) / result.protocol.fps for step in range(result.protocol.horizon)]
    figure = go.Figure()
    for name, look in looks_of(drawn_names(result.models)).items():
        _line(figure, seconds, result.models[name].position_error, look, scheme)
    _line(figure, seconds, result.ceiling, BOUNDS[CEILING], scheme)
    _line(figure, seconds, result.bounce_unknown, BOUNDS[BOUNCE_UNKNOWN], scheme)
    _, latent = default_pair(Domain.WORLDS)
    floor = result.models[latent].read_out_floor
    _line(figure, seconds, [floor] * len(seconds), BOUNDS[READ_OUT_LIMIT], scheme)
    top = 1.15 * np.nanmax([step.mean for step in result.models[COPY_LAST.name].position_error])
    figure.update_yaxes(title="error (frame widths)", range=[0, top])
    figure.update_xaxes(title="seconds ahead")
    return base_layout(figure, 360)


def drawn_names(measured: Iterable[str]) -> list[str]:
    """The models of a result that charts draw: all but the controls, which stand in the table."""
    left_out = {spec.name for spec in controls()}
    return [name for name in measured if name not in left_out]


def error_map(values: np.ndarray, top: float, scheme: str) -> go.Figure:
    """Where an arm errs: mean absolute difference ``[H, W]`` over the horizon, on a common scale up to ``top``."""
    shade = "Greys" if scheme == "light" else "gray"
    figure = go.Figure(
        go.Heatmap(
            z=100 * values[::-1],
            zmin=0,
            zmax=100 * top,
            colorscale=shade,
            showscale=False,
            hovertemplate="%{z:.1f} % of full scale<extra></extra>",
        )
    )
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, scaleanchor="x", constrain="domain")
    return base_layout(figure, 190)


def cost_bars(names: Sequence[str], megaflops: Sequence[float], roles: Sequence[str], scheme: str) -> go.Figure:
    """Floating point operations for one predicted second, a bar for each arm."""
    figure = go.Figure(
        go.Bar(
            x=megaflops,
            y=names,
            orientation="h",
            marker_color=[colour(role, scheme) for role in roles],
            text=[f"{value:,.0f} M" for value in megaflops],
            textposition="auto",
            hovertemplate="%{y}: %{x:,.0f} million operations<extra></extra>",
        )
    )
    figure.update_xaxes(title="million operations", rangemode="tozero", tickformat=",")
    figure.update_yaxes(autorange="reversed")
    return base_layout(figure, 170)


def surprise_curve(seconds: np.ndarray, surprise: np.ndarray, scheme: str) -> go.Figure:
    """Surprise over time, in standard deviations (SD) above what is usual."""
    figure = go.Figure(go.Scatter(x=seconds, y=surprise, mode="lines", line_color=colour("violation", scheme)))
    figure.add_hline(y=0, line_dash="dot", line_color=colour("baseline", scheme))
    figure.update_xaxes(title="time in the clip (s)")
    figure.update_yaxes(title="surprise (SD)")
    return base_layout(figure, 260)


def skill_curve(seconds: np.ndarray, skill: np.ndarray, scheme: str) -> go.Figure:
    """Latent skill against copy-last: 1 is perfect, 0 no better."""
    figure = go.Figure(go.Scatter(x=seconds, y=skill, mode="lines", line_color=colour("latent", scheme)))
    figure.add_hline(y=0, line_dash="dot", line_color=colour("baseline", scheme))
    figure.update_xaxes(title="seconds ahead")
    figure.update_yaxes(title="skill against copy-last")
    return base_layout(figure, 260)


def _defined(values: Iterable[float]) -> list[float | None]:
    """The values for Plotly, with None (a gap) in place of NaN."""
    return [None if math.isnan(value) else value for value in values]


def _line(figure: go.Figure, x, steps, look: Look, scheme: str) -> None:
    mean, role, arm = _defined(step.mean for step in steps), look.role, look.role in _ARMS and look.dash == "solid"
    if arm:
        band = _defined(step.high for step in steps) + _defined(step.low for step in steps)[::-1]
        red, green, blue = (int(colour(role, scheme)[i : i + 2], 16) for i in (1, 3, 5))
        figure.add_scatter(
            x=[*x, *x[::-1]],
            y=band,
            fill="toself",
            fillcolor=f"rgba({red},{green},{blue},0.18)",
            line_width=0,
            hoverinfo="skip",
            showlegend=False,
        )
    hover = "%{y:.3f} frame widths<extra>" + look.label + "</extra>"
    line = {"color": colour(role, scheme), "dash": look.dash, "width": 2.4 if arm else 1.5}
    figure.add_scatter(x=x, y=mean, mode="lines", name=look.label, line=line, hovertemplate=hover, showlegend=True)
