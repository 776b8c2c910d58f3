"""What the player shows of a comparison."""

from __future__ import annotations

import numpy as np

from core.clip import Clip
from core.evaluation.compare import Arm, Comparison
from core.evaluation.comparison_findings import events_between
from core.models.shipped import COPY_LAST
from dashboard.components.player import Curve, Mark, PlayerData, PlayerEvent, Tile
from dashboard.kit.looks import BOUNDS, CEILING, READ_OUT_LIMIT, Look, looks_of


def simulated_player_data(comparison: Comparison, shown: Clip, subtitles: dict[str, str]) -> PlayerData:
    """Returns a simulated clip with both predictions, the positions read from them, and their errors.

    Args:
        comparison: What the models predict of the clip.
        shown: The same clip at the display size.
        subtitles: A short note for each model, by name.
    """
    tiles = (
        Tile(
            "what happened",
            "simulator",
            "truth",
            shown.frames[: len(comparison.frames)],
            _true_marks(comparison, shown),
        ),
        _model_tile(comparison, comparison.pixel, "pixel model", subtitles),
        _model_tile(comparison, comparison.latent, "JEPA, decoded", subtitles),
    )
    always_in_range = (comparison.arms[COPY_LAST.name], comparison.pixel, comparison.latent)
    in_range = [arm.error for arm in always_in_range if arm.error is not None]
    top = 1.25 * max((float(np.nanmax(error, initial=0.1)) for error in in_range), default=0.1)
    looks, arms = looks_of(comparison.arms), comparison.arms.values()
    curves = [_line(comparison, looks[arm.name], _up_to(arm.error, top)) for arm in arms if arm.error is not None]
    bounds = ((CEILING, comparison.ceiling), (READ_OUT_LIMIT, comparison.latent.floor))
    curves += [_line(comparison, BOUNDS[name], values) for name, values in bounds if values is not None]
    events = _player_events(shown, len(comparison.frames))
    title = "Error of each prediction on this clip"
    return PlayerData(tiles, comparison.fps, comparison.context, events, tuple(curves), title, "frame widths")


def video_player_data(
    comparison: Comparison, shown: Clip, subtitles: dict[str, str], origin: str = "your video"
) -> PlayerData:
    """Returns a clip without truth: the real continuation, and both predictions with their PSNR (dB) against it."""
    tiles = (
        Tile("what happened", origin, "truth", shown.frames[: len(comparison.frames)]),
        _model_tile(comparison, comparison.pixel, "pixel model", subtitles),
        _model_tile(comparison, comparison.latent, "JEPA, decoded", subtitles),
    )
    looks, arms = looks_of(comparison.arms), comparison.arms.values()
    curves = tuple(_line(comparison, looks[arm.name], arm.psnr) for arm in arms if arm.psnr is not None)
    title = "PSNR of each predicted frame (higher is better)"
    return PlayerData(tiles, comparison.fps, comparison.context, (), curves, title, "dB")


def frames_of(arm: Arm, comparison: Comparison) -> np.ndarray:
    """Returns a model's frames; grey frames if it cannot draw, so that its read-out still has a background."""
    future = comparison.frames[comparison.context :]
    return np.full_like(future, 128) if arm.frames is None else arm.frames


def role_of(arm: Arm) -> str:
    """Returns the colour role of a model."""
    return "baseline" if arm.is_baseline else "pixel" if arm.is_pixel else "latent"


def _model_tile(comparison: Comparison, arm: Arm, title: str, subtitles: dict[str, str]) -> Tile:
    frames = np.concatenate([comparison.frames[: comparison.context], frames_of(arm, comparison)])
    in_widths = arm.error is not None
    values, unit = (arm.error, "frame widths from the truth") if in_widths else (arm.psnr, "dB")
    marks = _read_out_marks(comparison, arm) if in_widths else ()
    values = None if values is None else _on_clip_clock(comparison, values)
    return Tile(title, subtitles[arm.name], role_of(arm), frames, marks, values, unit)


def _true_marks(comparison: Comparison, clip: Clip) -> tuple[Mark, ...]:
    truth = comparison.truth
    if truth is None or clip.truth is None:
        return ()
    named = enumerate(clip.truth.objects)
    return tuple(Mark("trail", "truth", truth[:, k], name) for k, name in named if not np.isnan(truth[:, k]).all())


def _read_out_marks(comparison: Comparison, arm: Arm) -> tuple[Mark, ...]:
    if comparison.truth is None:
        return ()
    marks = []
    for k in range(comparison.truth.shape[1]):
        true = comparison.truth[:, k].copy()
        if np.isnan(true).all():
            continue
        true[: comparison.context] = np.nan
        read = np.full_like(true, np.nan)
        read[comparison.context :] = np.where(arm.found[:, k, None], arm.positions[:, k], np.nan)
        marks.append(Mark("ring", "truth", true, "true position"))
        marks.append(Mark("cross", role_of(arm), read, "read-out"))
    return tuple(marks)


def _line(comparison: Comparison, look: Look, values: np.ndarray) -> Curve:
    return Curve(look.label, look.role, look.dash, _on_clip_clock(comparison, values))


def _up_to(values: np.ndarray, top: float) -> np.ndarray:
    """Cut a line above ``top``: a ball that flies on through floor and walls would flatten the other lines."""
    return np.where(values <= top, values, np.nan)


def _on_clip_clock(comparison: Comparison, values: np.ndarray) -> np.ndarray:
    """Values of the horizon by frame of the whole clip: NaN during the context."""
    return np.concatenate([np.full(comparison.context, np.nan), np.asarray(values, float)])


def _player_events(clip: Clip, frames: int) -> tuple[PlayerEvent, ...]:
    """One tick for each frame with an event."""
    labels: dict[int, list[str]] = {}
    objects = clip.truth.objects if clip.truth else ()
    for event in events_between(clip, frames):
        names = " and ".join(objects[k] for k in event.objects)
        labels.setdefault(event.frame, []).append(f"{event.kind}: {names}")
    return tuple(PlayerEvent(frame, ", ".join(names)) for frame, names in labels.items())
