"""The forecasting networks behind the protocols: numpy in, numpy out."""

from __future__ import annotations

import numpy as np
import torch

from core.models.baselines import from_pixels, to_pixels
from core.models.forecast.decoder import Decoder
from core.models.forecast.jepa import Jepa
from core.models.forecast.pixel import PixelPredictor
from core.models.protocols import check_context
from core.models.tensors import as_tensor, grid, tokens
from core.readouts.balls.parser import parse_positions
from core.readouts.balls.probe import SLOTS, Probe
from core.worlds import FPS, SIZE


class PixelModel:
    """The pixel predictor: its latents are the pixels themselves."""

    is_pixel, is_baseline, can_decode = True, False, True
    fps, size = FPS, SIZE

    def __init__(self, network: PixelPredictor, name: str, title: str) -> None:
        self.name, self.title = name, title
        self.network = network.eval()
        self.context = network.config.context

    def encode(self, frames: np.ndarray) -> np.ndarray:
        return to_pixels(frames)

    @torch.no_grad()
    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        check_context(self, context, horizon)
        frames = self.network(as_tensor(context), horizon).clamp(0, 1)  # [B, horizon, 3, H, W]
        return np.ascontiguousarray(frames.flatten(3).transpose(2, 3).numpy())

    def squared_errors(self, frames: torch.Tensor, context: int) -> torch.Tensor:
        """What it is trained to make small, place by place: ``[1, T, 3, H, W]`` to ``[T - context, H, W]``."""
        drawn = self.network(frames[:, :context], frames.shape[1] - context)
        return (drawn - frames[:, context:])[0].square().mean(dim=1)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        return from_pixels(latents)

    def locate(self, latents: np.ndarray) -> np.ndarray:
        return parse_positions(from_pixels(latents))


class LatentModel:
    """A network that predicts latents, with the probe that reads them and, for people's eyes, a decoder."""

    is_pixel, is_baseline = False, False
    fps, size = FPS, SIZE

    def __init__(
        self, network: Jepa | PixelPredictor, probe: Probe | None, decoder: Decoder | None, name: str, title: str
    ) -> None:
        self.name, self.title = name, title
        self.network, self.probe = network.eval(), probe
        self._decoder = decoder.eval() if decoder else None
        self.context = network.config.context
        self.can_decode = decoder is not None

    @torch.no_grad()
    def encode(self, frames: np.ndarray) -> np.ndarray:
        return tokens(self.network.encode(as_tensor(frames)))

    @torch.no_grad()
    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        check_context(self, context, horizon)
        return tokens(self.network.imagine(as_tensor(context), horizon))

    @torch.no_grad()
    def decode(self, latents: np.ndarray) -> np.ndarray:
        if self._decoder is None:
            raise ValueError(f"{self.title} has no decoder, it cannot draw.")
        z = grid(latents)  # [B, T, D, h, w]
        frames = self._decoder(z.flatten(0, 1)).unflatten(0, z.shape[:2])
        return np.rint(np.moveaxis(frames.numpy(), 2, -1) * 255.0).astype(np.uint8)

    def locate(self, latents: np.ndarray) -> np.ndarray:
        if self.probe is None:
            return np.full((*latents.shape[:2], SLOTS, 2), np.nan, np.float32)
        return self.probe.locate(latents)


class JepaModel(LatentModel):
    """The JEPA predictor: its latents are made to be predicted."""

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


class MemoryModel:
    """A predictor, used for what it knows at each moment: the latent of the frame, and its memory of all before."""

    fps, size, frames = FPS, SIZE, 1

    def __init__(self, network: Jepa | PixelPredictor, name: str, title: str) -> None:
        self.name, self.title = name, title
        self.network = network.eval()
        self._trunk = network.predictor.trunk if isinstance(network, Jepa) else network.trunk

    @torch.no_grad()
    def encode(self, frames: np.ndarray) -> np.ndarray:
        """``uint8 [B, T, H, W, 3]`` to ``float32 [B, T, N, D + M]``."""
        latents = self.network.encode(as_tensor(frames))
        return tokens(torch.cat([latents, self._trunk.remember(latents)], dim=2))
