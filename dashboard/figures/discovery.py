"""A discovered graph, drawn over the true graph if it is known: data in, Plotly figure out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core.causal.discovery.pc import Pattern
from core.causal.graphs.graph import CausalGraph
from dashboard.kit.colours import colour, text_colour
from dashboard.kit.figure import base_layout

_RADIUS = 15  # of a node, in pixels
_FITS, _MOST_SHOWN = 2, 14  # letters: within a node, and beside one
_LIMIT = 1.4  # of the vertical axis; nodes stand on a circle of radius 1
_LEGEND = (
    ("correct", "truth", "solid"),
    ("reversed or extra", "violation", "solid"),
    ("undecided", "pixel", "solid"),
    ("missed", "baseline", "dot"),
)
_LEGEND_WITHOUT_TRUTH = (("arrow", "truth", "solid"), ("undecided", "pixel", "solid"))


def discovery_figure(
    pattern: Pattern, truth: CausalGraph | None, places: Mapping[str, tuple[float, float]], scheme: str
) -> go.Figure:
    """The pattern, with its edges coloured by the true graph.

    Args:
        truth: The true graph; None if it is unknown.
        places: The position of each node, x to the right and y down.
    """
    figure = go.Figure()
    for kind, role, dash in _LEGEND if truth else _LEGEND_WITHOUT_TRUTH:
        figure.add_scatter(
            x=[None], y=[None], mode="lines", name=kind, line={"color": colour(role, scheme), "dash": dash}
        )
    for cause, effect in pattern.arrows:
        correct = truth is None or (cause, effect) in truth.edges
        _arrow(figure, places[cause], places[effect], colour("truth" if correct else "violation", scheme), 3)
    for line in pattern.lines:
        one, other = sorted(line)
        _arrow(figure, places[one], places[other], colour("pixel", scheme), 0)
    for cause, effect in truth.edges if truth else ():
        if frozenset((cause, effect)) not in pattern.adjacent:
            xs, ys = zip(places[cause], places[effect], strict=True)
            figure.add_scatter(
                x=xs,
                y=ys,
                mode="lines",
                showlegend=False,
                hoverinfo="skip",
                line={"color": colour("baseline", scheme), "dash": "dot", "width": 1.5},
            )
    _add_nodes(figure, pattern.nodes, places, scheme)
    figure.update_xaxes(visible=False, scaleanchor="y")
    figure.update_yaxes(visible=False, range=[_LIMIT, -_LIMIT])
    return base_layout(figure, 300)


def circle_layout(nodes: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Positions on a circle, so that no arrow runs through a third node."""
    turns = [2 * math.pi * i / len(nodes) for i in range(len(nodes))]
    return {node: (math.sin(turn), -math.cos(turn)) for node, turn in zip(nodes, turns, strict=True)}


def _add_nodes(figure: go.Figure, nodes: Sequence[str], places: Mapping[str, tuple[float, float]], scheme: str) -> None:
    figure.add_scatter(
        x=[places[node][0] for node in nodes],
        y=[places[node][1] for node in nodes],
        text=[_short(node) for node in nodes],
        hovertext=list(nodes),
        textposition=_text_positions(nodes, places),
        cliponaxis=False,
        mode="markers+text",
        showlegend=False,
        hoverinfo="text",
        textfont={"color": text_colour("truth", scheme)},
        marker={"size": 2 * _RADIUS, "color": "rgba(133,139,149,0.16)", "line": {"color": colour("baseline", scheme)}},
    )


def _text_positions(nodes: Sequence[str], places: Mapping[str, tuple[float, float]]) -> str | list[str]:
    """Within the nodes if all names are short, else on the outer side, where no arrows are."""
    if all(len(node) <= _FITS for node in nodes):
        return "middle center"
    return [_outwards(*places[node]) for node in nodes]


def _outwards(x: float, y: float) -> str:
    if abs(y) > abs(x) / 2:
        return "top center" if y < 0 else "bottom center"
    return "middle right" if x > 0 else "middle left"


def _short(node: str) -> str:
    return node if len(node) <= _MOST_SHOWN else node[: _MOST_SHOWN - 1] + "…"


def _arrow(figure: go.Figure, start: tuple[float, float], end: tuple[float, float], hue: str, head: int) -> None:
    figure.add_annotation(
        x=end[0],
        y=end[1],
        ax=start[0],
        ay=start[1],
        xref="x",
        yref="y",
        axref="x",
        ayref="y",
        showarrow=True,
        arrowhead=head,
        arrowsize=1.1,
        arrowwidth=2,
        arrowcolor=hue,
        standoff=_RADIUS,
        startstandoff=_RADIUS,
        text="",
    )
