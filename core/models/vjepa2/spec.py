"""Names of V-JEPA 2 checkpoints, ``vjepa2:`` and a folder or an id, as specs."""

from __future__ import annotations

from pathlib import Path

from core.models.spec import ENCODES, Family, ModelSpec, Purpose, Space
from core.models.vjepa2.checkpoint import FRAMES

VJEPA2 = "vjepa2:"  # before the folder or the id of a checkpoint
VJEPA2_RANDOM = "vjepa2-random:"  # the same network with random weights
STRETCH = "?frames="  # before the number of frames that it takes at a time
WEIGHTS = "?weights="  # before the fingerprint of a folder's weights, which may be replaced while the app runs


def checkpoint_spec(name: str) -> ModelSpec | None:
    """The spec of a checkpoint or of its null; None for any other name."""
    prefix = next((prefix for prefix in (VJEPA2, VJEPA2_RANDOM) if name.startswith(prefix)), None)
    if prefix is None:
        return None
    place = name.removeprefix(prefix)
    source = _split(place)[0]
    untrained = prefix == VJEPA2_RANDOM
    title = f"V-JEPA 2 ({Path(source).name})" + (", random weights" if untrained else "")
    return ModelSpec(
        name=name,
        title=title,
        label=title,
        description=f"the checkpoint {source}",
        family=Family.VJEPA2,
        purpose=Purpose.NULL if untrained else Purpose.ENCODER,
        capabilities=ENCODES,
        space=Space.LATENTS,
        role="violation" if untrained else "latent",
        loader=_untrained if untrained else _trained,
        domains=frozenset(),
        null=VJEPA2_RANDOM + place,
    )


def _trained(spec: ModelSpec, models: Path) -> object:
    from core.models.vjepa2.encoder import load_vjepa2  # imports torch and transformers

    source, frames = _split(spec.name.removeprefix(VJEPA2))
    return load_vjepa2(source, with_stretch(VJEPA2 + source, frames), spec.title, frames)


def _untrained(spec: ModelSpec, models: Path) -> object:
    from core.models.vjepa2.encoder import untrained_vjepa2

    source, frames = _split(spec.name.removeprefix(VJEPA2_RANDOM))
    return untrained_vjepa2(source, with_stretch(VJEPA2_RANDOM + source, frames), spec.title, frames)


def with_stretch(name: str, frames: int) -> str:
    """The name of a checkpoint that takes so many frames at a time."""
    return name if frames == FRAMES else f"{name}{STRETCH}{frames}"


def _split(place: str) -> tuple[str, int]:
    """The folder or id, and the number of frames that it takes at a time."""
    source = place.partition(WEIGHTS)[0]
    folder, mark, frames = source.rpartition(STRETCH)
    return (folder, int(frames)) if mark and frames.isdecimal() else (source, FRAMES)
