"""``worldscope train NAME``: shows loss, score and time left; Ctrl-C stops, and the same command continues."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.models.registry import trained_names


def train(
    name: Annotated[str, typer.Argument(help=f"{', '.join(trained_names())}.")],
    minutes: Annotated[float | None, typer.Option(help="Training minutes; the plan's by default.")] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Seed of the initial weights and of the order of the clips; the plan's by default."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the models; the shipped models by default.")] = None,
) -> None:
    """Train a model and save it with its card."""
    import os

    from core.paths import MODELS
    from core.training.train import train as run
    from dashboard.commands.train_progress import display

    if hasattr(os, "nice"):
        os.nice(10)  # the machine stays responsive
    with display(name) as progress:
        try:
            finished = run(
                name,
                minutes=minutes,
                seed=seed,
                models=out or MODELS,
                report=progress.show_step,
                report_clips=progress.show_clips,
            )
        except KeyboardInterrupt:
            finished = False
    typer.echo(
        f"Trained {name}." if finished else "Stopped. Run the same command again to continue from the last checkpoint."
    )
    if not finished:
        raise typer.Exit(130)
