"""The worlds, each listed once. To add one, write a file with a ``World`` and add it to ``_ALL``."""

from __future__ import annotations

from core.clip import Truth
from core.worlds.factors import Factors, ranges
from core.worlds.leaves import LEAVES
from core.worlds.protocols import World
from core.worlds.stage.drop import DROP
from core.worlds.stage.layout import StageFactors
from core.worlds.stage.occluder import OCCLUDER
from core.worlds.stage.wall import WALL

_ALL: tuple[World, ...] = (DROP, WALL, OCCLUDER, LEAVES)
WORLDS: dict[str, World] = {world.name: world for world in _ALL}


def world_named(name: str) -> World:
    """The world of a name.

    Raises:
        ValueError: There is none of that name.
    """
    if name not in WORLDS:
        raise ValueError(f"There is no world called {name!r}; choose one of {', '.join(WORLDS)}.")
    return WORLDS[name]


def worlds_with_readout() -> tuple[str, ...]:
    """The names of the worlds whose state can be read from frames and latents."""
    return tuple(name for name, world in WORLDS.items() if world.readout)


def stage_factors_of(truth: Truth) -> StageFactors:
    """The factors of a clip of a stage world.

    Raises:
        ValueError: The clip is of another world.
    """
    factors = factors_of(truth)
    if not isinstance(factors, StageFactors):
        raise ValueError(f"The world {truth.world!r} is not a stage world.")
    return factors


def factors_of(truth: Truth) -> Factors:
    """The factors of a simulated clip, as the dataclass of its world."""
    factors = world_named(truth.world).factors
    return factors(**{name: truth.factors[name] for name in ranges(factors)})
