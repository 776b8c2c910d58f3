"""From clips through a model to rows of a representation, with the truth of each where a simulator knows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from core.clip import Clip
from core.embedding.table import Embeddings, Thumbnails
from core.models.protocols import frames_per_stretch, mixes_places
from core.readouts.registry import readout_of

UNITS = {"frames": "one point per frame", "clips": "one point per clip", "patches": "one point per patch of a frame"}
_PICTURE = 64  # px a side that is kept of each frame


def embed(
    model, clips: Sequence[Clip], unit: str = "frames", report: Callable[[float], None] = lambda share: None
) -> Embeddings:
    """Represent clips.

    Args:
        model: With ``size``, ``title`` and ``encode`` from ``uint8 [1, T, H, W, 3]`` to ``[1, S, N, D]``, where S
            divides T; for one that takes stretches of ``frames`` at a time the last frame is repeated until the last
            stretch is full, and the tokens of one that ``mixes_places`` each know of all others, as a transformer's do.
        clips: Of any size; shown to the model at its own.
        unit: One of ``UNITS``. A frame is what ``describe_frame`` says, a clip the mean of its frames.
        report: Called with the share that is done, 0 first; to stop, raise from it.

    Raises:
        ValueError: No such unit, no clips, or one that the model can't encode.
    """
    if unit not in UNITS:
        raise ValueError(f"The unit must be one of {', '.join(UNITS)}, not {unit!r}.")
    if not clips:
        raise ValueError("There are no clips to embed.")
    parts = []
    report(0.0)
    for index, clip in enumerate(clips):
        parts.append(_rows(model, clip, unit))
        report((index + 1) / len(clips))
    counts = [len(vectors) for vectors, _, _ in parts]
    lengths = [len(clip) for clip in clips]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    known = [name for name in parts[0][2] if all(name in part[2] for part in parts)]  # of every clip
    columns = {name: np.concatenate([part[2][name] for part in parts]) for name in known}
    columns = {"clip": np.repeat([clip.source or f"clip {i + 1}" for i, clip in enumerate(clips)], counts)} | columns
    at = np.concatenate([start + frames for start, (_, frames, _) in zip(starts, parts, strict=False)])
    return Embeddings(
        np.concatenate([vectors for vectors, _, _ in parts]),
        columns,
        np.repeat(np.arange(len(clips)), counts),
        columns["time (s)"],
        Thumbnails(np.concatenate([_small(clip.frames) for clip in clips]), starts, at, clips[0].fps),
        model.title,
        tuple(f"{clip.source}: {note}" for clip in clips for note in (*clip.notes, *_filling_notes(model, clip))),
    )


def describe_frame(model) -> str:
    """What a frame's row is made of, for people."""
    return "the mean of its tokens" if mixes_places(model) else "all its tokens, concatenated"


def represent(model, clip: Clip) -> tuple[np.ndarray, int]:
    """A clip's tokens ``[S, N, D]``, and how many frames each of the S steps stands for. For a model that takes
    stretches of frames the last frame is repeated until the last stretch is full, as V-JEPA's own loader does; steps
    that hold nothing else are left out.

    Raises:
        ValueError: The model breaks its protocol.
    """
    frames = resized(np.concatenate([clip.frames, np.repeat(clip.frames[-1:], _lacking(model, clip), 0)]), model.size)
    usable = len(frames)
    try:
        tokens = np.asarray(model.encode(frames[None]))
    except ValueError:
        raise
    except Exception as error:  # anything may go wrong in a model that is not ours
        raise ValueError(f"{model.title} cannot encode this clip: {error}") from error
    if tokens.ndim != 4 or 0 in tokens.shape or usable % tokens.shape[1] or not np.isfinite(tokens).all():
        raise ValueError(
            f"{model.title} returns {[*tokens.shape]} for a clip of {usable} frames; it should return finite numbers "
            f"[1, steps, tokens, dimensions], where steps divides {usable}."
        )
    every = usable // tokens.shape[1]
    return tokens[0, : -(-len(clip) // every)], every


def _lacking(model, clip: Clip) -> int:
    """Frames that a clip's last stretch lacks."""
    return -len(clip) % frames_per_stretch(model)


def _filling_notes(model, clip: Clip) -> list[str]:
    if not (lacking := _lacking(model, clip)):
        return []
    stretch, times = frames_per_stretch(model), "once" if lacking == 1 else f"{lacking} times"
    if len(clip) == 1:
        return [f"The picture is repeated {times} to fill a stretch of {stretch} frames."]
    return [f"The last frame is repeated {times} to fill the last stretch of {stretch} frames."]


def _rows(model, clip: Clip, unit: str) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Rows ``[n, D]`` of a clip, the frame of each, and what is known of it."""
    tokens, every = represent(model, clip)
    steps, cells = tokens.shape[:2]
    frames = np.arange(steps) * every
    whole = tokens.mean(axis=1) if mixes_places(model) else tokens.reshape(steps, -1)
    if unit == "clips":
        return whole.mean(axis=0, keepdims=True), frames[:1], _known(clip, frames, whole=True)
    if unit == "frames":
        return whole, frames, _known(clip, frames)
    side = round(cells**0.5)
    known = {name: np.repeat(column, cells) for name, column in _known(clip, frames).items()}
    place = np.tile(np.arange(cells), steps)
    known |= {"row": (place // side).astype(float), "column": (place % side).astype(float)}
    return tokens.reshape(steps * cells, -1), np.repeat(frames, cells), known


def _known(clip: Clip, frames: np.ndarray, whole: bool = False) -> dict[str, np.ndarray]:
    """What the simulator knows at some frames, or of the whole clip."""
    columns, words = {"time (s)": frames / clip.fps}, {}
    readout = readout_of(clip)
    if readout is not None:
        columns |= readout.numbers(clip, frames)
        rows = 1 if whole else len(frames)
        words = {name: np.repeat(label, rows) for name, label in readout.clip_labels(clip).items()}
        words |= {} if whole else readout.frame_labels(clip, frames)
    if whole:
        columns = {name: column.mean(keepdims=True) for name, column in columns.items()}
    return columns | words


def resized(frames: np.ndarray, size: int) -> np.ndarray:
    """Frames ``uint8 [T, H, W, 3]`` at a model's own size."""
    if frames.shape[1:3] == (size, size):
        return frames
    return np.stack([cv2.resize(frame, (size, size), interpolation=cv2.INTER_AREA) for frame in frames])


def _small(frames: np.ndarray) -> np.ndarray:
    return resized(frames, _PICTURE)
