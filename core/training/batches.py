"""Batches of random windows, drawn in the same order for all recipes, so that both arms see the same clips."""

from __future__ import annotations

import numpy as np
import torch

from core.models.tensors import as_tensor
from core.training.clip_cache import Clips
from core.training.recipe import Batch


def augmented_windows(clips: Clips, batch_size: int, length: int, seed: int, step: int) -> torch.Tensor:
    """The windows of a step, ``float32 [B, length, 3, H, W]`` in [0, 1].

    Half of them are mirrored left to right, and the colour channels of each are shuffled. Every clip has a red ball and
    only some have a green one; without the shuffle, the red ball alone supplies the variance that the anti-collapse
    term demands, and the representation drops the others (in a trial, the red ball's tokens grew ten times as large as
    the blue one's).

    Args:
        clips: Where the windows are cut from.
        batch_size: Number of windows, B.
        length: Frames of a window.
        seed: Of the training.
        step: Number of the step.
    """
    numbers = range(step * batch_size, (step + 1) * batch_size)
    return as_tensor(np.stack([_window(clips, length, seed, number) for number in numbers]))


def _window(clips: Clips, length: int, seed: int, number: int) -> np.ndarray:
    """One window of the stream of a seed, by its number: recipes with other batch sizes read the same stream."""
    rng = np.random.default_rng([seed, number])
    chosen = rng.integers(len(clips.frames))
    # Early windows are more frequent: that is where balls still fall and run.
    start = int(rng.random() ** 1.7 * (clips.frames.shape[1] - length + 1))
    direction = -1 if rng.random() < 0.5 else 1
    return clips.frames[chosen, start : start + length, :, ::direction][..., rng.permutation(3)]


class WindowRecipe:
    """Base of the recipes that learn from augmented windows of frames.

    Attributes:
        window: Frames of a window.
        batch_size: Windows of a batch.
    """

    window: int
    batch_size: int

    def draw_batch(self, clips: Clips, seed: int, step: int, progress: float) -> Batch:
        """``frames``, ``float32 [B, T, 3, H, W]`` in [0, 1]."""
        return {"frames": augmented_windows(clips, self.batch_size, self.window, seed, step)}
