"""Forecasting models, as their specs describe them: from a folder of models, with what was made for their weights, and
their nulls."""

from __future__ import annotations

from pathlib import Path

from core.models.forecast.decoder import Decoder, DecoderConfig
from core.models.forecast.jepa import Jepa
from core.models.forecast.models import DecodingJepaModel, JepaModel, MemoryModel, PixelFeatures, PixelModel
from core.models.forecast.pixel import FORMER_SETTINGS, PixelConfig, PixelPredictor
from core.models.forecast.trunk import TrunkConfig
from core.models.shipped import PIXEL
from core.models.spec import ModelSpec
from core.models.store import artifact_folder, load_config
from core.models.weights import load_weights, weights_from_seed

NULL_SEED = 1000


def load_pixel(spec: ModelSpec, models: Path) -> PixelModel:
    """A pixel model.

    Raises:
        ValueError: Its files are missing or damaged.
    """
    return PixelModel(pixel_network(models / spec.folder), spec.name, spec.title)


def load_jepa(spec: ModelSpec, models: Path) -> JepaModel:
    """A JEPA, with its decoder if it has one; the one with random weights is one too.

    Raises:
        ValueError: Its files are missing or damaged.
    """
    folder = models / spec.folder
    network, decoder = jepa_network(folder), _decoder_of(folder)
    if decoder:
        return DecodingJepaModel(network, decoder, spec.name, spec.title)
    return JepaModel(network, spec.name, spec.title)


def load_pixel_features(spec: ModelSpec, models: Path) -> PixelFeatures:
    """A pixel model's own latents, used as those of a JEPA are.

    Raises:
        ValueError: Its files are missing or damaged.
    """
    return PixelFeatures(pixel_network(models / spec.folder), spec.name, spec.title)


def untrained_pixel_features(spec: ModelSpec, models: Path) -> PixelFeatures:
    """The latents of the same pixel model before any training: the null of ``load_pixel_features``.

    Raises:
        ValueError: The pixel model's settings are missing or damaged.
    """
    config = load_config(models / PIXEL.folder, PixelConfig, FORMER_SETTINGS)
    return PixelFeatures(weights_from_seed(lambda: PixelPredictor(config), NULL_SEED), spec.name, spec.title)


def load_jepa_memory(spec: ModelSpec, models: Path) -> MemoryModel:
    """A JEPA's latent of each frame, and its memory of the frames before.

    Raises:
        ValueError: Its files are missing or damaged.
    """
    return MemoryModel(jepa_network(models / spec.folder), spec.name, spec.title)


def load_pixel_memory(spec: ModelSpec, models: Path) -> MemoryModel:
    """A pixel model's latent of each frame, and its memory of the frames before.

    Raises:
        ValueError: Its files are missing or damaged.
    """
    return MemoryModel(pixel_network(models / spec.folder), spec.name, spec.title)


def pixel_network(folder: Path) -> PixelPredictor:
    """The network of a pixel model.

    Raises:
        ValueError: Its files are missing or damaged.
    """
    config = load_config(folder, PixelConfig, FORMER_SETTINGS)
    return load_weights(lambda: PixelPredictor(config), folder)


def jepa_network(folder: Path) -> Jepa:
    """The network of a JEPA.

    Raises:
        ValueError: Its files are missing or damaged.
    """
    config = load_config(folder, TrunkConfig)
    return load_weights(lambda: Jepa(config), folder)


def _decoder_of(folder: Path) -> Decoder | None:
    place = artifact_folder(folder.parent, folder.name, "decoder")
    if place is None:
        return None
    config = load_config(place, DecoderConfig)
    return load_weights(lambda: Decoder(config), place)
