"""Baselines: models that know nothing of dynamics, or no more than a straight line. Numpy only."""

from __future__ import annotations

import numpy as np

from core.models.protocols import check_context
from core.readouts.balls.parser import hold_last, parse_positions
from core.worlds import FPS, SIZE


def to_pixels(frames: np.ndarray) -> np.ndarray:
    """Frames ``uint8 [B, T, H, W, 3]`` as latents ``float32 [B, T, H*W, 3]`` in [0, 1]: pixels are a representation."""
    clips, length, height, width, _ = frames.shape
    return frames.reshape(clips, length, height * width, 3).astype(np.float32) / 255.0


def from_pixels(latents: np.ndarray) -> np.ndarray:
    """The way back from ``to_pixels``."""
    side = round(latents.shape[2] ** 0.5)
    frames = np.rint(np.clip(latents, 0.0, 1.0) * 255.0).astype(np.uint8)
    return frames.reshape(*latents.shape[:2], side, side, 3)


class CopyLast:
    """Nothing changes: the last frame again and again."""

    is_pixel, is_baseline, can_decode = True, True, True
    context, fps, size = 1, FPS, SIZE

    def __init__(self, name: str, title: str) -> None:
        self.name, self.title = name, title

    def encode(self, frames: np.ndarray) -> np.ndarray:
        return to_pixels(frames)

    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        check_context(self, context, horizon)
        return np.repeat(to_pixels(context[:, -1:]), horizon, axis=1)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        return from_pixels(latents)

    def locate(self, latents: np.ndarray) -> np.ndarray:
        return parse_positions(from_pixels(latents))


class ConstantVelocity:
    """Every ball goes on as between the last two frames. Its latents are the places themselves: N = 3 balls, D = 2."""

    is_pixel, is_baseline, can_decode = False, True, False
    context, fps, size = 2, FPS, SIZE

    def __init__(self, name: str, title: str) -> None:
        self.name, self.title = name, title

    def encode(self, frames: np.ndarray) -> np.ndarray:
        return parse_positions(frames)

    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        check_context(self, context, horizon)
        seen = parse_positions(context[:, -2:])  # [B, 2, 3, 2]
        step = np.nan_to_num(seen[:, 1] - seen[:, 0])  # a ball seen only once is taken to rest
        last = hold_last(seen)[:, -1]
        ahead = np.arange(1, horizon + 1, dtype=np.float32)[:, None, None]
        return last[:, None] + ahead * step[:, None]

    def decode(self, latents: np.ndarray) -> np.ndarray:
        raise ValueError("Constant velocity knows places, it cannot draw.")

    def locate(self, latents: np.ndarray) -> np.ndarray:
        return latents
