"""Saving and loading: ``weights.safetensors``, ``config.json`` and ``card.json`` in a folder. Nothing is pickled."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from core.files import read_object, replace_file, write_json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Config = TypeVar("Config", bound="DataclassInstance")


def save_model(
    folder: Path, config: DataclassInstance, arrays: Mapping[str, np.ndarray], card: Mapping[str, object]
) -> None:
    """Write a model. Each file is written beside its place and then renamed, so that none is ever incomplete.
    Weights are arrays ``[...]`` of any shape, by name."""
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / "weights.safetensors", lambda path: path.write_bytes(save(_contiguous(arrays))))
    write_json(folder / "config.json", dataclasses.asdict(config))
    write_json(folder / "card.json", card)


def load_config(folder: Path, kind: type[Config], former: Mapping[str, str] | None = None) -> Config:
    """The settings in ``config.json`` as a dataclass.

    Args:
        folder: Of the model.
        kind: The dataclass.
        former: Names that settings had in earlier versions, and their present names.

    Raises:
        ValueError: The file is missing or damaged, or has unknown settings, or lacks some.
    """
    settings = {(former or {}).get(name, name): value for name, value in read_object(folder / "config.json").items()}
    known = {f.name for f in dataclasses.fields(kind)}
    unknown, missing = sorted(set(settings) - known), sorted(known - set(settings))
    if unknown or missing:
        parts = [f"unknown: {', '.join(unknown)}"] * bool(unknown) + [f"missing: {', '.join(missing)}"] * bool(missing)
        raise ValueError(f"{folder.name}/config.json does not match {kind.__name__} ({'; '.join(parts)}).")
    return kind(**settings)


def load_arrays(folder: Path) -> dict[str, np.ndarray]:
    """The arrays in ``weights.safetensors`` by name, ``[...]`` of any shape.

    Raises:
        ValueError: The file is missing or damaged.
    """
    path = folder / "weights.safetensors"
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise ValueError(f"The weights of {folder.name} are missing or damaged; train it again.") from error


def digest(arrays: Mapping[str, np.ndarray]) -> str:
    """A fingerprint of weights ``[...]`` of any shape: that of the file that ``save_model`` writes."""
    return _digest(save(_contiguous(arrays)))


def weights_digest(folder: Path) -> str | None:
    """The ``digest`` of the weights in a folder; None if there are none."""
    path = folder / "weights.safetensors"
    return _digest(path.read_bytes()) if path.exists() else None


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()


def _contiguous(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def artifact_folder(models: Path, name: str, kind: str) -> Path | None:
    """Folder of the ``probe``, ``reference`` or ``decoder`` that was made for exactly these weights of a model; None if
    there is none."""
    folder = models / f"{name}-{kind}"
    made_for = load_card(folder).get("made_for") if folder.exists() else None
    return folder if made_for and made_for == weights_digest(models / name) else None


def load_card(folder: Path) -> dict:
    """The card of the model in a folder.

    Raises:
        ValueError: There is none, or it is damaged.
    """
    return read_object(folder / "card.json")
