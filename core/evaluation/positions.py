"""Positions of objects: the true ones, those that a model predicts, and the distance between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.clip import Clip
from core.metrics import Interval, interval
from core.models.protocols import Encoder, WorldModel
from core.models.readers import reader_of
from core.readouts.protocols import Reader, Readout
from core.readouts.registry import required_readout
from core.readouts.states import hold_last

BATCH = 16  # clips for one call of a model


def truth_of(clips: list[Clip], context: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """True positions ``[B, horizon, K, 2]`` in frame widths, and which of them count, ``bool [B, horizon, K]``: those
    of objects of which more than half is visible.

    Raises:
        ValueError: A clip's world has no read-out.
    """
    states = [required_readout(clip).states(clip) for clip in clips]
    span = slice(context, context + horizon)
    return np.stack([each.positions[span] for each in states]), np.stack([each.seen[span] for each in states])


def predicted_positions(
    model: Encoder, reader: Reader, context: np.ndarray, latents: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Positions that a reader finds in predicted latents ``[B, horizon, N, D]``, as ``hold_positions`` gives them."""
    return hold_positions(reader.read(model.encode(context)), reader.read(latents))


def hold_positions(seen: np.ndarray, read: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions without gaps, ``[B, horizon, K, 2]``, and whether each object was found, ``bool [B, horizon, K]``.

    Args:
        seen: Positions read from the context, ``[B, T, K, 2]``, NaN where an object was not found.
        read: Positions read from a prediction, ``[B, horizon, K, 2]``. An object that is not found stays where it
            was found last, in the context if need be; one that was never found is put in the middle of the frame.
    """
    held = hold_last(np.concatenate([seen, read], axis=1))
    return np.nan_to_num(held[:, seen.shape[1] :], nan=0.5), ~np.isnan(read[..., 0])


def position_errors(guess: np.ndarray, truth: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Mean distance to the truth over the objects that count, ``[B, horizon]`` in frame widths; NaN if none counts."""
    distance = np.where(seen, np.linalg.norm(guess - truth, axis=-1), 0.0)
    count = seen.sum(axis=-1)
    return np.where(count > 0, np.nan_to_num(distance).sum(axis=-1) / np.maximum(count, 1), np.nan)


def readers_of(models: Sequence[WorldModel], readout: Readout) -> dict[str, Reader]:
    """The readers of a read-out for models, by the models' names.

    Raises:
        ValueError: Positions cannot be read from a model; the message names the first such model.
    """
    readers = {}
    for model in models:
        reader = reader_of(model, readout)
        if reader is None:
            raise ValueError(
                f"{model.title} has no probe for its weights, so positions cannot be read; train it again."
            )
        readers[model.name] = reader
    return readers


def clip_errors(model: WorldModel, reader: Reader, clips: list[Clip], context: int, horizon: int) -> np.ndarray:
    """Position errors of a model for each clip and step, ``[B, horizon]`` in frame widths; NaN if no object counts."""
    positions, seen = truth_of(clips, context, horizon)
    frames = np.stack([clip.frames[:context] for clip in clips])
    batches = [frames[i : i + BATCH] for i in range(0, len(frames), BATCH)]
    guesses = [predicted_positions(model, reader, batch, model.predict(batch, horizon))[0] for batch in batches]
    return position_errors(np.concatenate(guesses), positions, seen)


def by_step(values: np.ndarray) -> tuple[Interval, ...]:
    """An interval over clips for each step, from ``[B, horizon]``."""
    return tuple(interval(values[:, h]) for h in range(values.shape[1]))
