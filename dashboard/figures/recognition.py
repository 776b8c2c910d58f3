"""What representations know with few labels and with many, as a figure."""

from __future__ import annotations

import plotly.graph_objects as go

from core.evaluation.recognition_result import RecognitionResult
from dashboard.kit.colours import colour
from dashboard.kit.figure import base_layout
from dashboard.kit.looks import looks_of


def accuracy_curves(result: RecognitionResult, scheme: str) -> go.Figure:
    """Balanced accuracy of the attentive probe against the share of the labels, with 95 % intervals and chance."""
    shares = [100 * share for share in result.label_shares]
    figure = go.Figure()
    for name, look in looks_of(result.models, {name: model.title for name, model in result.models.items()}).items():
        points = [one.probe.accuracy for one in result.models[name].scores]
        figure.add_scatter(
            x=shares,
            y=[point.mean for point in points],
            mode="lines+markers",
            name=look.label,
            line={"color": colour(look.role, scheme), "dash": look.dash, "width": 2},
            error_y={
                "type": "data",
                "array": [point.high - point.mean for point in points],
                "thickness": 1,
                "color": colour(look.role, scheme),
            },
            marker={"symbol": look.symbol, "size": 7},
            hovertemplate="%{x:g} % of the labels: %{y:.1%}<extra>" + look.label + "</extra>",
        )
    figure.add_hline(
        y=result.chance,
        line={"color": colour("baseline", scheme), "dash": "dot", "width": 1},
        annotation={"text": "chance", "font": {"size": 11}},
        annotation_position="bottom right",
    )
    figure.update_xaxes(
        title="share of the labels (%)", type="log", tickvals=shares, ticktext=[f"{s:g}" for s in shares]
    )
    fifths = [place / 5 for place in range(6)]
    figure.update_yaxes(
        title="balanced accuracy (%)", tickvals=fifths, ticktext=[f"{100 * one:.0f}" for one in fifths], range=[0, 1.02]
    )
    return base_layout(figure, 400)
