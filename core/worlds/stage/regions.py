"""Which pixels show a ball, which its shadow and which neither, frame by frame."""

from __future__ import annotations

import numpy as np

from core.worlds.stage.physics import Box
from core.worlds.stage.render import LAMP_HEIGHT, draw_shadow
from core.worlds.stage.truth import BallTruth

REGIONS = ("background", "shadows", "objects")  # a pixel's number is its place here
_DARKER = 0.03  # a shadow begins where it takes this share of the light


def regions_of(truth: BallTruth, size: int) -> np.ndarray:
    """The region of every pixel, ``uint8 [T, size, size]``: the nearest thing counts, and what stands still (walls and
    their shadows, a screen) is background."""
    layout = truth.layout
    x = (np.arange(size, dtype=np.float32) + 0.5) / size
    y = x[::-1].copy()
    lamp = np.array([truth.factors["lamp"], LAMP_HEIGHT], np.float32)
    regions = np.zeros((len(truth.x), size, size), np.uint8)
    still = np.zeros((size, size), bool)
    for box in (*layout.arena.obstacles, *([layout.screen] if layout.screen else [])):
        still |= _inside(box, x, y)
    for t, region in enumerate(regions):
        light = np.ones((size, size, 1), np.float32)
        balls = list(zip(truth.x[t], truth.y[t], truth.radius[t], strict=True))
        for bx, by, r in balls:
            draw_shadow(light, x, y, bx, by, r, lamp)
        region[light[..., 0] < 1 - _DARKER] = 1
        for bx, by, r in balls:
            region[np.hypot(x[None] - bx, y[:, None] - by) < r] = 2
        region[still] = 0
    return regions


def _inside(box: Box, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return ((x > box.left) & (x < box.right))[None] & ((y > box.bottom) & (y < box.top))[:, None]
