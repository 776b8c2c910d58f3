"""Which models there are: the shipped ones (for the balls' worlds, and a pair for real films) and those that other
packages register.

A third party registers a model through the entry-point group ``worldscope.models``: a function without arguments that
returns an object with the protocol of ``core.models.protocols``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from core.models.baselines import ConstantVelocity, CopyLast
from core.models.nearest import NearestClip, NearestConfig
from core.models.protocols import WorldModel
from core.models.store import load_arrays, load_card, load_config, weights_digest
from core.paths import MODELS, jobs_folder

GROUP = "worldscope.models"
VJEPA2 = "vjepa2:"  # before the folder or the id of a checkpoint
VJEPA2_RANDOM = "vjepa2-random:"  # the same, of its network with random weights
WEIGHTS = "?weights="  # may stand after the folder, and what tells apart which weights lay in it: they may be replaced


def _load_nearest(models: Path) -> NearestClip:
    return NearestClip(load_config(models / "nearest", NearestConfig), load_arrays(models / "nearest"))


def _learned(kind: str, name: str) -> Callable[[Path], WorldModel]:
    def load(models: Path) -> WorldModel:
        from core.models import learned  # torch is imported only when a network is wanted

        loaders = {
            "pixel": learned.load_pixel, "jepa": learned.load_jepa, "hidden": learned.load_hidden,
            "vjepa": learned.load_vjepa, "masked-pixels": learned.load_masked_pixels,
            "untrained": learned.untrained_vjepa, "memory": learned.load_memory,
            "untrained-hidden": learned.untrained_hidden,
        }  # fmt: skip
        return loaders[kind](models, name)

    return load


LOADERS: dict[str, Callable[[Path], WorldModel]] = {
    "copy-last": lambda models: CopyLast(),
    "constant-velocity": lambda models: ConstantVelocity(),
    "nearest": _load_nearest,
    "random": _learned("jepa", "random"),
    "unguarded": _learned("jepa", "unguarded"),
    "pixel-hidden": _learned("hidden", "pixel"),
    "pixel": _learned("pixel", "pixel"),
    "jepa": _learned("jepa", "jepa"),
}
# The JEPA trained again from other seeds: how much of what it does is luck.
SEED_LOADERS: dict[str, Callable[[Path], WorldModel]] = {
    "jepa-1": _learned("jepa", "jepa-1"),
    "jepa-2": _learned("jepa", "jepa-2"),
}
# They represent clips and foretell nothing.
ENCODER_LOADERS: dict[str, Callable[[Path], object]] = {
    "vjepa": _learned("vjepa", "vjepa"),
    "ijepa": _learned("vjepa", "ijepa"),
    "masked-pixels": _learned("masked-pixels", "masked-pixels"),
    **{name: _learned("memory", name) for name in ("jepa-memory", "pixel-memory", "random-memory")},
    "vjepa-random": _learned("untrained", "vjepa-random"),
    "ijepa-random": _learned("untrained", "ijepa-random"),
    "pixel-hidden-random": _learned("untrained-hidden", "pixel"),
}
_UNTRAINED = {
    **{name: "random" for name in ("jepa", "jepa-1", "jepa-2", "jepa-leaves", "unguarded", "random")},
    "jepa-memory": "random-memory", "random-memory": "random-memory", "vjepa": "vjepa-random",
    "masked-pixels": "vjepa-random", "ijepa": "ijepa-random", "pixel-hidden": "pixel-hidden-random",
}  # fmt: skip
FILM_LOADERS: dict[str, Callable[[Path], WorldModel]] = {
    "pixel-leaves": _learned("pixel", "pixel-leaves"),
    "jepa-leaves": _learned("jepa", "jepa-leaves"),
}


def names() -> tuple[str, ...]:
    """Every model at hand that knows the balls' worlds, baselines first."""
    return (*LOADERS, *added_names())


