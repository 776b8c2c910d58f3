"""``worldscope evaluate``: the numbers that the pages show, without a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

evaluate = typer.Typer(help="Measure models on clips they have never seen.", no_args_is_help=True)


@evaluate.callback()
def _group() -> None:
    """Measure models on clips they have never seen."""


@evaluate.command()
def forecast(
    world: Annotated[str, typer.Option(help="drop, wall or occluder.")] = "drop",
    objects: Annotated[int | None, typer.Option(help="1 to 3 balls; drawn clip by clip if not given.")] = None,
    seed: Annotated[int, typer.Option(help="First seed; test seeds lie from 2000000 on.")] = 2_000_000,
    clips: Annotated[int, typer.Option(help="How many clips.")] = 128,
    background: Annotated[str, typer.Option(help="plain, textured or moving.")] = "textured",
    context: Annotated[int, typer.Option(help="Frames shown.")] = 4,
    horizon: Annotated[int, typer.Option(help="Frames asked for.")] = 16,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Position error of every model, step by step, with baselines, ceiling and the read-out's floor."""
    from rich.progress import Progress

    from core.evaluation.forecast import ForecastProtocol, evaluate_forecast
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
    out: Annotated[Path | None, typer.Option(help="Folder for the results; the shipped one if not given.")] = None,
) -> None:
    """Measure every world and the robustness curve, and store them where the Scoreboard page reads them."""
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
        typer.echo(f"Written: {path}")


@evaluate.command()
def recognition(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object; nothing is stored.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the result; the shipped one if not given.")] = None,
) -> None:
    """What frozen representations know of what happens in a clip, with 1 %, 10 % and all of the labels. Stopped, it
    goes on."""
    from rich.progress import Progress

    from core.evaluation.recognition import RecognitionProtocol, measure_recognition
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
        typer.echo(f"Written: {store('recognition', found, out or RESULTS, 'worldscope evaluate recognition')}")


@evaluate.command()
def ablations(
    variants: Annotated[list[str] | None, typer.Argument(help="Which ones; all if none is named.")] = None,
    minutes: Annotated[float, typer.Option(help="Training minutes of each, of one processor core.")] = 6.0,
    seed: Annotated[int, typer.Option(help="Of the first weights and of the order of the clips.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; the shipped one if not given.")] = None,
) -> None:
    """Train the JEPA's recipe anew with one thing done otherwise, and store what it is worth. Stopped, it goes on."""
    import numpy as np
    import torch
    from rich.progress import Progress

    from core.evaluation.ablations import errors_by_clip
    from core.paths import RESULTS
    from core.training.ablations import VARIANTS, run_variant, variant_named
    from core.training.train import keep_memory

    keep_memory()
    torch.set_num_threads(1)
    wanted = variants or list(VARIANTS)
    for name in wanted:
        variant_named(name)  # before the first one is trained
    for name in wanted:
        with Progress(transient=True) as progress:
            task = progress.add_task(name, total=60 * minutes)
            run = run_variant(
                name, minutes, seed, out or RESULTS, lambda now, t=task, p=progress: p.update(t, completed=now.spent)
            )
        errors = "  ".join(f"{error:.3f}" for error in np.nanmean(errors_by_clip(run), axis=0))
        typer.echo(f"{name:<20} seed {seed}  {errors}")


def _told(interval) -> str:
    return f"{interval.mean:.3f} ({interval.low:.3f} to {interval.high:.3f}, {interval.n} clips)"


def _table(result) -> str:
    protocol = result.protocol
    steps = [h for h in (1, 2, 3, 4, 8, 12, 16, 24) if h <= protocol.horizon]
    head = f"{'position error (widths) at step':<32}" + "".join(f"{h:>8}" for h in steps) + f"{'MFLOP':>9}{'ms':>8}"
    rows = [head]
    for score in result.models.values():
        errors = "".join(f"{score.position_error[h - 1].mean:8.3f}" for h in steps)
        rows.append(f"{score.title:<32}{errors}{score.flops_per_frame / 1e6:9.1f}{score.ms_per_frame:8.2f}")
    clips = "".join(f"{score.position_error[h - 1].n:>8}" for h in steps)
    rows.append(f"{'ceiling (simulator re-run)':<32}" + "".join(f"{result.ceiling[h - 1].mean:8.3f}" for h in steps))
    rows.append(
        f"{'all known but the bounce':<32}" + "".join(f"{result.bounce_unknown[h - 1].mean:8.3f}" for h in steps)
    )
    rows.append(f"{'clips with a ball in sight':<32}{clips}")
    rows.append("")
    rows.append("Read-out on true frames (its floor):")
    for score in result.models.values():
        floor = score.read_out_floor
        lost = f"; finds {score.found[-1]:.0%} of the balls at the last step" if score.found[-1] < 1 else ""
        explained = f"R² {score.read_out_r2.mean:.3f}, of velocity {score.velocity_r2.mean:.3f}"
        rows.append(f"  {score.title:<30} error {floor.mean:.4f} widths, {explained}{lost}")
    if result.protocol.world == "occluder":
        rows += ["", "Coming out after 6 frames or more out of sight (error in widths):"]
        rows += [f"  {score.title:<30} {_told(score.reappearing)}" for score in result.models.values()]
    last = protocol.seed + protocol.clips - 1
    rows.append("")
    rows.append(
        f"World {protocol.world}, {protocol.background} background, seeds {protocol.seed} to {last}, "
        f"{protocol.context} context frames at {protocol.fps:g} a second."
    )
    return "\n".join(rows)
