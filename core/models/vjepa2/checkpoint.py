"""What a V-JEPA 2 checkpoint is and what it costs to use, before any of its weights are fetched or read."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

FRAMES = 16  # of a stretch by default; 64, as in its training, would take minutes and many GB on a laptop
MOST_FRAMES = 64
_ID = re.compile(r"[\w.-]+/[\w.-]+")
_CONFIG, _WEIGHTS = "config.json", ("model.safetensors", "model.safetensors.index.json")
_PATIENCE = 4.0  # seconds for the hub's first answer


@dataclass(frozen=True)
class EncodingCost:
    """What an encoding costs: bytes of memory at most, and seconds."""

    memory: int
    seconds: float


@dataclass(frozen=True)
class CheckpointInfo:
    """A checkpoint that exists.

    Attributes:
        place: Folder or id.
        config: Its ``VJEPA2Config``.
        download: Bytes to fetch first; 0 if everything is on disk.
    """

    place: str
    config: Any
    download: int

    def cost(self, frames: int, stretch: int = FRAMES) -> EncodingCost:
        """The cost of encoding ``frames`` frames on this machine, ``stretch`` at a time, from the number of operations
        and a multiplication that is timed now."""
        config = self.config
        tokens = stretch // config.tubelet_size * (config.crop_size // config.patch_size) ** 2
        layer = 4 * config.hidden_size**2 + 2 * config.mlp_ratio * config.hidden_size**2  # weights
        operations = config.num_hidden_layers * (2 * layer * tokens + 4 * config.hidden_size * tokens**2)
        passing = 4 * tokens * (tokens * config.num_attention_heads + 8 * config.hidden_size)
        return EncodingCost(int(_weights(config) + passing), -(-frames // stretch) * operations / _speed())


def inspect_checkpoint(source: str) -> CheckpointInfo:
    """What is known of a checkpoint without its weights: a folder with ``config.json`` and ``model.safetensors``, or an
    id such as ``facebook/vjepa2-vitl-fpc64-256``, of which only the settings are fetched.

    Raises:
        ValueError: The optional part is missing, there is no checkpoint, the hub can't be reached, or the checkpoint is
            of another model.
    """
    try:
        from transformers import PreTrainedConfig, VJEPA2Config
    except ImportError as error:
        raise ValueError("V-JEPA 2 needs an optional part; run: pip install 'worldscope[vjepa2]'") from error
    folder = Path(source).expanduser()
    local = folder.is_dir()
    if not local and not _ID.fullmatch(source):
        raise ValueError(f"{source!r} is neither a folder nor an id such as facebook/vjepa2-vitl-fpc64-256.")
    place = str(folder) if local else source
    try:
        download = 0 if local or _at_hand(source) else _size_on_hub(source)
        settings, _ = PreTrainedConfig.get_config_dict(place, local_files_only=not download)
    except Exception as error:  # depends on what fails on the way
        raise ValueError(_refusal(source, local)) from error
    if not settings or (local and not any((folder / name).exists() for name in _WEIGHTS)):
        raise ValueError(_refusal(source, local))
    if settings.get("model_type") != "vjepa2":
        raise ValueError(f"{source} is not a V-JEPA 2 checkpoint, but another kind of model.")
    return CheckpointInfo(place, VJEPA2Config.from_dict(settings), download)


def fingerprint(source: str) -> str:
    """A fingerprint of the weights in a folder, which changes when they are replaced; empty for an id."""
    folder = Path(source).expanduser()
    files = [folder / _CONFIG, *sorted(folder.glob("*.safetensors"))]
    about = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.is_file()]
    return blake2b(repr(about).encode(), digest_size=8).hexdigest() if about else ""


def _refusal(source: str, local: bool) -> str:
    if local:
        return f"{source} has no V-JEPA 2 checkpoint; it needs config.json and model.safetensors."
    return f"{source} can't be fetched: the hub can't be reached or has no such checkpoint; name a local folder."


def _at_hand(source: str) -> bool:
    """Whether a checkpoint of the hub was fetched before."""
    from huggingface_hub import try_to_load_from_cache

    def kept(name: str) -> str | None:
        found = try_to_load_from_cache(source, name)
        return found if isinstance(found, str) else None

    whole, index = map(kept, _WEIGHTS)
    shards = json.loads(Path(index).read_text())["weight_map"].values() if index else ()
    return kept(_CONFIG) is not None and (whole is not None or (bool(shards) and all(map(kept, set(shards)))))


def _size_on_hub(source: str) -> int:
    """Bytes to fetch. There is no second attempt, so that a hub that can't be reached is reported at once."""
    from huggingface_hub import HfApi

    files = HfApi().model_info(source, timeout=_PATIENCE, files_metadata=True).siblings or []
    wanted = [file for file in files if file.rfilename == _CONFIG or file.rfilename.endswith(".safetensors")]
    return sum(file.size or 0 for file in wanted)


def _weights(config) -> int:
    """Bytes of a network's weights, counted without allocating them."""
    import torch  # takes seconds, and few pages need it
    from transformers import VJEPA2Model

    with torch.device("meta"):
        return 4 * sum(part.numel() for part in VJEPA2Model(config).parameters())


def _speed() -> float:
    """Operations per second of a matrix multiplication on this machine."""
    import torch

    square = torch.full((768, 768), 0.5)
    torch.mm(square, square)
    began = time.perf_counter()
    for _ in range(4):
        torch.mm(square, square)
    return 4 * 2 * 768**3 / (time.perf_counter() - began)
