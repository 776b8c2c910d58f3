"""Simulators: factors and a seed in, a clip out, with its truth where the world knows it.

To add a world, write one file with a ``World`` (``core.worlds.protocols``) and list it in ``core.worlds.registry``.
"""

from core.worlds.factors import Factors, Range, ranges, sample
from core.worlds.leaves import Leaves
from core.worlds.protocols import FPS, FRAMES, SIZE, Environment, Intervenable, Intervention, Playable, World
from core.worlds.registry import WORLDS, factors_of, stage_factors_of, world_named
from core.worlds.simulation import simulate
from core.worlds.stage.drop import Drop
from core.worlds.stage.occluder import Occluder
from core.worlds.stage.wall import Wall

__all__ = [
    "FPS",
    "FRAMES",
    "SIZE",
    "WORLDS",
    "Drop",
    "Environment",
    "Factors",
    "Intervenable",
    "Intervention",
    "Leaves",
    "Occluder",
    "Playable",
    "Range",
    "Wall",
    "World",
    "factors_of",
    "ranges",
    "sample",
    "simulate",
    "stage_factors_of",
    "world_named",
]
