"""The masked predictors behind the encoder protocol: numpy in, numpy out."""

from __future__ import annotations

import numpy as np
import torch

from core.models.masked.network import MaskedPixels, VJepa
from core.models.tensors import as_tensor
from core.worlds import FPS


class MaskedModel:
    """A masked predictor, as an encoder: it represents whole clips and predicts nothing by itself."""

    fps, mixes_places = FPS, True

    def __init__(self, network: VJepa | MaskedPixels, name: str, title: str) -> None:
        self.name, self.title = name, title
        self.network = network.eval()
        self.size, self.frames = network.config.size, network.config.frames

    @torch.no_grad()
    def encode(self, frames: np.ndarray) -> np.ndarray:
        """``uint8 [B, T, H, W, 3]`` to ``float32 [B, T / tubelet, N, D]``; T must be a multiple of ``frames``, and each
        stretch is encoded by itself."""
        stretches = as_tensor(frames).unflatten(1, (-1, self.frames))  # [B, S, frames, 3, H, W]
        tokens = self.network.represent(stretches.flatten(0, 1))
        steps = stretches.shape[1] * self.network.config.steps
        return tokens.reshape(len(frames), steps, -1, tokens.shape[2]).numpy()
