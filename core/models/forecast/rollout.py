"""How the forecasting networks go through a clip: one step after another, each from a state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import torch
from torch import nn


@dataclass(frozen=True)
class RolloutState:
    """Where a roll-out stands. Each network adds what it keeps of the frames before.

    Attributes:
        newest: What the next step continues: a frame ``[B, 3, H, W]`` or a latent ``[B, D, G, G]``.
    """

    newest: torch.Tensor


State = TypeVar("State", bound=RolloutState)


class Rollout(nn.Module, Generic[State]):
    """A network that predicts frames or latents step by step. Below, ``...`` stands for the shape of one of them."""

    def begin(self, first: torch.Tensor) -> State:
        """The state at the first frame or latent of a clip, ``[B, ...]``."""
        raise NotImplementedError

    def step(self, state: State) -> State:
        """The state one frame later; its newest is the prediction ``[B, ...]``."""
        raise NotImplementedError

    def forward(self, context: torch.Tensor, horizon: int) -> torch.Tensor:
        """What comes after a context ``[B, T, ...]``, ``[B, horizon, ...]``, each fed with the last."""
        return self.unroll(context, horizon)[:, context.shape[1] - 1 :]

    def unroll(self, context: torch.Tensor, horizon: int) -> torch.Tensor:
        """One-step predictions through a context ``[B, T, ...]``, then the roll-out: ``[B, T - 1 + horizon, ...]``."""
        state, guesses = self.follow(context)
        for _ in range(horizon):
            state = self.step(state)
            guesses.append(state.newest)
        return torch.stack(guesses, dim=1)

    def follow(self, context: torch.Tensor) -> tuple[State, list[torch.Tensor]]:
        """The state after a context ``[B, T, ...]``, and the one-step predictions of all but its first, each
        ``[B, ...]``."""
        state, guesses = self.begin(context[:, 0]), []
        for given in context.unbind(dim=1)[1:]:
            state = self.step(state)
            guesses.append(state.newest)
            state = replace(state, newest=given)
        return state, guesses
