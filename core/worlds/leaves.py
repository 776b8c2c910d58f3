"""``leaves``: clips with the statistics of natural video, for models of real films.

The clips follow the dead-leaves model: opaque textured shapes whose sizes follow a power law, seen by a camera that
pans, zooms and shakes, under changing light. Such pictures teach a network about as much about real pictures as any
synthetic ones do (Baradad et al., "Learning to see by looking at noise", 2021). The clips have no truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from core.clip import Clip
from core.worlds.factors import Factors, choice, number

_CANVAS = 224  # pixels a side of a layer that fills the picture
_PER_WIDTH = 96  # canvas pixels per frame width: finer than the 64 pixels that the models see
_GROUND_LEAVES = 150
_VELOCITY_MEMORY = 0.5  # seconds until a random velocity has decayed to 1/e
_MIN_RADIUS, _MAX_RADIUS = 0.04, 0.45  # of a leaf on the ground, in frame widths


@dataclass(frozen=True)
class Leaves(Factors):
    """Factors of shapes that drift over one another, seen by a camera that may move.

    Raises:
        ValueError: A factor is outside its range; the sentence names it.
    """

    world: ClassVar[str] = "leaves"

    objects: int = number(3, 1, 6, "leaves", "Number of leaves that move by themselves.")
    speed: float = number(0.3, 0.0, 0.6, "widths/s", "Largest speed of a leaf.")
    wander: float = number(0.1, 0.0, 0.2, "widths/s", "Largest random velocity of the leaves and the camera.")
    camera: str = choice("still", ("still", "moving"), "Whether the camera pans, zooms and shakes.")
    pan: float = number(0.1, 0.0, 0.3, "widths/s", "Largest speed of the camera.")
    zoom: float = number(0.0, -0.1, 0.1, "1/s", "Rate at which the picture grows.")
    shake: float = number(0.002, 0.0, 0.006, "widths", "Standard deviation of the camera's shake.")
    light: float = number(0.1, 0.0, 0.4, "share", "Largest change of the brightness.")
    grain: float = number(0.004, 0.0, 0.015, "share", "Camera noise, as a share of full scale.")


class LeavesWorld:
    """A world without truth; the attributes are those of ``core.worlds.protocols.World``."""

    name = Leaves.world
    summary = "Textured shapes drift over one another, seen by a camera that may move."
    factors = Leaves
    version = 6
    readout = ""

    def simulate(self, factors: Leaves, seed: int, *, size: int, frames: int, fps: float) -> Clip:
        """A clip without truth."""
        return Clip(_draw(factors, seed, frames, fps, size), fps, None, f"{self.name}, seed {seed}")


LEAVES = LeavesWorld()


def _draw(factors: Leaves, seed: int, frames: int, fps: float, size: int) -> np.ndarray:
    """``uint8 [frames, size, size, 3]``."""
    rng, grain_rng = np.random.default_rng([seed, 5]), np.random.default_rng([seed, 6])
    noise, palette = _noise(rng), _palette(rng)
    ground = _ground(rng, noise, palette)
    leaves = [_leaf(rng, noise, palette, radius) for radius in rng.uniform(0.08, 0.3, 6)]
    times = np.arange(frames) / fps
    # Six leaves are always drawn, so that their number changes nothing else.
    paths = [_path(rng, factors, times) for _ in leaves]
    camera, light = _camera(rng, factors, times), _light(rng, factors, times)
    order = np.argsort(rng.random(6))[: factors.objects]
    out = np.empty((frames, size, size, 3), np.uint8)
    for t in range(frames):
        picture = _place(ground, camera[t], size)[..., :3]
        for k in order:
            leaf = _place(leaves[k], _in_view(camera[t], paths[k][t]), size)
            picture = picture * (1 - leaf[..., 3:]) + leaf[..., :3]
        grain = factors.grain * grain_rng.standard_normal(picture.shape, np.float32)
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
    """Eight colours that differ more in brightness than in hue, ``[8, 3]``."""
    return np.clip(rng.uniform(0.1, 0.85, (8, 1)) + rng.normal(0, 0.11, (8, 3)) + rng.normal(0, 0.05, 3), 0.02, 0.98)


def _surface(rng: np.random.Generator, noise: np.ndarray, palette: np.ndarray, height: int, width: int) -> np.ndarray:
    """The surface of a leaf: one colour of the palette with a piece of the noise, ``[height, width, 3]``."""
    top, left = rng.integers(0, _CANVAS - height + 1), rng.integers(0, _CANVAS - width + 1)
    colour = palette[rng.integers(len(palette))] + rng.normal(0, 0.06, 3)
    piece = noise[top : top + height, left : left + width]
    return np.clip(colour + rng.uniform(0.02, 0.18) * piece, 0, 1).astype(np.float32)


def _outline(rng: np.random.Generator, side: int) -> np.ndarray:
    """The mask of a smooth star-shaped blob in a square: its share of each pixel, ``float32 [side, side, 1]``."""
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    waves = np.arange(1, 5)
    bumps = (rng.normal(0, 0.16, 4) / waves) @ np.cos(waves[:, None] * angles + rng.uniform(0, 2 * np.pi, (4, 1)))
    stretch, angle = rng.uniform(0.55, 1.0), rng.uniform(0, np.pi)
    reach = 0.42 * side * np.clip(1 + bumps, 0.4, 1.15)
    x, y = reach * np.cos(angles), stretch * reach * np.sin(angles)
    points = np.stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)], -1) + side / 2
    mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(mask, [np.rint(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask[..., None].astype(np.float32) / 255


def _ground(rng: np.random.Generator, noise: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """A layer covered with leaves, ``float32 [_CANVAS, _CANVAS, 4]``."""
    canvas = _surface(rng, noise, palette, _CANVAS, _CANVAS)
    # Radii with density r^-3, as in natural pictures (Lee, Mumford and Huang, 2001).
    radii = 1 / np.sqrt(rng.uniform(1 / _MAX_RADIUS**2, 1 / _MIN_RADIUS**2, _GROUND_LEAVES))
    for radius in radii:
        side = max(6, int(2 * radius * _PER_WIDTH))
        leaf, (top, left) = _leaf(rng, noise, palette, radius), rng.integers(-side // 2, _CANVAS - side // 2, 2)
        rows, columns = slice(max(0, top), top + side), slice(max(0, left), left + side)
        patch = canvas[rows, columns]
        piece = leaf[rows.start - top : rows.start - top + patch.shape[0], columns.start - left :][:, : patch.shape[1]]
        patch *= 1 - piece[..., 3:]
        patch += piece[..., :3]
    return np.concatenate([canvas, np.ones_like(canvas[..., :1])], -1)


def _leaf(rng: np.random.Generator, noise: np.ndarray, palette: np.ndarray, radius: float) -> np.ndarray:
    """One leaf as RGBA with premultiplied alpha, ``float32 [side, side, 4]``."""
    side = max(6, int(2 * radius * _PER_WIDTH))
    share = _outline(rng, side)
    return np.concatenate([_surface(rng, noise, palette, side, side) * share, share], -1)


def _path(rng: np.random.Generator, factors: Leaves, times: np.ndarray) -> np.ndarray:
    """x, y, angle and scale of a leaf over time, ``[T, 4]``: it drifts, swings and turns."""
    start = rng.uniform(-0.45, 0.45, 2)
    drift = factors.speed * _direction(rng) * rng.uniform(0.1, 1.0) ** 2  # in real films few things move fast
    swing, rate, phase = rng.uniform(0, 0.12) * _direction(rng), rng.uniform(1, 5), rng.uniform(0, 2 * np.pi)
    swings, turn = rng.random() < 0.4, rng.normal(0, 0.7)
    middle = times[len(times) // 2]  # most leaves cross the picture near the middle of the clip
    place = start + drift * (times[:, None] - middle)
    place = place + swings * min(1.0, factors.speed / 0.2) * swing * np.sin(rate * times + phase)[:, None]
    place = place + _wander(rng, factors.wander * rng.random() ** 2, times)
    angle, scale = turn * factors.speed * (times - middle), np.exp(rng.normal(0, 0.25) * factors.speed * times)
    return np.column_stack([place, angle, scale])


def _camera(rng: np.random.Generator, factors: Leaves, times: np.ndarray) -> np.ndarray:
    """x, y, angle and scale of the ground as the camera sees it, ``[T, 4]``."""
    still = np.tile([0.0, 0.0, 0.0, 1.0], (len(times), 1))
    drift, middle = factors.pan * _direction(rng) * rng.uniform(0.1, 1.0) ** 2, times[len(times) // 2]
    shake = factors.shake * rng.normal(size=(len(times), 2))
    shake = shake + _wander(rng, 0.3 * factors.wander * rng.random() ** 2, times)
    angle = rng.normal(0, 0.15) * factors.pan * (times - middle)
    moving = [drift * (times[:, None] - middle) + shake, angle, np.exp(factors.zoom * (times - middle))]
    return still if factors.camera == "still" else np.column_stack(moving)


def _wander(rng: np.random.Generator, speed: float, times: np.ndarray) -> np.ndarray:
    """An offset over time that can't be predicted for long, ``[T, 2]``: the integral of an Ornstein-Uhlenbeck process
    that decorrelates within about half a second. It is 0 in the middle of the clip."""
    step = times[1] - times[0]
    kept = np.exp(-step / _VELOCITY_MEMORY)
    velocity, offset = speed * rng.normal(size=2), np.zeros((len(times), 2))
    for t, push in enumerate(rng.normal(size=(len(times) - 1, 2))):
        offset[t + 1] = offset[t] + step * velocity
        velocity = kept * velocity + np.sqrt(1 - kept**2) * speed * push
    return offset - offset[len(times) // 2]


def _light(rng: np.random.Generator, factors: Leaves, times: np.ndarray) -> np.ndarray:
    """Factor of the brightness over time, ``[T]``."""
    wave = np.sin(rng.uniform(0.5, 4.0) * times + rng.uniform(0, 2 * np.pi))
    return 1 + factors.light * wave * rng.random() ** 2


def _direction(rng: np.random.Generator) -> np.ndarray:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def _in_view(camera: np.ndarray, own: np.ndarray) -> np.ndarray:
    """x, y, angle and scale of a leaf in the picture; leaves are nearer than the ground, so they move more."""
    x, y = 1.4 * camera[:2] + own[:2] * camera[3]
    return np.array([x, y, own[2] + camera[2], own[3] * camera[3]])


def _place(layer: np.ndarray, place: np.ndarray, size: int) -> np.ndarray:
    """A layer rotated, scaled and moved into the picture, ``float32 [size, size, 4]``; the origin is its middle."""
    x, y, angle, scale = place
    grow = scale * size / _PER_WIDTH
    c, s, half = grow * np.cos(angle), grow * np.sin(angle), layer.shape[0] / 2
    matrix = np.array(
        [
            [c, -s, size * (0.5 + x) - c * half + s * half],
            [s, c, size * (0.5 + y) - s * half - c * half],
        ]
    )
    filling = layer.shape[0] == _CANVAS
    border = cv2.BORDER_REFLECT_101 if filling else cv2.BORDER_CONSTANT
    return cv2.warpAffine(layer, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=border)
