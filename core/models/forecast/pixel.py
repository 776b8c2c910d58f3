"""The pixel model: the JEPA's encoder and trunk, and a decoder; it predicts the next frame and continues from it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from core.models.forecast.rollout import Rollout, RolloutState
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
class PixelState(RolloutState):
    """Where a roll-out in pixels stands: ``newest`` is a frame ``[B, 3, 64, 64]``.

    Attributes:
        before: The latent of the frame before the newest, ``[B, D, 8, 8]``; None at the first frame.
        memory: What the trunk remembers of all before the newest, ``[B, M, 8, 8]``; None at the first frame.
    """

    before: torch.Tensor | None
    memory: torch.Tensor | None


class PixelPredictor(Rollout[PixelState]):
    """Frames ``[B, T, 3, 64, 64]`` in [0, 1] in, frames out."""

    def __init__(self, config: PixelConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.trunk = Trunk(config)
        self.decoder = FrameDecoder(config)
        self.register_load_state_dict_pre_hook(_accept_former_names)

    def encode(self, frames: torch.Tensor) -> torch.Tensor:
        """``[B, T, 3, H, W]`` to the latents that the trunk is given, ``[B, T, D, 8, 8]``."""
        return self.encoder(frames.flatten(0, 1))[0].unflatten(0, frames.shape[:2])

    def predict(self, frames: torch.Tensor, horizon: int) -> torch.Tensor:
        """The latents of the frames that it predicts, ``[B, horizon, D, 8, 8]``."""
        return self.encode(self(frames, horizon))

    def begin(self, first: torch.Tensor) -> PixelState:
        """The state at the first frame ``[B, 3, 64, 64]``."""
        return PixelState(first, None, None)

    def step(self, state: PixelState) -> PixelState:
        """The state one frame later; its newest frame ``[B, 3, 64, 64]`` is the prediction."""
        latent, quarter, half = self.encoder(state.newest)
        before = latent if state.before is None else state.before
        memory = self.trunk.start(latent) if state.memory is None else state.memory
        ahead, memory = self.trunk(latent, before, memory)
        return PixelState(state.newest + self.decoder(ahead, quarter, half, state.newest), latent, memory)
