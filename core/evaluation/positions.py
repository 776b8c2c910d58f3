"""Positions of balls: the true ones, those that a model predicts, and the distance between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.clip import Clip
from core.metrics import Interval, interval
from core.models.protocols import Encoder, WorldModel
from core.models.readers import reader_of
from core.readouts.balls.parser import hold_last
from core.readouts.balls.probe import SEEN, SLOTS
from core.readouts.balls.readout import BALLS
from core.readouts.protocols import Reader
from core.worlds.stage.truth import ball_truth

BATCH = 16  # clips for one call of a model


def truth_of(clips: list[Clip], context: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """True positions ``[B, horizon, 3, 2]`` in frame widths, and which of them count, ``bool [B, horizon, 3]``: those
    of balls of which at least half is visible."""
    positions = np.zeros((len(clips), horizon, SLOTS, 2), np.float32)
    seen = np.zeros(positions.shape[:-1], bool)
    for i, clip in enumerate(clips):
        truth, span = ball_truth(clip), slice(context, context + horizon)
        k = len(truth.objects)
        positions[i, :, :k] = truth.positions[span]
        seen[i, :, :k] = truth.visible[span] > SEEN
    return positions, seen


def predicted_positions(
    model: Encoder, reader: Reader, context: np.ndarray, latents: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Positions that a reader finds in predicted latents ``[B, horizon, N, D]``, as ``hold_positions`` gives them."""
    return hold_positions(reader.read(model.encode(context)), reader.read(latents))


def hold_positions(seen: np.ndarray, read: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions without gaps, ``[B, horizon, 3, 2]``, and whether each ball was found, ``bool [B, horizon, 3]``.

    Args:
        seen: Positions read from the context, ``[B, T, 3, 2]``, NaN where a ball was not found.
        read: Positions read from a prediction, ``[B, horizon, 3, 2]``. A ball that is not found stays where it was
            found last, in the context if need be; one that was never found is put in the middle of the frame.
    """
    held = hold_last(np.concatenate([seen, read], axis=1))
    return np.nan_to_num(held[:, seen.shape[1] :], nan=0.5), ~np.isnan(read[..., 0])


def position_errors(guess: np.ndarray, truth: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Mean distance to the truth over the balls that count, ``[B, horizon]`` in frame widths; NaN where none counts."""
    distance = np.where(seen, np.linalg.norm(guess - truth, axis=-1), 0.0)
    count = seen.sum(axis=-1)
    return np.where(count > 0, np.nan_to_num(distance).sum(axis=-1) / np.maximum(count, 1), np.nan)


def readers_of(models: Sequence[WorldModel]) -> dict[str, Reader]:
    """The readers of models, by the models' names.

    Raises:
        ValueError: Positions cannot be read from a model; the message names the first such model.
    """
    readers = {}
    for model in models:
        reader = reader_of(model, BALLS)
        if reader is None:
            raise ValueError(
                f"{model.title} has no probe for its weights, so positions cannot be read; train it again."
            )
        readers[model.name] = reader
    return readers


def clip_errors(model: WorldModel, reader: Reader, clips: list[Clip], context: int, horizon: int) -> np.ndarray:
    """Position errors of a model for each clip and step, ``[B, horizon]`` in frame widths; NaN where no ball counts."""
    positions, seen = truth_of(clips, context, horizon)
    frames = np.stack([clip.frames[:context] for clip in clips])
    batches = [frames[i : i + BATCH] for i in range(0, len(frames), BATCH)]
    guesses = [predicted_positions(model, reader, batch, model.predict(batch, horizon))[0] for batch in batches]
    return position_errors(np.concatenate(guesses), positions, seen)


def by_step(values: np.ndarray) -> tuple[Interval, ...]:
    """An interval over clips for each step, from ``[B, horizon]``."""
    return tuple(interval(values[:, h]) for h in range(values.shape[1]))
