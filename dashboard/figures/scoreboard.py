"""Figures of the scoreboard: results in, Plotly figure out."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from core.evaluation.forecast_result import ForecastResult
from core.evaluation.scoreboard import RobustnessResult
from dashboard.figures.forecast import drawn_names
from dashboard.kit.colours import colour
from dashboard.kit.figure import base_layout
from dashboard.kit.looks import looks_of

VALIDATION_ERROR = "error at 8 steps"


def robustness_curves(result: RobustnessResult, step: int, scheme: str) -> go.Figure:
    """Position error at a step against the strength of the moving background, with 95 % intervals."""
    figure = go.Figure()
    for name, look in looks_of(drawn_names(result.models)).items():
        points = [steps[step] for steps in result.models[name].position_error]
        mean = [point.mean for point in points]
        above = [point.high - point.mean for point in points]
        figure.add_scatter(
            x=result.strengths,
            y=mean,
            mode="lines+markers",
            name=look.label,
            line={"color": colour(look.role, scheme), "dash": look.dash, "width": 2},
            error_y={"type": "data", "array": above, "color": colour(look.role, scheme), "thickness": 1},
            hovertemplate="%{y:.3f} frame widths<extra>" + look.label + "</extra>",
        )
    figure.update_xaxes(title="strength of the moving background")
    figure.update_yaxes(title="error (frame widths)", rangemode="tozero")
    return base_layout(figure, 340)


def error_against_cost(result: ForecastResult, step: int, scheme: str) -> go.Figure:
    """Position error at a step against the operations of a predicted second, for the models that compute."""
    fps = result.protocol.fps
    figure = go.Figure()
    for name, look in looks_of(drawn_names(result.models)).items():
        score = result.models[name]
        if not score.flops_per_frame:
            continue
        point = score.position_error[step]
        figure.add_scatter(
            x=[score.flops_per_frame * fps / 1e6],
            y=[point.mean],
            mode="markers+text",
            name=look.label,
            text=[look.label],
            textposition="middle left",  # beside the interval, not across it
            showlegend=False,
            marker={"size": 13, "color": colour(look.role, scheme)},
            error_y={"type": "data", "array": [point.high - point.mean], "color": colour(look.role, scheme)},
            hovertemplate="%{x:,.0f} million operations, %{y:.3f} frame widths<extra>" + look.label + "</extra>",
        )
    figure.update_xaxes(title="million operations per predicted second", rangemode="tozero", tickformat=",")
    figure.update_yaxes(title="error (frame widths)", rangemode="tozero")
    return base_layout(figure, 340)


def learning_curves(histories: Mapping[str, list[Mapping]], scheme: str) -> go.Figure:
    """Position error at 8 steps on validation clips against training minutes; ``histories`` are those of the cards."""
    figure = go.Figure()
    for name, look in looks_of(histories).items():
        measured = [moment for moment in histories[name] if VALIDATION_ERROR in moment]
        figure.add_scatter(
            x=[moment["minutes"] for moment in measured],
            y=[moment[VALIDATION_ERROR] for moment in measured],
            mode="lines+markers",
            name=look.label,
            line={"color": colour(look.role, scheme), "dash": look.dash},
            hovertemplate="%{x:.0f} minutes: %{y:.3f} frame widths<extra>" + look.label + "</extra>",
        )
    figure.update_xaxes(title="training minutes", rangemode="tozero")
    figure.update_yaxes(title="error (frame widths)", rangemode="tozero")
    return base_layout(figure, 340)
