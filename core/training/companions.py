"""What goes with a trained model: its probe and, for a JEPA, its random-weights twin and what is usual for it."""

from __future__ import annotations

from pathlib import Path

import torch

from core.evaluation.familiarity import ReferenceConfig, make_reference
from core.models.jepa import Jepa, JepaConfig
from core.models.learned import JepaModel
from core.models.pixel import PixelPredictor
from core.models.store import save_model
from core.training.clips import Clips, open_clips
from core.training.plans import Plan
from core.training.probing import ProbeConfig, encode_all, fit_probe, pairs

_PROBE_CLIPS, _PROBE_STRIDE = 4000, 8
_REFERENCE_CLIPS = 200
TWIN = "random"
Network = Jepa | PixelPredictor


def save_companions(name: str, network: Network, plan: Plan, models: Path, seed: int, card: dict) -> None:
    """Fit and save beside the model ``name`` what goes with it: a probe, where there are balls to read; for a JEPA what
    is usual for it and, with balls, its random-weights twin."""
    learnt = open_clips(plan.clips)
    balls = learnt.states.visible.any()
    if balls:
        save_probe(models, name, card, network, learnt, seed)
    if plan.recipe != "jepa":
        return
    save_reference(models, name, card, network, open_clips(plan.check))
    if balls:
        twin = random_jepa(network.config, seed)
        _save(models, TWIN, card, network.config, {key: tensor.numpy() for key, tensor in twin.state_dict().items()})
        save_probe(models, TWIN, card, twin, learnt, seed)


def random_jepa(config: JepaConfig, seed: int) -> Jepa:
    """The random-weights twin: the same networks before any training."""
    torch.manual_seed(seed + 1000)
    return Jepa(config).eval()


def save_reference(models: Path, name: str, card: dict, jepa: Jepa, check: Clips) -> None:
    """Measure what is usual for a JEPA on validation clips, and save it beside it."""
    frames = check.frames[:_REFERENCE_CLIPS]
    reference = make_reference(JepaModel(jepa.eval(), None, None, name, name), frames)
    _save(models, f"{name}-reference", card, ReferenceConfig(name, len(frames)), reference.arrays())


def save_probe(models: Path, name: str, card: dict, network: Network, learnt: Clips, seed: int) -> None:
    """Fit a probe to the latents of what a network has learnt from, and save it beside it."""
    few = pairs(learnt, _PROBE_CLIPS, _PROBE_STRIDE)
    probe = fit_probe(encode_all(network.encode, few.frames), few.states, seed)
    _save(models, f"{name}-probe", card, ProbeConfig(name, min(_PROBE_CLIPS, len(learnt.frames))), probe.arrays())


def _save(models: Path, name: str, card: dict, config: object, arrays: dict) -> None:
    save_model(models / name, config, arrays, card | {"name": name})
