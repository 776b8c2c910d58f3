"""What the pixel model and the JEPA share: the encoder of a frame, and the trunk that predicts one step.

The JEPA normalises its latents, predicts the next ones and continues from them; the pixel model's trunk leads to a
decoder, and it continues from the decoded frame. Each model has weights of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class TrunkConfig:
    """Sizes of a forecasting network: ``dim`` channels for each of ``grid`` x ``grid`` tokens (8, 4, 2 or 1),
    ``memory`` channels in the trunk, ``context`` frames shown."""

    dim: int = 16
    width: int = 64
    memory: int = 56
    grid: int = 8
    context: int = 4

    def __post_init__(self) -> None:
        if self.grid not in (8, 4, 2, 1) or self.context < 3:
            given = f"{self.grid} and {self.context}"
            raise ValueError(
                f"The grid must be 8, 4, 2 or 1 tokens per side and the context at least 3 frames, not {given}."
            )


class Encoder(nn.Module):
    """Frames ``[B, 3, 64, 64]`` in [0, 1] to features, coarse to fine."""

    def __init__(self, config: TrunkConfig) -> None:
        super().__init__()
        width = config.width
        # No normalisation over places in here: it would carry a change at one place into every token.
        self.at_half = nn.Conv2d(3, width // 2, 3, 2, 1)
        self.at_quarter = nn.Conv2d(width // 2, width, 3, 2, 1)
        self.at_eighth = nn.Conv2d(width, width, 3, 2, 1)
        self.leave = nn.Conv2d(width, config.dim, 8 // config.grid, 8 // config.grid)

    def forward(self, frames: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Latents ``[B, D, G, G]``, features ``[B, W, 16, 16]`` and ``[B, W / 2, 32, 32]``."""
        silu = nn.functional.silu
        half = silu(self.at_half(frames - 0.5))
        quarter = silu(self.at_quarter(half))
        return self.leave(silu(self.at_eighth(quarter))), quarter, half


class Trunk(nn.Module):
    """Predicts one step, with a convolutional GRU as memory, which bridges occlusions."""

    def __init__(self, config: TrunkConfig) -> None:
        super().__init__()
        self.memory = memory = config.memory
        seen = 2 * config.dim  # the latent and its last change
        self.gates = nn.Conv2d(seen + memory, 2 * memory, 3, 1, 1)
        self.candidate = nn.Conv2d(seen + memory, memory, 3, 1, 1)
        self.place = nn.Parameter(torch.zeros(1, memory, config.grid, config.grid))
        self.mix = nn.Sequential(
            nn.Conv2d(memory, memory, 3, 1, 1),
            nn.GroupNorm(8, memory),
            nn.SiLU(),
            nn.Conv2d(memory, memory, 3, 1, 1),
            nn.GroupNorm(8, memory),
        )

    def start(self, latent: torch.Tensor) -> torch.Tensor:
        """An empty memory ``[B, M, G, G]`` for latents ``[B, D, G, G]``."""
        return latent.new_zeros(len(latent), self.memory, *latent.shape[2:])

    def forward(
        self, latent: torch.Tensor, before: torch.Tensor, memory: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """What comes next ``[B, M, G, G]``, and the next memory, from this latent, the one before and the memory."""
        seen = torch.cat([latent, latent - before], dim=1)  # [B, 2D, G, G]
        reset, update = torch.sigmoid(self.gates(torch.cat([seen, memory], dim=1))).chunk(2, dim=1)
        candidate = torch.tanh(self.candidate(torch.cat([seen, reset * memory], dim=1)))
        memory = (1 - update) * memory + update * candidate
        placed = memory + self.place
        return nn.functional.silu(placed + self.mix(placed)), memory

    def remember(self, latents: torch.Tensor) -> torch.Tensor:
        """The memory after each of the latents ``[B, T, D, G, G]``: ``[B, T, M, G, G]``."""
        before, memory, found = latents[:, 0], self.start(latents[:, 0]), []
        for latent in latents.unbind(dim=1):
            _, memory = self(latent, before, memory)
            before = latent
            found.append(memory)
        return torch.stack(found, dim=1)
