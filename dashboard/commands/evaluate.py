"""``worldscope evaluate``: the numbers that the pages show, without a page."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.wording import percent
from core.worlds.registry import worlds_with_readout

if TYPE_CHECKING:  # they take a second to import
    from rich.progress import Progress, TaskID

    from core.evaluation.forecast_result import ForecastResult
    from core.metrics import Interval
    from core.training.loop import Moment

_WORLDS = " or ".join(filter(None, (", ".join(worlds_with_readout()[:-1]), worlds_with_readout()[-1])))

evaluate = typer.Typer(help="Measure models on clips that they have never seen.", no_args_is_help=True)


@evaluate.callback()
def _group() -> None:
    """Measure models on clips that they have never seen."""


@evaluate.command()
def forecast(
    world: Annotated[str, typer.Option(help=f"The world: {_WORLDS}.")] = "drop",
    objects: Annotated[int | None, typer.Option(help="Balls in each clip, 1 to 3; random by default.")] = None,
    seed: Annotated[int, typer.Option(help="First seed; test seeds start at 2000000.")] = 2_000_000,
    clips: Annotated[int, typer.Option(help="Number of clips.")] = 128,
    background: Annotated[str, typer.Option(help="The background: plain, textured or moving.")] = "textured",
    context: Annotated[int, typer.Option(help="Frames that every model sees.")] = 4,
    horizon: Annotated[int, typer.Option(help="Frames that every model predicts.")] = 16,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure the position error of every model at each step, beside baselines and the best possible error."""
    from rich.progress import Progress

    from core.evaluation.forecast import evaluate_forecast
    from core.evaluation.forecast_result import ForecastProtocol
    from core.models.registry import forecasters, load
    from core.results import to_json

    protocol = ForecastProtocol(world, seed, clips, objects, background, context, horizon)
    with Progress(transient=True, disable=as_json) as progress:
        task = progress.add_task("", total=1.0)
        result = evaluate_forecast(
            protocol,
            [load(spec.name) for spec in forecasters()],
            lambda what, share: progress.update(task, description=what, completed=share),
        )
    typer.echo(json.dumps(to_json(result)) if as_json else _table(result))


@evaluate.command()
def scoreboard(
    out: Annotated[Path | None, typer.Option(help="Folder for the results; the shipped one by default.")] = None,
) -> None:
    """Measure every case, moving backgrounds and training seeds, and store the results for the Scoreboard page."""
    from rich.progress import Progress

    from core.evaluation.scoreboard import measure_all
    from core.models.registry import forecasters, load
    from core.paths import RESULTS

    with Progress(transient=True) as progress:
        task = progress.add_task("", total=1.0)
        models = [load(spec.name) for spec in forecasters()]
        written = measure_all(
            models, lambda what, share: progress.update(task, description=what, completed=share), out or RESULTS
        )
    for path in written:
        typer.echo(f"Wrote {path}")


@evaluate.command()
def recognition(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and store nothing.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the result; the shipped one by default.")] = None,
) -> None:
    """Measure how well frozen representations recognise events, with 1 %, 10 % and all of the labels. If you stop the
    command, run it again and it continues."""
    from rich.progress import Progress

    from core.evaluation.recognition import measure_recognition
    from core.evaluation.recognition_result import RecognitionProtocol
    from core.evaluation.scoreboard import store
    from core.models.registry import load, recognisers
    from core.paths import RESULTS, cache_folder
    from core.results import to_json

    with Progress(transient=True, disable=as_json) as progress:
        task = progress.add_task("", total=1.0)
        found = measure_recognition(
            [load(spec.name) for spec in recognisers()],
            RecognitionProtocol(),
            lambda what, share: progress.update(task, description=what, completed=share),
            cache_folder() / "recognition",
        )
    if as_json:
        typer.echo(json.dumps(to_json(found)))
    else:
        typer.echo(f"Wrote {store('recognition', found, out or RESULTS, 'worldscope evaluate recognition')}")


