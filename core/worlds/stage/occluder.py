"""``occluder``: balls pass behind a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.worlds.factors import choice, number
from core.worlds.stage.layout import Layout, StageFactors
from core.worlds.stage.physics import FLOOR, Arena, Box
from core.worlds.stage.placing import bodies_at, draw_radii
from core.worlds.stage.simulation import StageWorld

_FURTHEST = 0.88  # frame widths; limit of the screen's far edge


@dataclass(frozen=True)
class Occluder(StageFactors):
    """Factors of balls that roll or hop along the floor, behind a screen and out again."""

    world: ClassVar[str] = "occluder"

    radius: float = number(0.06, 0.045, 0.07, "widths", "Radius of the balls; each differs by up to 12 %.")
    speed: float = number(0.5, 0.25, 0.8, "widths/s", "Speed along the floor; each ball differs by up to 10 %.")
    screen: float = number(0.36, 0.2, 0.44, "widths", "Width of the screen; narrower behind a long row of balls.")
    hop: float = number(0.0, 0.0, 0.25, "widths", "Height above the floor at which the balls start.")
    start: str = choice("left", ("left", "right"), "Side where the balls start.")

    def layout(self, rng: np.random.Generator) -> Layout:
        radii = draw_radii(rng, self.radius)
        centre = rng.uniform(0.5, 0.6)
        gaps = rng.uniform(0.01, 0.03, 3)
        ahead = np.cumsum(np.concatenate([[0.0], radii[:-1] + radii[1:] + gaps[:-1]]))
        back = np.cumsum(2 * radii + gaps)[self.objects - 1]
        front = max(0.24, back + 0.02)  # front edge of the first ball
        x = front - ahead - radii[0]
        vx = self.speed * rng.uniform(0.9, 1.1, 3)
        y = FLOOR + radii + self.hop
        # Every ball is visible at first and has room to come out again.
        left = max(centre - self.screen / 2, front + 0.02 + 0.1 * self.speed)
        screen = Box(left, min(left + self.screen, _FURTHEST), FLOOR - 0.07, FLOOR + 0.44)
        if self.start == "right":
            x, vx = 1.0 - x, -vx
            screen = Box(1.0 - screen.right, 1.0 - screen.left, screen.bottom, screen.top)
        spin = -vx / radii if self.hop == 0 else 0 * vx
        bodies = bodies_at(self.objects, x, y, vx, 0 * vx, radii, spin)
        return Layout(Arena(self.gravity, self.elasticity), bodies, screen)


OCCLUDER = StageWorld(Occluder, "Balls pass behind a screen.", version=3)
