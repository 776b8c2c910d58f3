"""Masked predictors, as their specs describe them: from a folder of models, and their nulls."""

from __future__ import annotations

from pathlib import Path

from core.models.masked.models import MaskedModel
from core.models.masked.network import PICTURES, MaskedConfig, MaskedPixels, VJepa
from core.models.spec import ModelSpec
from core.models.store import load_config
from core.models.weights import load_weights, weights_from_seed

NULL_SEED = 1000


def load_vjepa(spec: ModelSpec, models: Path) -> MaskedModel:
    """A V-JEPA or an I-JEPA.

    Raises:
        ValueError: Its files are missing or damaged.
    """
    folder = models / spec.folder
    config = load_config(folder, MaskedConfig)
    return MaskedModel(load_weights(lambda: VJepa(config), folder), spec.name, spec.title)


def load_masked_pixels(spec: ModelSpec, models: Path) -> MaskedModel:
    """The V-JEPA's twin that predicts pixels.

    Raises:
        ValueError: Its files are missing or damaged.
    """
    folder = models / spec.folder
    config = load_config(folder, MaskedConfig)
    return MaskedModel(load_weights(lambda: MaskedPixels(config), folder), spec.name, spec.title)


def untrained_vjepa(spec: ModelSpec, models: Path) -> MaskedModel:
    """The V-JEPA before any training."""
    return MaskedModel(weights_from_seed(lambda: VJepa(MaskedConfig()), NULL_SEED), spec.name, spec.title)


def untrained_ijepa(spec: ModelSpec, models: Path) -> MaskedModel:
    """The I-JEPA before any training."""
    return MaskedModel(weights_from_seed(lambda: VJepa(PICTURES), NULL_SEED), spec.name, spec.title)
