"""What the worlds on the stage share: their common factors, and how things stand when a clip starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.worlds.factors import Factors, choice, number
from core.worlds.stage.physics import Arena, Bodies, Box

BACKGROUNDS = ("plain", "textured", "moving")
BALLS = ("red ball", "blue ball", "green ball")  # in the order of ``render.COLOURS``
MAX_BALLS = len(BALLS)


@dataclass(frozen=True)
class Layout:
    """The start of a clip: what physics and drawing need to know.

    Attributes:
        screen: A screen in front of the balls, or None.
    """

    arena: Arena
    bodies: Bodies
    screen: Box | None = None


@dataclass(frozen=True)
class StageFactors(Factors):
    """The factors that all worlds on the stage share.

    Raises:
        ValueError: A factor is outside its range; the sentence names it.
    """

    objects: int = number(1, 1, MAX_BALLS, "balls", "Number of balls: red, then blue, then green.")
    gravity: float = number(2.0, 1.0, 3.0, "widths/s²", "Acceleration of falling balls.")
    elasticity: float = number(0.7, 0.2, 0.95, "share", "Share of the speed that a ball keeps when it bounces.")
    radius: float = number(0.075, 0.05, 0.1, "widths", "Radius of the balls; each differs by up to 12 %.")
    lamp: float = number(0.3, 0.1, 0.9, "widths", "Position of the lamp, from the left.")
    background: str = choice("textured", BACKGROUNDS, "Plain, textured, or a moving texture that distracts.")
    strength: float = number(0.5, 0.0, 1.0, "share", "Contrast of the texture.")

    def without_effect(self) -> frozenset[str]:
        """The strength of a texture means nothing on a plain background."""
        return frozenset({"strength"}) if self.background == "plain" else frozenset()

    def layout(self, rng: np.random.Generator) -> Layout:
        """The start of a clip with these factors.

        Subclasses draw from ``rng`` in a fixed order, whatever the factors are, so that changing one factor under one
        seed leaves everything else as it was. (A row of balls is the exception: more or larger balls shift it.)
        """
        raise NotImplementedError(f"{type(self).__name__} has no layout.")


def layout_of(factors: StageFactors, seed: int) -> Layout:
    """The start of the clip with these factors and this seed."""
    return factors.layout(np.random.default_rng([seed, 2]))
