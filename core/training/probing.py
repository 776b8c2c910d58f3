"""Latents of many clips, and a probe of their state fitted to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from core.models.tensors import as_tensor, tokens
from core.readouts.protocols import FittedReader, Readout
from core.readouts.states import States, states_in
from core.training.clip_cache import Clips


@dataclass(frozen=True)
class ProbeConfig:
    """What a probe was fitted to.

    Attributes:
        model: Name of the model whose latents it reads.
        clips: Number of clips.
    """

    model: str
    clips: int


def known_states(clips: Clips) -> States:
    """The states of the objects in some clips.

    Raises:
        ValueError: They are not known.
    """
    states = states_in(clips.arrays)
    if states is None:
        raise ValueError("The positions of the objects in these clips are unknown, so no probe can be fitted.")
    return states


def pairs(clips: Clips, most: int, stride: int) -> Clips:
    """Every ``stride``-th frame of the first ``most`` clips with the frame after it, as clips of two frames."""
    chosen = np.arange(0, clips.frames.shape[1] - 1, stride)[:, None] + np.arange(2)  # [P, 2]

    def cut(array: np.ndarray) -> np.ndarray:
        few = array[:most][:, chosen]  # [B, P, 2, ...]
        return few.reshape(-1, *few.shape[2:])

    return clips.each(cut)


@torch.inference_mode()
def encode_all(encode: Callable[[torch.Tensor], torch.Tensor], frames: np.ndarray, at_once: int = 512) -> np.ndarray:
    """Latents ``float32 [B, T, N, D]`` of ``uint8 [B, T, H, W, 3]``, encoded about ``at_once`` frames at a time."""
    batch = max(1, at_once // frames.shape[1])
    parts = [encode(as_tensor(frames[i : i + batch])) for i in range(0, len(frames), batch)]
    return tokens(torch.cat(parts))


def fit_probe(latents: np.ndarray, clips: Clips, seed: int = 0, steps: int = 1500) -> FittedReader:
    """A probe of the clips' read-out, fitted to the frozen latents ``[P, 2, N, D]`` of pairs of frames.

    Raises:
        ValueError: The state of the clips is not known.
    """
    return required_readout(clips).fit_probe(latents, known_states(clips), seed, steps)


def required_readout(clips: Clips) -> Readout:
    """The read-out of some clips.

    Raises:
        ValueError: They have none.
    """
    if clips.readout is None:
        raise ValueError("The worlds of these clips have no read-out, so nothing can be read from them.")
    return clips.readout
