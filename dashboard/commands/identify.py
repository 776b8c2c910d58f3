"""``worldscope identify GRAPHFILE``: can an effect be worked out from what is observed, and how?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def identify(
    graph: Annotated[Path, typer.Argument(help="A causal graph in the notation of DAGitty or in DOT.")],
    exposure: Annotated[str, typer.Option("-x", "--exposure", help="The cause; the graph's own if not given.")] = "",
    outcome: Annotated[str, typer.Option("-y", "--outcome", help="What listens; the graph's own if not given.")] = "",
    latent: Annotated[str, typer.Option(help="More nodes that nobody has measured, with commas between.")] = "",
    seconds: Annotated[float, typer.Option(help="The most that may be spent on listing sets.")] = 2.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Adjustment sets, front-door, instruments, or the formula of the ID algorithm; and why not, for each node."""
    from core.causal import identify as ask
    from core.causal import parse_graph
    from core.causal.identification.identify import noticed

    read = parse_graph(_text(graph))
    x, y = exposure or read.exposure, outcome or read.outcome
    if not x or not y:
        raise ValueError("Name the exposure and the outcome: -x SMOKING -y CANCER (or mark them in the graph).")
    hidden = [name.strip() for name in latent.split(",") if name.strip()]
    found = ask(read, x, y, hidden, seconds)
    told = (_told(found, x, y), *noticed(read.with_latent(hidden), x, y))
    typer.echo(json.dumps(found.to_json()) if as_json else "\n".join(told))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not a text file; a graph is written in plain text.") from error


def _told(found, x: str, y: str) -> str:
    from core.causal.identification.estimand import told as formula

    answers = {
        "no causal path": f"No arrows lead from {x} to {y}: the graph says that the effect is 0.",
        "nothing needed": f"Nothing needs to be adjusted for: what is seen of {x} and {y} is the effect.",
        "adjustment": f"The effect of {x} on {y} is found by adjusting for any of these sets:",
        "formula": f"No adjustment gives the effect of {x} on {y}, but this does:",
        "not identifiable": f"The effect of {x} on {y} can't be worked out from what is observed.",
    }
    lines = [answers[found.kind]]
    if found.kind == "adjustment":
        lines += [f"  {_set(one)}" + (" (least variance)" if one == found.optimal else "") for one in found.sets]
        if not found.complete:
            lines.append("  (there may be more: the time was up)")
        if found.optimal is not None and found.optimal not in found.sets:
            lines.append(f"Least variance: {_set(found.optimal)}")
    if found.formula is not None:
        lines.append(formula(found.formula, x, y))
    if found.front_door:
        more = "" if found.complete or found.sets else " (there may be more: the time was up)"
        lines.append(f"By the front door: {', '.join(map(_set, found.front_door))}{more}")
    for one in found.instruments:
        lines.append(f"Instrument: {one.node}" + (f" given {_set(one.given)}" if one.given else ""))
    if found.hedge:
        lines.append(f"In the way: hidden causes tie {_set(found.hedge.nodes)} together.")
    lines += ["", *(f"{node}: {why}" for node, why in found.reasons.items())]
    return "\n".join(lines)


def _set(nodes) -> str:
    return "{" + ", ".join(sorted(nodes)) + "}"
