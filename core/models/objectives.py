"""The terms of training losses, as plain functions of tensors."""

from __future__ import annotations

import torch
from torch import nn

SPREAD = 0.5  # target of each channel's standard deviation within a clip


def within_clip(latents: torch.Tensor) -> torch.Tensor:
    """Latents minus their mean over time, ``[B, T, D, H, W]``.

    An anti-collapse term must act on this and not on the latents themselves: across a batch, what never changes within
    a clip (its background) can supply the variance, and then the latents drop the motion.
    """
    return latents - latents.mean(dim=1, keepdim=True)


def spread_hinge(residual: torch.Tensor, target: float = SPREAD) -> torch.Tensor:
    """How far each channel's standard deviation falls short of the target (the hinge of VICReg, Bardes et al. 2022);
    ``[B, T, D, H, W]``."""
    spread = torch.sqrt(residual.movedim(2, 0).flatten(1).var(dim=1) + 1e-4)  # [D]
    return torch.relu(target - spread).mean()


def colour_blindness(residual: torch.Tensor, recoloured: torch.Tensor) -> torch.Tensor:
    """How far the channels fall short of distinguishing frames from the same frames with exchanged colours; both
    ``[B, T, D, H, W]``, within clips.

    No other term depends on colour, because the motion of a ball does not. Without this term one of the first four
    seeds learnt to represent red and green balls alike.
    """
    return spread_hinge(residual - recoloured, SPREAD / 2)


def gaussian_misfit(
    rows: torch.Tensor, generator: torch.Generator, directions: int = 64, most: int = 2048, knots: int = 17
) -> torch.Tensor:
    """How far ``[N, D]`` is from a standard normal along random directions: the sketched Epps-Pulley statistic of
    SIGReg (Balestriero and LeCun, "LeJEPA", 2025), over positive points only and without its factor N.

    The characteristic function of each projection is compared with that of a standard normal at ``knots`` points of
    [0, 3], weighted by the latter; of more rows than ``most``, a random sample is used.
    """
    if len(rows) > most:
        rows = rows[torch.randint(len(rows), (most,), generator=generator)]
    axes = nn.functional.normalize(torch.randn(rows.shape[1], directions, generator=generator), dim=0)  # [D, M]
    points = torch.linspace(0, 3, knots)
    normal = torch.exp(-points.square() / 2)
    angles = (rows @ axes)[..., None] * points  # [N, M, K]
    misfit = (angles.cos().mean(dim=0) - normal).square() + angles.sin().mean(dim=0).square()  # [M, K]
    return torch.trapezoid(misfit * normal, points, dim=1).mean()


def decorrelation(residual: torch.Tensor) -> torch.Tensor:
    """Mean squared correlation, 0 to 1, between the channels of ``[B, T, D, ...]``; 0 if they are uncorrelated."""
    rows = residual.movedim(2, 0).flatten(1)  # [D, B*T*H*W]
    rows = rows - rows.mean(dim=1, keepdim=True)
    rows = rows / torch.sqrt(rows.square().mean(dim=1, keepdim=True) + 1e-4)
    correlation = rows @ rows.T / rows.shape[1]
    off = correlation - torch.diag(torch.diagonal(correlation))
    return off.square().sum() / (len(off) * (len(off) - 1))
