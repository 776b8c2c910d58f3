"""Building blocks that more than one network uses."""

from __future__ import annotations

import torch
from torch import nn


def conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """3x3 convolution, group norm, SiLU: ``[B, inputs, H, W]`` to ``[B, outputs, H / stride, W / stride]``."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1), nn.GroupNorm(min(8, outputs // 4), outputs), nn.SiLU()
    )


def upsample(inputs: int, outputs: int) -> nn.Sequential:
    """Twice the size, by pixel shuffle."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs * 4, 3, 1, 1), nn.PixelShuffle(2), nn.GroupNorm(4, outputs), nn.SiLU()
    )


class Residual(nn.Module):
    """Two 3x3 convolutions around a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(width, width), nn.Conv2d(width, width, 3, 1, 1), nn.GroupNorm(8, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.silu(x + self.body(x))
