"""What a world is: causes with ranges go in, a clip comes out, with its truth where the world knows it.

``World`` is all that a world must have. What only some worlds can do is a small protocol of its own, and callers check
for the ability (``isinstance(world, Playable)``), never for a particular world.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np

from core.clip import Clip
from core.worlds.factors import Factors

FPS, FRAMES, SIZE = 10.0, 32, 64  # of a clip by default; the shipped models are made for these


AnyFactors = TypeVar("AnyFactors", bound=Factors)


class World(Protocol[AnyFactors]):
    """A simulator.

    Attributes:
        name: Unique among the worlds.
        summary: One sentence about what happens in it, for people.
        factors: The causes that can be set, as a frozen dataclass.
        version: Raised whenever the same factors and seed give other clips, so that stored clips are made again.
        readout: Name of the read-out in ``core.readouts`` that fits the world's state; empty if there is none.
    """

    @property
    def name(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def factors(self) -> type[AnyFactors]: ...
    @property
    def version(self) -> int: ...
    @property
    def readout(self) -> str: ...

    def simulate(self, factors: AnyFactors, seed: int, *, size: int, frames: int, fps: float) -> Clip:
        """A clip of ``frames`` square pictures of ``size`` pixels a side. Same arguments, same bytes.

        Its ``truth`` is None if the world doesn't know where things are. ``core.worlds.simulate`` calls this with
        arguments that it has checked.
        """
        ...


@runtime_checkable
class Environment(Protocol):
    """A running world that takes an action at each step.

    Attributes:
        actions: Names of the actions; an action is an index into them.
    """

    @property
    def actions(self) -> tuple[str, ...]: ...

    def reset(self, seed: int) -> None:
        """Start again. Same seed and same actions, same frames."""
        ...

    def step(self, action: int) -> None:
        """Advance by one frame."""
        ...

    def observe(self) -> np.ndarray:
        """The present frame, ``uint8 [H, W, 3]``."""
        ...


@runtime_checkable
class Playable(Protocol):
    """A world that one can act in."""

    def environment(self, factors: Factors, *, size: int) -> Environment:
        """An environment with these factors; call ``reset`` before anything else."""
        ...


@dataclass(frozen=True)
class Intervention:
    """One cause that is set from outside.

    Attributes:
        target: Name of the factor, or of the property of an object.
        value: What it is set to.
        frame: First frame at which the intervention acts; 0 for the start of the clip.
    """

    target: str
    value: object
    frame: int = 0


@runtime_checkable
class Intervenable(Protocol):
    """A world whose causes can be set while it runs."""

    def simulate_under(
        self, interventions: Sequence[Intervention], factors: Factors, seed: int, *, size: int, frames: int, fps: float
    ) -> Clip:
        """As ``simulate``, with some causes set from outside; everything random stays as it was without them.

        Raises:
            ValueError: An intervention is out of range or its target doesn't exist; the sentence names it.
        """
        ...
