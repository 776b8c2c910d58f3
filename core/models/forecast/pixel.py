"""The pixel model: the JEPA's encoder and trunk, and a decoder; it predicts the next frame and continues from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import nn

from core.models.forecast.trunk import Encoder, Trunk, TrunkConfig
from core.models.layers import conv, upsample

FORMER_SETTINGS = {"paint": "decoder_width"}  # names in files of earlier versions


@dataclass(frozen=True)
class PixelConfig(TrunkConfig):
    """Sizes of the pixel model; ``decoder_width`` channels at half size. Its decoder starts from a grid of 8."""

    decoder_width: int = 32

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.grid != 8:
            raise ValueError(
                f"The pixel model decodes from a grid of 8 x 8 tokens, so grid must be 8, not {self.grid}."
            )


class FrameDecoder(nn.Module):
    """What comes next, and the features of the present frame, to the change of every pixel."""

    def __init__(self, config: PixelConfig) -> None:
        super().__init__()
        inner, width = config.decoder_width, config.width
        self.rise = upsample(config.memory, inner)  # to [B, P, 16, 16]
        self.at_quarter = conv(inner + width, inner)
        self.rise_again = upsample(inner, inner)  # to [B, P, 32, 32]
        self.at_half = conv(inner + width // 2, inner)
        self.full = upsample(inner, inner // 2)
        self.out = nn.Conv2d(inner // 2 + 3, 3, 3, 1, 1)
        for parameter in self.out.parameters():
            nn.init.zeros_(parameter)

    def forward(
        self, ahead: torch.Tensor, quarter: torch.Tensor, half: torch.Tensor, frame: torch.Tensor
    ) -> torch.Tensor:
        """``[B, M, 8, 8]``, features ``[B, W, 16, 16]`` and ``[B, W / 2, 32, 32]``, and the frame ``[B, 3, 64, 64]``,
        to ``[B, 3, 64, 64]``."""
        coarse = self.at_quarter(torch.cat([self.rise(ahead), quarter], dim=1))  # [B, P, 16, 16]
        fine = self.at_half(torch.cat([self.rise_again(coarse), half], dim=1))  # [B, P, 32, 32]
        return self.out(torch.cat([self.full(fine), frame - 0.5], dim=1))  # [B, 3, 64, 64]


def _accept_former_names(module: nn.Module, weights: dict[str, torch.Tensor], *_: object) -> None:
    """Give weights that were stored under the former names of the decoder their present ones."""
    for name in [name for name in weights if name.startswith("painter.")]:
        present = name.replace("painter.paint.", "decoder.out.").replace("painter.", "decoder.")
        weights[present] = weights.pop(name)


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
        self.decoder = FrameDecoder(config)
        self.register_load_state_dict_pre_hook(_accept_former_names)

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
        return PixelState(state.frame + self.decoder(ahead, quarter, half, state.frame), latent, memory)
