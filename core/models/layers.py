"""Building blocks that more than one network uses."""

from __future__ import annotations

from torch import nn


def conv(inputs: int, outputs: int) -> nn.Sequential:
    """3x3 convolution, group norm, SiLU: ``[B, inputs, H, W]`` to ``[B, outputs, H, W]``."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, 1, 1), nn.GroupNorm(min(8, outputs // 4), outputs), nn.SiLU())


def upsample(inputs: int, outputs: int) -> nn.Sequential:
    """Twice the size, by pixel shuffle."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs * 4, 3, 1, 1), nn.PixelShuffle(2), nn.GroupNorm(4, outputs), nn.SiLU()
    )
