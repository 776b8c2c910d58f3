"""What the networks are trained on: plain functions of tensors."""

from __future__ import annotations

import torch


def within_clip(latents: torch.Tensor) -> torch.Tensor:
    """Latents minus their mean over time, ``[B, T, D, H, W]``.

    An anti-collapse term must act on this and not on the latents themselves: across a batch, variance can be had from
    what never changes within a clip (its background), and then motion is dropped.
    """
    return latents - latents.mean(dim=1, keepdim=True)


def spread_hinge(residual: torch.Tensor, target: float = 0.5) -> torch.Tensor:
    """How far each channel's standard deviation falls short of the target (the hinge of VICReg, Bardes et al. 2022);
    ``[B, T, D, H, W]``."""
    spread = torch.sqrt(residual.movedim(2, 0).flatten(1).var(dim=1) + 1e-4)  # [D]
    return torch.relu(target - spread).mean()


def decorrelation(residual: torch.Tensor) -> torch.Tensor:
    """Mean squared correlation between channels; 0 when each tells something of its own."""
    rows = residual.movedim(2, 0).flatten(1)  # [D, B*T*H*W]
    rows = rows - rows.mean(dim=1, keepdim=True)
    rows = rows / torch.sqrt(rows.square().mean(dim=1, keepdim=True) + 1e-4)
    correlation = rows @ rows.T / rows.shape[1]
    off = correlation - torch.diag(torch.diagonal(correlation))
    return off.square().sum() / (len(off) * (len(off) - 1))
