"""The pixel model: the JEPA's encoder and trunk, and a painter; it predicts the next frame and goes on from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import nn

from core.models.forecast.trunk import Encoder, Trunk, TrunkConfig
from core.models.layers import conv, upsample


@dataclass(frozen=True)
class PixelConfig(TrunkConfig):
    """Sizes of the pixel model; ``paint`` channels at half size. Its painter goes on from a grid of 8."""

    paint: int = 32

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.grid != 8:
            raise ValueError(f"The pixel model paints from a grid of 8, not {self.grid}.")


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
        for parameter in self.paint.parameters():
            nn.init.zeros_(parameter)

    def forward(
        self, ahead: torch.Tensor, quarter: torch.Tensor, half: torch.Tensor, frame: torch.Tensor
    ) -> torch.Tensor:
        coarse = self.at_quarter(torch.cat([self.rise(ahead), quarter], dim=1))  # [B, P, 16, 16]
        fine = self.at_half(torch.cat([self.rise_again(coarse), half], dim=1))  # [B, P, 32, 32]
        return self.paint(torch.cat([self.full(fine), frame - 0.5], dim=1))  # [B, 3, 64, 64]


@dataclass(frozen=True)
class PixelState:
    """Where a roll-out stands: the newest frame ``[B, 3, 64, 64]``, the latent of the one before ``[B, D, 8, 8]`` and
    the memory of all before it ``[B, M, 8, 8]``; without those two at the first frame."""

    frame: torch.Tensor
    before: torch.Tensor | None
    memory: torch.Tensor | None


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

    def predict(self, frames: torch.Tensor, horizon: int) -> torch.Tensor:
        """The latents of the frames that it predicts, ``[B, horizon, D, 8, 8]``."""
        return self.encode(self(frames, horizon))

    def unroll(self, frames: torch.Tensor, horizon: int) -> torch.Tensor:
        """One-step predictions through the context, then the roll-out: ``[B, T - 1 + horizon, 3, 64, 64]``."""
        state, guesses = self.follow(frames)
        for _ in range(horizon):
            state = self.step(state)
            guesses.append(state.frame)
        return torch.stack(guesses, dim=1)

    def follow(self, frames: torch.Tensor) -> tuple[PixelState, list[torch.Tensor]]:
        """The state after a context ``[B, T, 3, 64, 64]``, and the one-step predictions of all but its first frame."""
        state, guesses = PixelState(frames[:, 0], None, None), []
        for t in range(1, frames.shape[1]):
            state = self.step(state)
            guesses.append(state.frame)
            state = replace(state, frame=frames[:, t])
        return state, guesses

    def step(self, state: PixelState) -> PixelState:
        """The state one frame later; its frame is the prediction."""
        latent, quarter, half = self.encoder(state.frame)
        before = latent if state.before is None else state.before
        memory = self.trunk.start(latent) if state.memory is None else state.memory
        ahead, memory = self.trunk(latent, before, memory)
        return PixelState(state.frame + self.painter(ahead, quarter, half, state.frame), latent, memory)
