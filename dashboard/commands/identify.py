"""``worldscope identify GRAPHFILE``: whether and how an effect is identified by what was measured."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands.graph_input import Exposure, Latent, Outcome, names_in, read_question

if TYPE_CHECKING:
    from core.causal import Identification

_MORE = "there may be more: the search ran out of time"


def identify(
    graph: Annotated[Path, typer.Argument(help="A causal graph: DAGitty's notation, DOT, GML or a list of edges.")],
    exposure: Exposure = "",
    outcome: Outcome = "",
    latent: Latent = "",
    seconds: Annotated[float, typer.Option(help="The time limit for listing adjustment sets, in seconds.")] = 2.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print adjustment sets, front-door sets, instruments or an ID formula, with a reason for each node."""
    from core.causal import identify as identify_effect
    from core.causal.identification.identify import graph_notes

    read, x, y = read_question(graph, exposure, outcome)
    hidden = names_in(latent)
    found = identify_effect(read, x, y, hidden, seconds)
    notes = graph_notes(read.with_latent(hidden), x, y)
    typer.echo(json.dumps(found.to_json() | {"notes": list(notes)}) if as_json else "\n".join((*_lines(found), *notes)))


def _lines(found: Identification) -> list[str]:
    from core.causal.identification.identify import Kind

    listed = found.kind in (Kind.ADJUSTMENT, Kind.NO_PATH) and bool(found.sets) and bool(found.sets[0])
    lines = [f"{found.summary}{':' if listed and not found.zero_test else '.'}"]
    if found.zero_test:
        lines.append(f"{found.zero_test}{':' if listed else '.'}")
    if listed:
        lines += [
            f"  {_set_text(one)}" + (" (smallest variance)" if one == found.optimal else "") for one in found.sets
        ]
        if not found.complete:
            lines.append(f"  ({_MORE})")
        if found.optimal is not None and found.optimal not in found.sets:
            lines.append(f"Smallest variance: {_set_text(found.optimal)}")
    if found.equation is not None:
        lines.append(found.equation)
    if found.front_door:
        more = "" if found.complete or found.sets else f" ({_MORE})"
        lines.append(f"Front-door sets: {', '.join(map(_set_text, found.front_door))}{more}")
    for one in found.instruments:
        lines.append(f"Instrument: {one.node}" + (f" given {_set_text(one.given)}" if one.given else ""))
    if found.instrument_set is not None and len(found.instrument_set.nodes) > 1:
        given = f" given {_set_text(found.instrument_set.given)}" if found.instrument_set.given else ""
        lines.append(f"Instruments that can serve at once: {_set_text(found.instrument_set.nodes)}{given}")
    if found.hedge:
        lines.append(f"Obstacle (a hedge): hidden common causes connect {_set_text(found.hedge.nodes)}.")
    return [*lines, "", *(f"{node}: {reason}" for node, reason in found.reasons.items())]


def _set_text(nodes: Iterable[str]) -> str:
    return "{" + ", ".join(sorted(nodes)) + "}"
