"""What goes with a trained JEPA: its probe, its random-weights twin with its own, and what is usual for it."""

from __future__ import annotations

from pathlib import Path

import torch

from core.evaluation.familiarity import ReferenceConfig, make_reference
from core.models.jepa import Jepa, JepaConfig
from core.models.learned import JepaModel
from core.models.store import save_model
from core.training.clips import Clips, open_clips
from core.training.plans import Plan
from core.training.probing import ProbeConfig, encode_all, fit_probe, subset

_PROBE_CLIPS, _PROBE_STRIDE = 4000, 6
_REFERENCE_CLIPS = 200
TWIN = "random"


def save_companions(name: str, jepa: Jepa, plan: Plan, models: Path, seed: int, card: dict) -> None:
    """Fit and save all of them beside the model ``name``."""
    save_reference(models, name, card, jepa, open_clips(plan.check))
    learnt = open_clips(plan.clips)
    if learnt.states.visible.any():
        save_probe(models, name, card, jepa, learnt, seed)
        twin = random_jepa(jepa.config, seed)
        _save(models, TWIN, card, jepa.config, {key: tensor.numpy() for key, tensor in twin.state_dict().items()})
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


def save_probe(models: Path, name: str, card: dict, jepa: Jepa, learnt: Clips, seed: int) -> None:
    """Fit a probe to the latents of what a JEPA has learnt from, and save it beside it."""
    few = subset(learnt, _PROBE_CLIPS, _PROBE_STRIDE)
    probe = fit_probe(encode_all(jepa.encode, few.frames), few.states, seed)
    _save(models, f"{name}-probe", card, ProbeConfig(name, len(few.frames)), probe.arrays())


def _save(models: Path, name: str, card: dict, config: object, arrays: dict) -> None:
    save_model(models / name, config, arrays, card | {"name": name})
