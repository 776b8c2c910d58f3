"""Figures of a representation beside random weights: the spread of each dimension and the spectrum."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.embedding.representation_report import RepresentationReport as Report
from core.wording import percent
from dashboard.kit.colours import colour
from dashboard.kit.figure import base_layout

_POINTS = 300  # of a curve
_LEAST = 1e-9  # share of the largest eigenvalue; a smaller one is rounding
_HEIGHT = 280
_FIFTHS = [place / 5 for place in range(6)]


def spread_curve(report: Report, null: Report | None, title: str, null_title: str, scheme: str) -> go.Figure:
    """Standard deviation of each dimension as a share of the largest, largest first, against the share of the
    dimensions: so a null of another scale can be compared.

    Args:
        report: On the representation that is shown.
        null: On random weights; None if there are none.
        title: Name of the representation.
        null_title: Name of the null.
        scheme: ``light`` or ``dark``.
    """
    figure = go.Figure()
    for one, name, line in _both(report, null, title, null_title, scheme):
        values = np.sort(one.spread)[::-1] / max(float(one.spread.max()), 1e-30)
        at = _some(np.linspace(1, len(values), _POINTS), len(values))
        _line(figure, (at + 1) / len(values), values[at], name, line, "%{x:.0%} of the dimensions: %{y:.2f} or more")
    figure.update_xaxes(
        title="dimensions, largest first", tickvals=_FIFTHS, ticktext=[percent(one) for one in _FIFTHS], range=[0, 1.01]
    )
    figure.update_yaxes(title="SD (largest = 1)", range=[0, 1.05])
    return base_layout(figure, _HEIGHT)


def spectrum_curve(report: Report, null: Report | None, title: str, null_title: str, scheme: str) -> go.Figure:
    """Share of the variance along each direction, the largest first, both axes logarithmic; arguments as for
    ``spread_curve``."""
    figure, shares, ranks = go.Figure(), [1.0], 1
    for one, name, line in _both(report, null, title, null_title, scheme):
        values = one.spectrum[one.spectrum > _LEAST * one.spectrum.max(initial=0.0)]
        if not len(values):
            continue  # constant rows have no directions
        at = _some(np.geomspace(1, len(values), _POINTS), len(values))
        drawn, ranks = values[at] / one.spectrum.sum(), max(ranks, len(values))
        shares += [float(drawn.min()), float(drawn.max())]
        _line(figure, at + 1, drawn, name, line, "direction %{x}: %{y:.2g} of the variance")
    figure.update_xaxes(title="direction (rank)", type="log", tickvals=_round_numbers(1, ranks))
    figure.update_yaxes(
        title="share of the variance",
        type="log",
        tickvals=_round_numbers(min(shares), max(shares[1:], default=1.0)),
        exponentformat="power",
        tickfont={"size": 10},
    )
    return base_layout(figure, _HEIGHT)


def _round_numbers(low: float, high: float) -> list[float]:
    """Ticks of a logarithmic axis: powers of 10 from ``low`` to ``high``, every second one if they are many; with 2
    and 5 times each if they are few, or both ends."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    steps = (1, 2, 5) if len(powers) < 4 else (1,)
    every = [step * 10.0**power for power in powers for step in steps]
    found = [one for one in every if low <= one <= high]
    if len(found) < 2:
        return sorted({float(f"{end:.2g}") for end in (low, high)})
    return found[:: 2 if len(powers) > 6 else 1]


def _some(ranks: np.ndarray, count: int) -> np.ndarray:
    """Indices at which a curve of ``count`` values is drawn: all, or those at ``ranks``."""
    return np.arange(count) if count <= _POINTS else np.unique(ranks.round().astype(int)) - 1


def _both(
    report: Report, null: Report | None, title: str, null_title: str, scheme: str
) -> list[tuple[Report, str, dict]]:
    """The reports to draw, each with its name and its line."""
    shown = [(report, title, {"color": colour("latent", scheme), "width": 2})]
    if null is not None:
        shown.append((null, null_title, {"color": colour("violation", scheme), "width": 2, "dash": "dot"}))
    return shown


def _line(figure: go.Figure, x: np.ndarray, y: np.ndarray, name: str, line: dict, hover: str) -> None:
    figure.add_scatter(x=x, y=y, mode="lines", name=name, line=line, hovertemplate=f"{hover}<extra>{name}</extra>")
