"""The truth of a clip with balls: where each ball is, how it moves and how much of it can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from core.clip import Clip, Event, Truth
from core.worlds.stage.layout import BALLS, MAX_BALLS, Layout, StageFactors
from core.worlds.stage.physics import Box, Motion

_HIDDEN = 0.02  # an object counts as hidden if less than this share of its disc can be seen


@dataclass(frozen=True)
class BallTruth(Truth):
    """The truth of a stage world. Each array is ``float32 [T, K]`` for T frames and K balls.

    Attributes:
        x, y: Centre, in frame widths.
        vx, vy: Velocity, in widths per second.
        angle: Rotation, in radians, counter-clockwise.
        radius: In frame widths.
        visible: Share of the ball's disc that can be seen, 0 to 1.
        layout: How things stood at the start.
    """

    x: np.ndarray
    y: np.ndarray
    vx: np.ndarray
    vy: np.ndarray
    angle: np.ndarray
    radius: np.ndarray
    visible: np.ndarray
    layout: Layout

    @property
    def positions(self) -> np.ndarray:
        """Centres, ``float32 [T, K, 2]``, in frame widths."""
        return np.stack([self.x, self.y], axis=-1)

    @property
    def velocities(self) -> np.ndarray:
        """Velocities, ``float32 [T, K, 2]``, in widths per second."""
        return np.stack([self.vx, self.vy], axis=-1)

    def arrays(self) -> Mapping[str, np.ndarray]:
        """``positions`` and ``velocities``, ``float32 [T, 3, 2]``, and ``visible``, ``[T, 3]``; 0 for absent balls."""
        known = {"positions": self.positions, "velocities": self.velocities, "visible": self.visible}
        return {name: _for_all_balls(array) for name, array in known.items()}


def truth_of(factors: StageFactors, seed: int, layout: Layout, motion: Motion, fps: float) -> BallTruth:
    """The truth of a clip, from the start and the motion of its balls."""
    radius = np.broadcast_to(layout.bodies.radius.astype(np.float32), motion.x.shape).copy()
    visible = visible_share(motion.x, motion.y, radius, layout.screen)
    events = sorted((*motion.events, *_occlusions(visible)), key=lambda e: e.frame)
    return BallTruth(
        factors.world,
        asdict(factors),
        seed,
        np.arange(len(motion.x)) / fps,
        BALLS[: motion.x.shape[1]],
        tuple(events),
        motion.x,
        motion.y,
        motion.vx,
        motion.vy,
        motion.angle,
        radius,
        visible,
        layout,
    )


def ball_truth(clip: Clip) -> BallTruth:
    """The truth of a clip with balls.

    Raises:
        ValueError: The clip has no such truth.
    """
    if not isinstance(clip.truth, BallTruth):
        raise ValueError("The ball positions in this clip are unknown; use a clip of a world with balls.")
    return clip.truth


def visible_share(x: np.ndarray, y: np.ndarray, radius: np.ndarray, screen: Box | None) -> np.ndarray:
    """Share of each disc that is in the picture and not behind the screen, ``float32 [T, K]``.

    Args:
        x, y: Centres ``[T, K]``, in frame widths.
        radius: ``[T, K]``, in frame widths.
        screen: What may hide the discs.
    """
    k = np.arange(256)
    r, a = np.sqrt((k + 0.5) / len(k)), k * np.pi * (3 - np.sqrt(5))  # sunflower points: even over the disc
    px = x[..., None] + radius[..., None] * (r * np.cos(a))  # [T, K, P]
    py = y[..., None] + radius[..., None] * (r * np.sin(a))
    seen = (px >= 0) & (px <= 1) & (py >= 0) & (py <= 1)
    if screen is not None:
        seen &= ~((px > screen.left) & (px < screen.right) & (py > screen.bottom) & (py < screen.top))
    return seen.mean(axis=-1).astype(np.float32)


def _occlusions(visible: np.ndarray) -> list[Event]:
    hidden = visible < _HIDDEN
    events = []
    for t, k in np.argwhere(hidden[1:] != hidden[:-1]):
        events.append(Event("hidden" if hidden[t + 1, k] else "revealed", int(t) + 1, (int(k),)))
    return events


def _for_all_balls(array: np.ndarray) -> np.ndarray:
    """``[T, K, ...]`` to ``[T, 3, ...]``, with zeros for the balls that are absent."""
    out = np.zeros((len(array), MAX_BALLS, *array.shape[2:]), np.float32)
    out[:, : array.shape[1]] = array
    return out
