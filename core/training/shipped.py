"""The training plans of the shipped models."""

from __future__ import annotations

from core.models.masked.network import PICTURES, MaskedConfig, MaskedPixels, VJepa
from core.training.clips import ClipSet
from core.training.plan import Plan
from core.training.settings import ANTI_COLLAPSE, FILM_LATENT_ROLLOUTS, FILM_PIXEL_ROLLOUTS, NO_ANTI_COLLAPSE
from core.training.trainers import DecoderTrainer, JepaTrainer, MaskedTrainer, NearestTrainer, PixelTrainer

_ARM_MINUTES = 55.0  # the same for both arms
_FILM_MINUTES = 75.0
_MASKED_MINUTES = 30.0
_DECODER_MINUTES = 8.0
_LEAVES = (("leaves", 1.0),)
_TRAIN_LEAVES = ClipSet(first_seed=0, clips=8000, worlds=_LEAVES)
_CHECK_LEAVES = ClipSet(first_seed=1_000_000, clips=640, worlds=_LEAVES)

PLANS: dict[str, Plan] = {
    "jepa": Plan(JepaTrainer(), _ARM_MINUTES),
    "pixel": Plan(PixelTrainer(), _ARM_MINUTES),
    "unguarded": Plan(JepaTrainer(NO_ANTI_COLLAPSE), 5.0),
    "jepa-1": Plan(JepaTrainer(), _ARM_MINUTES, seed=1, repeats="jepa"),
    "jepa-2": Plan(JepaTrainer(), _ARM_MINUTES, seed=2, repeats="jepa"),
    "jepa-decoder": Plan(DecoderTrainer("jepa"), _DECODER_MINUTES),
    "nearest": Plan(NearestTrainer(), 0.0),
    "vjepa": Plan(MaskedTrainer(VJepa, MaskedConfig()), _MASKED_MINUTES),
    "masked-pixels": Plan(MaskedTrainer(MaskedPixels, MaskedConfig()), _MASKED_MINUTES),
    "ijepa": Plan(MaskedTrainer(VJepa, PICTURES), 10.0),
    "jepa-leaves": Plan(JepaTrainer(ANTI_COLLAPSE, FILM_LATENT_ROLLOUTS), _FILM_MINUTES, _TRAIN_LEAVES, _CHECK_LEAVES),
    "pixel-leaves": Plan(PixelTrainer(FILM_PIXEL_ROLLOUTS), _FILM_MINUTES, _TRAIN_LEAVES, _CHECK_LEAVES),
    "jepa-leaves-decoder": Plan(DecoderTrainer("jepa-leaves"), _DECODER_MINUTES, _TRAIN_LEAVES, _CHECK_LEAVES),
}


def plan_named(name: str) -> Plan:
    """The plan of a shipped model.

    Raises:
        ValueError: There is none of that name.
    """
    if name not in PLANS:
        raise ValueError(f"There is no training plan called {name!r}; there are {', '.join(PLANS)}.")
    return PLANS[name]
