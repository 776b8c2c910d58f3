"""V-JEPA 2 checkpoints (Assran et al. 2025) from a folder or a hub, as encoders. Needs ``worldscope[vjepa2]``.

The network's own mask arguments hide tokens only after the encoder has seen the whole clip. Here each stretch of frames
(16 by default) is encoded by itself, so that its representation depends on nothing after the stretch.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

import numpy as np
import torch

from core.files import replace_file
from core.models.tensors import as_tensor
from core.models.vjepa2.checkpoint import FRAMES, MOST_FRAMES, inspect_checkpoint
from core.models.weights import weights_from_seed
from core.paths import cache_folder
from core.worlds import FPS

NULL_SEED = 1000
MOST_BYTES = 2 * 2**30  # of features kept on disk; the oldest are deleted first
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, as in its own preprocessing


class VJepa2Model:
    """A V-JEPA 2 encoder for one stretch of a clip at a time; what it has encoded before is read from disk."""

    fps, mixes_places = FPS, True

    def __init__(self, network, name: str, title: str, frames: int = FRAMES) -> None:
        self.name, self.title, self.frames = name, title, frames
        if frames % network.config.tubelet_size or not 0 < frames <= MOST_FRAMES:
            raise ValueError(
                f"{title} takes a multiple of {network.config.tubelet_size} frames at a time, up to {MOST_FRAMES}, "
                f"not {frames}."
            )
        self.network = network.eval().requires_grad_(False)
        self.size, self._tubelet = network.config.crop_size, network.config.tubelet_size
        self._kept = cache_folder() / "features"
        self._kept.mkdir(parents=True, exist_ok=True)
        self._mark = _fingerprint(network)

    def encode(self, frames: np.ndarray) -> np.ndarray:
        """``uint8 [B, T, H, W, 3]`` to ``float32 [B, T / 2, N, D]``; T must be a multiple of ``frames``, H and W its
        size."""
        stretches = frames.reshape(-1, self.frames, *frames.shape[2:])
        tokens = np.concatenate([self._stretch(stretch) for stretch in stretches])  # [B * S, frames / 2, N, D]
        return tokens.reshape(len(frames), -1, *tokens.shape[2:])

    def _stretch(self, stretch: np.ndarray) -> np.ndarray:
        """``[frames, H, W, 3]`` to ``[1, frames / 2, N, D]``."""
        place = self._kept / f"{blake2b(stretch.tobytes() + self._mark, digest_size=16).hexdigest()}.npy"
        if place.exists():
            os.utime(place)
            return np.load(place).astype(np.float32)
        with torch.inference_mode():
            pixels = (as_tensor(stretch[None]) - _colors(_MEAN)) / _colors(_DEVIATION)  # [1, frames, 3, H, W]
            tokens = self.network.get_vision_features(pixels)
        kept = tokens.unflatten(1, (self.frames // self._tubelet, -1)).half().numpy()
        replace_file(place, lambda path: _save(path, kept))
        _forget_oldest(self._kept)
        return kept.astype(np.float32)  # the precision of the file


def load_vjepa2(source: str, name: str, title: str, frames: int = FRAMES) -> VJepa2Model:
    """A checkpoint, fetched from the hub unless it is on disk; ``inspect_checkpoint`` gives the cost beforehand.

    Args:
        source: A folder with ``config.json`` and ``model.safetensors``, or an id such as
            ``facebook/vjepa2-vitl-fpc64-256``.
        name, title: Of the model.
        frames: That it takes at a time.

    Raises:
        ValueError: The optional part is missing, there is no checkpoint, the hub can't be reached, or the checkpoint is
            of another model.
    """
    found = inspect_checkpoint(source)
    from transformers import VJEPA2Model  # installed, or the inspection would have failed

    try:
        network, loaded = VJEPA2Model.from_pretrained(
            found.place, local_files_only=not found.download, use_safetensors=True, output_loading_info=True
        )
    except Exception as error:  # depends on what fails on the way
        raise ValueError(f"The weights in {source} can't be read completely; fetch them again.") from error
    if any(str(name).startswith("encoder.") for key in ("missing_keys", "mismatched_keys") for name in loaded[key]):
        raise ValueError(f"{source} lacks weights that its config.json needs; fetch them again.")
    return VJepa2Model(network, name, title, frames)


def untrained_vjepa2(source: str, name: str, title: str, frames: int = FRAMES) -> VJepa2Model:
    """The network of a checkpoint with random weights: its null.

    Raises:
        ValueError: As ``load_vjepa2`` does.
    """
    found = inspect_checkpoint(source)
    from transformers import VJEPA2Model

    return VJepa2Model(weights_from_seed(lambda: VJEPA2Model(found.config), NULL_SEED), name, title, frames)


def _colors(values: tuple[float, ...]) -> torch.Tensor:
    return torch.tensor(values)[:, None, None]


def _fingerprint(network) -> bytes:
    """A fingerprint of a checkpoint, from a sample of its weights."""
    some = [part.flatten()[:: max(1, part.numel() // 16)].float().numpy().tobytes() for part in network.parameters()]
    return blake2b(b"".join(some), digest_size=16).digest()


def _save(path: Path, tokens: np.ndarray) -> None:
    with path.open("wb") as file:
        np.save(file, tokens)


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.npy"), key=lambda file: file.stat().st_mtime, reverse=True)
    total = 0
    for file in files:
        total += file.stat().st_size
        if total > MOST_BYTES:
            file.unlink(missing_ok=True)
