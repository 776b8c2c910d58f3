"""Draws the stage: a lamp, a floor in perspective, shaded balls and soft shadows; it looks the same at any size.

Everything is an analytic shape with a soft edge of one pixel, computed only in its own small box: the same code draws
64 pixels for models and 512 for people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.worlds.stage.physics import FLOOR, Box, Motion
from core.worlds.stage.texture import Texture, draw_texture

HORIZON = 0.40
LAMP_HEIGHT = 0.88
COLOURS = np.array([[0.86, 0.16, 0.15], [0.13, 0.36, 0.86], [0.10, 0.60, 0.26]], np.float32)  # red, blue, green
_SKY = np.array([[0.85, 0.88, 0.94], [0.92, 0.945, 0.97]], np.float32)  # top, horizon
_GROUND = np.array([[0.75, 0.70, 0.645], [0.89, 0.85, 0.79]], np.float32)  # horizon, front
_LAMP = np.array([1.0, 0.87, 0.46], np.float32)
_WALL = np.array([0.38, 0.43, 0.52], np.float32)
_SCREEN = np.array([0.49, 0.44, 0.54], np.float32)


@dataclass(frozen=True)
class Scene:
    """What is on the stage, besides the motion of the balls.

    Attributes:
        lamp: Position of the lamp from the left, in frame widths.
        radius: Of each ball, ``[K]``, in frame widths.
        obstacles: Walls.
        screen: A screen in front of the balls, or None.
        texture: Of the background, or None for a plain one.
        strength: Contrast of the texture, 0 to 1.
        tint: Colour of the texture, ``[3]``.
    """

    lamp: float
    radius: np.ndarray
    obstacles: tuple[Box, ...]
    screen: Box | None
    texture: Texture | None
    strength: float
    tint: np.ndarray


def render(scene: Scene, motion: Motion, fps: float, size: int) -> np.ndarray:
    """The frames, ``uint8 [T, size, size, 3]``."""
    x = (np.arange(size, dtype=np.float32) + 0.5) / size
    y = x[::-1].copy()
    frames = np.empty((len(motion.x), size, size, 3), np.uint8)
    static = _backdrop(scene, x, y)
    moving = scene.texture is not None and bool(np.any(scene.texture.rate))
    if scene.texture is not None and not moving:
        static = _textured(scene, static, 0.0, x, y)
    lamp = np.array([scene.lamp, LAMP_HEIGHT], np.float32)
    for t in range(len(frames)):
        canvas = _textured(scene, static, t / fps, x, y) if moving else static.copy()
        for box in scene.obstacles:
            _draw_wall_shadow(canvas, x, y, box, lamp)
        centres = list(zip(motion.x[t], motion.y[t], scene.radius, strict=True))
        for bx, by, r in centres:
            draw_shadow(canvas, x, y, bx, by, r, lamp)
        for box in scene.obstacles:
            _draw_box(canvas, x, y, box, _WALL)
        for k, (bx, by, r) in enumerate(centres):
            _draw_ball(canvas, x, y, bx, by, r, motion.angle[t, k], COLOURS[k], lamp)
        if scene.screen is not None:
            _draw_box(canvas, x, y, scene.screen, _SCREEN)
        np.multiply(np.clip(canvas, 0.0, 1.0), 255.0, out=canvas)
        frames[t] = np.rint(canvas)
    return frames


def _backdrop(scene: Scene, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    up = np.clip((y - HORIZON) / (1 - HORIZON), 0, 1)[:, None]
    near = np.clip((HORIZON - y) / HORIZON, 0, 1)[:, None]
    sky = _SKY[1] + (_SKY[0] - _SKY[1]) * up  # [H, 3]
    ground = _GROUND[0] + (_GROUND[1] - _GROUND[0]) * near
    edge = np.clip((y - HORIZON) * len(y) + 0.5, 0, 1)[:, None]
    column = ground + (sky - ground) * edge
    canvas = np.repeat(column[:, None], len(x), axis=1).astype(np.float32)
    distance = np.hypot(x[None] - scene.lamp, y[:, None] - LAMP_HEIGHT)
    glow = 0.42 * np.exp(-((distance / 0.085) ** 2))[..., None]
    disc = np.clip((0.034 - distance) * len(x) + 0.5, 0, 1)[..., None]
    canvas += (_LAMP - canvas) * np.maximum(glow, disc)
    return canvas


def _textured(scene: Scene, canvas: np.ndarray, time: float, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    if scene.texture is None:
        return canvas
    field = draw_texture(scene.texture, np.array([time]), x, y)[0]
    return canvas * (1.0 + (0.17 * scene.strength) * field[..., None] * scene.tint)


def _window(centre: float, reach: float, size: int, flipped: bool) -> slice:
    low, high = centre - reach, centre + reach
    if flipped:
        low, high = 1.0 - high, 1.0 - low
    return slice(max(0, int(np.floor(low * size))), max(0, min(size, int(np.ceil(high * size)) + 1)))


def _shadow_centre(bx: float, by: float, r: float, lamp: np.ndarray) -> tuple[float, float, float]:
    """Centre of a ball's shadow, away from the lamp and nearer to the viewer for higher balls; height of the ball."""
    height = max(0.0, by - r - FLOOR)
    throw = min(1.2, (by - FLOOR) / max(0.12, lamp[1] - by))
    return bx + (bx - lamp[0]) * 0.45 * throw, FLOOR - 0.015 - 0.075 * min(1.0, throw), height


