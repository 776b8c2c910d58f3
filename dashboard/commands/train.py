"""``worldscope train NAME``: shows loss, score and time left; Ctrl-C stops, and the same command continues."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.models.registry import trained_names

if TYPE_CHECKING:  # it imports torch
    from core.training.loop import Moment


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

    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from core.paths import MODELS
    from core.training.train import train as run

    if hasattr(os, "nice"):
        os.nice(10)  # the machine stays responsive
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[status]}"),
    )
    with Progress(*columns) as progress:
        making = progress.add_task("training clips", total=None, status="", visible=False)
        training = progress.add_task(name, total=None, status="", visible=False)

        def report_clips(done: int, total: int) -> None:
            progress.update(making, completed=done, total=total, status=f"{done} of {total}", visible=True)

        def report(moment: Moment) -> None:
            score = "".join(f"  {what} {value:.3f}" for what, value in list(moment.measures.items())[:1])
            shown = f"step {moment.step}  loss {moment.losses['loss']:.4f}{score}"
            total = moment.spent + moment.left
            progress.update(training, completed=moment.spent, total=total, status=shown, visible=True)

        try:
            finished = run(
                name, minutes=minutes, seed=seed, models=out or MODELS, report=report, report_clips=report_clips
            )
        except KeyboardInterrupt:
            finished = False
    typer.echo(
        f"Trained {name}." if finished else "Stopped. Run the same command again to continue from the last checkpoint."
    )
    if not finished:
        raise typer.Exit(130)
