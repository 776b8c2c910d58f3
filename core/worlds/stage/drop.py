"""``drop``: balls fall, bounce, roll and collide on a floor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.worlds.factors import number
from core.worlds.stage.layout import Layout, StageFactors
from core.worlds.stage.physics import FLOOR, Arena
from core.worlds.stage.placing import bodies_at, draw_radii
from core.worlds.stage.simulation import StageWorld


@dataclass(frozen=True)
class Drop(StageFactors):
    """Factors of balls that are let go above a floor."""

    world: ClassVar[str] = "drop"

    speed: float = number(0.5, 0.0, 0.8, "widths/s", "Largest horizontal speed at the start.")

    def layout(self, rng: np.random.Generator) -> Layout:
        radii = draw_radii(rng, self.radius)
        lanes = rng.permutation(3)
        x = (0.2 + 0.3 * lanes + rng.uniform(-0.045, 0.045, 3)).astype(np.float64)
        y = rng.uniform(FLOOR + 0.22, 0.86, 3)
        vx = self.speed * rng.uniform(-1.0, 1.0, 3)
        vy = rng.uniform(-0.25, 0.25, 3)
        arena = Arena(self.gravity, self.elasticity)
        return Layout(arena, bodies_at(self.objects, x, y, vx, vy, radii))


DROP = StageWorld(Drop, "Balls fall, bounce, roll and collide on a floor.", version=3)
