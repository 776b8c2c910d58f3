"""The models that come with worldscope: one entry each. Every list of models, everywhere, is derived from these.

It is longer than other modules, as it is a table that stands in one place.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from core.models.spec import DECODES, ENCODES, PREDICTS, Domain, Family, LazyLoader, ModelSpec, Purpose, Space

_Baseline = partial(ModelSpec, family=Family.BASELINE, purpose=Purpose.BASELINE, role="baseline")
_Arm = partial(ModelSpec, family=Family.FORECAST, purpose=Purpose.ARM, capabilities=DECODES)
_Control = partial(
    ModelSpec, family=Family.FORECAST, purpose=Purpose.CONTROL, capabilities=PREDICTS, space=Space.LATENTS
)
_Encoder = partial(ModelSpec, purpose=Purpose.ENCODER, capabilities=ENCODES, space=Space.LATENTS)
_Null = partial(ModelSpec, purpose=Purpose.NULL, space=Space.LATENTS, role="violation")

_baseline_loader = partial(LazyLoader, "core.models.baseline_loading")
_forecast_loader = partial(LazyLoader, "core.models.forecast.loading")
_masked_loader = partial(LazyLoader, "core.models.masked.loading")

COPY_LAST = _Baseline(
    name="copy-last",
    title="copy last",
    label="copy last",
    description="repeats the last frame",
    capabilities=DECODES,
    space=Space.PIXELS,
    domains=frozenset({Domain.WORLDS, Domain.FILMS}),
    loader=_baseline_loader("copy_last"),
)
CONSTANT_VELOCITY = _Baseline(
    name="constant-velocity",
    title="constant velocity",
    label="const. velocity",
    description="continues each ball at its velocity between the last two frames",
    capabilities=PREDICTS,
    space=Space.POSITIONS,
    loader=_baseline_loader("constant_velocity"),
)
NEAREST = _Baseline(
    name="nearest",
    title="nearest training clip",
    label="nearest clip",
    description="continues the clip like the most similar training clip",
    capabilities=DECODES,
    space=Space.PIXELS,
    loader=_baseline_loader("load_nearest"),
    folder="nearest",
    recipe="nearest",
)
RANDOM = _Control(
    name="random",
    title="JEPA, random weights",
    label="random weights",
    description="the JEPA before any training",
    role="violation",
    loader=_forecast_loader("load_jepa"),
    folder="random",
    null="random",
    recognition=True,
    former_titles=("random weights",),
)
NO_ANTI_COLLAPSE = _Control(
    name="unguarded",
    title="JEPA without anti-collapse term",
    label="no anti-collapse",
    description="the JEPA trained without the terms that keep it from collapsing",
    role="violation",
    loader=_forecast_loader("load_jepa"),
    folder="unguarded",
    null="random",
    recipe="latents without anti-collapse",
    former_titles=("JEPA without its guard",),
)
PIXEL_FEATURES = _Control(
    name="pixel-hidden",
    title="features of the pixel model",
    label="pixel model's features",
    description="the latents inside the pixel model, read by a probe like the JEPA's",
    role="pixel",
    loader=_forecast_loader("load_pixel_features"),
    folder="pixel",
    null="pixel-hidden-random",
    former_titles=("pixel predictor's features",),
)
PIXEL = _Arm(
    name="pixel",
    title="pixel model",
    label="pixel model",
    description="predicts the pixels of the next frames",
    space=Space.PIXELS,
    role="pixel",
    loader=_forecast_loader("load_pixel"),
    folder="pixel",
    recipe="pixels",
)
JEPA = _Arm(
    name="jepa",
    title="JEPA",
    label="JEPA",
    description="predicts its own representation of the next frames",
    space=Space.LATENTS,
    role="latent",
    loader=_forecast_loader("load_jepa"),
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
    recognition=False,
    former_titles=(),
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
JEPA_MEMORY = _Encoder(
    name="jepa-memory",
    title="JEPA with memory",
    label="JEPA with memory",
    description="the JEPA's latent of a frame and its memory of earlier frames",
    family=Family.FORECAST,
    role="latent",
    loader=_forecast_loader("load_jepa_memory"),
    folder="jepa",
    null="random-memory",
    recognition=True,
    former_titles=("JEPA predictor, with memory",),
)
PIXEL_MEMORY = _Encoder(
    name="pixel-memory",
    title="pixel model with memory",
    label="pixel model with memory",
    description="the pixel model's latent of a frame and its memory of earlier frames",
    family=Family.FORECAST,
    role="pixel",
    loader=_forecast_loader("load_pixel_memory"),
    folder="pixel",
    recognition=True,
)
VJEPA = _Encoder(
    name="vjepa",
    title="V-JEPA",
    label="V-JEPA",
    description="predicts the representation of masked parts of a clip",
    family=Family.MASKED,
    role="latent",
    loader=_masked_loader("load_vjepa"),
    folder="vjepa",
    null="vjepa-random",
    recipe="masked latents",
    recognition=True,
)
MASKED_PIXELS = _Encoder(
    name="masked-pixels",
    title="masked pixels (V-JEPA's twin)",
    label="masked pixels",
    description="predicts the pixels of masked parts of a clip, with the same network as V-JEPA",
    family=Family.MASKED,
    role="pixel",
    loader=_masked_loader("load_masked_pixels"),
    folder="masked-pixels",
    null="vjepa-random",
    recipe="masked pixels",
    recognition=True,
    former_titles=("V-JEPA's twin (masked pixels)",),
)
IJEPA = _Encoder(
    name="ijepa",
    title="I-JEPA (single pictures)",
    label="I-JEPA",
    description="predicts the representation of masked parts of a single picture",
    family=Family.MASKED,
    role="latent",
    loader=_masked_loader("load_vjepa"),
    folder="ijepa",
    null="ijepa-random",
    recipe="masked latents of pictures",
)
VJEPA_RANDOM = _Null(
    name="vjepa-random",
    title="V-JEPA, random weights",
    label="V-JEPA, random weights",
    description="V-JEPA before any training",
    family=Family.MASKED,
    capabilities=ENCODES,
    loader=_masked_loader("untrained_vjepa"),
    null="vjepa-random",
    recognition=True,
)
IJEPA_RANDOM = _Null(
    name="ijepa-random",
    title="I-JEPA, random weights",
    label="I-JEPA, random weights",
    description="I-JEPA before any training",
    family=Family.MASKED,
    capabilities=ENCODES,
    loader=_masked_loader("untrained_ijepa"),
    null="ijepa-random",
)
RANDOM_MEMORY = _Null(
    name="random-memory",
    title="JEPA with memory, random weights",
    label="random weights with memory",
    description="the JEPA with memory before any training",
    family=Family.FORECAST,
    capabilities=ENCODES,
    loader=_forecast_loader("load_jepa_memory"),
    folder="random",
    null="random-memory",
    recognition=True,
)
PIXEL_FEATURES_RANDOM = _Null(
    name="pixel-hidden-random",
    title="features of the pixel model, random weights",
    label="pixel model's features, random weights",
    description="the pixel model's features before any training",
    family=Family.FORECAST,
    capabilities=PREDICTS,
    loader=_forecast_loader("untrained_pixel_features"),
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
