"""What a recipe is: a network, the batches that it learns from and the loss that it minimises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import torch

from core.training.clip_cache import Clips

Batch = Mapping[str, torch.Tensor]  # ``frames`` and whatever else a recipe takes (actions, text), each ``[B, ...]``


class Recipe(Protocol):
    """How one model is trained.

    Attributes:
        module: What is trained.
        batch_size: Clips of a batch.
        rate: Largest learning rate.
    """

    batch_size: int
    rate: float

    @property
    def module(self) -> torch.nn.Module: ...

    def draw_batch(self, clips: Clips, seed: int, step: int, progress: float) -> Batch:
        """The batch of a step, augmented as the recipe needs it.

        Args:
            clips: The training clips.
            seed: Of the training. The batch depends on the seed and the step alone, so that a training can be resumed.
            step: Number of the step.
            progress: Share of the training that is over, 0 to 1.
        """
        ...

    def losses(self, batch: Batch, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        """Named parts of the loss of a batch, each a scalar ``[]``; ``loss`` is what is minimised.

        Args:
            batch: As ``draw_batch`` gives it.
            progress: Share of the training that is over, 0 to 1.
            generator: The only source of random numbers.
        """
        ...

    def measures(self) -> Mapping[str, float]:
        """Named numbers on validation clips, the most important one first."""
        ...
