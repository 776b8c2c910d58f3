"""Places of balls: the true ones, those that a model predicts, and how far off it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.clip import Clip
from core.metrics import Interval, interval
from core.models.protocols import WorldModel
from core.readouts.balls.parser import hold_last
from core.readouts.balls.probe import SEEN, SLOTS

BATCH = 16  # clips that a model is given at once


def truth_of(clips: list[Clip], context: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """True places ``[B, horizon, 3, 2]`` and which of them count ``bool [B, horizon, 3]``: balls that are there and
    half visible or more."""
    positions = np.zeros((len(clips), horizon, SLOTS, 2), np.float32)
    seen = np.zeros(positions.shape[:-1], bool)
    for i, clip in enumerate(clips):
        k, span = len(clip.truth.objects), slice(context, context + horizon)
        positions[i, :, :k] = clip.truth.positions[span]
        seen[i, :, :k] = clip.truth.visible[span] > SEEN
    return positions, seen


def predicted_positions(model: WorldModel, context: np.ndarray, latents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Read places out of predicted latents, ``[B, horizon, 3, 2]``; what is not found stays where it was last found
    (in the context, if need be), or else in the middle of the picture. And which were found, ``bool [B, horizon, 3]``.
    """
    before, read = model.locate(model.encode(context)), model.locate(latents)
    held = hold_last(np.concatenate([before, read], axis=1))
    return np.nan_to_num(held[:, before.shape[1] :], nan=0.5), ~np.isnan(read[..., 0])


def position_errors(guess: np.ndarray, truth: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Distance to the truth in widths, mean over the balls that count: ``[B, horizon]``, NaN where none does."""
    distance = np.where(seen, np.linalg.norm(guess - truth, axis=-1), 0.0)
    count = seen.sum(axis=-1)
    return np.where(count > 0, np.nan_to_num(distance).sum(axis=-1) / np.maximum(count, 1), np.nan)


def can_be_read(model: WorldModel) -> bool:
    """Whether there is something to read places off a model with: a latent one may have no probe for its weights."""
    return getattr(model, "probe", model) is not None


def check_readable(models: Sequence[WorldModel]) -> None:
    """Refuse models that nothing reads places off.

    Raises:
        ValueError: Names the first.
    """
    for model in models:
        if not can_be_read(model):
            raise ValueError(f"{model.title} has no probe made for its weights to read places with; train it again.")


def clip_errors(model: WorldModel, clips: list[Clip], context: int, horizon: int) -> np.ndarray:
    """Position errors of a model, clip by clip and step by step, ``[B, horizon]``; NaN where no ball counts."""
    positions, seen = truth_of(clips, context, horizon)
    frames = np.stack([clip.frames[:context] for clip in clips])
    batches = [frames[i : i + BATCH] for i in range(0, len(frames), BATCH)]
    guesses = [predicted_positions(model, batch, model.predict(batch, horizon))[0] for batch in batches]
    return position_errors(np.concatenate(guesses), positions, seen)


def by_step(values: np.ndarray) -> list[Interval]:
    """``[B, horizon]`` to an interval for each step."""
    return [interval(values[:, h]) for h in range(values.shape[1])]
