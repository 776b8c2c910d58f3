"""``worldscope embed CLIPS``: a model's representation of videos in a parquet file. Ctrl-C stops; the same command goes
on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.models.registry import default_pair, shipped_representations
from core.models.spec import Domain


def embed(
    clips: Annotated[Path, typer.Argument(help="A folder of videos (and the folders in it), a zip file or a video.")],
    out: Annotated[Path, typer.Option(help="The parquet file to write.")],
    model: Annotated[
        str,
        typer.Option(
            help=f"{', '.join(spec.name for spec in shipped_representations())}, a model that you have registered, or "
            "vjepa2: followed by the folder or the Hugging Face id of a V-JEPA 2 checkpoint."
        ),
    ] = default_pair(Domain.WORLDS)[1],
    fps: Annotated[float | None, typer.Option(help="Frames per second to show the model; by default its own.")] = None,
    start: Annotated[float, typer.Option(help="Where to begin in each video, in seconds.")] = 0.0,
    seconds: Annotated[float | None, typer.Option(help="How much of each video to use; by default all.")] = None,
    frames: Annotated[
        int | None, typer.Option(help="Frames that a V-JEPA 2 takes at a time; 16 by default, 64 at most.")
    ] = None,
    points: Annotated[str, typer.Option(help="What each row represents: frames, clips or patches.")] = "frames",
) -> None:
    """Encode videos and save the representation: a row for each frame, clip or patch."""
    from rich.progress import Progress

    from core.embedding.batch import VideoPart, embed_videos
    from core.models.registry import load, representation_named
    from core.models.vjepa2.checkpoint import FRAMES
    from core.models.vjepa2.spec import VJEPA2, with_stretch
    from core.video import videos_in
    from core.video.limits import check_request

    if frames is not None and not model.startswith(VJEPA2):
        raise ValueError("Only a V-JEPA 2 lets you choose how many frames it takes at a time; leave --frames out.")
    check_request(8, 10.0 if fps is None else fps, start, seconds)
    videos = videos_in(clips)
    if model.startswith(VJEPA2):
        _tell_effort(model.removeprefix(VJEPA2), frames or FRAMES, fps)
        model = with_stretch(model, frames or FRAMES)
    loaded = load(representation_named(model).name)
    with Progress(transient=True) as progress:
        task = progress.add_task("", total=len(videos))
        try:
            done = embed_videos(
                loaded,
                videos,
                out,
                points,
                lambda n, total, name: progress.update(task, completed=n, description=name),
                VideoPart(fps, start, seconds),
            )
        except KeyboardInterrupt:
            progress.stop()
            typer.echo("Stopped. Run the same command again to continue with the next video.")
            raise typer.Exit(130) from None
    for note in done.notes:
        typer.echo(note, err=True)
    for name, why in done.left_out:
        typer.echo(f"Skipped {name}: {why}", err=True)
    typer.echo(f"Wrote {out}: {done.rows:,} rows from {done.videos:,} video{'s' * (done.videos != 1)}")


def _tell_effort(checkpoint: str, frames: int, fps: float | None) -> None:
    """What a V-JEPA 2 will take, before it is fetched and read."""
    from core.models.vjepa2.checkpoint import inspect_checkpoint
    from core.worlds import FPS

    found = inspect_checkpoint(checkpoint)
    cost = found.cost(frames, frames)
    fetched = f"{found.download / 1e9:.1f} GB to download first; " if found.download else ""
    typer.echo(
        f"{checkpoint}: {fetched}up to about {cost.memory / 1e9:.1f} GB of memory, and about "
        f"{cost.seconds:.1f} s for {frames} frames ({fps or FPS:g} frames per second). Press Ctrl-C to stop."
    )
