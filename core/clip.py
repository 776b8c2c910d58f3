"""Clip, Truth and Event: the data that all other modules exchange.

Frames are ``uint8 [T, H, W, 3]`` RGB at every boundary. Positions are in frame widths, x to the right, y up,
origin bottom left; velocities in widths per second; time in seconds; angles in radians.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Event:
    """Something that happened in a clip.

    Attributes:
        kind: One word; each world has its own. On the stage: ``bounce``, ``contact``, ``hidden`` or ``revealed``.
        frame: Index of the first frame at or after the moment of the event.
        objects: Indices of the objects involved, into ``Truth.objects``.
    """

    kind: str
    frame: int
    objects: tuple[int, ...]


@dataclass(frozen=True)
class Truth:
    """What the simulator knows about a clip. Each world adds its own columns in a subclass.

    Attributes:
        world: Name of the world.
        factors: Every factor of the world, by name.
        seed: The seed that made the clip.
        times: Time of each frame, in seconds, ``float64 [T]``.
        objects: Names of the objects.
        events: In order of time.
    """

    world: str
    factors: Mapping[str, object]
    seed: int
    times: np.ndarray
    objects: tuple[str, ...]
    events: tuple[Event, ...]

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Arrays for training and probing by name, each ``[T, ...]`` and of one shape for all clips of the world."""
        return {}


@dataclass(frozen=True)
class Clip:
    """A short film, with its truth if a simulator made it.

    Attributes:
        frames: ``uint8 [T, H, W, 3]``, RGB.
        fps: Frames per second.
        truth: None for real films and for worlds without truth.
        source: Where it comes from, in words for people.
        notes: Sentences for people about how the file was read.
    """

    frames: np.ndarray
    fps: float
    truth: Truth | None = None
    source: str = ""
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        check_frames(self.frames)
        if not self.fps > 0:
            raise ValueError(f"A clip needs a frame rate above 0, not {self.fps}.")

    def __len__(self) -> int:
        return len(self.frames)


def check_frames(frames: np.ndarray) -> None:
    """Refuse anything but ``uint8 [T, H, W, 3]`` with at least one frame.

    Raises:
        ValueError: Says what was expected and what was given.
    """
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 3 or frames.size == 0:
        raise ValueError(f"Frames must be uint8 [T, H, W, 3], not {frames.dtype} {list(frames.shape)}.")
