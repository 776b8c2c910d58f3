"""The models that come with worldscope: one entry each. Every list of models, everywhere, is derived from these."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.models.spec import DECODES, ENCODES, PREDICTS, Domain, Family, ModelSpec, Purpose, Space

# Torch takes seconds to import, so each loader imports its family only when a network is wanted.


def _copy_last(spec: ModelSpec, models: Path) -> object:
    from core.models.baselines import CopyLast

    return CopyLast(spec.name, spec.title)


def _constant_velocity(spec: ModelSpec, models: Path) -> object:
    from core.models.baselines import ConstantVelocity
    from core.readouts.balls.readout import BALLS

    return ConstantVelocity(spec.name, spec.title, BALLS)


def _nearest(spec: ModelSpec, models: Path) -> object:
    from core.models.nearest import load_nearest
    from core.readouts.balls.readout import BALLS

    return load_nearest(models / spec.folder, spec.name, spec.title, BALLS)


def _pixel(spec: ModelSpec, models: Path) -> object:
    from core.models.forecast.loading import load_pixel

    return load_pixel(models / spec.folder, spec.name, spec.title)


def _jepa(spec: ModelSpec, models: Path) -> object:
    from core.models.forecast.loading import load_jepa

    return load_jepa(models / spec.folder, spec.name, spec.title)


def _pixel_features(spec: ModelSpec, models: Path) -> object:
    from core.models.forecast.loading import load_pixel_features

    return load_pixel_features(models / spec.folder, spec.name, spec.title)


def _untrained_pixel_features(spec: ModelSpec, models: Path) -> object:
    from core.models.forecast.loading import untrained_pixel_features

    return untrained_pixel_features(models / PIXEL.folder, spec.name, spec.title)


def _jepa_memory(spec: ModelSpec, models: Path) -> object:
    from core.models.forecast.loading import load_jepa_memory

    return load_jepa_memory(models / spec.folder, spec.name, spec.title)


def _pixel_memory(spec: ModelSpec, models: Path) -> object:
    from core.models.forecast.loading import load_pixel_memory

    return load_pixel_memory(models / spec.folder, spec.name, spec.title)


def _vjepa(spec: ModelSpec, models: Path) -> object:
    from core.models.masked.loading import load_vjepa

    return load_vjepa(models / spec.folder, spec.name, spec.title)


def _masked_pixels(spec: ModelSpec, models: Path) -> object:
    from core.models.masked.loading import load_masked_pixels

    return load_masked_pixels(models / spec.folder, spec.name, spec.title)


def _untrained_vjepa(spec: ModelSpec, models: Path) -> object:
    from core.models.masked.loading import untrained_vjepa

    return untrained_vjepa(spec.name, spec.title)


def _untrained_ijepa(spec: ModelSpec, models: Path) -> object:
    from core.models.masked.loading import untrained_ijepa

    return untrained_ijepa(spec.name, spec.title)


COPY_LAST = ModelSpec(
    name="copy-last",
    title="copy last",
    label="copy last",
    description="repeats the last frame",
    family=Family.BASELINE,
    purpose=Purpose.BASELINE,
    capabilities=DECODES,
    space=Space.PIXELS,
    role="baseline",
    loader=_copy_last,
    domains=frozenset({Domain.WORLDS, Domain.FILMS}),
)
CONSTANT_VELOCITY = ModelSpec(
    name="constant-velocity",
    title="constant velocity",
    label="const. velocity",
    description="continues each ball at its velocity between the last two frames",
    family=Family.BASELINE,
    purpose=Purpose.BASELINE,
    capabilities=PREDICTS,
    space=Space.POSITIONS,
    role="baseline",
    loader=_constant_velocity,
)
NEAREST = ModelSpec(
    name="nearest",
    title="nearest training clip",
    label="nearest clip",
    description="continues the clip like the most similar training clip",
    family=Family.BASELINE,
    purpose=Purpose.BASELINE,
    capabilities=DECODES,
    space=Space.PIXELS,
    role="baseline",
    loader=_nearest,
    folder="nearest",
    recipe="nearest",
)
RANDOM = ModelSpec(
    name="random",
    title="JEPA, random weights",
    label="random weights",
    description="the JEPA before any training",
    family=Family.FORECAST,
    purpose=Purpose.CONTROL,
    capabilities=PREDICTS,
    space=Space.LATENTS,
    role="violation",
    loader=_jepa,
    folder="random",
    null="random",
    recognition=True,
    former_titles=("random weights",),
)
NO_ANTI_COLLAPSE = ModelSpec(
    name="unguarded",
    title="JEPA without anti-collapse term",
    label="no anti-collapse",
    description="the JEPA trained without the terms that keep it from collapsing",
    family=Family.FORECAST,
    purpose=Purpose.CONTROL,
    capabilities=PREDICTS,
    space=Space.LATENTS,
    role="violation",
    loader=_jepa,
    folder="unguarded",
    null="random",
    recipe="latents without anti-collapse",
    former_titles=("JEPA without its guard",),
)
PIXEL_FEATURES = ModelSpec(
    name="pixel-hidden",
    title="features of the pixel model",
    label="pixel model's features",
    description="the latents inside the pixel model, read by a probe like the JEPA's",
    family=Family.FORECAST,
    purpose=Purpose.CONTROL,
    capabilities=PREDICTS,
    space=Space.LATENTS,
    role="pixel",
    loader=_pixel_features,
    folder="pixel",
    null="pixel-hidden-random",
    former_titles=("pixel predictor's features",),
)
PIXEL = ModelSpec(
    name="pixel",
    title="pixel model",
    label="pixel model",
    description="predicts the pixels of the next frames",
    family=Family.FORECAST,
    purpose=Purpose.ARM,
    capabilities=DECODES,
    space=Space.PIXELS,
    role="pixel",
    loader=_pixel,
    folder="pixel",
    recipe="pixels",
)
JEPA = ModelSpec(
    name="jepa",
    title="JEPA",
    label="JEPA",
    description="predicts its own representation of the next frames",
    family=Family.FORECAST,
    purpose=Purpose.ARM,
    capabilities=DECODES,
    space=Space.LATENTS,
    role="latent",
    loader=_jepa,
    folder="jepa",
    null="random",
    recipe="latents",
    decoder_recipe="decoder",
    recognition=True,
    former_titles=("JEPA predictor",),
)
JEPA_SEED_1 = replace(
    JEPA,
    name="jepa-1",
    title="JEPA, seed 1",
    label="JEPA, seed 1",
    description="the JEPA trained from seed 1",
    purpose=Purpose.REPEAT,
    capabilities=PREDICTS,
    folder="jepa-1",
    seed=1,
    repeats="jepa",
    decoder_recipe="",
    former_titles=(),
    recognition=False,
)
JEPA_SEED_2 = replace(
    JEPA_SEED_1,
    name="jepa-2",
    title="JEPA, seed 2",
    label="JEPA, seed 2",
    description="the JEPA trained from seed 2",
    folder="jepa-2",
    seed=2,
)
JEPA_MEMORY = ModelSpec(
    name="jepa-memory",
    title="JEPA with memory",
    label="JEPA with memory",
    description="the JEPA's latent of a frame and its memory of earlier frames",
    family=Family.FORECAST,
    purpose=Purpose.ENCODER,
    capabilities=ENCODES,
    space=Space.LATENTS,
    role="latent",
    loader=_jepa_memory,
    folder="jepa",
    null="random-memory",
    recognition=True,
    former_titles=("JEPA predictor, with memory",),
)
PIXEL_MEMORY = ModelSpec(
    name="pixel-memory",
    title="pixel model with memory",
    label="pixel model with memory",
    description="the pixel model's latent of a frame and its memory of earlier frames",
    family=Family.FORECAST,
    purpose=Purpose.ENCODER,
    capabilities=ENCODES,
    space=Space.LATENTS,
    role="pixel",
    loader=_pixel_memory,
    folder="pixel",
    recognition=True,
)
VJEPA = ModelSpec(
    name="vjepa",
    title="V-JEPA",
    label="V-JEPA",
    description="predicts the representation of masked parts of a clip",
    family=Family.MASKED,
    purpose=Purpose.ENCODER,
    capabilities=ENCODES,
    space=Space.LATENTS,
    role="latent",
    loader=_vjepa,
    folder="vjepa",
    null="vjepa-random",
    recipe="masked latents",
    recognition=True,
)
MASKED_PIXELS = ModelSpec(
    name="masked-pixels",
    title="masked pixels (V-JEPA's twin)",
    label="masked pixels",
    description="predicts the pixels of masked parts of a clip, with the same network as V-JEPA",
    family=Family.MASKED,
    purpose=Purpose.ENCODER,
    capabilities=ENCODES,
    space=Space.LATENTS,
    role="pixel",
    loader=_masked_pixels,
    folder="masked-pixels",
    null="vjepa-random",
    recipe="masked pixels",
    recognition=True,
    former_titles=("V-JEPA's twin (masked pixels)",),
)
IJEPA = ModelSpec(
    name="ijepa",
    title="I-JEPA (single pictures)",
    label="I-JEPA",
    description="predicts the representation of masked parts of a single picture",
    family=Family.MASKED,
    purpose=Purpose.ENCODER,
    capabilities=ENCODES,
    space=Space.LATENTS,
    role="latent",
    loader=_vjepa,
    folder="ijepa",
    null="ijepa-random",
    recipe="masked latents of pictures",
)
VJEPA_RANDOM = ModelSpec(
    name="vjepa-random",
    title="V-JEPA, random weights",
    label="V-JEPA, random weights",
    description="V-JEPA before any training",
    family=Family.MASKED,
    purpose=Purpose.NULL,
    capabilities=ENCODES,
    space=Space.LATENTS,
    role="violation",
    loader=_untrained_vjepa,
    null="vjepa-random",
    recognition=True,
)
IJEPA_RANDOM = ModelSpec(
    name="ijepa-random",
    title="I-JEPA, random weights",
    label="I-JEPA, random weights",
    description="I-JEPA before any training",
    family=Family.MASKED,
    purpose=Purpose.NULL,
    capabilities=ENCODES,
    space=Space.LATENTS,
    role="violation",
    loader=_untrained_ijepa,
    null="ijepa-random",
)
RANDOM_MEMORY = ModelSpec(
    name="random-memory",
    title="JEPA with memory, random weights",
    label="random weights with memory",
    description="the JEPA with memory before any training",
    family=Family.FORECAST,
    purpose=Purpose.NULL,
    capabilities=ENCODES,
    space=Space.LATENTS,
    role="violation",
    loader=_jepa_memory,
    folder="random",
    null="random-memory",
    recognition=True,
)
PIXEL_FEATURES_RANDOM = ModelSpec(
    name="pixel-hidden-random",
    title="features of the pixel model, random weights",
    label="pixel model's features, random weights",
    description="the pixel model's features before any training",
    family=Family.FORECAST,
    purpose=Purpose.NULL,
    capabilities=PREDICTS,
    space=Space.LATENTS,
    role="violation",
    loader=_untrained_pixel_features,
    null="pixel-hidden-random",
)
PIXEL_FILMS = replace(
    PIXEL,
    name="pixel-leaves",
    title="pixel model for videos",
    description="the pixel model, trained on moving leaves",
    domains=frozenset({Domain.FILMS}),
    folder="pixel-leaves",
    recipe="pixels of films",
    former_titles=("pixel model for films",),
)
JEPA_FILMS = replace(
    JEPA,
    name="jepa-leaves",
    title="JEPA for videos",
    description="the JEPA, trained on moving leaves",
    domains=frozenset({Domain.FILMS}),
    folder="jepa-leaves",
    recipe="latents of films",
    decoder_recipe="decoder of films",
    recognition=False,
    former_titles=("JEPA for films", "JEPA predictor for real films"),
)

SHIPPED: tuple[ModelSpec, ...] = (
    COPY_LAST,
    CONSTANT_VELOCITY,
    NEAREST,
    RANDOM,
    NO_ANTI_COLLAPSE,
    PIXEL_FEATURES,
    PIXEL,
    JEPA,
    JEPA_SEED_1,
    JEPA_SEED_2,
    JEPA_MEMORY,
    PIXEL_MEMORY,
    VJEPA,
    MASKED_PIXELS,
    IJEPA,
    VJEPA_RANDOM,
    IJEPA_RANDOM,
    RANDOM_MEMORY,
    PIXEL_FEATURES_RANDOM,
    PIXEL_FILMS,
    JEPA_FILMS,
)
