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
    points: Annotated[str, typer.Option(help="What each row represents: frames, clips or patches.")] = "frames",
) -> None:
    """Encode videos and save the representation: a row for each frame, clip or patch."""
    from rich.progress import Progress

    from core.embedding.batch import embed_videos
    from core.models.registry import load, representation_named
    from core.models.vjepa2.spec import VJEPA2
    from core.video import videos_in

    videos = videos_in(clips)
    if model.startswith(VJEPA2):
        _tell_effort(model.removeprefix(VJEPA2))
    loaded = load(representation_named(model).name)
    with Progress(transient=True) as progress:
        task = progress.add_task("", total=len(videos))
        try:
            done = embed_videos(
                loaded, videos, out, points, lambda n, total, name: progress.update(task, completed=n, description=name)
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


def _tell_effort(checkpoint: str) -> None:
    """What a V-JEPA 2 will take, before it is fetched and read."""
    from core.models.vjepa2.checkpoint import FRAMES, inspect_checkpoint

    found = inspect_checkpoint(checkpoint)
    cost = found.cost(FRAMES)
    fetched = f"{found.download / 1e9:.1f} GB to download first; " if found.download else ""
    typer.echo(
        f"{checkpoint}: {fetched}up to about {cost.memory / 1e9:.1f} GB of memory, and about "
        f"{cost.seconds:.1f} s for {FRAMES} frames (10 frames per second). Press Ctrl-C to stop."
    )
