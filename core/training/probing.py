"""Latents of many clips, and the probe that is fitted to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from core.models.probe import OFFSET, SEEN, SLOTS, Probe, States, token_centres
from core.models.tensors import as_tensor, tokens
from core.training.clips import Clips


@dataclass(frozen=True)
class ProbeConfig:
    """What a probe was fitted to: the model it reads and the number of clips."""

    model: str
    clips: int


def subset(clips: Clips, most: int, stride: int) -> Clips:
    """Every ``stride``-th frame of the first clips."""
    states = States(*(array[:most, ::stride] for array in vars(clips.states).values()))
    return Clips(clips.frames[:most, ::stride], states)


@torch.inference_mode()
def encode_all(encode, frames: np.ndarray, batch: int = 16) -> np.ndarray:
    """Latents ``float32 [B, T, N, D]`` of ``uint8 [B, T, H, W, 3]``, a few clips at a time."""
    parts = [encode(as_tensor(frames[i : i + batch])) for i in range(0, len(frames), batch)]
    return tokens(torch.cat(parts))


def fit_probe(latents: np.ndarray, states: States, seed: int = 0, steps: int = 1500) -> Probe:
    """Fit a probe to frozen latents ``[B, T, N, D]`` by squared error, on frames where the ball is seen."""
    rows = torch.from_numpy(latents.reshape(-1, *latents.shape[2:]))
    scale = rows.std()  # a probe must not depend on the scale of the latents
    rows, places = rows / scale, torch.from_numpy(states.positions.reshape(-1, SLOTS, 2))
    seen = torch.from_numpy(states.visible.reshape(-1, SLOTS) > SEEN)
    centres = torch.from_numpy(token_centres(rows.shape[1]))[:, None]  # [N, 1, 2]
    generator = torch.Generator().manual_seed(seed)
    weights = (0.1 * torch.randn(rows.shape[2], 3 * SLOTS, generator=generator)).requires_grad_()
    bias, place = torch.zeros(3 * SLOTS, requires_grad=True), torch.zeros(rows.shape[1], SLOTS, requires_grad=True)
    optimiser = torch.optim.Adam([weights, bias, place], lr=1e-2)
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = 1e-2 * (1 - step / steps)
        chosen = torch.randint(len(rows), (512,), generator=generator)
        out = rows[chosen] @ weights + bias  # [512, N, 9]
        share = torch.softmax(out[..., :SLOTS] + place, dim=1)[..., None]  # [512, N, 3, 1]
        guess = (share * (centres + OFFSET * out[..., SLOTS:].unflatten(-1, (SLOTS, 2)))).sum(dim=1)
        error = (guess - places[chosen]).square().sum(dim=-1)
        loss = (error * seen[chosen]).sum() / seen[chosen].sum().clamp(min=1)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return Probe(*(tensor.detach().numpy() for tensor in (weights / scale, bias, place)))
