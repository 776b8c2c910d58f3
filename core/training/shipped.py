"""The training plans of the shipped models."""

from __future__ import annotations

from dataclasses import replace

from core.models.masked.network import PICTURES, MaskedConfig, MaskedPixels, VJepa
from core.models.registry import shipped_specs
from core.training.clip_cache import ClipSet
from core.training.plan import Plan
from core.training.settings import ANTI_COLLAPSE, NO_ANTI_COLLAPSE, SHORT_LATENT_ROLLOUTS, SHORT_PIXEL_ROLLOUTS
from core.training.trainers import DecoderTrainer, JepaTrainer, MaskedTrainer, NearestTrainer, PixelTrainer

_ARM_MINUTES = 55.0  # the same for both arms
_FILM_MINUTES = 75.0
_MASKED_MINUTES = 30.0
_DECODER_MINUTES = 8.0
_LEAVES = (("leaves", 1.0),)
_TRAIN_LEAVES = ClipSet(first_seed=0, clips=8000, worlds=_LEAVES)
_CHECK_LEAVES = ClipSet(first_seed=1_000_000, clips=640, worlds=_LEAVES)

RECIPES: dict[str, Plan] = {
    "latents": Plan(JepaTrainer(), _ARM_MINUTES),
    "latents without anti-collapse": Plan(JepaTrainer(NO_ANTI_COLLAPSE), 5.0),
    "pixels": Plan(PixelTrainer(), _ARM_MINUTES),
    "decoder": Plan(DecoderTrainer(), _DECODER_MINUTES),
    "nearest": Plan(NearestTrainer(), 0.0),
    "masked latents": Plan(MaskedTrainer(VJepa, MaskedConfig()), _MASKED_MINUTES),
    "masked pixels": Plan(MaskedTrainer(MaskedPixels, MaskedConfig()), _MASKED_MINUTES),
    "masked latents of pictures": Plan(MaskedTrainer(VJepa, PICTURES), 10.0),
    "latents of films": Plan(
        JepaTrainer(ANTI_COLLAPSE, SHORT_LATENT_ROLLOUTS), _FILM_MINUTES, _TRAIN_LEAVES, _CHECK_LEAVES
    ),
    "pixels of films": Plan(PixelTrainer(SHORT_PIXEL_ROLLOUTS), _FILM_MINUTES, _TRAIN_LEAVES, _CHECK_LEAVES),
    "decoder of films": Plan(DecoderTrainer(), _DECODER_MINUTES, _TRAIN_LEAVES, _CHECK_LEAVES),
}
"""Plans by the names under which ``core.models.shipped`` refers to them."""


def plans() -> dict[str, Plan]:
    """The plan of each model that can be trained, by the name of the model, and of each decoder."""
    found: dict[str, Plan] = {}
    for spec in shipped_specs():
        if spec.recipe:
            found[spec.name] = replace(RECIPES[spec.recipe], seed=spec.seed, repeats=spec.repeats)
        if spec.decoder_recipe:
            found[f"{spec.name}-decoder"] = replace(RECIPES[spec.decoder_recipe], decodes_for=spec.folder)
    return found


def plan_named(name: str) -> Plan:
    """The plan of a shipped model or of a decoder.

    Raises:
        ValueError: There is none of that name.
    """
    known = plans()
    if name not in known:
        raise ValueError(f"There is no training plan called {name!r}; choose one of {', '.join(known)}.")
    return known[name]
