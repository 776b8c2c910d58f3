"""What is known of a model before it is loaded: its names, its place in the laboratory and how to load it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any


class Capability(StrEnum):
    """What a model can do: each is a protocol of ``core.models.protocols``."""

    ENCODE = "encode"
    PREDICT = "predict"
    DECODE = "decode"


class Purpose(StrEnum):
    """Why a model is in the laboratory."""

    BASELINE = "baseline"  # knows nothing of dynamics, or no more than a straight line
    ARM = "arm"  # one side of the comparison
    CONTROL = "control"  # shows what one part of an arm is worth
    REPEAT = "repeat"  # another training of an arm, from another seed
    ENCODER = "encoder"  # represents clips and does not predict
    NULL = "null"  # the network of another model before any training
    GUEST = "guest"  # another package's, measured beside the others
    USER = "user"  # trained by the user


class Domain(StrEnum):
    """What a model is made for."""

    WORLDS = "worlds"  # the simulated worlds
    FILMS = "films"  # real films


class Space(StrEnum):
    """What a model's latents are."""

    PIXELS = "pixels"
    POSITIONS = "positions"
    LATENTS = "latents"


class Family(StrEnum):
    """Which code a model comes from."""

    BASELINE = "baseline"
    FORECAST = "forecast"
    MASKED = "masked"
    VJEPA2 = "vjepa2"
    OTHER = "other"  # another package's


ENCODES = frozenset({Capability.ENCODE})
PREDICTS = ENCODES | {Capability.PREDICT}
DECODES = PREDICTS | {Capability.DECODE}


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """One model that can be had by name.

    Attributes:
        name: Unique; stands in links, files and commands.
        title: Name for people.
        label: Short name for charts.
        family: The code it comes from.
        purpose: Why it is in the laboratory.
        capabilities: What it can do.
        space: What its latents are.
        role: Colour role in charts and players.
        loader: Loads the model that a spec describes from a folder of models.
        domains: What it is made for.
        null: Name of the same network with random weights; empty if there is none.
        recipe: Name of the training plan that makes it; empty if nothing is trained.
        decoder_recipe: Name of the plan that trains a decoder for its latents; empty if there is none.
        seed: Of the first weights and the order of the clips in that training.
        repeats: Name of the model that it is another training of.
        folder: Name of the folder with its weights; empty if it has none.
        description: One line for tables and help texts.
        former_titles: Titles that older links use.
        recognition: Whether the evaluation of recognition measures it.
    """

    name: str
    title: str
    label: str
    family: Family
    purpose: Purpose
    capabilities: frozenset[Capability]
    space: Space
    role: str
    loader: Callable[[ModelSpec, Path], Any]
    domains: frozenset[Domain] = frozenset({Domain.WORLDS})
    null: str = ""
    recipe: str = ""
    decoder_recipe: str = ""
    seed: int = 0
    repeats: str = ""
    folder: str = ""
    description: str = ""
    former_titles: tuple[str, ...] = ()
    recognition: bool = False

    def can(self, capability: Capability) -> bool:
        """Whether the model has a capability."""
        return capability in self.capabilities

    @property
    def is_pixel(self) -> bool:
        """Whether its latents are pixels."""
        return self.space is Space.PIXELS

    @property
    def can_collapse(self) -> bool:
        """Whether it learns its own targets, so that it needs an anti-collapse term."""
        return self.space is Space.LATENTS

    @property
    def represents(self) -> bool:
        """Whether it has a representation of its own to look into."""
        return self.can(Capability.ENCODE) and self.space is Space.LATENTS


@dataclass(frozen=True)
class LazyLoader:
    """A loader that is imported only when its model is wanted, as torch takes seconds to import.

    Attributes:
        module: Its full name.
        function: In that module; takes the spec and the folder of models, and gives the model.
    """

    module: str
    function: str

    def __call__(self, spec: ModelSpec, models: Path) -> Any:
        return getattr(import_module(self.module), self.function)(spec, models)


@dataclass(frozen=True)
class Null:
    """What a representation is compared with: a network with random weights.

    Attributes:
        name: Of the model with random weights.
        is_own: Whether it is the model's own network, so that the difference is what training has added.
        title: Whose weights they are, for people.
    """

    name: str
    is_own: bool
    title: str
