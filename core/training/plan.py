"""A training plan: which trainer makes a model, from which clips and for how long."""

from __future__ import annotations

import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

import torch

from core.paths import cache_folder
from core.training.artifacts import save_network
from core.training.cards import run_card
from core.training.clip_cache import Clips, ClipSet, open_clips, run_key
from core.training.loop import Moment, fit

TRAIN = ClipSet(first_seed=0, clips=8000)
CHECK = ClipSet(first_seed=1_000_000, clips=640)


class Trainer(Protocol):
    """Carries out a plan."""

    def train(self, request: TrainingRequest) -> bool:
        """Train and save a model; whether the training finished (it was not cancelled)."""
        ...


@dataclass(frozen=True)
class Plan:
    """How a model is made.

    Attributes:
        trainer: Carries out the plan, with the settings of its recipe.
        minutes: Training time; 0 if nothing is trained by gradient.
        clips: What the model learns from.
        check: What it is validated on during the training.
        seed: Of the first weights and the order of the clips, by default.
        repeats: Name of the model that this is another training of; only a probe is saved beside it.
        decodes_for: Folder of the JEPA whose latents a decoder decodes; it must have been trained before.
    """

    trainer: Trainer
    minutes: float
    clips: ClipSet = TRAIN
    check: ClipSet = CHECK
    seed: int = 0
    repeats: str = ""
    decodes_for: str = ""


@dataclass(frozen=True)
class TrainingRequest:
    """One training of a plan.

    Attributes:
        name: Of the model, and of its folder.
        plan: How it is made.
        minutes: Training time.
        seed: Of the first weights and the order of the clips.
        models: Folder of the models.
        card: What is known of the model before the training.
        report: Called after each step.
        report_clips: Called with the number of clips made so far and the number of all.
        cancelled: Whether to stop.
    """

    name: str
    plan: Plan
    minutes: float
    seed: int
    models: Path
    card: dict[str, Any]
    report: Callable[[Moment], None]
    report_clips: Callable[[int, int], None]
    cancelled: Callable[[], bool]


class GradientTrainer(ABC):
    """Trains a network by gradient descent. Subclasses are frozen dataclasses of the settings of one recipe.

    Attributes:
        is_single_threaded: Whether the training uses one thread and counts its minutes in processor time.
    """

    is_single_threaded: ClassVar[bool] = False

    @abstractmethod
    def build_recipe(self, request: TrainingRequest, check: Clips) -> Any:
        """The recipe with these settings, for one training; ``check`` are its validation clips."""

    def save(self, request: TrainingRequest, recipe: Any, about: dict[str, Any]) -> None:
        """Save a trained network with its card, ``about`` being what the training adds to it."""
        save_network(request.models, request.name, recipe.module, request.card | about)

    def train(self, request: TrainingRequest) -> bool:
        """Train, from the checkpoint of the same name, seed, minutes and plan if there is one, and save."""
        plan = request.plan
        recipe = self.build_recipe(request, open_clips(plan.check, request.report_clips))
        clips = open_clips(plan.clips, request.report_clips)
        key = f"{request.name}-seed{request.seed}-{request.minutes:g}min-{run_key(plan.clips, plan)}"
        folder = cache_folder() / "runs" / key
        if self.is_single_threaded:
            torch.set_num_threads(1)
        run = fit(
            recipe,
            clips,
            folder,
            minutes=request.minutes,
            seed=request.seed,
            report=request.report,
            cancelled=request.cancelled,
            clock=time.process_time if self.is_single_threaded else time.monotonic,
        )
        if run.spent < 60 * request.minutes:
            return False
        self.save(request, recipe, run_card(recipe, run))
        shutil.rmtree(folder)
        return True
