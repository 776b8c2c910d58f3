"""Latents of many clips, and the probe that is fitted to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from core.models.probe import States
from core.models.tensors import as_tensor, tokens
from core.training.clips import Clips


@dataclass(frozen=True)
class ProbeConfig:
    """What a probe was fitted to: the model it reads and the number of clips."""

    model: str
    clips: int


def subset(clips: Clips, most: int, stride: int) -> Clips:
    """The first clips, with pairs of neighbouring frames every ``stride`` frames (velocity needs pairs)."""
    length = clips.frames.shape[1]
    chosen = np.sort(np.concatenate([np.arange(0, length - 1, stride), np.arange(1, length, stride)]))
    states = States(*(array[:most, chosen] for array in vars(clips.states).values()))
    return Clips(clips.frames[:most, chosen], states)


@torch.inference_mode()
def encode_all(encode, frames: np.ndarray, batch: int = 16) -> np.ndarray:
    """Latents ``float32 [B, T, N, D]`` of ``uint8 [B, T, H, W, 3]``, a few clips at a time."""
    parts = [encode(as_tensor(frames[i : i + batch])) for i in range(0, len(frames), batch)]
    return tokens(torch.cat(parts))
