"""What is saved beside a trained model: its probe and, for a JEPA, its random twin and its usual surprise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.evaluation.surprise import ReferenceConfig, make_reference
from core.models.forecast.jepa import Jepa
from core.models.forecast.loading import NULL_SEED
from core.models.forecast.models import JepaModel
from core.models.forecast.pixel import PixelPredictor
from core.models.forecast.trunk import TrunkConfig
from core.models.store import digest, save_model
from core.models.weights import weights_from_seed
from core.training.clip_cache import Clips
from core.training.probing import ProbeConfig, encode_all, fit_probe, pairs

_PROBE_CLIPS, _PROBE_STRIDE = 4000, 8
_REFERENCE_CLIPS, _MIN_REFERENCE_CLIPS = 200, 12
Network = Jepa | PixelPredictor


def random_jepa(config: TrunkConfig, seed: int) -> Jepa:
    """The same JEPA with random weights: it has learnt nothing."""
    return weights_from_seed(lambda: Jepa(config), seed + NULL_SEED).eval()


def save_reference(models: Path, name: str, card: dict, jepa: Jepa, check: Clips) -> None:
    """Measure a JEPA's usual surprise on validation clips and save it beside the JEPA, unless the clips are too few."""
    frames = check.frames[:_REFERENCE_CLIPS]
    if len(frames) < _MIN_REFERENCE_CLIPS:
        return  # a few windows of one film don't show what is usual
    reference = make_reference(JepaModel(jepa.eval(), name, name), frames)
    card = artifact_card(f"{name}-reference", jepa, card)
    save_model(models / f"{name}-reference", ReferenceConfig(name, len(frames)), reference.arrays(), card)


def save_probe(models: Path, name: str, card: dict, network: Network, clips: Clips, seed: int) -> None:
    """Fit a probe to a network's latents of training clips with a read-out, and save it beside the network."""
    few = pairs(clips, _PROBE_CLIPS, _PROBE_STRIDE)
    probe = fit_probe(encode_all(network.encode, few.frames), few, seed)
    config = ProbeConfig(name, min(_PROBE_CLIPS, len(clips.frames)))
    save_model(models / f"{name}-probe", config, probe.arrays(), artifact_card(f"{name}-probe", network, card))


def artifact_card(name: str, network: torch.nn.Module, card: dict) -> dict:
    """The card of something that fits only the present weights of a network."""
    return card | {"name": name, "made_for": digest(_arrays(network))}


def save_network(models: Path, name: str, network: torch.nn.Module, card: dict) -> None:
    """Save a network with its configuration and its card in ``models / name``."""
    config: Any = network.config  # each network of ours has a dataclass
    save_model(models / name, config, _arrays(network), card | {"name": name})


def _arrays(network: torch.nn.Module) -> dict[str, np.ndarray]:
    return {key: tensor.numpy() for key, tensor in network.state_dict().items()}
