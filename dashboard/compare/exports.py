"""Files that a visitor saves: the comparison as a video and its numbers as a table."""

from __future__ import annotations

import csv
import io

import cv2
import numpy as np

from core.evaluation.compare import Comparison
from core.video import to_mp4
from dashboard.compare.player_data import frames_of
from dashboard.kit.colours import text_colour

_SIDE, _BAR = 384, 44
_TITLES = (("what happened", "truth"), ("pixel model", "pixel"), ("JEPA, decoded", "latent"))


def comparison_mp4(comparison: Comparison, shown: np.ndarray) -> bytes:
    """Returns an MP4 (H.264) of the truth and both predictions side by side."""
    context = comparison.frames[: comparison.context]
    parts = [shown[: len(comparison.frames)]]
    parts += [np.concatenate([context, frames_of(arm, comparison)]) for arm in (comparison.pixel, comparison.latent)]
    frames = [
        np.concatenate([_captioned(part[t], *_TITLES[i], t - comparison.context) for i, part in enumerate(parts)], 1)
        for t in range(len(parts[0]))
    ]
    return to_mp4(np.stack(frames), comparison.fps)


def _captioned(frame: np.ndarray, title: str, role: str, ahead: int) -> np.ndarray:
    picture = cv2.resize(frame, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)
    bar = np.full((_BAR, _SIDE, 3), 255, np.uint8)
    font, line = cv2.FONT_HERSHEY_SIMPLEX, cv2.LINE_AA
    cv2.putText(bar, title, (12, 29), font, 0.62, bytes.fromhex(text_colour(role)[1:]), 1, line)
    time = "context" if ahead < 0 else f"+{ahead + 1} frame{'s' if ahead else ''}"
    cv2.putText(bar, time, (_SIDE - 112, 29), font, 0.5, (90, 97, 107), 1, line)
    return np.concatenate([bar, picture])


def numbers_csv(comparison: Comparison, origin: str) -> bytes:
    """Returns a CSV with a row for each model and step: seconds ahead, error in frame widths, PSNR in dB, skill."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["clip", "model", "step", "seconds_ahead", "position_error_widths", "psnr_db", "latent_skill"])
    for arm in comparison.arms.values():
        for step, seconds in enumerate(comparison.seconds_ahead):
            values = [_cell(column, step) for column in (arm.error, arm.psnr, arm.skill.steps if arm.skill else None)]
            writer.writerow([origin, arm.name, step + 1, f"{seconds:.2f}", *values])
    if comparison.ceiling is not None:
        for step, seconds in enumerate(comparison.seconds_ahead):
            writer.writerow([origin, "ceiling", step + 1, f"{seconds:.2f}", _cell(comparison.ceiling, step), "", ""])
    return text.getvalue().encode()


def _cell(column: np.ndarray | None, step: int) -> str:
    return "" if column is None or np.isnan(column[step]) else f"{column[step]:.5f}"