@evaluate.command()
def ablations(
    variants: Annotated[list[str] | None, typer.Argument(help="Names of variants; all by default.")] = None,
    minutes: Annotated[float, typer.Option(help="Training minutes for each variant, on one core.")] = 6.0,
    seed: Annotated[int, typer.Option(help="Seed of the initial weights and of the order of the clips.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; the shipped one by default.")] = None,
) -> None:
    """Train variants of the JEPA's recipe and store their errors. If you stop the command, run it again and it
    continues."""
    import numpy as np
    import torch
    from rich.progress import Progress

    from core.evaluation.ablations import errors_by_clip
    from core.paths import RESULTS
    from core.training.ablation_variants import VARIANTS, variant_named
    from core.training.ablations import run_variant
    from core.training.train import keep_memory

    keep_memory()
    torch.set_num_threads(1)
    wanted = variants or list(VARIANTS)
    for name in wanted:
        variant_named(name)  # before the first one is trained
    for name in wanted:
        with Progress(transient=True) as progress:
            task = progress.add_task(name, total=60 * minutes)
            run = run_variant(name, minutes, seed, out or RESULTS, partial(_advance, progress, task))
        if run is None:
            raise typer.Exit(130)
        errors = "  ".join(f"{error:.3f}" for error in np.nanmean(errors_by_clip(run), axis=0))
        typer.echo(f"{name:<20} seed {seed}  {errors}")


def _advance(progress: Progress, task: TaskID, moment: Moment) -> None:
    progress.update(task, completed=moment.spent)


def _shown(interval: Interval) -> str:
    return f"{interval.mean:.3f} ({interval.low:.3f} to {interval.high:.3f}, {interval.n} clips)"


def _table(result: ForecastResult) -> str:
    protocol = result.protocol
    steps = [h for h in (1, 2, 3, 4, 8, 12, 16, 24) if h <= protocol.horizon]
    head = f"{'position error in frame widths':<40}" + "".join(f"{f'step {h}':>9}" for h in steps)
    rows = [f"{head}{'MFLOP':>9}{'ms':>8}"]
    for score in result.models.values():
        errors = "".join(f"{score.position_error[h - 1].mean:9.3f}" for h in steps)
        rows.append(f"{score.title:<40}{errors}{score.flops_per_frame / 1e6:9.1f}{score.ms_per_frame:8.2f}")
    counts = next(iter(result.models.values())).position_error
    rows += [
        f"{'best possible (simulator)':<40}" + "".join(f"{result.ceiling[h - 1].mean:9.3f}" for h in steps),
        f"{'everything known except the elasticity':<40}"
        + "".join(f"{result.bounce_unknown[h - 1].mean:9.3f}" for h in steps),
        f"{'clips with a visible ball':<40}" + "".join(f"{counts[h - 1].n:>9}" for h in steps),
        "",
        "Read-out limit (error of the read-out on true frames):",
    ]
    for score in result.models.values():
        lost = f"; finds {percent(score.found[-1])} of the balls at the last step" if score.found[-1] < 1 else ""
        explained = f"R² {score.read_out_r2.mean:.3f}, of velocity {score.velocity_r2.mean:.3f}"
        rows.append(f"  {score.title:<38} {score.read_out_floor.mean:.4f} frame widths, {explained}{lost}")
    if any(score.reappearing.n for score in result.models.values()):
        rows += ["", "When a ball reappears after 6 or more frames out of sight (error in frame widths):"]
        rows += [f"  {score.title:<38} {_shown(score.reappearing)}" for score in result.models.values()]
    rows += [
        "",
        f"World {protocol.world}, {protocol.background} background, seeds {protocol.seed} to "
        f"{protocol.seed + protocol.clips - 1}, {protocol.context} context frames at {protocol.fps:g} per second.",
    ]
    return "\n".join(rows)
