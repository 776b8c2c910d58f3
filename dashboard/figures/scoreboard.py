"""Figures of the scoreboard: results in, Plotly figure out."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from dashboard.figures.forecast import plain
from dashboard.figures.looks import LOOKS
from dashboard.figures.palette import color


def robustness_curves(result: Mapping, step: int, scheme: str) -> go.Figure:
    """Position error at a step against the strength of the moving background, with 95 % intervals."""
    figure = go.Figure()
    for name, look in LOOKS.items():
        if name not in result["models"]:
            continue
        points = [steps[step] for steps in result["models"][name]["position_error"]]
        mean = [point["mean"] for point in points]
        above = [point["high"] - point["mean"] for point in points]
        figure.add_scatter(
            x=result["strengths"], y=mean, mode="lines+markers", name=look.label,
            line={"color": color(look.role, scheme), "dash": look.dash, "width": 2},
            error_y={"type": "data", "array": above, "color": color(look.role, scheme), "thickness": 1},
            hovertemplate="%{y:.3f} widths<extra>" + look.label + "</extra>",
        )  # fmt: skip
    figure.update_xaxes(title="strength of the moving background")
    figure.update_yaxes(title="position error (widths)", rangemode="tozero")
    return plain(figure, 340)


def error_against_cost(result: Mapping, step: int, scheme: str) -> go.Figure:
    """Position error at a step against the operations of a predicted second, for the models that compute."""
    fps = result["protocol"]["fps"]
    figure = go.Figure()
    for name, score in result["models"].items():
        look = LOOKS.get(name)
        if look is None or not score["flops_per_frame"]:
            continue
        point = score["position_error"][step]
        figure.add_scatter(
            x=[score["flops_per_frame"] * fps / 1e6], y=[point["mean"]], mode="markers+text", name=look.label,
            text=[look.label], textposition="top center", showlegend=False,
            marker={"size": 13, "color": color(look.role, scheme)},
            error_y={"type": "data", "array": [point["high"] - point["mean"]], "color": color(look.role, scheme)},
            hovertemplate="%{x:,.0f} million operations, %{y:.3f} widths<extra>" + look.label + "</extra>",
        )  # fmt: skip
    figure.update_xaxes(title="million operations a predicted second", rangemode="tozero")
    figure.update_yaxes(title="position error (widths)", rangemode="tozero")
    return plain(figure, 340)


def learning_curves(histories: Mapping[str, list[Mapping]], scheme: str) -> go.Figure:
    """What was watched of each arm against its training minutes: skill against copy-last, in its own space."""
    figure = go.Figure()
    for name, history in histories.items():
        look = LOOKS[name]
        keys = [key for key in ("skill", "skill at 4 steps", "position R²") if key in history[-1]]
        if keys:
            figure.add_scatter(
                x=[moment["minutes"] for moment in history], y=[moment.get(keys[0]) for moment in history],
                mode="lines+markers", name=f"{look.label}: {keys[0]}", line={"color": color(look.role, scheme)},
                hovertemplate="%{y:.3f}<extra>" + look.label + "</extra>",
            )  # fmt: skip
    figure.update_xaxes(title="training minutes")
    figure.update_yaxes(title="1 is perfect")
    return plain(figure, 340)
