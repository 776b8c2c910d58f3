"""What a model makes of the frames that follow a context: the steps that the forecast and the comparison share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.evaluation.positions import hold_positions
from core.metrics import psnr, ssim
from core.models.protocols import Decoder, WorldModel
from core.readouts.protocols import Reader


@dataclass(frozen=True)
class Prediction:
    """A model's prediction of some clips, beside what it makes of the true frames.

    Attributes:
        future: The true frames, ``uint8 [B, horizon, H, W, 3]``.
        latents: Predicted, ``[B, horizon, N, D]``.
        true_latents: Of the true frames, ``[B, horizon, N, D]``.
        last_latents: Of the last context frame, ``[B, 1, N, D]``; None unless the model has learnt to predict latents.
        positions: Objects read from the predicted latents, ``[B, horizon, K, 2]`` in frame widths; one that is not
            found stays where it was found last.
        found: Whether the object was found in the prediction, ``bool [B, horizon, K]``.
        true_positions: Objects read from the latents of the true frames, ``[B, horizon, K, 2]``: the read-out limit.
        drawn: Predicted frames, ``uint8 [B, horizon, H, W, 3]``; None if the model cannot draw.
    """

    future: np.ndarray
    latents: np.ndarray
    true_latents: np.ndarray
    last_latents: np.ndarray | None
    positions: np.ndarray
    found: np.ndarray
    true_positions: np.ndarray
    drawn: np.ndarray | None

    @property
    def psnr(self) -> np.ndarray | None:
        """Peak signal-to-noise ratio against the true frames in dB, ``[B, horizon]``."""
        return None if self.drawn is None else psnr(_scaled(self.future), _scaled(self.drawn))

    @property
    def ssim(self) -> np.ndarray | None:
        """Structural similarity to the true frames, ``[B, horizon]``."""
        return None if self.drawn is None else ssim(_scaled(self.future), _scaled(self.drawn))

    @property
    def error_maps(self) -> np.ndarray | None:
        """Mean absolute difference of the frames over the horizon and the colours, ``[B, H, W]`` in shares of full
        scale."""
        if self.drawn is None:
            return None
        return np.abs(_scaled(self.future) - _scaled(self.drawn)).mean(axis=(1, 4))


def predict(model: WorldModel, reader: Reader, context: np.ndarray, future: np.ndarray) -> Prediction:
    """The prediction of a model from ``context`` ``uint8 [B, T, H, W, 3]``, beside the true ``future``
    ``uint8 [B, horizon, H, W, 3]``; ``reader`` reads the positions."""
    latents, true_latents = model.predict(context, future.shape[1]), model.encode(future)
    seen = reader.read(model.encode(context))
    positions, found = hold_positions(seen, reader.read(latents))
    true_positions, _ = hold_positions(seen, reader.read(true_latents))
    # Encoded by itself: a network gives other last bits for a frame in a batch of another shape.
    last = None if model.is_pixel or model.is_baseline else model.encode(context[:, -1:])
    drawn = model.decode(latents) if isinstance(model, Decoder) else None
    return Prediction(future, latents, true_latents, last, positions, found, true_positions, drawn)


def _scaled(frames: np.ndarray) -> np.ndarray:
    """``uint8`` frames as ``float32`` in [0, 1]."""
    return frames / np.float32(255)
