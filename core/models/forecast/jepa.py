"""The JEPA: it predicts its own representation of the next frames, never pixels.

After LeCun, "A path towards autonomous machine intelligence" (2022), in the joint-embedding form without a moving
average: encoder and predictor learn together, and an explicit term keeps the representation from collapsing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import nn

from core.models.forecast.trunk import Encoder, Trunk, TrunkConfig


@dataclass(frozen=True)
class LatentState:
    """Where a roll-out stands: the newest latent and the one before, ``[B, D, G, G]``, and the memory of all before
    them, ``[B, M, G, G]``."""

    latent: torch.Tensor
    before: torch.Tensor
    memory: torch.Tensor


class Predictor(nn.Module):
    """The trunk in latent space: each step is the last latent and a change."""

    def __init__(self, config: TrunkConfig) -> None:
        super().__init__()
        self.trunk = Trunk(config)
        self.head = nn.Conv2d(config.memory, config.dim, 1)
        for parameter in self.head.parameters():
            nn.init.zeros_(parameter)

    def forward(self, latents: torch.Tensor, horizon: int) -> torch.Tensor:
        """Context latents ``[B, T, D, G, G]`` to the next ``[B, horizon, D, G, G]``, each fed with the last."""
        return self.unroll(latents, horizon)[:, latents.shape[1] - 1 :]

    def unroll(self, latents: torch.Tensor, horizon: int) -> torch.Tensor:
        """One-step predictions through the context, then the roll-out: ``[B, T - 1 + horizon, D, G, G]``."""
        state, guesses = self.follow(latents)
        for _ in range(horizon):
            state = self.step(state)
            guesses.append(state.latent)
        return torch.stack(guesses, dim=1)

    def follow(self, latents: torch.Tensor) -> tuple[LatentState, list[torch.Tensor]]:
        """The state after context latents ``[B, T, D, G, G]``, and the one-step predictions of all but the first."""
        first = latents[:, 0]
        state, guesses = LatentState(first, first, self.trunk.start(first)), []
        for t in range(1, latents.shape[1]):
            state = self.step(state)
            guesses.append(state.latent)
            state = replace(state, latent=latents[:, t])
        return state, guesses

    def step(self, state: LatentState) -> LatentState:
        """The state one frame later; its latent is the prediction."""
        ahead, memory = self.trunk(state.latent, state.before, state.memory)
        return LatentState(state.latent + self.head(ahead), state.latent, memory)


class Jepa(nn.Module):
    """Encoder and predictor together; the latents are normed by channel."""

    def __init__(self, config: TrunkConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.norm = nn.BatchNorm2d(config.dim, affine=False, momentum=0.3)
        self.predictor = Predictor(config)

    def encode(self, frames: torch.Tensor) -> torch.Tensor:
        """``[B, T, 3, H, W]`` to ``[B, T, D, G, G]``."""
        return self.norm(self.encoder(frames.flatten(0, 1))[0]).unflatten(0, frames.shape[:2])

    def predict(self, frames: torch.Tensor, horizon: int) -> torch.Tensor:
        """Context ``[B, T, 3, H, W]`` to the latents of the next frames, ``[B, horizon, D, G, G]``."""
        return self.predictor(self.encode(frames), horizon)
