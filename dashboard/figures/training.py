"""Live curves of a training: moments in, Plotly figure out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard.kit.colours import colour
from dashboard.kit.figure import base_layout

_LOSSES = {"loss": "truth", "prediction": "latent", "spread": "pixel", "correlation": "baseline"}
_LOSS_WORDS = {
    "loss": "whole loss",
    "prediction": "prediction",
    "spread": "spread short of its target",
    "correlation": "correlation",
}
_SMOOTH = 0.9  # of the running mean


def loss_curves(moments: Sequence[Mapping], scheme: str) -> go.Figure:
    """Parts of the loss against training minutes, smoothed over ten reports."""
    figure = go.Figure()
    for name, role in _LOSSES.items():
        minutes = [moment["minutes"] for moment in moments if name in moment["losses"]]
        if minutes:
            width = 2.4 if name == "loss" else 1.5
            line = {"color": colour(role, scheme), "width": width}
            hover = "%{y:.4f}<extra>" + _LOSS_WORDS[name] + "</extra>"
            figure.add_scatter(
                x=minutes, y=smoothed(moments, name), mode="lines", name=_LOSS_WORDS[name],
                line=line, hovertemplate=hover,
            )  # fmt: skip
    figure.update_yaxes(title="loss", rangemode="tozero")
    figure.update_xaxes(title="training minutes")
    return base_layout(figure, 320)


def measure_curves(moments: Sequence[Mapping], names: Mapping[str, str], title: str, scheme: str) -> go.Figure:
    """Some of what is watched, against training minutes.

    Args:
        moments: What the training has reported.
        names: Colour role of each measure that is drawn, by its name.
        title: Of the vertical axis.
        scheme: ``light`` or ``dark``.
    """
    figure = go.Figure()
    for name, role in names.items():
        points = _changes(moments, name)
        if points:
            figure.add_scatter(
                x=[x for x, _ in points], y=[y for _, y in points], mode="lines+markers", name=name,
                line={"color": colour(role, scheme), "width": 2}, marker={"size": 5},
                hovertemplate="%{y:.3f}<extra>" + name + "</extra>",
            )  # fmt: skip
    figure.update_yaxes(title=title)
    figure.update_xaxes(title="training minutes")
    return base_layout(figure, 320)


def _changes(moments: Sequence[Mapping], name: str) -> list[tuple[float, float]]:
    """A measure is repeated from report to report until it is measured again: the points where it was."""
    points: list[tuple[float, float]] = []
    last = None
    for moment in moments:
        measures = moment["measures"]
        if name in measures and measures != last:
            points.append((moment["minutes"], measures[name]))
            last = measures
    return points


def smoothed(moments: Sequence[Mapping], name: str) -> list[float]:
    """The running mean of a part of the loss, for every moment that has it."""
    out: list[float] = []
    for value in (moment["losses"][name] for moment in moments if name in moment["losses"]):
        out.append(value if not out else _SMOOTH * out[-1] + (1 - _SMOOTH) * value)
    return out
