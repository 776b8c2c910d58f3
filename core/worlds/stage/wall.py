"""``wall``: balls run at a wall that stops them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.worlds.factors import Factors, Layout, choice, number
from core.worlds.stage.physics import FLOOR, Arena, Box
from core.worlds.stage.placing import bodies_at, draw_radii

_THICKNESS = 0.045


@dataclass(frozen=True)
class Wall(Factors):
    """Balls that roll along the floor towards a wall."""

    name: ClassVar[str] = "wall"
    summary: ClassVar[str] = "Balls run at a wall that stops them."

    speed: float = number(0.7, 0.4, 1.1, "widths/s", "Speed towards the wall, before small differences.")
    wall: float = number(0.75, 0.65, 0.85, "widths", "How far the wall stands from the side the balls start at.")
    start: str = choice("left", ("left", "right"), "The side that the balls start at.")

    def layout(self, rng: np.random.Generator) -> Layout:
        radii = draw_radii(rng, self.radius)
        gaps = rng.uniform(0.01, 0.06, 3)
        # One behind the other; the first is nearest to the wall.
        ahead = np.cumsum(np.concatenate([[0.0], radii[:-1] + radii[1:] + gaps[:-1]]))
        back = np.cumsum(2 * radii + gaps)[self.objects - 1]
        front = max(0.30, back + 0.02)  # of the first ball
        wall = max(self.wall, front + 0.02)  # three large balls need more room than the nearest wall leaves
        x = front - ahead - radii[0]
        vx = self.speed * rng.uniform(0.85, 1.15, 3)
        y = FLOOR + radii
        slab = Box(wall, wall + _THICKNESS, FLOOR - 0.04, FLOOR + 0.42)
        if self.start == "right":
            x, vx = 1.0 - x, -vx
            slab = Box(1.0 - slab.right, 1.0 - slab.left, slab.bottom, slab.top)
        arena = Arena(self.gravity, self.elasticity, obstacles=(slab,))
        return Layout(arena, bodies_at(self.objects, x, y, vx, 0 * vx, radii, -vx / radii))
