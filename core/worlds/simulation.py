"""From factors and a seed to a clip, in any world."""

from __future__ import annotations

from core.clip import Clip
from core.worlds.factors import Factors
from core.worlds.protocols import FPS, FRAMES, SIZE
from core.worlds.registry import world_named


def simulate(factors: Factors, seed: int, *, size: int = SIZE, frames: int = FRAMES, fps: float = FPS) -> Clip:
    """A clip of the world that the factors belong to. Same factors and seed, same bytes.

    Args:
        factors: Of one of ``core.worlds.WORLDS``.
        seed: Decides everything that the factors leave open.
        size: Pixels a side, 16 to 1024.
        frames: 2 to 600.
        fps: Frames per second, above 0.

    Raises:
        ValueError: A seed, size or number of frames out of bounds.
    """
    check_bounds(seed, size, frames)
    return world_named(factors.world).simulate(factors, seed, size=size, frames=frames, fps=fps)


def check_bounds(seed: int, size: int, frames: int) -> None:
    """Refuse a clip that no world makes.

    Raises:
        ValueError: Says which bound is broken.
    """
    if seed < 0:
        raise ValueError(f"A seed must be 0 or more, not {seed}.")
    if not 16 <= size <= 1024:
        raise ValueError(f"A picture must be 16 to 1024 pixels per side, not {size}.")
    if not 2 <= frames <= 600:
        raise ValueError(f"A clip must have 2 to 600 frames, not {frames}.")
