"""Reads what somebody's own model predicted: an ``.npz`` file, or two videos."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.embedding.archives import read_array, unpack
from core.embedding.limits import LIMITS
from core.evaluation.user_predictions import UserPredictions, predictions_of
from core.video import VideoInfo, probe_video, read_video
from core.video.limits import DEFAULT_LIMITS, check_bytes

SIDE = 64  # pixels: as the shipped models see clips
_DEFAULT_FPS = 10.0


def read_predictions(files: list[Path], context: int | None = None) -> UserPredictions:
    """Predictions from one ``.npz`` file, or from two videos: the truth, then the prediction.

    Args:
        files: One or two paths.
        context: Steps of the context; None to follow the file or the lengths.

    Raises:
        ValueError: One sentence: what is wrong with the files.
    """
    if len(files) == 1:
        return _from_archive(files[0], context)
    if len(files) == 2:
        return _from_videos(files[0], files[1], context)
    raise ValueError(f"Give one .npz file, or two videos (truth, then predicted), not {len(files)} files.")


def _from_archive(path: Path, context: int | None) -> UserPredictions:
    if path.stat().st_size > LIMITS.max_bytes:
        raise ValueError(f"{path.name} is larger than {LIMITS.max_bytes // 2**20} MB; save fewer clips.")
    data = path.read_bytes()
    if not data.startswith(b"PK"):
        raise ValueError(f"{path.name} is no .npz file; give an .npz with truth and predicted, or two videos.")
    members = unpack(data, LIMITS)
    missing = [name for name in ("truth", "predicted") if f"{name}.npy" not in members]
    if missing:
        raise ValueError(f"{path.name} has no array called {' or '.join(missing)}; save truth= and predicted=.")
    notes: tuple[str, ...] = ()
    if "context.npy" in members:
        stored = _whole(read_array(members["context.npy"]))
        if context is None:
            context = stored
            notes = (f"The context of {context} steps is the one in the file.",)
        elif context != stored:
            notes = (f"The context of {context} steps was asked for; the file says {stored}.",)
    return predictions_of(read_array(members["truth.npy"]), read_array(members["predicted.npy"]), context, notes)


def _whole(array: np.ndarray) -> int:
    if array.size != 1 or array.dtype.kind not in "uif" or array.item() != np.floor(array.item()):
        raise ValueError("context must be one whole number of steps; save context=4.")
    return int(array.item())


def _from_videos(truth: Path, predicted: Path, context: int | None) -> UserPredictions:
    infos = [_probed(path) for path in (truth, predicted)]
    sizes = [(info.width, info.height) for info in infos]
    if sizes[0] != sizes[1]:
        shown = " and ".join(f"{width} by {height}" for width, height in sizes)
        raise ValueError(f"The videos have {shown} pixels; save both in the same size.")
    rates = [info.fps for info in infos if info.fps]
    if rates and max(rates) > 1.01 * min(rates):
        raise ValueError(f"The videos have {rates[0]:g} and {rates[1]:g} frames per second; save both at one rate.")
    fps = rates[0] if rates else _DEFAULT_FPS
    clips = [read_video(path, size=SIDE, fps=fps) for path in (truth, predicted)]
    said = [f"{path.name}: {note}" for path, clip in zip((truth, predicted), clips, strict=True) for note in clip.notes]
    shrunk = f"Scored at {fps:g} frames per second, as squares of {SIDE} pixels cut from the centre of each frame."
    return predictions_of(clips[0].frames[None], clips[1].frames[None], context, (shrunk, *said))


def _probed(path: Path) -> VideoInfo:
    if path.is_file():
        check_bytes(path.stat().st_size, DEFAULT_LIMITS)
    return probe_video(path)
