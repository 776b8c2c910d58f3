"""Places balls at the start of a clip. Three are always drawn, so that their number changes nothing else."""

from __future__ import annotations

import numpy as np

from core.worlds.stage.physics import Bodies


def draw_radii(rng: np.random.Generator, radius: float) -> np.ndarray:
    """Radii of three balls, within 12 % of ``radius``: ``[3]``, in frame widths."""
    return radius * rng.uniform(0.88, 1.12, 3)


def bodies_at(count: int, x, y, vx, vy, radii, spin=(0.0, 0.0, 0.0)) -> Bodies:
    """The state of the first ``count`` of three balls; each argument is ``[3]``, in the units of ``Bodies``."""
    columns = (np.asarray(column, np.float64)[:count] for column in (x, y, vx, vy, radii, spin))
    return Bodies(*columns)
