"""Models of other packages that were written for the first form of the protocol, one object with everything in it.

Such an object has ``can_decode`` beside a ``decode`` that may refuse, and reads the balls' positions itself
(``locate``). Here it stands behind the protocols by ability.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from core.models.protocols import WorldModel, check_context


@runtime_checkable
class FirstForm(WorldModel, Protocol):
    """The first form of the protocol."""

    can_decode: bool

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Frames ``uint8 [B, T, H, W, 3]`` from latents ``[B, T, N, D]``; only where ``can_decode``."""
        ...

    def locate(self, latents: np.ndarray) -> np.ndarray:
        """Positions of the balls, ``float32 [B, T, 3, 2]`` in frame widths; NaN where none is found."""
        ...


@dataclass(frozen=True)
class GuestState:
    """A context, and the frames that were predicted from it."""

    context: np.ndarray
    frames: int


class Guest:
    """A model of the first form; it reads its latents itself."""

    def __init__(self, model: FirstForm) -> None:
        self._model = model
        self.name, self.title = model.name, model.title
        self.is_pixel, self.is_baseline = model.is_pixel, model.is_baseline
        self.context, self.fps, self.size = model.context, model.fps, model.size
        self.frames: int = getattr(model, "frames", 1)  # optional in the first form, as is the next
        self.mixes_places: bool = getattr(model, "mixes_places", False)

    def encode(self, frames: np.ndarray) -> np.ndarray:
        """Latents ``[B, T, N, D]`` of frames ``uint8 [B, T, H, W, 3]``."""
        return self._model.encode(frames)

    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        """Latents of the next frames, ``[B, horizon, N, D]``."""
        return self._model.predict(context, horizon)

    def start(self, context: np.ndarray) -> GuestState:
        """The state after a context ``uint8 [B, T, H, W, 3]``."""
        check_context(self, context)
        return GuestState(context, 0)

    def step(self, state: GuestState) -> tuple[GuestState, np.ndarray]:
        """The state one frame later, and the latents ``[B, N, D]`` of that frame; predicted from the context again."""
        ahead = GuestState(state.context, state.frames + 1)
        return ahead, self._model.predict(state.context, ahead.frames)[:, -1]

    def read(self, latents: np.ndarray) -> np.ndarray:
        """Positions of the balls, ``[B, T, 3, 2]`` in frame widths, from latents ``[B, T, N, D]``."""
        return self._model.locate(latents)


class DrawingGuest(Guest):
    """A model of the first form that can draw."""

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Frames ``uint8 [B, T, H, W, 3]`` from latents ``[B, T, N, D]``."""
        return self._model.decode(latents)


def adopt(model: object) -> object:
    """The model behind the protocols by ability; itself if it is written for them."""
    if not isinstance(model, FirstForm):
        return model
    return DrawingGuest(model) if model.can_decode else Guest(model)
