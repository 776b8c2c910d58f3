"""Simulators: factors and a seed in, a clip with its truth out.

To add a world, write one file with a frozen subclass of ``Factors`` and list it in ``WORLDS``.
"""

from core.clip import Truth
from core.worlds.factors import BACKGROUNDS, Factors, Range, ranges, sample
from core.worlds.leaves import Leaves
from core.worlds.simulation import FPS, FRAMES, SIZE, layout_of, play, simulate, still_balls
from core.worlds.stage.drop import Drop
from core.worlds.stage.occluder import Occluder
from core.worlds.stage.wall import Wall

WORLDS: dict[str, type[Factors]] = {world.name: world for world in (Drop, Wall, Occluder)}


def world_named(name: str) -> type[Factors]:
    """Find a world.

    Raises:
        ValueError: There is none of that name.
    """
    if name not in WORLDS:
        raise ValueError(f"There is no world called {name!r}; there are {', '.join(WORLDS)}.")
    return WORLDS[name]


def factors_of(truth: Truth) -> Factors:
    """The factors of a simulated clip, as the dataclass of its world."""
    world = world_named(truth.world)
    return world(**{name: truth.factors[name] for name in ranges(world)})


__all__ = [
    "BACKGROUNDS", "FPS", "FRAMES", "SIZE", "WORLDS", "Drop", "Factors", "Leaves", "Occluder", "Range", "Wall",
    "factors_of", "layout_of", "play", "ranges", "sample", "simulate", "still_balls",
    "world_named",
]  # fmt: skip
