"""A toy world, as somebody would add one: this file, and one line in the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np

from core.clip import Clip, Truth
from core.worlds.factors import Factors, choice, number


@dataclass(frozen=True)
class Lift(Factors):
    """Factors of a bar that rises or sinks."""

    world: ClassVar[str] = "lift"

    speed: float = number(0.5, 0.1, 1.0, "widths/s", "Speed of the bar.")
    floors: int = number(4, 2, 8, "floors", "Number of floors.")
    colour: str = choice("amber", ("amber", "teal"), "Colour of the bar.")


@dataclass(frozen=True)
class LiftTruth(Truth):
    """Its ``height`` is ``float32 [T]``, in frame widths; ``actions`` are 0 (down) or 1 (up), ``int64 [T]``."""

    height: np.ndarray
    actions: np.ndarray

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Height and actions."""
        return {"height": self.height, "actions": self.actions}


class LiftWorld:
    """A world with truth, actions and no read-out."""

    name, summary, factors, version, readout = "lift", "A bar rises and sinks.", Lift, 1, ""

    def simulate(self, factors: Lift, seed: int, *, size: int, frames: int, fps: float) -> Clip:
        """A clip of random actions."""
        environment = LiftEnvironment(factors, size, fps)
        environment.reset(seed)
        actions = np.random.default_rng([seed, 2]).integers(0, 2, frames)
        pictures, heights = [], []
        for action in actions:
            environment.step(int(action))
            pictures.append(environment.observe())
            heights.append(environment.height)
        times, height = np.arange(frames) / fps, np.array(heights, np.float32)
        truth = LiftTruth(self.name, asdict(factors), seed, times, ("bar",), (), height, actions)
        return Clip(np.stack(pictures), fps, truth, f"{self.name}, seed {seed}")

    def environment(self, factors: Lift, *, size: int) -> LiftEnvironment:
        """The same, one action at a time."""
        return LiftEnvironment(factors, size, 10.0)


class LiftEnvironment:
    """A bar that goes up or down."""

    actions = ("down", "up")

    def __init__(self, factors: Lift, size: int, fps: float) -> None:
        self._factors, self._size, self._fps, self.height = factors, size, fps, 0.5

    def reset(self, seed: int) -> None:
        """Put the bar on a random floor."""
        self.height = float(np.random.default_rng(seed).integers(self._factors.floors)) / self._factors.floors

    def step(self, action: int) -> None:
        """Move the bar."""
        self.height = min(1.0, max(0.0, self.height + (1 if action else -1) * self._factors.speed / self._fps))

    def observe(self) -> np.ndarray:
        """The picture of the bar."""
        frame = np.full((self._size, self._size, 3), 230, np.uint8)
        row = round((1 - self.height) * (self._size - 4))
        frame[row : row + 4] = (220, 150, 30) if self._factors.colour == "amber" else (20, 140, 140)
        return frame


LIFT = LiftWorld()
