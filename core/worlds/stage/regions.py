"""Regions of a clip: which pixels show a ball, which a shadow and which the background, frame by frame."""

from __future__ import annotations

import numpy as np

from core.worlds.stage.physics import Box
from core.worlds.stage.render import LAMP_HEIGHT, draw_shadow
from core.worlds.stage.truth import BallTruth

REGIONS = ("background", "shadows", "objects")  # a pixel's value is the index of its region
_DARKER = 0.03  # share of the light that is missing at the edge of a shadow


def regions_of(truth: BallTruth, size: int) -> np.ndarray:
    """The region of each pixel, ``uint8 [T, size, size]``, as an index into ``REGIONS``.

    The nearest thing counts. Walls, their shadows and the screen belong to the background.

    Args:
        truth: Of the clip.
        size: Pixels a side.
    """
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
