"""``worldscope train NAME``: from seeds to a folder with weights, configuration and card."""

from __future__ import annotations

import ctypes
import datetime
import os
import platform
import shutil
from collections.abc import Callable
from pathlib import Path

import torch

from core.evaluation.familiarity import ReferenceConfig, make_reference
from core.models.catalog import load as load_model
from core.models.jepa import Jepa, JepaConfig
from core.models.store import load_arrays, load_config, save_model
from core.paths import MODELS, cache_folder
from core.training.clips import Clips, ClipSet, open_clips
from core.training.loop import Moment, Recipe, Run, fit
from core.training.nearest import train_nearest
from core.training.probing import ProbeConfig, encode_all, fit_probe, subset
from core.training.recipes import DecoderRecipe, JepaRecipe, PixelRecipe

TRAIN = ClipSet(first_seed=0, clips=8000)
CHECK = ClipSet(first_seed=1_000_000, clips=640)
MINUTES = {"jepa": 60.0, "pixel": 60.0, "decoder": 8.0}  # the same for both arms
NAMES = (*MINUTES, "nearest")
_PROBE_CLIPS, _PROBE_STRIDE = 4000, 10
_REFERENCE_CLIPS = 200


def train(
    name: str,
    *,
    minutes: float | None = None,
    seed: int = 0,
    models: Path = MODELS,
    clips: ClipSet = TRAIN,
    report: Callable[[Moment], None] = lambda moment: None,
    report_clips: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Train a model and put it into ``models``. Goes on from a checkpoint of the same name, seed and minutes.

    Args:
        name: One of ``NAMES``.
        minutes: Training time; None for the recipe's own. ``nearest`` needs none.
        seed: Of the first weights and of the order of the clips.

    Returns:
        Whether it was finished (not cancelled).

    Raises:
        ValueError: No such model, minutes out of bounds, or a decoder without its JEPA.
    """
    if name not in NAMES:
        raise ValueError(f"There is no recipe called {name!r}; there are {', '.join(NAMES)}.")
    if minutes is not None and not 0 < minutes <= 24 * 60:
        raise ValueError(f"Training takes more than 0 and at most 1440 minutes, not {minutes:g}.")
    _keep_memory()
    data = open_clips(clips, report_clips)
    if name == "nearest":
        train_nearest(data, clips, models / name, _card(name, seed, clips))
        return True
    budget = minutes if minutes is not None else MINUTES[name]
    recipe = _recipe(name, open_clips(CHECK), seed, models)
    folder = cache_folder() / "runs" / f"{name}-seed{seed}-{budget:g}min-{clips.clips}clips"
    run = fit(recipe, data, folder, minutes=budget, seed=seed, report=report, cancelled=cancelled)
    if run.spent < 60 * budget:
        return False
    card = _card(name, seed, clips) | _run_card(recipe, run)
    arrays = {key: tensor.numpy() for key, tensor in recipe.module.state_dict().items()}
    save_model(models / name, recipe.module.config, arrays, card)
    if name == "jepa":
        _save_probes(data, recipe.module, models, seed, clips)
        _save_reference(models, seed)
    shutil.rmtree(folder)
    return True


def _recipe(name: str, check: Clips, seed: int, models: Path) -> Recipe:
    if name == "jepa":
        return JepaRecipe(check, seed)
    if name == "pixel":
        return PixelRecipe(check, seed)
    return DecoderRecipe(check, seed, load_jepa(models / "jepa"))


def load_jepa(folder: Path) -> Jepa:
    """The networks of a saved JEPA, ready for use."""
    module = Jepa(load_config(folder, JepaConfig))
    module.load_state_dict({name: torch.from_numpy(array) for name, array in load_arrays(folder).items()})
    return module.eval()


def random_jepa(config: JepaConfig, seed: int) -> Jepa:
    """The random-weights twin: the same networks before any training."""
    torch.manual_seed(seed + 1000)
    return Jepa(config).eval()


def _save_probes(data: Clips, jepa: Jepa, models: Path, seed: int, clips: ClipSet) -> None:
    few = subset(data, _PROBE_CLIPS, _PROBE_STRIDE)
    twin = random_jepa(jepa.config, seed)
    twin_arrays = {key: tensor.numpy() for key, tensor in twin.state_dict().items()}
    save_model(models / "random", jepa.config, twin_arrays, _card("random", seed, clips))
    for name, module in (("jepa", jepa), ("random", twin)):
        probe = fit_probe(encode_all(module.encode, few.frames), few.states, seed)
        card = _card(f"{name}-probe", seed, clips)
        save_model(models / f"{name}-probe", ProbeConfig(name, len(few.frames)), probe.arrays(), card)


def _save_reference(models: Path, seed: int) -> None:
    """What is usual for the trained model, on validation clips."""
    check = open_clips(CHECK).frames[:_REFERENCE_CLIPS]
    reference = make_reference(load_model("jepa", models), check)
    card = _card("jepa-reference", seed, CHECK)
    save_model(models / "jepa-reference", ReferenceConfig("jepa", len(check)), reference.arrays(), card)


def _card(name: str, seed: int, clips: ClipSet) -> dict:
    seeds = [clips.first_seed, clips.first_seed + clips.clips]
    machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
    recipe = f"worldscope train {name.split('-')[0].replace('random', 'jepa')} --seed {seed}"
    return {
        "name": name, "recipe": recipe, "seed": seed, "data_seeds": seeds, "machine": machine,
        "torch": torch.__version__, "date": datetime.date.today().isoformat(),
    }  # fmt: skip


def _run_card(recipe: Recipe, run: Run) -> dict:
    return {
        "minutes": round(run.spent / 60, 2), "cpu_minutes": round(run.cpu / 60, 1), "steps": run.step,
        "threads": torch.get_num_threads(),
        "batch": recipe.batch, "parameters": sum(p.numel() for p in recipe.module.parameters()),
        "score": {"what": recipe.score_name, "value": run.score}, "history": run.history,
    }  # fmt: skip


def _keep_memory() -> None:
    """Tell glibc to keep freed memory: giving every activation back to the system costs a third of a training step."""
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(-3, 1 << 30)  # M_MMAP_THRESHOLD
        libc.mallopt(-1, (1 << 31) - 1)  # M_TRIM_THRESHOLD
    except (OSError, AttributeError):
        pass  # another C library; only slower


__all__ = ["MINUTES", "NAMES", "TRAIN", "load_jepa", "random_jepa", "train"]
