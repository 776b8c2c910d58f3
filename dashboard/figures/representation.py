"""What a representation's numbers do, beside random weights: how far each moves, and how many directions they use."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.embedding.representation_report import Sanity
from dashboard.kit.colours import colour
from dashboard.kit.figure import base_layout

_PLACES = 300  # at which a curve is drawn
_LEAST = 1e-9  # of the largest: what is less is nothing but rounding
_HEIGHT = 280


def spread_curve(found: Sanity, null: Sanity | None, title: str, beside: str, scheme: str) -> go.Figure:
    """Standard deviation of each dimension as a share of the largest, which comes first, against the share of the
    dimensions: so the null, of another scale, can be compared.

    Args:
        found: Of the representation that is shown.
        null: Of random weights; None where there are none.
        title: The representation's name.
        beside: The null's.
        scheme: ``light`` or ``dark``.
    """
    figure = go.Figure()
    for one, name, line in _both(found, null, title, beside, scheme):
        values = np.sort(one.spread)[::-1] / max(float(one.spread.max()), 1e-30)
        at = _some(np.linspace(1, len(values), _PLACES), len(values))
        _line(figure, (at + 1) / len(values), values[at], name, line, "%{x:.0%} of the dimensions: %{y:.2f} or more")
    figure.update_xaxes(title="dimensions, largest first", tickformat=".0%", range=[0, 1.01])
    figure.update_yaxes(title="deviation (largest = 1)", range=[0, 1.05])
    return base_layout(figure, _HEIGHT)


def spectrum_curve(found: Sanity, null: Sanity | None, title: str, beside: str, scheme: str) -> go.Figure:
    """Share of the variance along each direction, the largest first, both axes logarithmic; as `spread_curve`."""
    figure, shares, ranks = go.Figure(), [1.0], 1
    for one, name, line in _both(found, null, title, beside, scheme):
        values = one.spectrum[one.spectrum > _LEAST * one.spectrum.max(initial=0.0)]
        if not len(values):
            continue  # a constant has no directions
        at = _some(np.geomspace(1, len(values), _PLACES), len(values))
        drawn, ranks = values[at] / one.spectrum.sum(), max(ranks, len(values))
        shares += [float(drawn.min()), float(drawn.max())]
        _line(figure, at + 1, drawn, name, line, "direction %{x}: %{y:.2g} of the variance")
    figure.update_xaxes(title="direction (rank)", type="log", tickvals=_round_numbers(1, ranks))
    figure.update_yaxes(
        title="share of the variance", type="log", tickvals=_round_numbers(min(shares), max(shares[1:], default=1.0)),
        exponentformat="power", tickfont={"size": 10},
    )  # fmt: skip
    return base_layout(figure, _HEIGHT)


def spread_finding(found: Sanity) -> str:
    """How many dimensions do anything, in words; where all are but constant, so does none."""
    if found.constant:
        return "No dimension varies by more than rounding"
    still = int((found.spread < 0.01 * found.spread.max()).sum()) if found.spread.max() > 0 else len(found.spread)
    return f"{len(found.spread) - still:,} of {len(found.spread):,} dimensions vary"


def spectrum_finding(found: Sanity) -> str:
    """How few directions hold most of it, in words."""
    if found.constant:
        return "There is no variance but rounding"
    held = np.cumsum(found.spectrum) / found.spectrum.sum()
    few = int(np.searchsorted(held, 0.9)) + 1
    return f"{few:,} direction{'s' if few > 1 else ''} hold{'' if few > 1 else 's'} 90 % of the variance"


def _round_numbers(low: float, high: float) -> list[float]:
    """For a logarithmic axis: powers of 10 from ``low`` to ``high``, every second where they are many; where they are
    few, 2 and 5 times each as well, or both ends."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    steps = (1, 2, 5) if len(powers) < 4 else (1,)
    every = [step * 10.0**power for power in powers for step in steps]
    found = [one for one in every if low <= one <= high]
    if len(found) < 2:
        return sorted({float(f"{end:.2g}") for end in (low, high)})
    return found[:: 2 if len(powers) > 6 else 1]


def _some(ranks: np.ndarray, count: int) -> np.ndarray:
    """Where a curve of so many values is drawn: everywhere, or at these ranks."""
    return np.arange(count) if count <= _PLACES else np.unique(ranks.round().astype(int)) - 1


def _both(found: Sanity, null: Sanity | None, title: str, beside: str, scheme: str) -> list[tuple[Sanity, str, dict]]:
    shown = [(found, title, {"color": colour("latent", scheme), "width": 2})]
    if null is not None:
        shown.append((null, beside, {"color": colour("violation", scheme), "width": 2, "dash": "dot"}))
    return shown


def _line(figure: go.Figure, x: np.ndarray, y: np.ndarray, name: str, line: dict, told: str) -> None:
    figure.add_scatter(x=x, y=y, mode="lines", name=name, line=line, hovertemplate=f"{told}<extra>{name}</extra>")
