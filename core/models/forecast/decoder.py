"""A decoder of frozen latents: a diagnostic for people, no part of the JEPA and never trained with it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from core.models.layers import conv, upsample


@dataclass(frozen=True)
class DecoderConfig:
    """Sizes of the decoder; ``dim`` must be the encoder's."""

    dim: int = 16
    width: int = 64


class Residual(nn.Module):
    """Two 3x3 convolutions around a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(width, width), nn.Conv2d(width, width, 3, 1, 1), nn.GroupNorm(8, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.silu(x + self.body(x))


class Decoder(nn.Module):
    """Latents ``[B, D, 8, 8]`` to frames ``[B, 3, 64, 64]`` in [0, 1]."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.body = nn.Sequential(
            conv(config.dim, width),
            Residual(width),
            upsample(width, width),
            conv(width, width),
            upsample(width, width // 2),
            upsample(width // 2, width // 4),
            nn.Conv2d(width // 4, 3, 3, 1, 1),
        )

    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.body(latents))
