"""The forecasting networks behind the protocols: numpy in, numpy out."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np
import torch

from core.models.forecast.decoder import Decoder
from core.models.forecast.jepa import Jepa, LatentState
from core.models.forecast.pixel import PixelPredictor, PixelState
from core.models.protocols import check_context, check_horizon, roll_out
from core.models.tensors import as_tensor, grid, tokens
from core.pixels import from_pixels, to_pixels
from core.worlds import FPS, SIZE

Network = TypeVar("Network", bound=Jepa | PixelPredictor)


class _NetworkModel(Generic[Network]):
    """What all models of this family share: their names, a network, and what its encoder makes of frames."""

    fps, size = FPS, SIZE

    def __init__(self, network: Network, name: str, title: str) -> None:
        self.name, self.title = name, title
        self.network = network
        network.eval()

    @torch.no_grad()
    def encode(self, frames: np.ndarray) -> np.ndarray:
        """The latents that the trunk is given, ``[B, T, N, D]``, frame by frame, of frames ``[B, T, H, W, 3]``."""
        return tokens(self.network.encode(as_tensor(frames)))


class _Forecaster(_NetworkModel[Network]):
    """A model of this family that predicts."""

    is_pixel, is_baseline = False, False

    def __init__(self, network: Network, name: str, title: str) -> None:
        super().__init__(network, name, title)
        self.context = network.config.context


class PixelModel(_Forecaster[PixelPredictor]):
    """The pixel model: its latents are the pixels themselves."""

    is_pixel = True

    def encode(self, frames: np.ndarray) -> np.ndarray:
        """The pixels themselves, ``[B, T, N, 3]``, of frames ``[B, T, H, W, 3]``."""
        return to_pixels(frames)

    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        """The pixels of the next frames, ``[B, horizon, N, 3]``, each fed with the last."""
        return roll_out(self, context, horizon)

    @torch.no_grad()
    def start(self, context: np.ndarray) -> PixelState:
        """The state after a context ``[B, T, H, W, 3]``."""
        check_context(self, context)
        return self.network.follow(as_tensor(context))[0]

    @torch.no_grad()
    def step(self, state: PixelState) -> tuple[PixelState, np.ndarray]:
        """The state one frame later, and the pixels of that frame, ``[B, N, 3]``."""
        ahead = self.network.step(state)
        return ahead, np.ascontiguousarray(ahead.newest.clamp(0, 1).flatten(2).transpose(1, 2).numpy())

    def squared_errors(self, frames: torch.Tensor, context: int) -> torch.Tensor:
        """What it is trained to make small, place by place: ``[1, T, 3, H, W]`` to ``[T - context, H, W]``."""
        drawn = self.network(frames[:, :context], frames.shape[1] - context)
        return (drawn - frames[:, context:])[0].square().mean(dim=1)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """The frames ``[B, T, H, W, 3]`` of pixels ``[B, T, N, 3]``."""
        return from_pixels(latents)


class PixelFeatures(_Forecaster[PixelPredictor]):
    """The latents inside a pixel model, of given frames and of those that it predicts.

    It has no single steps: predicted frames are encoded in one batch, whose size changes the last bits.
    """

    @torch.no_grad()
    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        """The latents of the frames that the pixel model predicts, ``[B, horizon, N, D]``."""
        check_context(self, context)
        check_horizon(horizon)
        return tokens(self.network.predict(as_tensor(context), horizon))


class JepaModel(_Forecaster[Jepa]):
    """The JEPA: its latents are made to be predicted."""

    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        """The latents of the next frames, ``[B, horizon, N, D]``, each fed with the last."""
        return roll_out(self, context, horizon)

    @torch.no_grad()
    def start(self, context: np.ndarray) -> LatentState:
        """The state after a context ``[B, T, H, W, 3]``."""
        check_context(self, context)
        return self.network.predictor.follow(self.network.encode(as_tensor(context)))[0]

    @torch.no_grad()
    def step(self, state: LatentState) -> tuple[LatentState, np.ndarray]:
        """The state one frame later, and the latents of that frame, ``[B, N, D]``."""
        ahead = self.network.predictor.step(state)
        return ahead, tokens(ahead.newest[:, None])[:, 0]

    @torch.no_grad()
    def predict_next(self, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The latent of every frame but the first, each from the true frames before it, ``[B, T - 1, N, D]``; and the
        true latents ``[B, T, N, D]``."""
        latents = self.network.encode(as_tensor(frames))
        return tokens(self.network.predictor.unroll(latents, 1))[:, : latents.shape[1] - 1], tokens(latents)

    def squared_errors(self, frames: torch.Tensor, context: int) -> torch.Tensor:
        """What it is trained to make small, place by place: ``[1, T, 3, H, W]`` to ``[T - context, G, G]``."""
        latents = self.network.encode(frames)
        guesses = self.network.predictor(latents[:, :context], frames.shape[1] - context)
        return (guesses - latents[:, context:])[0].square().mean(dim=1)


class DecodingJepaModel(JepaModel):
    """A JEPA with a decoder, which draws its latents for people; no part of the JEPA itself."""

    def __init__(self, network: Jepa, decoder: Decoder, name: str, title: str) -> None:
        super().__init__(network, name, title)
        self._decoder = decoder.eval()

    @torch.no_grad()
    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Frames ``uint8 [B, T, H, W, 3]``, each drawn from its latents ``[B, T, N, D]`` alone."""
        z = grid(latents)  # [B, T, D, h, w]
        frames = self._decoder(z.flatten(0, 1)).unflatten(0, z.shape[:2])
        return np.rint(np.moveaxis(frames.numpy(), 2, -1) * 255.0).astype(np.uint8)


class MemoryModel(_NetworkModel[Network]):
    """The latent of each frame together with the memory of the frames before it: what a predictor knows then."""

    frames = 1

    @torch.no_grad()
    def encode(self, frames: np.ndarray) -> np.ndarray:
        """``uint8 [B, T, H, W, 3]`` to ``float32 [B, T, N, D + M]``."""
        latents = self.network.encode(as_tensor(frames))
        return tokens(torch.cat([latents, self.network.trunk.remember(latents)], dim=2))
