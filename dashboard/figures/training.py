"""Curves of a training: reports in, Plotly figure out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core.training.user_trainings import TrainingReport
from dashboard.kit.colours import colour
from dashboard.kit.figure import base_layout

_LOSSES = {"loss": "truth", "prediction": "latent", "spread": "pixel", "correlation": "baseline"}
_LOSS_TITLES = {
    "loss": "total loss",
    "prediction": "prediction",
    "spread": "spread below its target",
    "correlation": "correlation",
}
_SMOOTH = 0.9  # of the running mean


def loss_curves(reports: Sequence[TrainingReport], scheme: str) -> go.Figure:
    """Parts of the loss against training minutes, smoothed over ten reports."""
    figure = go.Figure()
    for name, role in _LOSSES.items():
        minutes = [report.minutes for report in reports if name in report.losses]
        if minutes:
            width = 2.4 if name == "loss" else 1.5
            line = {"color": colour(role, scheme), "width": width}
            hover = "%{y:.4f}<extra>" + _LOSS_TITLES[name] + "</extra>"
            figure.add_scatter(
                x=minutes,
                y=smoothed(reports, name),
                mode="lines",
                name=_LOSS_TITLES[name],
                line=line,
                hovertemplate=hover,
            )
    figure.update_yaxes(title="loss", rangemode="tozero")
    figure.update_xaxes(title="training minutes")
    return base_layout(figure, 320)


def measure_curves(reports: Sequence[TrainingReport], names: Mapping[str, str], title: str, scheme: str) -> go.Figure:
    """Some measures against training minutes.

    Args:
        reports: The reports of the training, oldest first.
        names: Colour role of each measure that is drawn, by its name.
        title: Title of the vertical axis.
        scheme: ``light`` or ``dark``.
    """
    figure = go.Figure()
    for name, role in names.items():
        points = _changes(reports, name)
        if points:
            figure.add_scatter(
                x=[x for x, _ in points],
                y=[y for _, y in points],
                mode="lines+markers",
                name=name,
                line={"color": colour(role, scheme), "width": 2},
                marker={"size": 5},
                hovertemplate="%{y:.3f}<extra>" + name + "</extra>",
            )
    figure.update_yaxes(title=title)
    figure.update_xaxes(title="training minutes")
    return base_layout(figure, 320)


def _changes(reports: Sequence[TrainingReport], name: str) -> list[tuple[float, float]]:
    """The points ``(minutes, value)`` at which a measure was taken; reports repeat the last measures until the next."""
    points: list[tuple[float, float]] = []
    last = None
    for report in reports:
        measures = report.measures
        if name in measures and measures != last:
            points.append((report.minutes, measures[name]))
            last = measures
    return points


def smoothed(reports: Sequence[TrainingReport], name: str) -> list[float]:
    """Running mean of a part of the loss, one value for each report that has it."""
    out: list[float] = []
    for value in (report.losses[name] for report in reports if name in report.losses):
        out.append(value if not out else _SMOOTH * out[-1] + (1 - _SMOOTH) * value)
    return out
