"""The JEPA: it predicts its own representation of the next frames, never pixels.

After LeCun, "A path towards autonomous machine intelligence" (2022), in the joint-embedding form without a moving
average: encoder and predictor learn together, and an explicit term keeps the representation from collapsing.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from core.models.forecast.rollout import Rollout, RolloutState
from core.models.forecast.trunk import Encoder, Trunk, TrunkConfig


@dataclass(frozen=True)
class LatentState(RolloutState):
    """Where a roll-out in latent space stands: ``newest`` is a latent ``[B, D, G, G]``.

    Attributes:
        before: The latent before the newest, ``[B, D, G, G]``; at the first frame the same.
        memory: What the trunk remembers of all before the newest, ``[B, M, G, G]``.
    """

    before: torch.Tensor
    memory: torch.Tensor


class Predictor(Rollout[LatentState]):
    """The trunk in latent space: each step is the last latent and a change."""

    def __init__(self, config: TrunkConfig) -> None:
        super().__init__()
        self.trunk = Trunk(config)
        self.head = nn.Conv2d(config.memory, config.dim, 1)
        for parameter in self.head.parameters():
            nn.init.zeros_(parameter)

    def begin(self, first: torch.Tensor) -> LatentState:
        """The state at the first latent ``[B, D, G, G]``, which has not changed yet."""
        return LatentState(first, first, self.trunk.start(first))

    def step(self, state: LatentState) -> LatentState:
        """The state one frame later; its newest latent ``[B, D, G, G]`` is the prediction."""
        ahead, memory = self.trunk(state.newest, state.before, state.memory)
        return LatentState(state.newest + self.head(ahead), state.newest, memory)


class Jepa(nn.Module):
    """Encoder and predictor together; the latents are normed by channel."""

    def __init__(self, config: TrunkConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.norm = nn.BatchNorm2d(config.dim, affine=False, momentum=0.3)
        self.predictor = Predictor(config)

    @property
    def trunk(self) -> Trunk:
        """The predictor's trunk."""
        return self.predictor.trunk

    def encode(self, frames: torch.Tensor) -> torch.Tensor:
        """``[B, T, 3, H, W]`` to ``[B, T, D, G, G]``."""
        return self.norm(self.encoder(frames.flatten(0, 1))[0]).unflatten(0, frames.shape[:2])

    def predict(self, frames: torch.Tensor, horizon: int) -> torch.Tensor:
        """Context ``[B, T, 3, H, W]`` to the latents of the next frames, ``[B, horizon, D, G, G]``."""
        return self.predictor(self.encode(frames), horizon)
