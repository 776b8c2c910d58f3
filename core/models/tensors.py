"""Between numpy at the boundary and torch inside."""

from __future__ import annotations

import numpy as np
import torch


def as_tensor(frames: np.ndarray) -> torch.Tensor:
    """``uint8 [B, T, H, W, 3]`` to ``float32 [B, T, 3, H, W]`` in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(frames, -1, 2))).float().div_(255.0)


def tokens(latents: torch.Tensor) -> np.ndarray:
    """``[B, T, D, h, w]`` to ``[B, T, N, D]``, tokens row by row."""
    return latents.flatten(3).transpose(2, 3).contiguous().numpy()


def grid(latents: np.ndarray) -> torch.Tensor:
    """The inverse of ``tokens``: ``[B, T, N, D]`` to ``[B, T, D, h, w]``."""
    side = round(latents.shape[2] ** 0.5)
    return torch.from_numpy(np.ascontiguousarray(latents)).transpose(2, 3).unflatten(3, (side, side))
