"""The pixel predictor's network, of the SimVP family (Gao et al., CVPR 2022): encode frames, mix them over time with
convolutions only, decode every coming frame. Predicts pixels and is judged on pixels."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from core.models.layers import Mixer, conv, upsample


@dataclass(frozen=True)
class SimVPConfig:
    """Sizes of the pixel predictor: ``context`` frames in, ``ahead`` frames out at once."""

    context: int = 4
    ahead: int = 16
    space: int = 16
    mix: int = 128
    blocks: int = 4


class SimVP(nn.Module):
    """``[B, context, 3, 64, 64]`` in [0, 1] to ``[B, ahead, 3, 64, 64]``."""

    def __init__(self, config: SimVPConfig) -> None:
        super().__init__()
        self.config = config
        space = config.space
        self.fine = conv(3, space)  # [B*T, S, 64, 64]
        self.coarse = nn.Sequential(conv(space, space, 2), conv(space, 2 * space, 2))  # [B*T, 2S, 16, 16]
        self.enter = nn.Conv2d(config.context * 2 * space, config.mix, 1)
        self.translate = nn.Sequential(*[Mixer(config.mix) for _ in range(config.blocks)])
        self.leave = nn.Conv2d(config.mix, config.ahead * 2 * space, 1)
        self.rise = nn.Sequential(upsample(2 * space, space), upsample(space, space))  # [B*ahead, S, 64, 64]
        self.paint = nn.Sequential(conv(2 * space, space), nn.Conv2d(space, 3, 3, 1, 1))
        nn.init.zeros_(self.paint[-1].weight)
        nn.init.zeros_(self.paint[-1].bias)

    def forward(self, frames: torch.Tensor, steps: torch.Tensor | None = None) -> torch.Tensor:
        """Draw every step ahead, or only the given ``steps`` of them (drawing is what costs)."""
        clips, context = frames.shape[:2]
        fine = self.fine(frames.flatten(0, 1) - 0.5).unflatten(0, (clips, context))  # [B, T, S, 64, 64]
        coarse = self.coarse(fine.flatten(0, 1)).unflatten(0, (clips, context))  # [B, T, 2S, 16, 16]
        mixed = self.leave(self.translate(self.enter(coarse.flatten(1, 2))))  # [B, ahead*2S, 16, 16]
        mixed = mixed.unflatten(1, (self.config.ahead, -1))  # [B, ahead, 2S, 16, 16]
        mixed = mixed if steps is None else mixed[:, steps]
        last = fine[:, -1:].expand(-1, mixed.shape[1], -1, -1, -1).flatten(0, 1)
        change = self.paint(torch.cat([self.rise(mixed.flatten(0, 1)), last], dim=1)).unflatten(0, mixed.shape[:2])
        return frames[:, -1:] + change

    def roll_out(self, frames: torch.Tensor, horizon: int) -> torch.Tensor:
        """Context ``[B, T, 3, 64, 64]`` to ``[B, horizon, 3, 64, 64]``: blocks of ``ahead``, each fed with the last."""
        window, out = frames[:, -self.config.context :], []
        while (left := horizon - sum(block.shape[1] for block in out)) > 0:
            out.append(self(window, torch.arange(min(self.config.ahead, left))).clamp(0, 1))
            window = torch.cat([window, out[-1]], dim=1)[:, -self.config.context :]
        return torch.cat(out, dim=1)
