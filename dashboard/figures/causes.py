"""Figures of the three rungs of Pearl's ladder, and of estimates beside the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from core.causal.scm.ladder import Mean, is_discrete
from dashboard.kit.colours import colour
from dashboard.kit.figure import base_layout

SHOWN = 200  # units of a cloud; drawing each as a shape takes the browser's time
_HEIGHT, _JITTER, _MOST_TICKS = 348, 0.16, 12
_MARGIN = {"l": 62, "r": 10, "t": 8, "b": 118, "autoexpand": False}  # equal, so that the pictures can be compared


@dataclass(frozen=True, eq=False)
class Axes:
    """The axes that the three pictures share.

    Attributes:
        x, y: Titles.
        spans: The smallest and largest x, the smallest and largest y.
        steps: Whether x and y take few values; their points are then jittered.
        is_categorical: Whether x is categorical; no line connects categories.
    """

    x: str
    y: str
    spans: tuple[float, float, float, float]
    steps: tuple[bool, bool]
    is_categorical: bool = False


def axes_of(x: str, y: str, columns: Sequence[tuple[np.ndarray, np.ndarray]], is_categorical: bool = False) -> Axes:
    """Returns axes that hold several clouds of points."""
    xs, ys = (np.concatenate([pair[i] for pair in columns]) for i in (0, 1))
    x_steps, y_steps = (all(is_discrete(pair[i]) for pair in columns) for i in (0, 1))
    steps = x_steps, y_steps
    low, high = zip(*(_span(values, step) for values, step in zip((xs, ys), steps, strict=True)), strict=True)
    return Axes(x, y, (low[0], high[0], low[1], high[1]), steps, is_categorical)


def _span(values: np.ndarray, step: bool) -> tuple[float, float]:
    low, high = (values.min(), values.max()) if step else np.quantile(values, (0.002, 0.998))
    edge = 0.35 if step else 0.06 * (high - low) or 1.0
    return float(low - edge), float(high + edge)


def association(
    axes: Axes, x, y, matching: np.ndarray, at: Sequence[float], curve: Sequence[Mean], scheme: str
) -> go.Figure:
    """Returns all units, those that match in ink, and the outcome's mean along x as it is seen."""
    figure = go.Figure()
    _cloud(figure, axes, x, y, np.flatnonzero(~matching)[:SHOWN], colour("baseline", scheme), "others", 0.3)
    _cloud(figure, axes, x, y, np.flatnonzero(matching)[:SHOWN], colour("truth", scheme), "matching", 0.7)
    _curve(figure, axes, at, curve, colour("truth", scheme), "observed mean")
    return _finish(figure, axes)


def intervention(axes: Axes, x, y, at, seen: Sequence[Mean], done: Sequence[Mean], scheme: str) -> go.Figure:
    """Returns the units under interventions, with the outcome's mean along x under do(x) beside the mean as seen."""
    figure = go.Figure()
    _cloud(figure, axes, x, y, np.arange(min(SHOWN, len(x))), colour("violation", scheme), "intervention", 0.45)
    _curve(figure, axes, at, seen, colour("truth", scheme), "observed mean", "dot")
    _curve(figure, axes, at, done, colour("violation", scheme), "mean under do()")
    return _finish(figure, axes)


def shares(outcome: str, bars: Sequence[tuple[str, str, Sequence[Mean]]], scheme: str) -> go.Figure:
    """Returns the share of each category of the outcome, with 95 % intervals: a bar for each category and each group of
    ``bars``, which names the group and the role of its colour."""
    figure = go.Figure()
    for name, role, found in bars:
        errors = {"type": "data", "array": [100 * share.margin for share in found], "thickness": 1.5}
        figure.add_bar(
            x=list(range(len(found))),
            y=[100 * share.value for share in found],
            error_y=errors,
            name=name,
            marker_color=colour(role, scheme),
            hovertemplate=f"category %{{x}}: %{{y:.1f}} %<extra>{name}</extra>",
        )
    figure = base_layout(figure, _HEIGHT).update_layout(
        barmode="group", legend={"font": {"size": 11}, "xref": "container"}, margin=_MARGIN
    )
    figure.update_xaxes(title=f"category of {outcome}", automargin=False, tick0=0, dtick=1)
    return figure.update_yaxes(title="units (%)", range=[0, 105], automargin=False)


def counterfactual(
    axes: Axes, x, y, pair: tuple[tuple[float, float], tuple[float, float]] | None, scheme: str
) -> go.Figure:
    """Returns all units, and a ``pair`` of points: where one unit is, and where it would have been; None if unknown."""
    figure, act = go.Figure(), colour("violation", scheme)
    _cloud(figure, axes, x, y, np.arange(min(SHOWN, len(x))), colour("baseline", scheme), "units", 0.35)
    if pair is not None:
        figure.add_scatter(
            x=[place[0] for place in pair],
            y=[place[1] for place in pair],
            mode="lines+markers",
            name="a unit and its counterfactual",
            line={"color": act, "width": 2, "dash": "dot"},
            hovertemplate="%{x:.3g}, %{y:.3g}<extra></extra>",
            marker={"size": [13, 15], "color": [colour("truth", scheme), act], "symbol": ["circle", "diamond"]},
        )
    return _finish(figure, axes)


def _cloud(figure: go.Figure, axes: Axes, x, y, rows: np.ndarray, hue: str, name: str, opacity: float) -> None:
    figure.add_scatter(
        x=_spread(x, rows, axes.steps[0], 3),
        y=_spread(y, rows, axes.steps[1], 7),
        mode="markers",
        name=name,
        marker={"color": hue, "size": 5, "opacity": opacity},
        customdata=rows.astype(np.int32),
        hovertemplate="unit %{customdata}: %{x:.3g}, %{y:.3g}<extra></extra>",
    )


def _spread(column: np.ndarray, rows: np.ndarray, step: bool, prime: int) -> np.ndarray:
    """Returns rows of a column; columns of few values are jittered, each row always by the same amount."""
    values = np.asarray(column)[rows]
    spread = values + _JITTER * (2 * np.modf(rows * np.sqrt(prime))[0] - 1) if step else values
    return spread.astype(np.float32)  # half the bytes, and still finer than a picture


def _curve(figure: go.Figure, axes: Axes, at, means: Sequence[Mean], hue: str, name: str, dash: str = "solid") -> None:
    kept = [(place, mean) for place, mean in zip(at, means, strict=True) if mean.units >= 8]
    figure.add_scatter(
        x=[place for place, _ in kept],
        y=[mean.value for _, mean in kept],
        name=name,
        mode="markers" if axes.is_categorical else "lines+markers",
        line={"color": hue, "width": 3, "dash": dash},
        marker={"size": 9 if axes.is_categorical else 5, "color": hue},
        hovertemplate="mean %{y:.3g} at %{x:.3g}<extra>" + name + "</extra>",
    )


def _finish(figure: go.Figure, axes: Axes) -> go.Figure:
    left, right, bottom, top = axes.spans
    figure = base_layout(figure, _HEIGHT).update_layout(
        legend={"font": {"size": 11}, "xref": "container"}, margin=_MARGIN
    )
    figure.update_xaxes(title=axes.x, range=[left, right], automargin=False, **_ticks(left, right, axes.steps[0]))
    figure.update_yaxes(title=axes.y, range=[bottom, top], automargin=False, **_ticks(bottom, top, axes.steps[1]))
    return figure


def _ticks(low: float, high: float, step: bool) -> dict[str, float]:
    """Returns ticks at each whole number if a column takes few values."""
    return {"tick0": 0, "dtick": 1} if step and high - low < _MOST_TICKS else {}
