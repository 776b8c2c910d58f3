"""Names of V-JEPA 2 checkpoints, ``vjepa2:`` and a folder or an id, as specs."""

from __future__ import annotations

from pathlib import Path

from core.models.spec import ENCODES, Family, ModelSpec, Purpose, Space

VJEPA2 = "vjepa2:"  # before the folder or the id of a checkpoint
VJEPA2_RANDOM = "vjepa2-random:"  # the same network with random weights
WEIGHTS = "?weights="  # before the fingerprint of a folder's weights, which may be replaced while the app runs


def checkpoint_spec(name: str) -> ModelSpec | None:
    """The spec of a checkpoint or of its null; None for any other name."""
    prefix = next((prefix for prefix in (VJEPA2, VJEPA2_RANDOM) if name.startswith(prefix)), None)
    if prefix is None:
        return None
    place = name.removeprefix(prefix)
    source = place.partition(WEIGHTS)[0]
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

    return load_vjepa2(_source_of(spec), VJEPA2 + _source_of(spec), spec.title)


def _untrained(spec: ModelSpec, models: Path) -> object:
    from core.models.vjepa2.encoder import untrained_vjepa2

    return untrained_vjepa2(_source_of(spec), VJEPA2_RANDOM + _source_of(spec), spec.title)


def _source_of(spec: ModelSpec) -> str:
    return spec.name.partition(":")[2].partition(WEIGHTS)[0]
