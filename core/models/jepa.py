"""The JEPA predictor's networks: it predicts its own representation of the next frames, never pixels.

After LeCun, "A path towards autonomous machine intelligence" (2022), in the joint-embedding form without a moving
average: encoder and predictor learn together, and an explicit term keeps the representation from collapsing.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from core.models.layers import Residual


@dataclass(frozen=True)
class JepaConfig:
    """Sizes of the JEPA predictor: ``dim`` channels for each of 8x8 tokens."""

    dim: int = 16
    width: int = 64
    memory: int = 64
    blocks: int = 2
    grid: int = 8
    context: int = 4


class Encoder(nn.Module):
    """Frames ``[B, 3, 64, 64]`` in [0, 1] to latents ``[B, D, 8, 8]``."""

    def __init__(self, config: JepaConfig) -> None:
        super().__init__()
        width = config.width
        # No norm over places in here: it would carry a change at one place into every token.
        self.body = nn.Sequential(
            nn.Conv2d(3, width // 2, 3, 2, 1), nn.SiLU(), nn.Conv2d(width // 2, width, 3, 2, 1), nn.SiLU(),
            nn.Conv2d(width, width, 3, 2, 1), nn.SiLU(), nn.Conv2d(width, config.dim, 1),
            nn.BatchNorm2d(config.dim, affine=False, momentum=0.3),
        )  # fmt: skip

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        return self.body(frames - 0.5)


class Predictor(nn.Module):
    """One step ahead in latent space, with a convolutional GRU as its memory (it bridges what is hidden)."""

    def __init__(self, config: JepaConfig) -> None:
        super().__init__()
        self.memory = config.memory
        seen = 2 * config.dim  # the latent and its last change
        self.gates = nn.Conv2d(seen + config.memory, 2 * config.memory, 3, 1, 1)
        self.candidate = nn.Conv2d(seen + config.memory, config.memory, 3, 1, 1)
        self.place = nn.Parameter(torch.zeros(1, config.memory, config.grid, config.grid))
        self.blocks = nn.Sequential(*[Residual(config.memory) for _ in range(config.blocks)])
        self.head = nn.Conv2d(config.memory, config.dim, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def start(self, latent: torch.Tensor) -> torch.Tensor:
        """An empty memory ``[B, M, 8, 8]`` for latents ``[B, D, 8, 8]``."""
        return latent.new_zeros(len(latent), self.memory, *latent.shape[2:])

    def step(
        self, latent: torch.Tensor, before: torch.Tensor, memory: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The next latent and the next memory, from this latent, the one before and the memory."""
        seen = torch.cat([latent, latent - before], dim=1)  # [B, 2D, 8, 8]
        reset, update = torch.sigmoid(self.gates(torch.cat([seen, memory], dim=1))).chunk(2, dim=1)
        candidate = torch.tanh(self.candidate(torch.cat([seen, reset * memory], dim=1)))
        memory = (1 - update) * memory + update * candidate
        return latent + self.head(self.blocks(memory + self.place)), memory

    def forward(self, latents: torch.Tensor, horizon: int) -> torch.Tensor:
        """Context latents ``[B, T, D, 8, 8]`` to the next ``[B, horizon, D, 8, 8]``, each fed with the last."""
        return self.unroll(latents, horizon)[:, latents.shape[1] - 1 :]

    def unroll(self, latents: torch.Tensor, horizon: int) -> torch.Tensor:
        """One-step predictions through the context, then the roll-out: ``[B, T - 1 + horizon, D, 8, 8]``."""
        context = latents.shape[1]
        memory, before, latent, out = self.start(latents[:, 0]), latents[:, 0], latents[:, 0], []
        for t in range(context - 1 + horizon):
            guess, memory = self.step(latent, before, memory)
            out.append(guess)
            before, latent = latent, latents[:, t + 1] if t + 1 < context else guess
        return torch.stack(out, dim=1)


class Jepa(nn.Module):
    """Encoder and predictor together."""

    def __init__(self, config: JepaConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.predictor = Predictor(config)

    def encode(self, frames: torch.Tensor) -> torch.Tensor:
        """``[B, T, 3, H, W]`` to ``[B, T, D, 8, 8]``."""
        return self.encoder(frames.flatten(0, 1)).unflatten(0, frames.shape[:2])
