"""Clip and Truth: the nouns that every other module speaks.

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
        kind: ``bounce``, ``contact``, ``hidden`` or ``revealed``.
        frame: Index of the first frame at or after the moment it happened.
        objects: Indices of the objects concerned.
    """

    kind: str
    frame: int
    objects: tuple[int, ...]


@dataclass(frozen=True)
class Truth:
    """What the simulator knows. Every array is ``float32 [T, K]`` for T frames and K objects.

    Attributes:
        x, y: Centre, in frame widths.
        vx, vy: Velocity, in widths per second.
        angle: Rotation, in radians, counter-clockwise.
        radius: In frame widths.
        visible: Share of the object's disc that can be seen, 0 to 1.
        events: In order of time.
        world: Name of the world.
        factors: Every factor of the world, by name.
        seed: The seed that made the clip.
    """

    x: np.ndarray
    y: np.ndarray
    vx: np.ndarray
    vy: np.ndarray
    angle: np.ndarray
    radius: np.ndarray
    visible: np.ndarray
    events: tuple[Event, ...]
    world: str
    factors: Mapping[str, object]
    seed: int

    @property
    def objects(self) -> int:
        return self.x.shape[1]

    @property
    def positions(self) -> np.ndarray:
        """Centres as ``float32 [T, K, 2]``."""
        return np.stack([self.x, self.y], axis=-1)

    @property
    def velocities(self) -> np.ndarray:
        """Velocities as ``float32 [T, K, 2]``."""
        return np.stack([self.vx, self.vy], axis=-1)


@dataclass(frozen=True)
class Clip:
    """A short film, with its truth where a simulator made it.

    Attributes:
        frames: ``uint8 [T, H, W, 3]``, RGB.
        fps: Frames per second.
        truth: None for a film whose causes nobody wrote down.
        source: Plain words for where it comes from.
        notes: Sentences for the user about what was done to it on the way in.
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
