"""Baselines: models that know nothing of dynamics, or no more than a straight line. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.models.protocols import check_context, check_horizon
from core.pixels import from_pixels, to_pixels
from core.readouts.protocols import Readout
from core.readouts.states import hold_last
from core.worlds import FPS, SIZE


class CopyLast:
    """Nothing changes: the last frame again and again."""

    is_pixel, is_baseline = True, True
    context, fps, size = 1, FPS, SIZE

    def __init__(self, name: str, title: str) -> None:
        self.name, self.title = name, title

    def encode(self, frames: np.ndarray) -> np.ndarray:
        """The pixels themselves, ``float32 [B, T, N, 3]``."""
        return to_pixels(frames)

    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        """The pixels of the last frame, ``horizon`` times: ``[B, horizon, N, 3]``."""
        check_horizon(horizon)
        return np.repeat(self.start(context)[:, None], horizon, axis=1)

    def start(self, context: np.ndarray) -> np.ndarray:
        """The state: the pixels of the last frame, ``[B, N, 3]``."""
        check_context(self, context)
        return to_pixels(context[:, -1:])[:, 0]

    def step(self, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same state, and its pixels ``[B, N, 3]``."""
        return state, state

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Frames ``uint8 [B, T, H, W, 3]`` of pixels ``[B, T, N, 3]``."""
        return from_pixels(latents)


@dataclass(frozen=True)
class LineState:
    """Positions at the end of the context and the change over its last frame, ``[B, K, 2]``, and the frames since."""

    last: np.ndarray
    change: np.ndarray
    frames: int


class ConstantVelocity:
    """Every object goes on as between the last two frames. Its latents are positions: N = K objects, D = 2."""

    is_pixel, is_baseline = False, True
    context, fps, size = 2, FPS, SIZE

    def __init__(self, name: str, title: str, readout: Readout) -> None:
        self.name, self.title = name, title
        self._readout = readout

    def encode(self, frames: np.ndarray) -> np.ndarray:
        """Positions ``[B, T, K, 2]`` in frame widths, as the read-out finds them in frames."""
        return self._readout.read_frames(frames)

    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        """Positions along a straight line, ``[B, horizon, K, 2]``."""
        check_horizon(horizon)
        state = self.start(context)
        ahead = np.arange(1, horizon + 1, dtype=np.float32)[:, None, None]
        return state.last[:, None] + ahead * state.change[:, None]

    def start(self, context: np.ndarray) -> LineState:
        """The state after a context ``uint8 [B, T, H, W, 3]``; an object that is found in one frame only counts as at
        rest."""
        check_context(self, context)
        seen = self._readout.read_frames(context[:, -2:])  # [B, 2, K, 2]
        return LineState(hold_last(seen)[:, -1], np.nan_to_num(seen[:, 1] - seen[:, 0]), 0)

    def step(self, state: LineState) -> tuple[LineState, np.ndarray]:
        """The state and the positions ``[B, K, 2]`` one frame later."""
        ahead = replace(state, frames=state.frames + 1)
        return ahead, state.last + np.float32(ahead.frames) * state.change

    def read(self, latents: np.ndarray) -> np.ndarray:
        """The latents themselves, ``[B, T, K, 2]`` in frame widths: they are positions."""
        return latents
