"""What goes with a trained model: its probe and, for a JEPA, its random-weights twin and what is usual for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from core.evaluation.out_of_distribution import ReferenceConfig, make_reference
from core.models.forecast.jepa import Jepa
from core.models.forecast.loading import NULL_SEED
from core.models.forecast.models import JepaModel
from core.models.forecast.pixel import PixelPredictor
from core.models.forecast.trunk import TrunkConfig
from core.models.store import digest, save_model
from core.models.weights import weights_from_seed
from core.training.clips import Clips, open_clips
from core.training.probing import ProbeConfig, ball_states, encode_all, fit_probe, pairs
from core.training.shipped import UNGUARDED, Plan

_PROBE_CLIPS, _PROBE_STRIDE = 4000, 8
_REFERENCE_CLIPS, _LEAST_REFERENCE = 200, 12
TWIN = "random"
Network = Jepa | PixelPredictor


def save_companions(name: str, network: Network, plan: Plan, models: Path, seed: int, card: dict) -> None:
    """Fit and save what goes with the model ``name``: a probe, where there are balls to read; for a JEPA what is usual
    for it and, with balls, its random-weights twin. The model itself is saved after them: then it is whole."""
    learnt = open_clips(plan.clips)
    balls = ball_states(learnt) is not None
    if balls:
        save_probe(models, name, card, network, learnt, seed)
    if plan.recipe != "jepa" or plan.repeats or plan.guard == UNGUARDED:  # a collapsed JEPA has nothing usual
        return
    save_reference(models, name, card, network, open_clips(plan.check))
    if balls:
        twin = random_jepa(network.config, seed)
        save_probe(models, TWIN, card, twin, learnt, seed)
        save_network(models, TWIN, twin, card)


def random_jepa(config: TrunkConfig, seed: int) -> Jepa:
    """The random-weights twin: the same networks before any training."""
    return weights_from_seed(lambda: Jepa(config), seed + NULL_SEED).eval()


def save_reference(models: Path, name: str, card: dict, jepa: Jepa, check: Clips) -> None:
    """Measure what is usual for a JEPA on validation clips, and save it beside it; nothing, where they are too few."""
    frames = check.frames[:_REFERENCE_CLIPS]
    if len(frames) < _LEAST_REFERENCE:
        return  # a few windows of one film do not say what is usual
    reference = make_reference(JepaModel(jepa.eval(), None, None, name, name), frames)
    card = companion_card(f"{name}-reference", jepa, card)
    save_model(models / f"{name}-reference", ReferenceConfig(name, len(frames)), reference.arrays(), card)


def save_probe(models: Path, name: str, card: dict, network: Network, learnt: Clips, seed: int) -> None:
    """Fit a probe to the latents of what a network has learnt from, and save it beside it."""
    few = pairs(learnt, _PROBE_CLIPS, _PROBE_STRIDE)
    probe = fit_probe(encode_all(network.encode, few.frames), ball_states(few), seed)
    config = ProbeConfig(name, min(_PROBE_CLIPS, len(learnt.frames)))
    save_model(models / f"{name}-probe", config, probe.arrays(), companion_card(f"{name}-probe", network, card))


def companion_card(name: str, network: torch.nn.Module, card: dict) -> dict:
    """The card of something that was made for the weights that a network has now."""
    return card | {"name": name, "made_for": digest(_arrays(network))}


def save_network(models: Path, name: str, network: torch.nn.Module, card: dict) -> None:
    save_model(models / name, network.config, _arrays(network), card | {"name": name})


def _arrays(network: torch.nn.Module) -> dict[str, np.ndarray]:
    return {key: tensor.numpy() for key, tensor in network.state_dict().items()}
