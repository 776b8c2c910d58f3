"""A world on the stage: from factors and a seed to a clip of balls with its truth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.clip import Clip
from core.worlds.protocols import FPS, FRAMES, SIZE
from core.worlds.stage.layout import Layout, StageFactors, layout_of
from core.worlds.stage.physics import Motion, roll_out
from core.worlds.stage.render import Scene, render
from core.worlds.stage.texture import make_texture
from core.worlds.stage.truth import BallTruth, truth_of


@dataclass(frozen=True)
class StageWorld:
    """A world of balls; the attributes are those of ``core.worlds.protocols.World``."""

    factors: type[StageFactors]
    summary: str
    version: int
    readout: str = "balls"

    @property
    def name(self) -> str:
        """Unique among the worlds."""
        return self.factors.world

    def simulate(self, factors: StageFactors, seed: int, *, size: int, frames: int, fps: float) -> Clip:
        """A clip with a ``BallTruth``."""
        layout = layout_of(factors, seed)
        motion = roll_out(layout.arena, layout.bodies, frames, fps)
        pictures = render(_scene(factors, layout, seed), motion, fps, size)
        return Clip(pictures, fps, truth_of(factors, seed, layout, motion, fps), f"{self.name}, seed {seed}")


def simulate_truth(factors: StageFactors, seed: int, *, frames: int = FRAMES, fps: float = FPS) -> BallTruth:
    """The truth of the clip that ``simulate`` gives, without drawing it."""
    layout = layout_of(factors, seed)
    return truth_of(factors, seed, layout, roll_out(layout.arena, layout.bodies, frames, fps), fps)


def still_balls(factors: StageFactors, positions: np.ndarray, size: int = SIZE) -> np.ndarray:
    """Pictures of one red ball at each of some positions, ``uint8 [n, size, size, 3]``; all else is the same.

    Args:
        factors: Of the stage; their ``radius`` is that of the ball.
        positions: ``[n, 2]``, in frame widths.
        size: Pixels a side.
    """
    x, y = (np.asarray(axis, np.float32)[:, None] for axis in np.transpose(positions))
    zero = np.zeros_like(x)
    scene = replace(_scene(factors, layout_of(factors, 0), 0), radius=np.array([factors.radius], np.float32))
    return render(scene, Motion(x, y, zero, zero, zero, zero, ()), FPS, size)


def _scene(factors: StageFactors, layout: Layout, seed: int) -> Scene:
    rng = np.random.default_rng([seed, 3])
    tint = (1.0 + rng.uniform(-0.12, 0.12, 3)).astype(np.float32)
    textured = factors.background != "plain" and factors.strength > 0
    texture = make_texture(rng, factors.background == "moving") if textured else None
    obstacles = layout.arena.obstacles
    return Scene(factors.lamp, layout.bodies.radius, obstacles, layout.screen, texture, factors.strength, tint)
