"""The trained networks behind the protocol: numpy in, numpy out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from core.models.baselines import from_pixels, to_pixels
from core.models.forecast.decoder import Decoder, DecoderConfig
from core.models.forecast.jepa import Jepa
from core.models.forecast.pixel import PixelConfig, PixelPredictor
from core.models.forecast.trunk import TrunkConfig
from core.models.masked.network import PICTURES, MaskedConfig, MaskedPixels, VJepa
from core.models.protocols import check_context
from core.models.store import companion, load_arrays, load_config
from core.models.tensors import as_tensor, grid, tokens
from core.readouts.balls.parser import parse_positions
from core.readouts.balls.probe import SLOTS, Probe
from core.worlds import FPS, SIZE

_TITLES = {
    "jepa": "JEPA predictor", "jepa-1": "JEPA predictor, seed 1", "jepa-2": "JEPA predictor, seed 2",
    "jepa-leaves": "JEPA predictor", "random": "random weights",
    "unguarded": "JEPA without its guard", "pixel": "pixel predictor", "pixel-leaves": "pixel predictor",
    "vjepa": "V-JEPA", "ijepa": "I-JEPA", "masked-pixels": "masked pixels", "vjepa-random": "V-JEPA, random weights",
    "ijepa-random": "I-JEPA, random weights",
    "jepa-memory": "JEPA predictor with its memory", "pixel-memory": "pixel predictor with its memory",
    "random-memory": "random weights with a memory",
}  # fmt: skip


class PixelModel:
    """The pixel predictor: its latents are the pixels themselves."""

    is_pixel, is_baseline, can_decode = True, False, True
    fps, size = FPS, SIZE

    def __init__(self, network: PixelPredictor, name: str = "pixel") -> None:
        self.name, self.title = name, _TITLES.get(name, name)
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

    def __init__(self, network: Jepa | PixelPredictor, name: str) -> None:
        self.name, self.title = name, _TITLES.get(name, name)
        self.network = network.eval()
        self._trunk = network.predictor.trunk if isinstance(network, Jepa) else network.trunk

    @torch.no_grad()
    def encode(self, frames: np.ndarray) -> np.ndarray:
        """``uint8 [B, T, H, W, 3]`` to ``float32 [B, T, N, D + M]``."""
        latents = self.network.encode(as_tensor(frames))
        return tokens(torch.cat([latents, self._trunk.remember(latents)], dim=2))


class MaskedModel:
    """A masked predictor, used for what it represents: the tokens of whole clips. It foretells nothing by itself."""

    fps, mixes_places = FPS, True

    def __init__(self, network: VJepa | MaskedPixels, name: str) -> None:
        self.name, self.title = name, _TITLES.get(name, name)
        self.network = network.eval()
        self.size, self.frames = network.config.size, network.config.frames

    @torch.no_grad()
    def encode(self, frames: np.ndarray) -> np.ndarray:
        """``uint8 [B, T, H, W, 3]`` to ``float32 [B, T / tubelet, N, D]``; T must be a multiple of ``frames``, and each
        such stretch is seen by itself."""
        stretches = as_tensor(frames).unflatten(1, (-1, self.frames))  # [B, S, frames, 3, H, W]
        tokens = self.network.represent(stretches.flatten(0, 1))
        steps = stretches.shape[1] * self.network.config.steps
        return tokens.reshape(len(frames), steps, -1, tokens.shape[2]).numpy()


def load_network(network: torch.nn.Module, folder: Path) -> torch.nn.Module:
    """Fill a network from ``weights.safetensors``.

    Raises:
        ValueError: The weights are missing, damaged or of another shape.
    """
    try:
        network.load_state_dict({name: torch.from_numpy(array) for name, array in load_arrays(folder).items()})
    except RuntimeError as error:
        raise ValueError(f"The weights of {folder.name} do not fit its config.json; train it again.") from error
    return network.eval()


def load_pixel(models: Path, name: str = "pixel") -> PixelModel:
    return PixelModel(load_network(PixelPredictor(load_config(models / name, PixelConfig)), models / name), name)


def load_jepa(models: Path, name: str = "jepa") -> JepaModel:
    """A JEPA with its probe and its decoder, where it has them; the random-weights twin is one too."""
    network = load_network(Jepa(load_config(models / name, TrunkConfig)), models / name)
    title = _TITLES.get(name, name)  # an own model goes by its name
    return JepaModel(network, _probe_of(models, name), _decoder_of(models, name), name, title)


def load_vjepa(models: Path, name: str = "vjepa") -> MaskedModel:
    """A V-JEPA or an I-JEPA."""
    return MaskedModel(load_network(VJepa(load_config(models / name, MaskedConfig)), models / name), name)


def untrained_vjepa(models: Path, name: str = "vjepa-random") -> MaskedModel:
    """The V-JEPA or the I-JEPA before any training: what its shape alone is worth."""
    torch.manual_seed(1000)
    return MaskedModel(VJepa(PICTURES if name == "ijepa-random" else MaskedConfig()), name)


def load_masked_pixels(models: Path, name: str = "masked-pixels") -> MaskedModel:
    """The twin of the V-JEPA that painted pixels."""
    return MaskedModel(load_network(MaskedPixels(load_config(models / name, MaskedConfig)), models / name), name)


def load_hidden(models: Path, name: str = "pixel") -> LatentModel:
    """What a pixel predictor's own trunk is given, read as the latents of a JEPA are."""
    network = load_pixel(models, name).network
    return LatentModel(network, _probe_of(models, name), None, f"{name}-hidden", "pixel predictor's features")


def untrained_hidden(models: Path, name: str = "pixel") -> LatentModel:
    """What the same pixel predictor's trunk is given before any training: the null of ``load_hidden``."""
    config = load_config(models / name, PixelConfig)
    torch.manual_seed(1000)
    network = PixelPredictor(config)
    return LatentModel(network, None, None, f"{name}-hidden-random", "pixel predictor's features, random weights")


def load_memory(models: Path, name: str) -> MemoryModel:
    """What a predictor knows at each moment; ``name`` is that of the predictor and ``-memory``."""
    base = name.removesuffix("-memory")
    load = load_pixel if base == "pixel" else load_jepa
    return MemoryModel(load(models, base).network, name)


def _probe_of(models: Path, name: str) -> Probe | None:
    folder = companion(models, name, "probe")  # there is none where there are no balls to read
    return Probe.from_arrays(load_arrays(folder)) if folder else None


def _decoder_of(models: Path, name: str) -> Decoder | None:
    folder = companion(models, name, "decoder")
    return load_network(Decoder(load_config(folder, DecoderConfig)), folder) if folder else None
