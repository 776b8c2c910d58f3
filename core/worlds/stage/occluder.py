"""``occluder``: balls pass behind a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.worlds.factors import Factors, Layout, choice, number
from core.worlds.stage.physics import FLOOR, Arena, Box
from core.worlds.stage.placing import bodies_at, draw_radii

_FURTHEST = 0.88  # widths; the screen's far side


@dataclass(frozen=True)
class Occluder(Factors):
    """Balls that roll or hop along the floor, behind a screen and out again."""

    name: ClassVar[str] = "occluder"
    summary: ClassVar[str] = "Balls pass behind a screen."

    radius: float = number(0.06, 0.045, 0.07, "widths", "Radius of the balls, before their small differences.")
    speed: float = number(0.5, 0.25, 0.8, "widths/s", "Speed along the floor, before small differences.")
    screen: float = number(0.36, 0.2, 0.44, "widths", "Width of the screen; less where a long row leaves less room.")
    hop: float = number(0.0, 0.0, 0.25, "widths", "Height above the floor that the balls start at.")
    start: str = choice("left", ("left", "right"), "The side that the balls start at.")

    def layout(self, rng: np.random.Generator) -> Layout:
        radii = draw_radii(rng, self.radius)
        centre = rng.uniform(0.5, 0.6)
        gaps = rng.uniform(0.01, 0.03, 3)
        ahead = np.cumsum(np.concatenate([[0.0], radii[:-1] + radii[1:] + gaps[:-1]]))
        back = np.cumsum(2 * radii + gaps)[self.objects - 1]
        front = max(0.24, back + 0.02)  # of the first ball
        x = front - ahead - radii[0]
        vx = self.speed * rng.uniform(0.9, 1.1, 3)
        y = FLOOR + radii + self.hop
        # Every ball is seen at first, and there is room to come out again.
        left = max(centre - self.screen / 2, front + 0.02 + 0.1 * self.speed)
        screen = Box(left, min(left + self.screen, _FURTHEST), FLOOR - 0.07, FLOOR + 0.44)
        if self.start == "right":
            x, vx = 1.0 - x, -vx
            screen = Box(1.0 - screen.right, 1.0 - screen.left, screen.bottom, screen.top)
        spin = -vx / radii if self.hop == 0 else 0 * vx
        bodies = bodies_at(self.objects, x, y, vx, 0 * vx, radii, spin)
        return Layout(Arena(self.gravity, self.elasticity), bodies, screen)
