"""The baselines, as their specs describe them."""

from __future__ import annotations

from pathlib import Path

from core.models.baselines import ConstantVelocity, CopyLast
from core.models.nearest import NearestClip, NearestConfig
from core.models.spec import ModelSpec
from core.models.store import load_arrays, load_config
from core.readouts.balls.readout import BALLS


def copy_last(spec: ModelSpec, models: Path) -> CopyLast:
    """The baseline that repeats the last frame; no folder holds any of it."""
    return CopyLast(spec.name, spec.title)


def constant_velocity(spec: ModelSpec, models: Path) -> ConstantVelocity:
    """The baseline that continues each ball along a straight line; no folder holds any of it."""
    return ConstantVelocity(spec.name, spec.title, BALLS)


def load_nearest(spec: ModelSpec, models: Path) -> NearestClip:
    """The memory of training clips in a folder of models.

    Raises:
        ValueError: Its files are missing or damaged.
    """
    folder = models / spec.folder
    return NearestClip(load_config(folder, NearestConfig), load_arrays(folder), spec.name, spec.title, BALLS)
