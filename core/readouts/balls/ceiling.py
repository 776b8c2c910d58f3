"""The ceiling: what the simulator itself predicts from the same frames.

The parser reads the positions of the balls from the context, a shooting method (least squares over simulated starts)
finds the state that explains them best, and the simulator goes on from there. It knows gravity, elasticity, radii and
walls; like the models, it does not know positions and velocities exactly.

The ceiling knows one thing that no clip shows before the first bounce: the elasticity. ``bounce_unknown_positions`` is
the other bound: it knows everything exactly, except that it knows of the elasticity only what the context shows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.readouts.balls.parser import parse_positions
from core.worlds import ranges
from core.worlds.stage.layout import StageFactors, layout_of
from core.worlds.stage.physics import FLOOR, Arena, Bodies, roll_out

_ELASTICITIES = 16  # that are tried
_ALIKE = 0.004  # widths, a quarter of a pixel
_STEP = 2e-3  # of the finite differences, in widths and widths/s


def ceiling_positions(factors: StageFactors, seed: int, context: np.ndarray, horizon: int, fps: float) -> np.ndarray:
    """Places of the balls over the horizon, ``float32 [horizon, K, 2]`` in widths.

    Args:
        factors: Of the clip's world.
        seed: Of the clip; gives the radii and the walls, not the places.
        context: The frames seen, ``uint8 [T, H, W, 3]``, T >= 2.
        horizon: Frames to play on.
        fps: Frames per second.
    """
    layout = layout_of(factors, seed)
    radius = layout.bodies.radius
    seen = parse_positions(context[None])[0, :, : len(radius)].astype(np.float64)  # [T, K, 2]
    start = _shoot(layout.arena, radius, seen, fps)
    motion = roll_out(layout.arena, start, len(context) + horizon, fps)
    return np.stack([motion.x, motion.y], axis=-1)[len(context) :]


def bounce_unknown_positions(factors: StageFactors, seed: int, context: int, horizon: int, fps: float) -> np.ndarray:
    """The middle of all futures that the context leaves open if all is known but the elasticity, ``[horizon, K, 2]``.

    The worlds are played with every elasticity of their range; those that look the same up to the end of the context
    stay, and each ball is guessed at the median of its places (the point with the least expected distance, axis by
    axis).
    """
    allowed = ranges(type(factors))["elasticity"]
    tried = np.linspace(allowed.low, allowed.high, _ELASTICITIES)
    true = _played(factors, seed, context + horizon, fps)
    played = np.stack([_played(replace(factors, elasticity=float(e)), seed, context + horizon, fps) for e in tried])
    difference = np.abs(played[:, :context] - true[:context]).max(axis=(1, 2, 3))
    return np.median(played[difference <= max(_ALIKE, difference.min())], axis=0)[context:]


def _played(factors: StageFactors, seed: int, frames: int, fps: float) -> np.ndarray:
    layout = layout_of(factors, seed)
    motion = roll_out(layout.arena, layout.bodies, frames, fps)
    return np.stack([motion.x, motion.y], axis=-1)


def _shoot(arena: Arena, radius: np.ndarray, seen: np.ndarray, fps: float) -> Bodies:
    known = ~np.isnan(seen)
    first = _first_guess(arena, seen, fps)  # [K, 4]

    def misses(shifted: np.ndarray) -> np.ndarray:
        motion = roll_out(arena, _bodies(first + shifted.reshape(first.shape) - 1.0, radius), len(seen), fps)
        return (np.stack([motion.x, motion.y], axis=-1) - seen)[known]

    # The unknowns are shifted to lie about 1, so that a relative step is an absolute one.
    ones = np.ones(first.size)
    if known.sum() < first.size:
        return _bodies(first, radius)
    from scipy.optimize import least_squares  # slow to import, and every read-out is listed with its ceiling

    found = least_squares(misses, ones, diff_step=np.full(first.size, _STEP), max_nfev=12, xtol=1e-6, ftol=1e-8)
    return _bodies(first + found.x.reshape(first.shape) - 1.0, radius)


def _first_guess(arena: Arena, seen: np.ndarray, fps: float) -> np.ndarray:
    """x, y, vx, vy at frame 0 from the first two sights of each ball, ``[K, 4]``."""
    guess = np.zeros((seen.shape[1], 4))
    for k in range(seen.shape[1]):
        times = np.flatnonzero(~np.isnan(seen[:, k, 0]))
        if len(times) == 0:
            guess[k] = (0.5, 0.5, 0.0, 0.0)
            continue
        a, b = times[0], times[min(1, len(times) - 1)]
        speed = (seen[b, k] - seen[a, k]) / max(1, b - a) * fps
        guess[k] = (*(seen[a, k] - speed * a / fps), *speed)
    return guess


def _bodies(state: np.ndarray, radius: np.ndarray) -> Bodies:
    x, y, vx, vy = state.T
    on_floor = y - radius - FLOOR < 0.02
    x, y = np.clip(x, radius, 1 - radius), np.maximum(y, FLOOR + radius)
    return Bodies(x, y, vx, vy, radius, np.where(on_floor, -vx / radius, 0.0))
