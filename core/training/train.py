"""``worldscope train NAME``: from seeds to a folder with weights, configuration and card."""

from __future__ import annotations

import ctypes
import datetime
import os
import platform
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import torch

from core.models.forecast.loading import jepa_network
from core.paths import MODELS, cache_folder
from core.training.artifacts import companion_card, save_companions, save_network
from core.training.clips import ClipSet, open_clips, run_key
from core.training.loop import Moment, Recipe, Run, fit
from core.training.masked import MASKED, MaskedRecipe
from core.training.nearest import train_nearest
from core.training.recipes import DecoderRecipe, JepaRecipe, PixelRecipe
from core.training.shipped import Plan, plan_named


def train(
    name: str,
    *,
    minutes: float | None = None,
    seed: int | None = None,
    models: Path = MODELS,
    plan: Plan | None = None,
    report: Callable[[Moment], None] = lambda moment: None,
    report_clips: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Train a model and put it into ``models``. Goes on from a checkpoint of the same name, seed and minutes.

    Args:
        name: One of ``PLANS``.
        minutes: Training time; None for the plan's own. ``nearest`` needs none.
        seed: Of the first weights and of the order of the clips; None for the plan's own.
        plan: Another plan than the name's own.

    Returns:
        Whether it was finished (not cancelled).

    Raises:
        ValueError: No such model, minutes out of bounds, a folder that can't be written, or a decoder without its JEPA.
    """
    plan = plan or plan_named(name)
    seed = plan.seed if seed is None else seed
    if minutes is not None:
        check_minutes(minutes)
    check_folder(models)
    keep_memory()
    budget = minutes if minutes is not None else plan.minutes
    card = start_card(name, seed, plan.clips, minutes)
    if plan.recipe == "nearest":
        train_nearest(open_clips(plan.clips, report_clips), plan.clips, models / name, card)
        return True
    recipe = _recipe(plan, seed, models)  # first: a decoder without its JEPA is refused before clips are made
    data = open_clips(plan.clips, report_clips)
    folder = cache_folder() / "runs" / f"{name}-seed{seed}-{budget:g}min-{run_key(plan.clips, plan)}"
    clock = time.monotonic
    if plan.recipe in MASKED:  # of the processor, on one thread: its twins are trained side by side, one on each core
        torch.set_num_threads(1)
        clock = time.process_time
    run = fit(recipe, data, folder, minutes=budget, seed=seed, report=report, cancelled=cancelled, clock=clock)
    if run.spent < 60 * budget:
        return False
    if isinstance(recipe, DecoderRecipe):
        card = companion_card(name, recipe.jepa, card)
    elif isinstance(recipe, MaskedRecipe):
        recipe.module.half()  # half the file, and the same tokens to three digits
    else:
        save_companions(name, recipe.module, plan, models, seed, card)
    save_network(models, name, recipe.module, card | run_card(recipe, run))
    shutil.rmtree(folder)
    return True


def check_minutes(minutes: float) -> None:
    """Refuse a training time that means nothing.

    Raises:
        ValueError: Says what it may be.
    """
    if not 0 < minutes <= 24 * 60:
        raise ValueError(f"Training takes more than 0 and at most 1440 minutes, not {minutes:g}.")


def check_folder(models: Path) -> None:
    """Make sure that something can be written into a folder, before hours are spent on it.

    Raises:
        ValueError: It can't.
    """
    try:
        models.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"Nothing can be written to {models} ({error.strerror}); name another folder.") from error
    if not os.access(models, os.W_OK):
        raise ValueError(f"Nothing can be written to {models}; name another folder.")


def start_card(name: str, seed: int, clips: ClipSet | None = None, minutes: float | None = None) -> dict:
    """What is known of a model before it is trained: recipe, seeds, machine, date."""
    asked = "" if minutes is None else f" --minutes {minutes:g}"
    return {
        "name": name, "recipe": f"worldscope train {name}{asked} --seed {seed}", "seed": seed,
        "data_seeds": [clips.first_seed, clips.first_seed + clips.clips] if clips else None,
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
        "torch": torch.__version__, "date": datetime.date.today().isoformat(),
    }  # fmt: skip


def _recipe(plan: Plan, seed: int, models: Path) -> Recipe:
    check = open_clips(plan.check)
    if plan.recipe == "jepa":
        return JepaRecipe(check, seed, plan.guard, asked=plan.asked)
    if plan.recipe == "pixel":
        return PixelRecipe(check, seed, plan.asked)
    if plan.recipe in MASKED:
        return MaskedRecipe(check, seed, *MASKED[plan.recipe])
    return DecoderRecipe(check, seed, jepa_network(models / plan.paints_for))


def run_card(recipe: Recipe, run: Run) -> dict:
    """What a finished run adds to the card: minutes, steps, size, and what was watched."""
    return {
        "minutes": round(run.spent / 60, 2), "cpu_minutes": round(run.cpu / 60, 1), "steps": run.step,
        "threads": torch.get_num_threads(), "batch": recipe.batch,
        "parameters": sum(p.numel() for p in recipe.module.parameters() if p.requires_grad),
        "measures": run.measures, "history": run.history,
    }  # fmt: skip


def keep_memory() -> None:
    """Tell glibc to keep freed memory: giving every activation back to the system costs a third of a training step."""
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(-3, 1 << 30)  # M_MMAP_THRESHOLD
        libc.mallopt(-1, (1 << 31) - 1)  # M_TRIM_THRESHOLD
    except (OSError, AttributeError):
        pass  # another C library; only slower
