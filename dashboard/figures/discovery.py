"""What was discovered, drawn over the truth where it is known: data in, Plotly figure out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core.causal.discovery.pc import Pattern
from core.causal.graphs.graph import CausalGraph
from dashboard.kit.colours import colour, text_colour
from dashboard.kit.figure import base_layout

_ROUND = 15  # pixels from a node's middle to its rim
_FITS, _MOST_SHOWN = 2, 14  # letters that stand within a node, and at most
_EDGE = 1.4  # how far a picture reaches; nodes stand in a circle of 1
_KINDS = (
    ("right", "truth", "solid"), ("turned round or invented", "violation", "solid"), ("undecided", "pixel", "solid"),
    ("missed", "baseline", "dot"),
)  # fmt: skip
_UNKNOWN = (("arrow", "truth", "solid"), ("undecided", "pixel", "solid"))


def discovered(
    pattern: Pattern, truth: CausalGraph | None, places: Mapping[str, tuple[float, float]], scheme: str
) -> go.Figure:
    """Arrows that are right, wrong, undecided and missed; where nobody knows the ``truth``, just arrows and undecided
    lines. ``places`` says where each node stands, y downwards."""
    figure = go.Figure()
    for kind, role, dash in _KINDS if truth else _UNKNOWN:  # for the legend
        figure.add_scatter(
            x=[None], y=[None], mode="lines", name=kind, line={"color": colour(role, scheme), "dash": dash}
        )
    for cause, effect in pattern.arrows:
        right = truth is None or (cause, effect) in truth.edges
        _arrow(figure, places[cause], places[effect], colour("truth" if right else "violation", scheme), 3)
    for line in pattern.lines:
        one, other = sorted(line)
        _arrow(figure, places[one], places[other], colour("pixel", scheme), 0)
    for cause, effect in truth.edges if truth else ():
        if frozenset((cause, effect)) not in pattern.joined:
            xs, ys = zip(places[cause], places[effect], strict=True)
            figure.add_scatter(
                x=xs, y=ys, mode="lines", showlegend=False, hoverinfo="skip",
                line={"color": colour("baseline", scheme), "dash": "dot", "width": 1.5},
            )  # fmt: skip
    figure.add_scatter(
        x=[places[node][0] for node in pattern.nodes], y=[places[node][1] for node in pattern.nodes],
        text=[_short(node) for node in pattern.nodes], hovertext=list(pattern.nodes),
        textposition=_beside(pattern.nodes, places), cliponaxis=False,
        mode="markers+text", showlegend=False, hoverinfo="text", textfont={"color": text_colour("truth", scheme)},
        marker={"size": 2 * _ROUND, "color": "rgba(133,139,149,0.16)", "line": {"color": colour("baseline", scheme)}},
    )  # fmt: skip
    figure.update_xaxes(visible=False, scaleanchor="y")
    figure.update_yaxes(visible=False, range=[_EDGE, -_EDGE])
    return base_layout(figure, 300)


def in_a_circle(nodes: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Places where no arrow runs through a third node."""
    turns = [2 * math.pi * i / len(nodes) for i in range(len(nodes))]
    return {node: (math.sin(turn), -math.cos(turn)) for node, turn in zip(nodes, turns, strict=True)}


def _beside(nodes: Sequence[str], places: Mapping[str, tuple[float, float]]) -> str | list[str]:
    """Where names stand: within their nodes if all are short, else on the side where no arrows are."""
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
        x=end[0], y=end[1], ax=start[0], ay=start[1], xref="x", yref="y", axref="x", ayref="y", showarrow=True,
        arrowhead=head, arrowsize=1.1, arrowwidth=2, arrowcolor=hue, standoff=_ROUND, startstandoff=_ROUND, text="",
    )  # fmt: skip
