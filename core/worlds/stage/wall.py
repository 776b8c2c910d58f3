"""``wall``: balls roll towards a wall that stops them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.worlds.factors import choice, number
from core.worlds.stage.layout import Layout, StageFactors
from core.worlds.stage.physics import FLOOR, Arena, Box
from core.worlds.stage.placing import bodies_at, draw_radii
from core.worlds.stage.simulation import StageWorld

_THICKNESS = 0.045


@dataclass(frozen=True)
class Wall(StageFactors):
    """Factors of balls that roll along the floor towards a wall."""

    world: ClassVar[str] = "wall"

    speed: float = number(0.7, 0.4, 1.1, "widths/s", "Speed towards the wall; each ball differs by up to 15 %.")
    wall: float = number(0.75, 0.65, 0.85, "widths", "Distance of the wall from the side where the balls start.")
    start: str = choice("left", ("left", "right"), "Side where the balls start.")

    def layout(self, rng: np.random.Generator) -> Layout:
        radii = draw_radii(rng, self.radius)
        gaps = rng.uniform(0.01, 0.06, 3)
        # The balls form a row; the first is nearest to the wall.
        ahead = np.cumsum(np.concatenate([[0.0], radii[:-1] + radii[1:] + gaps[:-1]]))
        back = np.cumsum(2 * radii + gaps)[self.objects - 1]
        front = max(0.30, back + 0.02)  # front edge of the first ball
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


WALL = StageWorld(Wall, "Balls roll towards a wall that stops them.", version=3)
