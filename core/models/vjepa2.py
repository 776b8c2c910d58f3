"""V-JEPA 2 checkpoints (Assran et al. 2025) from a folder or a hub, as encoders. Needs ``worldscope[vjepa2]``.

Its own mask arguments hide tokens only after an encoder that has seen the whole clip. Here each stretch of 16 frames is
encoded by itself: what is represented has seen nothing that comes after its stretch.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
import torch

from core.models.catalog import VJEPA2
from core.models.store import replace_file
from core.models.tensors import as_tensor
from core.paths import cache_folder
from core.worlds import FPS

FRAMES = 16  # of a stretch: 64, as in training, are minutes and many GB on a laptop
MOST_BYTES = 2 * 2**30  # of features that are kept; the oldest go first
_ID = re.compile(r"[\w.-]+/[\w.-]+")
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, as its own processor takes them off


@dataclass(frozen=True)
class Effort:
    """What an encoding will take: bytes of memory at most, and seconds."""

    memory: int
    seconds: float


class VJepa2Model:
    """A V-JEPA 2 encoder, one stretch of a clip at a time; what was once encoded is read from disk."""

    fps, frames, mixes_places = FPS, FRAMES, True

    def __init__(self, network, source: str) -> None:
        self.name, self.title = VJEPA2 + source, f"V-JEPA 2 ({Path(source).name})"
        self.network = network.eval().requires_grad_(False)
        self.size, self._tubelet = network.config.crop_size, network.config.tubelet_size
        self._kept = cache_folder() / "features"
        self._kept.mkdir(parents=True, exist_ok=True)
        self._mark = _fingerprint(network)

    def encode(self, frames: np.ndarray) -> np.ndarray:
        """``uint8 [B, T, H, W, 3]`` to ``float32 [B, T / 2, N, D]``; T must be a multiple of 16, H and W its size."""
        stretches = frames.reshape(-1, FRAMES, *frames.shape[2:])
        tokens = np.concatenate([self._stretch(stretch) for stretch in stretches])  # [B * S, 8, N, D]
        return tokens.reshape(len(frames), -1, *tokens.shape[2:])

    def effort(self, frames: int) -> Effort:
        """What so many frames will take on this machine, by its operations and a multiplication tried now."""
        config = self.network.config
        tokens = FRAMES // self._tubelet * (self.size // config.patch_size) ** 2
        layer = 4 * config.hidden_size**2 + 2 * config.mlp_ratio * config.hidden_size**2  # weights
        operations = config.num_hidden_layers * (2 * layer * tokens + 4 * config.hidden_size * tokens**2)
        weights = sum(part.numel() * part.element_size() for part in self.network.parameters())
        passing = 4 * tokens * (tokens * config.num_attention_heads + 8 * config.hidden_size)
        return Effort(int(weights + passing), -(-frames // FRAMES) * operations / _speed())

    def _stretch(self, stretch: np.ndarray) -> np.ndarray:
        """``[16, H, W, 3]`` to ``[1, 8, N, D]``."""
        place = self._kept / f"{blake2b(stretch.tobytes() + self._mark, digest_size=16).hexdigest()}.npy"
        if place.exists():
            os.utime(place)
            return np.load(place).astype(np.float32)
        with torch.inference_mode():
            pixels = (as_tensor(stretch[None]) - _colors(_MEAN)) / _colors(_DEVIATION)  # [1, 16, 3, H, W]
            tokens = self.network.get_vision_features(pixels)
        kept = tokens.unflatten(1, (FRAMES // self._tubelet, -1)).half().numpy()
        replace_file(place, lambda path: _save(path, kept))
        _forget_oldest(self._kept)
        return kept.astype(np.float32)  # as it will be read from disk


def load_vjepa2(source: str) -> VJepa2Model:
    """Load a checkpoint.

    Args:
        source: A folder with ``config.json`` and ``model.safetensors``, or an id such as
            ``facebook/vjepa2-vitl-fpc64-256``.

    Raises:
        ValueError: The optional part is missing, nothing is there, the hub can't be reached, or it is another model.
    """
    try:
        from transformers import VJEPA2Model
    except ImportError as error:
        raise ValueError("V-JEPA 2 needs an optional part; run: pip install 'worldscope[vjepa2]'") from error
    local = Path(source).expanduser().is_dir()
    if not local and not _ID.fullmatch(source):
        raise ValueError(f"{source!r} is no folder and no id of a checkpoint, such as facebook/vjepa2-vitl-fpc64-256.")
    place = str(Path(source).expanduser()) if local else source
    try:
        network, loaded = VJEPA2Model.from_pretrained(
            place, local_files_only=local, use_safetensors=True, output_loading_info=True
        )
    except Exception as error:  # of many kinds, by whatever fails on the way
        raise ValueError(_refusal(source, local)) from error
    if getattr(network.config, "model_type", "") != "vjepa2":
        raise ValueError(f"{source} holds another kind of model than V-JEPA 2.")
    if any(str(name).startswith("encoder.") for key in ("missing_keys", "mismatched_keys") for name in loaded[key]):
        raise ValueError(f"{source} lacks weights of the encoder that its config.json tells of; fetch it again.")
    return VJepa2Model(network, source)


def _refusal(source: str, local: bool) -> str:
    if local:
        return f"{source} holds no V-JEPA 2 checkpoint; it should have config.json and model.safetensors."
    return f"{source} can't be fetched: there is no way to the hub, or it has no such checkpoint; name a local folder."


def _colors(values: tuple[float, ...]) -> torch.Tensor:
    return torch.tensor(values)[:, None, None]


def _fingerprint(network) -> bytes:
    """Tells checkpoints apart, by some of each of their weights."""
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


def _speed() -> float:
    """Operations a second of a multiplication here."""
    square = torch.full((768, 768), 0.5)
    torch.mm(square, square)
    began = time.perf_counter()
    for _ in range(4):
        torch.mm(square, square)
    return 4 * 2 * 768**3 / (time.perf_counter() - began)
