"""Scores of what somebody's own model predicted: frames or latents, against copy-last and constant velocity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.embedding.limits import LIMITS
from core.embedding.representation_report import examine
from core.evaluation.positions import hold_positions, position_errors
from core.evaluation.user_predictions_result import CheckProtocol, ClipError, PredictionCheck, StepScores
from core.metrics import Interval, explained, interval, psnr, ssim
from core.readouts.registry import readout_named
from core.results import Finding, provenance
from core.worlds import world_named

WORST = 5
_MOST_VALUES = 200_000_000


@dataclass(frozen=True)
class UserPredictions:
    """What was brought, in one form.

    Attributes:
        past: The context, ``[B, C, ...]``, C at least 1.
        truth: What came then, ``[B, T, ...]``: ``uint8 [B, T, H, W, 3]`` or ``float64 [B, T, N, D]``.
        predicted: What the model predicted, of the same shape as ``truth``.
        notes: What was guessed, in sentences.
    """

    past: np.ndarray
    truth: np.ndarray
    predicted: np.ndarray
    notes: tuple[str, ...] = ()


def predictions_of(
    truth: np.ndarray, predicted: np.ndarray, context: int | None, notes: tuple[str, ...] = ()
) -> UserPredictions:
    """Predictions in one form, from arrays as they come.

    Args:
        truth: Frames ``[clips, steps, H, W, 3]`` or ``[steps, H, W, 3]``; latents ``[clips, steps, D]`` or
            ``[clips, steps, N, D]``; the context is part of it.
        predicted: The same; with the context, or without it.
        context: Steps of the context; None if it follows from the lengths.
        notes: What was said before.

    Raises:
        ValueError: One sentence: what does not fit.
    """
    (truth, assumed), (predicted, also) = _in_form(truth, "truth"), _in_form(predicted, "predicted")
    if truth.dtype != predicted.dtype or truth.shape[:1] + truth.shape[2:] != predicted.shape[:1] + predicted.shape[2:]:
        raise ValueError(
            f"truth {list(truth.shape)} and predicted {list(predicted.shape)} must have the same clips and sizes; "
            "save both in the same form."
        )
    steps, guessed = truth.shape[1], predicted.shape[1]
    said = [*notes, *assumed, *also]
    if context is None:
        context = steps - guessed
        if context > 0:
            said.append(f"truth is {context} steps longer than predicted, so its first {context} are the context.")
    if context < 1:
        raise ValueError(
            "Copy-last needs the last step of the context; put the context at the start of truth and give its length "
            "(--context, or context in the file)."
        )
    if guessed == steps:
        predicted = predicted[:, context:]
        said.append(f"The first {context} steps of both are taken as the context and not scored.")
    elif guessed != steps - context:
        raise ValueError(
            f"truth has {steps} steps and predicted {guessed}; with a context of {context}, predicted needs "
            f"{max(0, steps - context)} steps without the context or {steps} with it."
        )
    if steps - context < 2:
        raise ValueError("At least two predicted steps are needed for an error by step; predict further ahead.")
    return UserPredictions(truth[:, :context], truth[:, context:], predicted, tuple(said))


def check_predictions(given: UserPredictions, world: str | None = None) -> PredictionCheck:
    """Scores of predictions at each step, the worst clips and, for latents, a verdict on collapse.

    Args:
        given: What was brought.
        world: A world whose read-out finds positions in frames; None for no positions.

    Raises:
        ValueError: The world has no read-out, or these are no frames.
    """
    frames = given.truth.dtype == np.uint8
    if world is not None and not frames:
        raise ValueError("Positions are read from frames, and these are latents; leave --world out.")
    last = np.broadcast_to(given.past[:, -1:], given.truth.shape)
    wrong, still = (_squares(rows, given.truth) for rows in (given.predicted, last))  # [B, T]
    notes = given.notes
    if len(given.truth) == 1:
        notes += ("There is one clip, so there are no intervals.",)
    if not still.sum() > 0:
        notes += ("Nothing moves after the context, so skill is not defined.",)
    if frames:
        scores = _picture_scores(given, last)
        scores += () if world is None else (_position_scores(given, last, world),)
        ranking = np.sqrt(wrong.mean(axis=1))
    else:
        steps = range(wrong.shape[1])
        copied = tuple(explained(still[:, t], still[:, t]) for t in steps)
        scores = (StepScores("skill", "", tuple(explained(wrong[:, t], still[:, t]) for t in steps), copied),)
        ranking = wrong.sum(axis=1) / np.maximum(still.sum(axis=1), 1e-12 * max(float(still.sum()), 1e-300))
    order = np.argsort(-ranking, kind="stable")[:WORST]
    return PredictionCheck(
        protocol=CheckProtocol(
            "frames" if frames else "latents", len(given.truth), given.past.shape[1], given.truth.shape[1], world
        ),
        scores=scores,
        overall=explained(wrong.sum(axis=1), still.sum(axis=1)),
        collapse=None if frames else _collapse(given.predicted),
        worst=tuple(ClipError(int(clip), float(ranking[clip])) for clip in order),
        notes=notes,
        provenance=provenance("core.evaluation.user_predictions.check_predictions"),
    )


def _in_form(array: np.ndarray, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Frames as ``uint8 [B, T, H, W, 3]`` or latents as ``float64 [B, T, N, D]``, and what was assumed."""
    if array.size == 0 or array.dtype.kind not in "uif":
        raise ValueError(f"{name} must hold numbers, not {array.dtype} {list(array.shape)}; save plain arrays.")
    if array.size > _MOST_VALUES:
        raise ValueError(f"{name} has {array.size:,} values, at most {_MOST_VALUES:,} are read; save fewer clips.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds values that are not finite (NaN or infinity); leave those clips out.")
    notes: tuple[str, ...] = ()
    if array.ndim == 5 or (array.ndim == 4 and array.shape[-1] == 3 and min(array.shape[1:3]) >= 8):
        if array.shape[-1] != 3:
            raise ValueError(f"Frames must be [clips, steps, H, W, 3], not {list(array.shape)}; put colours last.")
        if array.ndim == 4:
            array, notes = array[None], (f"{name} {list(array.shape)} is taken as the frames of one clip.",)
        if array.dtype != np.uint8:
            if array.dtype.kind != "f" or array.min() < 0 or array.max() > 1:
                raise ValueError(f"Frames in {name} must be uint8, or floats from 0 to 1; convert them.")
            array = np.round(array * 255).astype(np.uint8)
            notes += (f"Floats from 0 to 1 in {name} are taken as frames and rounded to 256 levels.",)
        return array, notes
    if array.ndim not in (3, 4):
        raise ValueError(
            f"{name} must be frames [clips, steps, H, W, 3] or latents [clips, steps, D] or [clips, steps, N, D], "
            f"not {list(array.shape)}."
        )
    if array.shape[-1] > LIMITS.max_dims:
        raise ValueError(
            f"{name} has {array.shape[-1]:,} dimensions, at most {LIMITS.max_dims:,} are read; project it."
        )
    latents = array.astype(np.float64)
    return (latents[:, :, None] if array.ndim == 3 else latents), (f"{name} {list(array.shape)} is taken as latents.",)


