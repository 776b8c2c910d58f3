"""Balls that reappear after they were hidden: does a model still know their positions?"""

from __future__ import annotations

import numpy as np

from core.clip import Clip
from core.readouts.balls.probe import SEEN, SLOTS
from core.worlds.stage.truth import ball_truth

LONG = 6  # frames out of sight
_GONE = 0.02  # share of a ball that still counts as nothing


def reappearances(clips: list[Clip], context: int, horizon: int) -> np.ndarray:
    """Where a ball shows half of itself or more for the first time after ``LONG`` frames or more without a sight of it:
    ``bool [B, horizon, 3]``. The frames out of sight may begin within the context."""
    back = np.zeros((len(clips), horizon, SLOTS), bool)
    for i, clip in enumerate(clips):
        visible = ball_truth(clip).visible[: context + horizon]
        for ball in range(visible.shape[1]):
            for frame in _returns(visible[:, ball]):
                if frame >= context:
                    back[i, frame - context, ball] = True
    return back


def _returns(visible: np.ndarray) -> list[int]:
    frames, gone, peeked = [], 0, False
    for t, share in enumerate(visible):
        if share > SEEN:
            if gone >= LONG:
                frames.append(t)
            gone = 0
        elif share <= _GONE:
            gone = 1 if peeked else gone + 1  # what was out of sight twice was not so all the time
        peeked = _GONE < share <= SEEN
    return frames


def reappearing_errors(guess: np.ndarray, truth: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Distance in widths at the frames of reappearing, mean of a clip: ``[B]``, NaN where nothing reappears. Places
    ``[B, horizon, 3, 2]``, ``back [B, horizon, 3]``."""
    distance = np.where(back, np.linalg.norm(guess - truth, axis=-1), 0.0).sum(axis=(1, 2))
    count = back.sum(axis=(1, 2))
    return np.where(count > 0, distance / np.maximum(count, 1), np.nan)
