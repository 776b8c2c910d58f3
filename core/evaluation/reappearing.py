"""Objects that reappear after they were hidden: does a model still know their positions?"""

from __future__ import annotations

import numpy as np

from core.clip import Clip
from core.readouts.registry import required_readout
from core.readouts.states import SEEN

LONG = 6  # frames out of sight
_GONE = 0.02  # share of an object that still counts as nothing


def reappearances(clips: list[Clip], context: int, horizon: int) -> np.ndarray:
    """Where an object shows more than half of itself for the first time after ``LONG`` frames or more out of sight:
    ``bool [B, horizon, K]``. Those frames may begin within the context."""
    visible = np.stack([required_readout(clip).states(clip).visible[: context + horizon] for clip in clips])
    back = np.zeros((len(clips), horizon, visible.shape[-1]), bool)
    for i, k in np.ndindex(len(clips), visible.shape[-1]):
        for frame in _returns(visible[i, :, k]):
            if frame >= context:
                back[i, frame - context, k] = True
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
    ``[B, horizon, K, 2]``, ``back [B, horizon, K]``."""
    distance = np.where(back, np.linalg.norm(guess - truth, axis=-1), 0.0).sum(axis=(1, 2))
    count = back.sum(axis=(1, 2))
    return np.where(count > 0, distance / np.maximum(count, 1), np.nan)