def draw_shadow(
    canvas: np.ndarray, x: np.ndarray, y: np.ndarray, bx: float, by: float, r: float, lamp: np.ndarray
) -> None:
    """Darken ``canvas [H, W, C]`` by the shadow of a ball at ``bx``, ``by`` with radius ``r``, in frame widths.

    Args:
        canvas: Changed in place.
        x, y: Pixel centres ``[W]`` and ``[H]``, in frame widths.
        bx, by, r: Centre and radius of the ball.
        lamp: Position of the lamp, ``[2]``.
    """
    sx, sy, height = _shadow_centre(bx, by, r, lamp)
    soft = 0.30 + 0.9 * min(1.0, height / 0.5)
    wide, deep = r * (1.05 + 0.25 * soft), r * (0.34 + 0.08 * soft)
    _darken(canvas, x, y, sx, sy, wide, deep, soft, 0.46 - 0.20 * min(1.0, height / 0.5))


def _draw_wall_shadow(canvas: np.ndarray, x: np.ndarray, y: np.ndarray, box: Box, lamp: np.ndarray) -> None:
    middle, half = (box.left + box.right) / 2, (box.right - box.left) / 2
    away = np.sign(middle - lamp[0]) or 1.0
    _darken(canvas, x, y, middle + away * half * 2.2, box.bottom - 0.004, half * 3.2, 0.022, 0.7, 0.34)


def _darken(canvas, x, y, sx: float, sy: float, wide: float, deep: float, soft: float, strength: float) -> None:
    reach = 1.0 + soft / 2
    rows, cols = _window(sy, deep * reach, len(y), True), _window(sx, wide * reach, len(x), False)
    d = np.sqrt(((x[None, cols] - sx) / wide) ** 2 + ((y[rows, None] - sy) / deep) ** 2)
    ramp = np.clip((reach - d) / soft, 0, 1)
    canvas[rows, cols] *= 1.0 - (strength * ramp * ramp * (3 - 2 * ramp))[..., None]


def _draw_ball(canvas, x, y, bx: float, by: float, r: float, angle: float, colour: np.ndarray, lamp) -> None:
    size = len(x)
    rows, cols = _window(by, r + 1.0 / size, size, True), _window(bx, r + 1.0 / size, size, False)
    dx, dy = (x[None, cols] - bx) / r, (y[rows, None] - by) / r  # [h, w], in radii
    d = np.sqrt(dx * dx + dy * dy)
    nz = np.sqrt(np.clip(1.0 - d * d, 0.0, 1.0))
    light = np.array([lamp[0] - bx, lamp[1] - by, 0.55], np.float32)
    light /= np.linalg.norm(light)
    lambert = np.clip(dx * light[0] + dy * light[1] + nz * light[2], 0.0, 1.0)
    half = light + np.array([0.0, 0.0, 1.0], np.float32)
    half /= np.linalg.norm(half)
    shine = np.clip(dx * half[0] + dy * half[1] + nz * half[2], 0.0, 1.0) ** 40
    across = np.abs(dy * np.cos(angle) - dx * np.sin(angle))  # a band around the ball makes rolling visible
    band = np.clip((0.16 - across) * (r * size) + 0.5, 0, 1)
    shade = (0.42 + 0.72 * lambert) * (1.0 - 0.22 * band)
    surface = colour * shade[..., None] + 0.62 * shine[..., None]
    alpha = np.clip((1.0 - d) * r * size + 0.5, 0.0, 1.0)[..., None]
    canvas[rows, cols] += (surface - canvas[rows, cols]) * alpha


def _draw_box(canvas: np.ndarray, x: np.ndarray, y: np.ndarray, box: Box, colour: np.ndarray) -> None:
    size = len(x)
    across = np.clip((x - box.left) * size + 0.5, 0, 1) * np.clip((box.right - x) * size + 0.5, 0, 1)
    along = np.clip((y - box.bottom) * size + 0.5, 0, 1) * np.clip((box.top - y) * size + 0.5, 0, 1)
    fall = 1.06 - 0.16 * np.clip((box.top - y) / (box.top - box.bottom), 0, 1)
    lip = 0.24 * np.clip((y - box.top + 0.018) * size + 0.5, 0, 1)
    surface = (colour * fall[:, None]) + (1.0 - colour) * lip[:, None]  # [H, 3]
    rows, cols = along > 0, across > 0
    alpha = (along[rows, None] * across[None, cols])[..., None]
    patch = canvas[np.ix_(rows, cols)]
    canvas[np.ix_(rows, cols)] = patch + (surface[rows][:, None] - patch) * alpha
