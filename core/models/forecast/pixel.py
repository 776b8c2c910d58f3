"""The pixel predictor: the JEPA's encoder and trunk, and a painter; it predicts the next frame and goes on from it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from core.models.forecast.trunk import Encoder, Trunk, TrunkConfig
from core.models.layers import conv, upsample


@dataclass(frozen=True)
class PixelConfig(TrunkConfig):
    """Sizes of the pixel predictor; ``paint`` channels at half size. Its painter goes on from a grid of 8."""

    paint: int = 32

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.grid != 8:
            raise ValueError(f"The pixel predictor paints from a grid of 8, not {self.grid}.")


class Painter(nn.Module):
    """What comes next, and the features of the frame at hand, to the change of every pixel."""

    def __init__(self, config: PixelConfig) -> None:
        super().__init__()
        paint, width = config.paint, config.width
        self.rise = upsample(config.memory, paint)  # to [B, P, 16, 16]
        self.at_quarter = conv(paint + width, paint)
        self.rise_again = upsample(paint, paint)  # to [B, P, 32, 32]
        self.at_half = conv(paint + width // 2, paint)
        self.full = upsample(paint, paint // 2)
        self.paint = nn.Conv2d(paint // 2 + 3, 3, 3, 1, 1)
        nn.init.zeros_(self.paint.weight)
        nn.init.zeros_(self.paint.bias)

    def forward(
        self, ahead: torch.Tensor, quarter: torch.Tensor, half: torch.Tensor, frame: torch.Tensor
    ) -> torch.Tensor:
        coarse = self.at_quarter(torch.cat([self.rise(ahead), quarter], dim=1))  # [B, P, 16, 16]
        fine = self.at_half(torch.cat([self.rise_again(coarse), half], dim=1))  # [B, P, 32, 32]
        return self.paint(torch.cat([self.full(fine), frame - 0.5], dim=1))  # [B, 3, 64, 64]


class PixelPredictor(nn.Module):
    """Frames in, frames out."""

    def __init__(self, config: PixelConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.trunk = Trunk(config)
        self.painter = Painter(config)

    def forward(self, frames: torch.Tensor, horizon: int) -> torch.Tensor:
        """Context ``[B, T, 3, 64, 64]`` in [0, 1] to the next ``[B, horizon, 3, 64, 64]``."""
        return self.unroll(frames, horizon)[:, frames.shape[1] - 1 :]

    def encode(self, frames: torch.Tensor) -> torch.Tensor:
        """``[B, T, 3, H, W]`` to the latents that the trunk is given, ``[B, T, D, 8, 8]``."""
        return self.encoder(frames.flatten(0, 1))[0].unflatten(0, frames.shape[:2])

    def imagine(self, frames: torch.Tensor, horizon: int) -> torch.Tensor:
        """The latents of the frames that it predicts, ``[B, horizon, D, 8, 8]``."""
        return self.encode(self(frames, horizon))

    def unroll(self, frames: torch.Tensor, horizon: int) -> torch.Tensor:
        """One-step predictions through the context, then the roll-out: ``[B, T - 1 + horizon, 3, 64, 64]``."""
        context, out = frames.shape[1], []
        before = memory = None
        for t in range(context - 1 + horizon):
            frame = frames[:, t] if t < context else out[-1]
            latent, quarter, half = self.encoder(frame)
            if memory is None:
                before, memory = latent, self.trunk.start(latent)
            ahead, memory = self.trunk(latent, before, memory)
            out.append(frame + self.painter(ahead, quarter, half, frame))
            before = latent
        return torch.stack(out, dim=1)
