"""``occluder``: balls pass behind a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.worlds.factors import Factors, Layout, choice, number
from core.worlds.physics import FLOOR, Arena, Box
from core.worlds.placing import bodies_at, draw_radii


@dataclass(frozen=True)
class Occluder(Factors):
    """Balls that roll or hop along the floor, behind a screen and out again."""

    name: ClassVar[str] = "occluder"
    summary: ClassVar[str] = "Balls pass behind a screen."

    speed: float = number(0.5, 0.25, 0.8, "widths/s", "Speed along the floor, before small differences.")
    screen: float = number(0.36, 0.2, 0.44, "widths", "Width of the screen.")
    hop: float = number(0.0, 0.0, 0.25, "widths", "Height above the floor that the balls start at.")
    start: str = choice("left", ("left", "right"), "The side that the balls start at.")

    def layout(self, rng: np.random.Generator) -> Layout:
        radii = draw_radii(rng, self.radius)
        centre = rng.uniform(0.5, 0.6)
        gaps = rng.uniform(0.01, 0.05, 3)
        ahead = np.cumsum(np.concatenate([[0.0], radii[:-1] + radii[1:] + gaps[:-1]]))
        back = np.cumsum(2 * radii + gaps)[self.objects - 1]
        x = max(0.24, back + 0.02) - ahead - radii[0]
        vx = self.speed * rng.uniform(0.9, 1.1, 3)
        y = FLOOR + radii + self.hop
        screen = Box(centre - self.screen / 2, centre + self.screen / 2, FLOOR - 0.07, FLOOR + 0.44)
        if self.start == "right":
            x, vx = 1.0 - x, -vx
            screen = Box(1.0 - screen.right, 1.0 - screen.left, screen.bottom, screen.top)
        spin = -vx / radii if self.hop == 0 else 0 * vx
        bodies = bodies_at(self.objects, x, y, vx, 0 * vx, radii, spin)
        return Layout(Arena(self.gravity, self.elasticity), bodies, screen)
