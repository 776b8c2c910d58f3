"""Pixels as a representation: frames to latents and back."""

from __future__ import annotations

import numpy as np


def to_pixels(frames: np.ndarray) -> np.ndarray:
    """Latents ``float32 [B, T, H*W, 3]`` in [0, 1] of frames ``uint8 [B, T, H, W, 3]``."""
    clips, length, height, width, _ = frames.shape
    return frames.reshape(clips, length, height * width, 3).astype(np.float32) / 255.0


def from_pixels(latents: np.ndarray) -> np.ndarray:
    """Frames ``uint8 [B, T, H, W, 3]`` of latents ``float32 [B, T, H*W, 3]`` in [0, 1]; H must be W."""
    side = round(latents.shape[2] ** 0.5)
    frames = np.rint(np.clip(latents, 0.0, 1.0) * 255.0).astype(np.uint8)
    return frames.reshape(*latents.shape[:2], side, side, 3)
