"""``leaves``: clips with the statistics of natural video, for models that are to look at real films.

Dead leaves: opaque textured shapes with sizes after a power law, seen by a camera that pans, zooms and shakes, under
light that changes. Pictures of this kind teach a network about as much of real pictures as anything synthetic does
(Baradad et al., "Learning to see by looking at noise", 2021). Nobody wrote down where things are: there is no truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from core.worlds.factors import check_factors, choice, number

_CANVAS = 224  # pixels a side of a layer that fills the picture
_PER_WIDTH = 96  # of them to a frame width: finer than the 64 pixels that the models see
_COVER = 150  # leaves of the ground
_FORGOTTEN = 0.5  # seconds
_LEAST, _MOST = 0.04, 0.45  # radius of a leaf in widths


@dataclass(frozen=True)
class Leaves:
    """Shapes that drift over one another before a moving camera.

    Raises:
        ValueError: A factor is outside its range; the sentence names it.
    """

    name: ClassVar[str] = "leaves"
    summary: ClassVar[str] = "Textured shapes drift over one another before a moving camera."

    objects: int = number(3, 1, 6, "leaves", "How many leaves have a motion of their own.")
    speed: float = number(0.3, 0.0, 0.6, "widths/s", "Largest speed of a leaf.")
    wander: float = number(0.1, 0.0, 0.2, "widths/s", "How much leaves and camera change their way, at most.")
    camera: str = choice("still", ("still", "moving"), "Whether the camera moves: pan, zoom and shake.")
    pan: float = number(0.1, 0.0, 0.3, "widths/s", "Largest speed of the camera.")
    zoom: float = number(0.0, -0.1, 0.1, "1/s", "How fast the picture grows.")
    shake: float = number(0.002, 0.0, 0.006, "widths", "How much the camera trembles.")
    light: float = number(0.1, 0.0, 0.4, "share", "How much the light changes.")
    grain: float = number(0.004, 0.0, 0.015, "share", "How noisy the camera is, as a share of full scale.")

    def __post_init__(self) -> None:
        check_factors(self)


def draw_leaves(factors: Leaves, seed: int, frames: int, fps: float, size: int) -> np.ndarray:
    """Play and draw: ``uint8 [frames, size, size, 3]``."""
    rng, noisy = np.random.default_rng([seed, 5]), np.random.default_rng([seed, 6])
    noise, palette = _noise(rng), _palette(rng)
    ground = _ground(rng, noise, palette)
    leaves = [_leaf(rng, noise, palette, radius) for radius in rng.uniform(0.08, 0.3, 6)]
    times = np.arange(frames) / fps
    # Drawn for six leaves whatever their number is, so that the number changes nothing else.
    paths = [_path(rng, factors, times) for _ in leaves]
    camera, light = _camera(rng, factors, times), _light(rng, factors, times)
    order = np.argsort(rng.random(6))[: factors.objects]
    out = np.empty((frames, size, size, 3), np.uint8)
    for t in range(frames):
        picture = _place(ground, camera[t], size)[..., :3]
        for k in order:
            leaf = _place(leaves[k], _seen_from(camera[t], paths[k][t]), size)
            picture = picture * (1 - leaf[..., 3:]) + leaf[..., :3]
        grain = factors.grain * noisy.standard_normal(picture.shape, np.float32)
        out[t] = np.clip((picture * light[t] + grain) * 255.0, 0, 255)
    return out


def _noise(rng: np.random.Generator) -> np.ndarray:
    """Three fields with the 1/f spectrum of natural pictures, periodic, ``float32 [_CANVAS, _CANVAS, 3]``."""
    frequency = np.hypot(np.fft.fftfreq(_CANVAS)[:, None], np.fft.rfftfreq(_CANVAS)[None]) + 2.0 / _CANVAS
    white = rng.normal(size=(3, _CANVAS, _CANVAS // 2 + 1)) + 1j * rng.normal(size=(3, _CANVAS, _CANVAS // 2 + 1))
    field = np.fft.irfft2(white / frequency**1.2, s=(_CANVAS, _CANVAS))
    field /= field.std(axis=(1, 2), keepdims=True)
    field = 0.75 * field[:1] + 0.4 * field  # colours go together
    return np.moveaxis(field, 0, -1).astype(np.float32)


def _palette(rng: np.random.Generator) -> np.ndarray:
    """Eight colours, more apart in brightness than in hue, ``[8, 3]``."""
    return np.clip(rng.uniform(0.1, 0.85, (8, 1)) + rng.normal(0, 0.11, (8, 3)) + rng.normal(0, 0.05, 3), 0.02, 0.98)


def _paint(rng: np.random.Generator, noise: np.ndarray, palette: np.ndarray, height: int, width: int) -> np.ndarray:
    """The surface of a leaf: one colour of the palette, with a piece of the noise, ``[height, width, 3]``."""
    top, left = rng.integers(0, _CANVAS - height + 1), rng.integers(0, _CANVAS - width + 1)
    colour = palette[rng.integers(len(palette))] + rng.normal(0, 0.06, 3)
    piece = noise[top : top + height, left : left + width]
    return np.clip(colour + rng.uniform(0.02, 0.18) * piece, 0, 1).astype(np.float32)


def _outline(rng: np.random.Generator, side: int) -> np.ndarray:
    """A smooth star-shaped blob in a square: its share of each pixel, ``float32 [side, side, 1]``."""
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    waves = np.arange(1, 5)
    bumps = (rng.normal(0, 0.16, 4) / waves) @ np.cos(waves[:, None] * angles + rng.uniform(0, 2 * np.pi, (4, 1)))
    stretch, turn = rng.uniform(0.55, 1.0), rng.uniform(0, np.pi)
    reach = 0.42 * side * np.clip(1 + bumps, 0.4, 1.15)
    x, y = reach * np.cos(angles), stretch * reach * np.sin(angles)
    points = np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], -1) + side / 2
    mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(mask, [np.rint(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask[..., None].astype(np.float32) / 255


def _ground(rng: np.random.Generator, noise: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """A layer covered with leaves, ``float32 [_CANVAS, _CANVAS, 4]``."""
    canvas = _paint(rng, noise, palette, _CANVAS, _CANVAS)
    # Radii with density r^-3, as in natural pictures (Lee, Mumford and Huang, 2001).
    radii = 1 / np.sqrt(rng.uniform(1 / _MOST**2, 1 / _LEAST**2, _COVER))
    for radius in radii:
        side = max(6, int(2 * radius * _PER_WIDTH))
        leaf, (top, left) = _leaf(rng, noise, palette, radius), rng.integers(-side // 2, _CANVAS - side // 2, 2)
        rows, columns = slice(max(0, top), top + side), slice(max(0, left), left + side)
        here = canvas[rows, columns]
        piece = leaf[rows.start - top : rows.start - top + here.shape[0], columns.start - left :][:, : here.shape[1]]
        here *= 1 - piece[..., 3:]
        here += piece[..., :3]
    return np.concatenate([canvas, np.ones_like(canvas[..., :1])], -1)


def _leaf(rng: np.random.Generator, noise: np.ndarray, palette: np.ndarray, radius: float) -> np.ndarray:
    """One leaf, colours multiplied by its share of the pixel, ``float32 [side, side, 4]``."""
    side = max(6, int(2 * radius * _PER_WIDTH))
    share = _outline(rng, side)
    return np.concatenate([_paint(rng, noise, palette, side, side) * share, share], -1)


def _path(rng: np.random.Generator, factors: Leaves, times: np.ndarray) -> np.ndarray:
    """x, y, angle and scale of a leaf over time, ``[T, 4]``: a drift, a swing to and fro, a turn."""
    start = rng.uniform(-0.45, 0.45, 2)
    drift = factors.speed * _direction(rng) * rng.uniform(0.1, 1.0) ** 2  # in real films little moves fast
    swing, rate, phase = rng.uniform(0, 0.12) * _direction(rng), rng.uniform(1, 5), rng.uniform(0, 2 * np.pi)
    swings, turn = rng.random() < 0.4, rng.normal(0, 0.7)
    middle = times[len(times) // 2]  # most of them cross the picture about the middle of the clip
    place = start + drift * (times[:, None] - middle)
    place = place + swings * min(1.0, factors.speed / 0.2) * swing * np.sin(rate * times + phase)[:, None]
    place = place + _wander(rng, factors.wander * rng.random() ** 2, times)
    angle, scale = turn * factors.speed * (times - middle), np.exp(rng.normal(0, 0.25) * factors.speed * times)
    return np.column_stack([place, angle, scale])


def _camera(rng: np.random.Generator, factors: Leaves, times: np.ndarray) -> np.ndarray:
    """The same for the ground as the camera sees it, ``[T, 4]``."""
    still = np.tile([0.0, 0.0, 0.0, 1.0], (len(times), 1))
    drift, middle = factors.pan * _direction(rng) * rng.uniform(0.1, 1.0) ** 2, times[len(times) // 2]
    tremble = factors.shake * rng.normal(size=(len(times), 2))
    tremble = tremble + _wander(rng, 0.3 * factors.wander * rng.random() ** 2, times)
    angle = rng.normal(0, 0.15) * factors.pan * (times - middle)
    moving = [drift * (times[:, None] - middle) + tremble, angle, np.exp(factors.zoom * (times - middle))]
    return still if factors.camera == "still" else np.column_stack(moving)


def _wander(rng: np.random.Generator, speed: float, times: np.ndarray) -> np.ndarray:
    """A way that nobody can foresee for long, as of living things, ``[T, 2]``: its velocity is forgotten within about
    half a second (an Ornstein-Uhlenbeck process); nought in the middle of the clip."""
    step = times[1] - times[0]
    kept = np.exp(-step / _FORGOTTEN)
    velocity, place = speed * rng.normal(size=2), np.zeros((len(times), 2))
    for t, push in enumerate(rng.normal(size=(len(times) - 1, 2))):
        place[t + 1] = place[t] + step * velocity
        velocity = kept * velocity + np.sqrt(1 - kept**2) * speed * push
    return place - place[len(times) // 2]


def _light(rng: np.random.Generator, factors: Leaves, times: np.ndarray) -> np.ndarray:
    """Brightness over time, ``[T]``."""
    wave = np.sin(rng.uniform(0.5, 4.0) * times + rng.uniform(0, 2 * np.pi))
    return 1 + factors.light * wave * rng.random() ** 2


def _direction(rng: np.random.Generator) -> np.ndarray:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def _seen_from(camera: np.ndarray, own: np.ndarray) -> np.ndarray:
    """A leaf's place when the camera moves too: nearer things move more (parallax)."""
    x, y = 1.4 * camera[:2] + own[:2] * camera[3]
    return np.array([x, y, own[2] + camera[2], own[3] * camera[3]])


def _place(layer: np.ndarray, place: np.ndarray, size: int) -> np.ndarray:
    """A layer turned, scaled and moved into the picture, ``float32 [size, size, 4]``; its middle is the origin."""
    x, y, angle, scale = place
    grow = scale * size / _PER_WIDTH
    c, s, half = grow * np.cos(angle), grow * np.sin(angle), layer.shape[0] / 2
    matrix = np.array([
        [c, -s, size * (0.5 + x) - c * half + s * half],
        [s, c, size * (0.5 + y) - s * half - c * half],
    ])  # fmt: skip
    filling = layer.shape[0] == _CANVAS
    border = cv2.BORDER_REFLECT_101 if filling else cv2.BORDER_CONSTANT
    return cv2.warpAffine(layer, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=border)
