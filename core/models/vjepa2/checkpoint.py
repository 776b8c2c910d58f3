"""What a V-JEPA 2 checkpoint is and what it will take, before any of its weights are fetched or read."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

FRAMES = 16  # of a stretch: 64, as in training, are minutes and many GB on a laptop
_ID = re.compile(r"[\w.-]+/[\w.-]+")
_CONFIG, _WEIGHTS = "config.json", ("model.safetensors", "model.safetensors.index.json")
_PATIENCE = 4.0  # seconds for the hub's first answer


@dataclass(frozen=True)
class Effort:
    """What an encoding will take: bytes of memory at most, and seconds."""

    memory: int
    seconds: float


@dataclass(frozen=True)
class Survey:
    """A checkpoint that is there.

    Attributes:
        place: Folder or id.
        config: Its ``VJEPA2Config``.
        download: Bytes that must be fetched first; 0 where all is at hand.
    """

    place: str
    config: object
    download: int

    def effort(self, frames: int) -> Effort:
        """What so many frames will take on this machine, by its operations and a multiplication tried now."""
        config = self.config
        tokens = FRAMES // config.tubelet_size * (config.crop_size // config.patch_size) ** 2
        layer = 4 * config.hidden_size**2 + 2 * config.mlp_ratio * config.hidden_size**2  # weights
        operations = config.num_hidden_layers * (2 * layer * tokens + 4 * config.hidden_size * tokens**2)
        passing = 4 * tokens * (tokens * config.num_attention_heads + 8 * config.hidden_size)
        return Effort(int(_weights(config) + passing), -(-frames // FRAMES) * operations / _speed())


def survey(source: str) -> Survey:
    """Look at a checkpoint: a folder with ``config.json`` and ``model.safetensors``, or an id such as
    ``facebook/vjepa2-vitl-fpc64-256``. Of one on the hub no more than its settings is fetched.

    Raises:
        ValueError: The optional part is missing, nothing is there, the hub can't be reached, or it is another model.
    """
    try:
        from transformers import PreTrainedConfig, VJEPA2Config
    except ImportError as error:
        raise ValueError("V-JEPA 2 needs an optional part; run: pip install 'worldscope[vjepa2]'") from error
    folder = Path(source).expanduser()
    local = folder.is_dir()
    if not local and not _ID.fullmatch(source):
        raise ValueError(f"{source!r} is no folder and no id of a checkpoint, such as facebook/vjepa2-vitl-fpc64-256.")
    place = str(folder) if local else source
    try:
        download = 0 if local or _at_hand(source) else _size_on_hub(source)
        settings, _ = PreTrainedConfig.get_config_dict(place, local_files_only=not download)
    except Exception as error:  # of many kinds, by whatever fails on the way
        raise ValueError(_refusal(source, local)) from error
    if not settings or (local and not any((folder / name).exists() for name in _WEIGHTS)):
        raise ValueError(_refusal(source, local))
    if settings.get("model_type") != "vjepa2":
        raise ValueError(f"{source} holds another kind of model than V-JEPA 2.")
    return Survey(place, VJEPA2Config.from_dict(settings), download)


def mark_of(source: str) -> str:
    """Tells apart what lies in a folder from what lay there before; empty for an id."""
    folder = Path(source).expanduser()
    files = [folder / _CONFIG, *sorted(folder.glob("*.safetensors"))]
    about = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.is_file()]
    return blake2b(repr(about).encode(), digest_size=8).hexdigest() if about else ""


def _refusal(source: str, local: bool) -> str:
    if local:
        return f"{source} holds no V-JEPA 2 checkpoint; it should have config.json and model.safetensors."
    return f"{source} can't be fetched: there is no way to the hub, or it has no such checkpoint; name a local folder."


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
    """Bytes of what would be fetched. Asked once, without trying again: a hub that can't be reached is told at once."""
    from huggingface_hub import HfApi

    files = HfApi().model_info(source, timeout=_PATIENCE, files_metadata=True).siblings
    wanted = [file for file in files if file.rfilename == _CONFIG or file.rfilename.endswith(".safetensors")]
    return sum(file.size or 0 for file in wanted)


def _weights(config) -> int:
    """Bytes of a network's weights, which are not made to be counted."""
    import torch  # which takes seconds, and not every page needs
    from transformers import VJEPA2Model

    with torch.device("meta"):
        return 4 * sum(part.numel() for part in VJEPA2Model(config).parameters())


def _speed() -> float:
    """Operations a second of a multiplication here."""
    import torch

    square = torch.full((768, 768), 0.5)
    torch.mm(square, square)
    began = time.perf_counter()
    for _ in range(4):
        torch.mm(square, square)
    return 4 * 2 * 768**3 / (time.perf_counter() - began)
