"""``worldscope train NAME``: from seeds to a folder with weights, configuration and card."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path

from core.paths import MODELS
from core.training.cards import start_card
from core.training.loop import Moment
from core.training.plan import Plan, TrainingRequest
from core.training.shipped import plan_named


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
    """Train a model and save it in ``models``, from a checkpoint of the same name, seed and minutes if there is one.

    Args:
        name: A shipped model, or ``NAME-decoder`` for the decoder of a JEPA.
        minutes: Training time; None for that of the plan. ``nearest`` takes none.
        seed: Of the first weights and the order of the clips; None for that of the plan.
        models: Folder of the models.
        plan: A plan to use instead of the shipped one.
        report: Called after each step.
        report_clips: Called with the number of clips made so far and the number of all.
        cancelled: Whether to stop.

    Returns:
        Whether the training finished (it was not cancelled).

    Raises:
        ValueError: The model is unknown, the minutes are out of bounds, the folder can't be written, or the JEPA of a
            decoder is missing.
    """
    plan = plan or plan_named(name)
    seed = plan.seed if seed is None else seed
    if minutes is not None:
        check_minutes(minutes)
    check_folder(models)
    keep_memory()
    budget = plan.minutes if minutes is None else minutes
    card = start_card(name, seed, plan.clips, minutes)
    request = TrainingRequest(name, plan, budget, seed, models, card, report, report_clips, cancelled)
    return plan.trainer.train(request)


def check_minutes(minutes: float) -> None:
    """Refuse a training time that is not possible.

    Raises:
        ValueError: Says what is possible.
    """
    if not 0 < minutes <= 24 * 60:
        raise ValueError(f"The training time must be more than 0 and at most 1440 minutes, not {minutes:g}.")


def check_folder(models: Path) -> None:
    """Make sure that a folder can be written, before hours are spent on a training.

    Raises:
        ValueError: It can't be written.
    """
    try:
        models.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"The folder {models} can't be written ({error.strerror}); choose another one.") from error
    if not os.access(models, os.W_OK):
        raise ValueError(f"The folder {models} can't be written; choose another one.")


def keep_memory() -> None:
    """Make glibc keep freed memory: returning every activation to the system takes a third of a training step."""
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(-3, 1 << 30)  # M_MMAP_THRESHOLD
        libc.mallopt(-1, (1 << 31) - 1)  # M_TRIM_THRESHOLD
    except (OSError, AttributeError):
        pass  # another C library; training is only slower
