"""What makes models interchangeable: the one protocol that pages, evaluation and third parties share."""

from __future__ import annotations

from numbers import Integral
from typing import Protocol, runtime_checkable

import numpy as np


@runtime_checkable
class WorldModel(Protocol):
    """A model that predicts what comes next, in pixels or in a representation of its own.

    Attributes:
        name: Short name, unique among the models at hand.
        title: Name for people.
        is_pixel: Whether its latents are pixels (then errors may be compared in dB).
        is_baseline: Whether it has learnt nothing of dynamics.
        can_decode: Whether ``decode`` works.
        context: Fewest frames that ``predict`` needs.
        fps: Frame rate that it was made for.
        size: Pixels a side of the frames that it takes.
    """

    name: str
    title: str
    is_pixel: bool
    is_baseline: bool
    can_decode: bool
    context: int
    fps: float
    size: int

    def encode(self, frames: np.ndarray) -> np.ndarray:
        """``uint8 [B, T, H, W, 3]`` to latents ``float32 [B, T, N, D]``, frame by frame."""
        ...

    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        """Context ``uint8 [B, T, H, W, 3]`` to the latents of the next frames, ``float32 [B, horizon, N, D]``."""
        ...

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Latents ``[B, T, N, D]`` to frames ``uint8 [B, T, H, W, 3]``. Only where ``can_decode``."""
        ...

    def locate(self, latents: np.ndarray) -> np.ndarray:
        """Read the balls' places out of latents: ``float32 [B, T, 3, 2]`` in widths; NaN where none is found."""
        ...


def check_context(model: WorldModel, context: np.ndarray, horizon: int) -> None:
    """Refuse a context that the model cannot use.

    Raises:
        ValueError: Says what was expected.
    """
    expected = (model.size, model.size, 3)
    if context.dtype != np.uint8 or context.ndim != 5 or context.shape[2:] != expected:
        shape = [*context.shape]
        raise ValueError(f"Context must be uint8 [B, T, {model.size}, {model.size}, 3], not {context.dtype} {shape}.")
    if context.shape[1] < model.context:
        raise ValueError(f"{model.title} needs at least {model.context} context frames, not {context.shape[1]}.")
    if not isinstance(horizon, Integral) or not 1 <= horizon <= 256:
        raise ValueError(f"A horizon must be a whole number from 1 to 256 frames, not {horizon}.")