def _squares(rows: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Mean squared error ``[B, T]``, of frames in levels 0 to 1; clip by clip, so that memory stays small."""
    scale = 255.0 if truth.dtype == np.uint8 else 1.0
    return np.stack(
        [
            np.square((a.astype(np.float64) - b) / scale).reshape(len(a), -1).mean(axis=1)
            for a, b in zip(rows, truth, strict=True)
        ]
    )


def _by_step(values: np.ndarray) -> tuple[Interval, ...]:
    return tuple(interval(column) for column in values.T)


def _picture_scores(given: UserPredictions, last: np.ndarray) -> tuple[StepScores, ...]:
    def scored(rows: np.ndarray) -> list[np.ndarray]:
        pairs = [
            (b.astype(np.float32) / 255, a.astype(np.float32) / 255) for a, b in zip(rows, given.truth, strict=True)
        ]
        return [np.stack([measure(b, a) for b, a in pairs]) for measure in (psnr, ssim)]

    model, copied = scored(given.predicted), scored(last)
    return (
        StepScores("PSNR (at most 100)", "dB", _by_step(model[0]), _by_step(copied[0])),
        StepScores("SSIM", "", _by_step(model[1]), _by_step(copied[1])),
    )


def _position_scores(given: UserPredictions, last: np.ndarray, world: str) -> StepScores:
    readout = readout_named(world_named(world).readout)
    if readout is None:
        raise ValueError(f"The world {world!r} has no read-out of positions; leave --world out or choose drop.")
    past, truth = readout.read_frames(given.past), readout.read_frames(given.truth)
    seen = ~np.isnan(truth[..., 0])
    if not seen.any():
        raise ValueError(f"The read-out of {world} finds nothing in these frames; leave --world out.")
    held = hold_positions(past[:, :1], past)[0]  # [B, C, K, 2]
    speed = held[:, -1:] - held[:, -2:-1] if held.shape[1] > 1 else np.zeros_like(held[:, -1:])
    straight = held[:, -1:] + speed * np.arange(1, truth.shape[1] + 1)[None, :, None, None]
    model, copied = (hold_positions(past, readout.read_frames(rows))[0] for rows in (given.predicted, last))
    errors = [_by_step(position_errors(guess, truth, seen)) for guess in (model, copied, straight)]
    return StepScores("position error", "frame widths", *errors)


def _collapse(predicted: np.ndarray) -> Finding:
    """The verdict on predicted latents, each step of each clip a row; over many tokens it judges their mean."""
    clips, steps, tokens, width = predicted.shape
    rows = predicted if tokens * width <= LIMITS.max_dims else predicted.mean(axis=2)
    rows = rows.reshape(clips * steps, -1)
    return examine(rows, np.repeat(np.arange(clips), steps)).finding
