"""What makes models interchangeable: a small protocol for each thing that a model can do.

Frames are ``uint8 [B, T, H, W, 3]`` and latents ``float32 [B, T, N, D]``. Callers ask for an ability
(``isinstance(model, Decoder)``), never for a particular model. What a world's state is read from latents with is no
part of a model: see ``core.models.readers``.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np

State = TypeVar("State")
MAX_HORIZON = 256


class Named(Protocol):
    """What every model says of itself.

    Attributes:
        name: Short name, unique among the models at hand.
        title: Name for people.
        fps: Frame rate that it was made for.
        size: Pixels a side of the frames that it takes.
    """

    name: str
    title: str
    fps: float
    size: int


@runtime_checkable
class Encoder(Named, Protocol):
    """A model that represents frames."""

    def encode(self, frames: np.ndarray) -> np.ndarray:
        """The latents ``float32 [B, T, N, D]`` of frames ``uint8 [B, T, H, W, 3]``.

        An encoder of stretches of frames (``StretchEncoder``) may give fewer steps than frames.
        """
        ...


@runtime_checkable
class StretchEncoder(Protocol):
    """An encoder that takes several frames at a time.

    Attributes:
        frames: Frames of a stretch; a clip must be a whole number of stretches.
    """

    frames: int


@runtime_checkable
class MixingEncoder(Protocol):
    """An encoder whose tokens may each depend on all places of the frame, as a transformer's do.

    Attributes:
        mixes_places: Whether they do.
    """

    mixes_places: bool


@runtime_checkable
class Predictor(Named, Protocol):
    """A model that predicts what comes next, in pixels or in a representation of its own.

    Attributes:
        context: Fewest frames that ``predict`` needs.
        is_pixel: Whether its latents are pixels, so that errors may be compared in dB.
        is_baseline: Whether it has learnt nothing of dynamics.
    """

    context: int
    is_pixel: bool
    is_baseline: bool

    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        """The latents of the next frames, ``float32 [B, horizon, N, D]``, from a context ``uint8 [B, T, H, W, 3]``.

        Raises:
            ValueError: The context or the horizon can't be used; the message says what was expected.
        """
        ...


@runtime_checkable
class StepwisePredictor(Predictor, Protocol[State]):
    """A predictor whose roll-out goes on from a state, without starting again from the context.

    ``n`` steps from ``start(context)`` give the latents of ``predict(context, n)`` to the bit. A state is a value: no
    step changes it, so that a roll-out may go on from the same state twice.
    """

    def start(self, context: np.ndarray) -> State:
        """The state after a context ``uint8 [B, T, H, W, 3]``.

        Raises:
            ValueError: The context can't be used.
        """
        ...

    def step(self, state: State) -> tuple[State, np.ndarray]:
        """The next state, and the latents of the next frame, ``float32 [B, N, D]``."""
        ...


@runtime_checkable
class WorldModel(Encoder, Predictor, Protocol):
    """A model that predicts what comes next in the representation that it encodes frames to."""


@runtime_checkable
class Decoder(Protocol):
    """A model that draws its latents."""

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Frames ``uint8 [B, T, H, W, 3]`` from latents ``[B, T, N, D]``."""
        ...


@runtime_checkable
class OneStepPredictor(Encoder, Protocol):
    """A predictor that can be surprised: it predicts each frame of a clip from the true frames before it.

    Attributes:
        context: Fewest frames before a prediction that counts.
    """

    context: int

    def predict_next(self, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The predicted latent of every frame but the first, ``[B, T - 1, N, D]``, and the latents of all frames,
        ``[B, T, N, D]``, from ``uint8 [B, T, H, W, 3]``."""
        ...


@runtime_checkable
class Neural(Protocol):
    """A model with a network, whose operations can be counted.

    Attributes:
        network: A ``torch.nn.Module``.
    """

    network: Any


@runtime_checkable
class Attributable(Neural, Protocol):
    """A model whose training error can be split by place."""

    title: str
    size: int

    def squared_errors(self, frames: Any, context: int) -> Any:
        """What it was trained to make small, place by place: ``[T - context, h, w]`` with gradients, of a tensor of
        frames ``[1, T, 3, H, W]``."""
        ...


def frames_per_stretch(model: object) -> int:
    """Frames that an encoder takes at a time."""
    return model.frames if isinstance(model, StretchEncoder) else 1


def mixes_places(model: object) -> bool:
    """Whether each token of an encoder may depend on all places of the frame."""
    return isinstance(model, MixingEncoder) and model.mixes_places


def check_context(model: Predictor, context: np.ndarray) -> None:
    """Refuse a context that a model cannot use: other than ``uint8 [B, T, size, size, 3]``, or too few frames.

    Raises:
        ValueError: Says what was expected.
    """
    expected = (model.size, model.size, 3)
    if context.dtype != np.uint8 or context.ndim != 5 or context.shape[2:] != expected:
        shape = [*context.shape]
        raise ValueError(f"Context must be uint8 [B, T, {model.size}, {model.size}, 3], not {context.dtype} {shape}.")
    if context.shape[1] < model.context:
        raise ValueError(f"{model.title} needs at least {model.context} context frames, not {context.shape[1]}.")


def check_horizon(horizon: int) -> None:
    """Refuse a horizon that no model predicts.

    Raises:
        ValueError: Says what was expected.
    """
    if not isinstance(horizon, int | np.integer) or not 1 <= horizon <= MAX_HORIZON:
        raise ValueError(f"A horizon must be a whole number from 1 to {MAX_HORIZON} frames, not {horizon}.")


def roll_out(model: StepwisePredictor, context: np.ndarray, horizon: int) -> np.ndarray:
    """The latents of the next frames, ``[B, horizon, N, D]``, step by step.

    Raises:
        ValueError: The context or the horizon can't be used.
    """
    check_horizon(horizon)
    state, latents = model.start(context), []
    for _ in range(horizon):
        state, latent = model.step(state)
        latents.append(latent)
    return np.stack(latents, axis=1)
