"""What representations know with few labels and with many, as a figure."""

from __future__ import annotations

import plotly.graph_objects as go

from core.evaluation.recognition import RecognitionResult
from dashboard.kit.colours import colour
from dashboard.kit.figure import base_layout
from dashboard.kit.looks import Look

_LOOKS = {
    "vjepa": Look("V-JEPA", "latent"),
    "ijepa": Look("I-JEPA (single pictures)", "latent", "dash"),
    "jepa-memory": Look("JEPA predictor with its memory", "latent", "dashdot"),
    "jepa": Look("JEPA predictor, frame by frame", "latent", "dot"),
    "masked-pixels": Look("masked pixels (its twin)", "pixel"),
    "raw-pixels": Look("raw pixels (PCA)", "baseline", "dot"),
    "vjepa-random": Look("V-JEPA, random weights", "violation", "dot"),
    "pixel-memory": Look("pixel predictor with its memory", "pixel", "dot"),
    "random-memory": Look("predictor with memory, random weights", "violation", "dash", symbol="square"),
    "random": Look("predictor frame by frame, random weights", "violation", "dashdot", symbol="diamond"),
}


def label(name: str) -> str:
    """What a representation is called in this figure and beside it."""
    return _LOOKS[name].label if name in _LOOKS else name


def accuracy_curves(result: RecognitionResult, scheme: str) -> go.Figure:
    """Balanced accuracy of the attentive probe against the share of the labels, with 95 % intervals and chance."""
    shares = [100 * share for share in result.label_shares]
    figure = go.Figure()
    for name, model in result.models.items():
        look = _LOOKS.get(name, Look(name, "baseline"))
        points = [one.probe.accuracy for one in model.scores]
        figure.add_scatter(
            x=shares, y=[point.mean for point in points], mode="lines+markers", name=look.label,
            line={"color": colour(look.role, scheme), "dash": look.dash, "width": 2},
            error_y={
                "type": "data", "array": [point.high - point.mean for point in points], "thickness": 1,
                "color": colour(look.role, scheme),
            },
            marker={"symbol": look.symbol, "size": 7},
            hovertemplate="%{x:g} % of the labels: %{y:.1%}<extra>" + look.label + "</extra>",
        )  # fmt: skip
    figure.add_hline(
        y=result.chance, line={"color": colour("baseline", scheme), "dash": "dot", "width": 1},
        annotation={"text": "chance", "font": {"size": 11}}, annotation_position="bottom right",
    )  # fmt: skip
    figure.update_xaxes(
        title="share of the labels (%)", type="log", tickvals=shares, ticktext=[f"{s:g}" for s in shares]
    )
    figure.update_yaxes(title="right (balanced)", tickformat=".0%", range=[0, 1.02])
    return base_layout(figure, 400)
