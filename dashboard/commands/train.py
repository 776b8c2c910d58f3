"""``worldscope train NAME``: loss, score and time to go; Ctrl-C stops cleanly and the same command goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train(
    name: Annotated[
        str,
        typer.Argument(
            help="jepa, pixel, unguarded, jepa-decoder or nearest; jepa-leaves, pixel-leaves, jepa-leaves-decoder; "
            "vjepa, ijepa, masked-pixels; jepa-1 and jepa-2 (jepa from other seeds)."
        ),
    ],
    minutes: Annotated[float | None, typer.Option(help="Training minutes; the recipe's own if not given.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of first weights and order; the recipe's own if not given.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the models; the shipped one if not given.")] = None,
) -> None:
    """Train a model from seeds and save it with its card."""
    import os

    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from core.paths import MODELS
    from core.training.train import train as run

    if hasattr(os, "nice"):
        os.nice(10)  # training never makes the machine sluggish
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns) as progress:
        making = progress.add_task("training clips", total=None, told="", visible=False)
        training = progress.add_task(name, total=None, told="", visible=False)

        def report_clips(done: int, total: int) -> None:
            progress.update(making, completed=done, total=total, told=f"{done} of {total}", visible=True)

        def report(moment) -> None:
            score = "".join(f"  {what} {value:.3f}" for what, value in list(moment.measures.items())[:1])
            told = f"step {moment.step}  loss {moment.losses['loss']:.4f}{score}"
            total = moment.spent + moment.left
            progress.update(training, completed=moment.spent, total=total, told=told, visible=True)

        try:
            finished = run(
                name, minutes=minutes, seed=seed, models=out or MODELS, report=report, report_clips=report_clips
            )
        except KeyboardInterrupt:
            finished = False
    typer.echo(f"{name} is trained." if finished else "Stopped; the same command goes on from the last checkpoint.")
    if not finished:
        raise typer.Exit(130)
