"""Runs a training that a user has submitted: the function of the job kind ``training``."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from core.jobs.kinds import JobContext
from core.readouts.protocols import Readout
from core.training.artifacts import artifact_card, save_network
from core.training.cards import run_card, start_card
from core.training.clip_cache import Clips, ClipSet, open_clips
from core.training.loop import Moment, fit, measure
from core.training.recipe import Recipe
from core.training.recipes import DecoderRecipe
from core.training.shipped import plan_named
from core.training.train import keep_memory
from core.training.trainers import ForecastTrainer
from core.training.user_trainings import VIDEO, WINDOW, TrainingReport, TrainingSpec, held_out_from, video_of

_TRAINING_CLIPS, _VALIDATION_CLIPS = 600, 288  # of a simulated world
_DECODER_SHARE = 0.3  # of the training minutes, afterwards, so that people can see what the latents hold
_REPORTS = 300  # of a training, about; the pages read all of them each time they are drawn


def run(stored: Mapping[str, Any], context: JobContext) -> bool:
    """Train one model, from its checkpoint if there is one, and save it with all that belongs to it.

    Args:
        stored: A ``TrainingSpec`` as JSON.
        context: The job.

    Returns:
        Whether the training finished (it was not stopped).

    Raises:
        ValueError: The specification or the clips cannot be used.
    """
    spec = TrainingSpec.from_json(stored)
    _share_the_machine()
    try:
        training, validation = _clips(spec, context)
    except _Stopped:
        return False
    trainer = _trainer(spec, validation.readout)
    recipe = trainer.recipe(validation, spec.seed)
    _report_untrained(recipe, spec, context)
    done = fit(
        recipe,
        training,
        context.folder / "run",
        minutes=spec.minutes,
        seed=spec.seed,
        report=_Reporter(context, _report_interval(spec.minutes)),
        cancelled=context.should_stop,
        measure_seconds=max(8.0, 60 * spec.minutes / 16),
    )
    if done.spent < 60 * spec.minutes:
        return False
    card, models = _card(spec, context.name), context.folder / "models"
    trainer.save_artifacts(models, card, recipe, training, validation)
    decoder = trainer.decoder(recipe, validation, spec.seed)
    if decoder and not _save_decoder(spec, context, decoder, training, card):
        return False
    save_network(models, context.name, recipe.module, card | run_card(recipe, done))
    return True


def _share_the_machine() -> None:
    """Leave one core to the pages."""
    torch.set_num_threads(max(1, (os.cpu_count() or 2) - 1))
    keep_memory()


def _trainer(spec: TrainingSpec, readout: Readout | None) -> ForecastTrainer:
    """The trainer of the shipped model, with settings that fit what this one learns from."""
    trainer = plan_named(spec.arm).trainer
    if not isinstance(trainer, ForecastTrainer):
        raise ValueError(f"The Train page can't train {spec.arm}: it predicts nothing.")
    suited = trainer.suited_to(readout)
    return suited if spec.anti_collapse else suited.without_anti_collapse()


def _report_untrained(recipe: Recipe, spec: TrainingSpec, context: JobContext) -> None:
    """Report the null, unless it was reported before: what a probe reads off a network that has learnt nothing."""
    if not context.log.read().entries:
        context.log.append(asdict(TrainingReport(0, 0.0, spec.minutes, {}, measure(recipe))))


def _report_interval(minutes: float) -> float:
    """Seconds between the reports of a training."""
    return max(1.0, 60 * minutes / _REPORTS)


@dataclass
class _Reporter:
    """Appends what a training reports to the log of its job, at most every ``interval`` seconds."""

    context: JobContext
    interval: float
    last: float = field(default=-math.inf)

    def __call__(self, moment: Moment) -> None:
        if moment.left > 0 and time.monotonic() - self.last <= self.interval:
            return  # the last moment is always reported: it holds the final measures
        self.last = time.monotonic()
        minutes, left = moment.spent / 60, moment.left / 60
        report = TrainingReport(moment.step, minutes, left, dict(moment.losses), dict(moment.measures))
        self.context.log.append(asdict(report))


def _card(spec: TrainingSpec, name: str) -> dict:
    source = spec.source + ("" if spec.anti_collapse else ", without its anti-collapse term")
    about = {"arm": spec.arm, "recipe": f"Train page: {source}", "anti_collapse": spec.anti_collapse}
    return start_card(name, spec.seed) | about


def _save_decoder(spec: TrainingSpec, context: JobContext, recipe: DecoderRecipe, training: Clips, card: dict) -> bool:
    """Train a small decoder and save it; whether it finished."""
    minutes, name = _DECODER_SHARE * spec.minutes, f"{context.name}-decoder"
    done = fit(
        recipe,
        training,
        context.folder / "decoder-run",
        minutes=minutes,
        seed=spec.seed,
        cancelled=context.should_stop,
    )
    if done.spent < 60 * minutes:
        return False
    save_network(context.folder / "models", name, recipe.module, artifact_card(name, recipe.jepa, card))
    return True


class _Stopped(Exception):
    """The job was stopped while its clips were being made; these are discarded."""


def _clips(spec: TrainingSpec, context: JobContext) -> tuple[Clips, Clips]:
    """The clips to learn from, and the clips for validation."""
    if spec.source == VIDEO:
        video = np.array(video_of(context.name))
        cut = held_out_from(len(video))
        return _windows(video[:cut]), _windows(video[cut:])
    worlds, has_background = ((spec.source, 1.0),), spec.strength > 0
    backgrounds = (("moving" if has_background else "plain", 1.0),)
    strength = spec.strength if has_background else None
    training = ClipSet(0, _TRAINING_CLIPS, worlds, backgrounds, strength)
    validation = ClipSet(1_000_000, _VALIDATION_CLIPS, worlds, backgrounds, strength)

    def stop_if_requested(done: int, total: int) -> None:
        if context.should_stop():
            raise _Stopped

    return open_clips(training, stop_if_requested), open_clips(validation, stop_if_requested)


def _windows(video: np.ndarray) -> Clips:
    """Every window of a video as a clip, ``[B, T, H, W, 3]``, without truth."""
    frames = np.moveaxis(sliding_window_view(video, min(WINDOW, len(video)), axis=0), -1, 1)
    return Clips(frames)
