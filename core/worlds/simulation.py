"""From factors and a seed to a clip with its truth."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np

from core.clip import Clip, Event, Truth
from core.worlds.factors import Factors, Layout
from core.worlds.leaves import Leaves, draw_leaves
from core.worlds.stage.physics import Box, Motion, roll_out
from core.worlds.stage.render import Scene, render
from core.worlds.stage.texture import make_texture

FPS = 10.0
FRAMES = 32
SIZE = 64
_HIDDEN = 0.02  # share of the disc under which an object counts as hidden


def simulate(factors: Factors | Leaves, seed: int, *, size: int = SIZE, frames: int = FRAMES, fps: float = FPS) -> Clip:
    """Play a world. Same factors and seed, same bytes.

    Args:
        factors: An instance of one of ``core.worlds.WORLDS``, or ``Leaves`` (whose clips have no truth).
        seed: Decides the places and speeds within the factors, and the texture.
        size: Pixels a side, 16 to 1024.
        frames: 2 to 600.

    Raises:
        ValueError: A seed, size or number of frames out of bounds.
    """
    _check_bounds(seed, size, frames)
    if isinstance(factors, Leaves):
        return Clip(draw_leaves(factors, seed, frames, fps, size), fps, None, f"leaves, seed {seed}")
    layout = layout_of(factors, seed)
    motion = roll_out(layout.arena, layout.bodies, frames, fps)
    pictures = render(_scene(factors, layout, seed), motion, fps, size)
    return Clip(pictures, fps, _truth(factors, seed, layout, motion), f"{factors.name}, seed {seed}")


def play(factors: Factors, seed: int, *, frames: int = FRAMES, fps: float = FPS) -> Truth:
    """The truth of the clip that ``simulate`` gives, without drawing it."""
    _check_bounds(seed, SIZE, frames)
    layout = layout_of(factors, seed)
    return _truth(factors, seed, layout, roll_out(layout.arena, layout.bodies, frames, fps))


def still_balls(factors: Factors, places: np.ndarray, size: int = SIZE) -> np.ndarray:
    """One red ball in each of some places ``[n, 2]`` in widths, all else alike: ``uint8 [n, size, size, 3]``."""
    x, y = (np.asarray(axis, np.float32)[:, None] for axis in np.transpose(places))
    still = np.zeros_like(x)
    scene = replace(_scene(factors, layout_of(factors, 0), 0), radius=np.array([factors.radius], np.float32))
    return render(scene, Motion(x, y, still, still, still, still, ()), FPS, size)


def layout_of(factors: Factors, seed: int) -> Layout:
    """Where things stand at the start, without playing or drawing."""
    return factors.layout(np.random.default_rng([seed, 2]))


def _scene(factors: Factors, layout: Layout, seed: int) -> Scene:
    rng = np.random.default_rng([seed, 3])
    tint = (1.0 + rng.uniform(-0.12, 0.12, 3)).astype(np.float32)
    textured = factors.background != "plain" and factors.strength > 0
    texture = make_texture(rng, factors.background == "moving") if textured else None
    obstacles = layout.arena.obstacles
    return Scene(factors.lamp, layout.bodies.radius, obstacles, layout.screen, texture, factors.strength, tint)


def _truth(factors: Factors, seed: int, layout: Layout, motion: Motion) -> Truth:
    radius = np.broadcast_to(layout.bodies.radius.astype(np.float32), motion.x.shape).copy()
    visible = visible_share(motion.x, motion.y, radius, layout.screen)
    events = sorted((*motion.events, *_occlusions(visible)), key=lambda e: e.frame)
    columns = (motion.x, motion.y, motion.vx, motion.vy, motion.angle, radius, visible)
    return Truth(*columns, tuple(events), factors.name, asdict(factors), seed)


def visible_share(x: np.ndarray, y: np.ndarray, radius: np.ndarray, screen: Box | None) -> np.ndarray:
    """Share of each disc that is on the picture and not behind the screen, ``float32 [T, K]``."""
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


def _check_bounds(seed: int, size: int, frames: int) -> None:
    if seed < 0:
        raise ValueError(f"A seed must be 0 or more, not {seed}.")
    if not 16 <= size <= 1024:
        raise ValueError(f"A picture must be 16 to 1024 pixels a side, not {size}.")
    if not 2 <= frames <= 600:
        raise ValueError(f"A clip must have 2 to 600 frames, not {frames}.")