@dataclass(frozen=True)
class Null:
    """What a representation is held against: a network by ``name`` with random weights. ``own`` says whether it is the
    same network as the model's, so that what differs is what training has added."""

    name: str
    own: bool

    @property
    def title(self) -> str:
        """Whose weights they are, for people."""
        return "random weights" if self.own else "random weights of the JEPA predictor"


STAND_IN = Null("random", own=False)  # for models whose own network can't be had untrained


def null_of(name: str) -> Null:
    """The null of a model: its own network where that can be made, else the JEPA predictor's."""
    if name.startswith(VJEPA2):
        return Null(VJEPA2_RANDOM + name.removeprefix(VJEPA2), own=True)
    if name in own_names("jepa"):
        return Null("random", own=True)
    return Null(_UNTRAINED[name], own=True) if name in _UNTRAINED else STAND_IN


def added_names() -> tuple[str, ...]:
    """Models that other packages have registered."""
    return tuple(point.name for point in entry_points(group=GROUP))


def own_names(arm: str) -> tuple[str, ...]:
    """Models that were trained on the Train page and are finished; ``arm`` is ``jepa`` or ``pixel``."""
    return tuple(sorted(place.name for place in jobs_folder().iterdir() if _arm_in(place) == arm))


def _arm_in(place: Path) -> str | None:
    """Arm of the model that a training has left in its folder; None if there is none, or none that can be read."""
    try:
        return load_card(place / "models" / place.name).get("arm")
    except ValueError:
        return None


def load(name: str, models: Path = MODELS) -> WorldModel:
    """Load a model by name; ``vjepa2:`` and a folder or an id names a checkpoint of V-JEPA 2.

    Raises:
        ValueError: There is none of that name, its files are damaged, or it lacks part of the protocol.
    """
    if name.startswith((VJEPA2, VJEPA2_RANDOM)):
        from core.models.vjepa2.encoder import load_vjepa2, untrained_vjepa2

        made = load_vjepa2 if name.startswith(VJEPA2) else untrained_vjepa2
        return made(name.partition(":")[2].partition(WEIGHTS)[0])
    if loader := (LOADERS | SEED_LOADERS | ENCODER_LOADERS | FILM_LOADERS).get(name):
        return loader(models)
    for point in entry_points(group=GROUP):
        if point.name == name:
            return _third_party(point)
    for arm in ("jepa", "pixel"):
        if name in own_names(arm):
            return _learned(arm, name)(jobs_folder() / name / "models")
    known = (*names(), *SEED_LOADERS, *ENCODER_LOADERS, *FILM_LOADERS)
    raise ValueError(f"There is no model called {name!r}; there are {', '.join(known)}.")


def _third_party(point) -> WorldModel:
    try:
        model = point.load()()
    except Exception as error:  # anything may go wrong in code that is not ours
        raise ValueError(f"The model {point.name!r} could not be loaded: {error}") from error
    if not isinstance(model, WorldModel):
        raise ValueError(f"The model {point.name!r} lacks part of the protocol in core.models.protocols.")
    return model


def card(name: str, models: Path = MODELS) -> dict | None:
    """The card of a shipped or an own model; None for one that needs none (it has learnt nothing)."""
    place = folder_of(name, models)
    return load_card(place) if (place / "card.json").exists() else None


def folder_of(name: str, models: Path = MODELS) -> Path:
    """Where the weights of a model are; there are none for some baselines."""
    name = name.removesuffix("-hidden").removesuffix("-memory")  # features of a model, not another model
    return models_of(name, models) / name


def digest_of(name: str, models: Path = MODELS) -> str | None:
    """Tells apart what a model is measured with: its weights and those of the probe that reads it; None without any."""
    place = folder_of(name, models)
    parts = [weights_digest(place), weights_digest(place.with_name(f"{place.name}-probe"))]
    return "+".join(filter(None, parts)) or None


def models_of(name: str, models: Path = MODELS) -> Path:
    """The folder that holds a model and what belongs to it: the shipped one, or that of an own training."""
    own = jobs_folder() / name / "models"
    return own if not (models / name).exists() and own.exists() else models
