"""Simulators: factors and a seed in, a clip out, with its truth where the world knows it.

To add a world, write one file with a ``World`` (``core.worlds.protocols``) and list it in ``core.worlds.registry``.
"""

from core.worlds.factors import Factors, Range, ranges, sample
from core.worlds.protocols import FPS, FRAMES, SIZE, Environment, Intervenable, Intervention, Playable, World
from core.worlds.registry import WORLDS, factors_of, world_named, worlds_read_by
from core.worlds.simulation import simulate

__all__ = [
    "FPS",
    "FRAMES",
    "SIZE",
    "WORLDS",
    "Environment",
    "Factors",
    "Intervenable",
    "Intervention",
    "Playable",
    "Range",
    "World",
    "factors_of",
    "ranges",
    "sample",
    "simulate",
    "world_named",
    "worlds_read_by",
]
