"""Which reader a world's state is read from a model's latents with."""

from __future__ import annotations

from pathlib import Path

from core.models.protocols import Predictor
from core.models.registry import folder_of
from core.models.store import artifact_folder, load_arrays
from core.paths import MODELS
from core.readouts.protocols import Reader, Readout
from core.readouts.registry import READOUTS

_DEFAULT = next(iter(READOUTS.values()))


def reader_of(model: Predictor, readout: Readout = _DEFAULT, models: Path = MODELS) -> Reader | None:
    """The reader of a model: the model itself if it can read its latents, a parser for pixels, or the probe that was
    fitted to exactly its weights; None if there is none.

    Args:
        model: Any predictor.
        readout: Of the world whose state is read.
        models: The folder with the model and its probe.

    Raises:
        ValueError: The probe is damaged.
    """
    if isinstance(model, Reader):
        return model
    if model.is_pixel:
        return readout.pixel_reader()
    folder = folder_of(model.name, models)
    probe = artifact_folder(folder.parent, folder.name, "probe") if folder else None
    return readout.probe_reader(load_arrays(probe)) if probe else None
