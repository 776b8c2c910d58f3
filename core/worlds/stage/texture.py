"""Background textures: sums of plane waves, which look the same at any size and can drift smoothly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WAVES = 28


@dataclass(frozen=True)
class Texture:
    """The waves of a texture.

    Attributes:
        kx, ky: Radians per frame width, ``[K]``.
        phase: Radians at time 0, ``[K]``.
        rate: Radians per second, ``[K]``; 0 for a texture that doesn't move.
        weight: ``[K]``; the squares add up to 2, so that the variance of the field is 1.
    """

    kx: np.ndarray
    ky: np.ndarray
    phase: np.ndarray
    rate: np.ndarray
    weight: np.ndarray


def make_texture(rng: np.random.Generator, moving: bool) -> Texture:
    """A random texture with the 1/f spectrum of natural pictures; it drifts and shimmers if it is ``moving``."""
    frequency = np.exp(rng.uniform(np.log(1.0), np.log(9.0), WAVES))  # cycles per frame width
    direction = rng.uniform(0.0, 2 * np.pi, WAVES)
    phase = rng.uniform(0.0, 2 * np.pi, WAVES)
    drift = rng.uniform(-0.35, 0.35, 2)  # frame widths per second, of the whole texture
    shimmer = rng.normal(0.0, 1.5, WAVES)  # radians per second, of each wave
    kx, ky = 2 * np.pi * frequency * np.cos(direction), 2 * np.pi * frequency * np.sin(direction)
    rate = (kx * drift[0] + ky * drift[1] + shimmer) if moving else np.zeros(WAVES)
    weight = frequency**-0.5
    return Texture(kx, ky, phase, rate, weight * np.sqrt(2.0 / np.sum(weight**2)))


def draw_texture(texture: Texture, times: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The field at some times, ``float32 [T, H, W]``, about -2 to 2.

    A wave in two dimensions is a product of two in one, so a frame is one small matrix product.

    Args:
        texture: The waves.
        times: ``[T]``, in seconds.
        x, y: Pixel centres ``[W]`` and ``[H]``, in frame widths.
    """
    columns = np.exp(1j * np.outer(texture.kx, x))  # [K, W]
    rows = np.exp(1j * np.outer(y, texture.ky)) * texture.weight  # [H, K]
    phases = np.exp(1j * (texture.phase + np.outer(times, texture.rate)))  # [T, K]
    field = (rows[None] * phases[:, None]) @ columns  # [T, H, W]
    return field.real.astype(np.float32)
