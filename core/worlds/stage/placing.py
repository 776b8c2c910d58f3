"""Placing balls at the start of a clip: three are always drawn, so that the number used changes nothing else."""

from __future__ import annotations

import numpy as np

from core.worlds.stage.physics import Bodies


def draw_radii(rng: np.random.Generator, radius: float) -> np.ndarray:
    """Radii of three balls, within 12 % of the factor; ``[3]`` in widths."""
    return radius * rng.uniform(0.88, 1.12, 3)


def bodies_at(count: int, x, y, vx, vy, radii, spin=(0.0, 0.0, 0.0)) -> Bodies:
    """The first ``count`` of three balls."""
    columns = (np.asarray(column, np.float64)[:count] for column in (x, y, vx, vy, radii, spin))
    return Bodies(*columns)
