"""Options of the commands about causes: a graph, and an exposure and outcome in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.causal import CausalGraph

Exposure = Annotated[str, typer.Option("-x", "--exposure", help="The cause; by default the one marked in the graph.")]
Outcome = Annotated[str, typer.Option("-y", "--outcome", help="The effect; by default the one marked in the graph.")]
Latent = Annotated[str, typer.Option(help="Further unmeasured nodes, separated by commas.")]


def read_question(path: Path, exposure: str, outcome: str) -> tuple[CausalGraph, str, str]:
    """The graph in a file, and the exposure and outcome: those given, else those marked in the graph.

    Raises:
        GraphError: The text is not a graph.
        ValueError: The file is not text, or the exposure or outcome is neither given nor marked.
    """
    from core.causal import parse_graph

    try:
        graph = parse_graph(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not a text file; write the graph as plain text.") from error
    x, y = exposure or graph.exposure, outcome or graph.outcome
    if not x or not y:
        raise ValueError("Name the exposure and the outcome (-x SMOKING -y CANCER), or mark them in the graph.")
    return graph, x, y


def names_in(text: str) -> list[str]:
    """The names in a list separated by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]
