"""Nearest training clip: find the training clip that looks most alike and play what came next there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from core.models.baselines import from_pixels, to_pixels
from core.models.protocols import check_context
from core.models.store import load_arrays, load_config
from core.readouts.balls.parser import colour_lead, parse_positions
from core.worlds import FPS, SIZE, sample, simulate, world_named

THUMB = 16


@dataclass(frozen=True)
class NearestConfig:
    """What each entry holds: ``context`` thumbnails of a training clip from frame ``start`` on.

    Attributes:
        worlds, backgrounds: Names that the entries refer to by their place in the list.
    """

    context: int
    worlds: list[str]
    backgrounds: list[str]


class NearestClip:
    """Baseline by memory alone. Clips are kept as small colour thumbnails and a seed; the rest is simulated again."""

    is_pixel, is_baseline, can_decode = True, True, True
    fps, size = FPS, SIZE

    def __init__(self, config: NearestConfig, arrays: dict[str, np.ndarray], name: str, title: str) -> None:
        self.name, self.title = name, title
        self.context = config.context
        self._thumbs = arrays["thumbs"].reshape(len(arrays["thumbs"]), -1).astype(np.float32)  # [M, T*h*w*3]
        self._squares = np.square(self._thumbs).sum(axis=1)
        self._seeds, self._starts = arrays["seeds"], arrays["starts"]
        self._worlds = [config.worlds[k] for k in arrays["worlds"]]
        self._backgrounds = [config.backgrounds[k] for k in arrays["backgrounds"]]

    def encode(self, frames: np.ndarray) -> np.ndarray:
        return to_pixels(frames)

    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        check_context(self, context, horizon)
        futures = [self._future(entry, horizon) for entry, _ in map(self.find, context[:, -self.context :])]
        return to_pixels(np.stack(futures))

    def decode(self, latents: np.ndarray) -> np.ndarray:
        return from_pixels(latents)

    def locate(self, latents: np.ndarray) -> np.ndarray:
        return parse_positions(from_pixels(latents))

    def find(self, context: np.ndarray) -> tuple[int, float]:
        """The entry most like ``uint8 [T, H, W, 3]``, and its distance (root mean square over the thumbnails)."""
        query = thumbnails(context).reshape(-1).astype(np.float32)
        squares = np.maximum(0.0, self._squares - 2 * self._thumbs @ query + query @ query)
        entry = int(np.argmin(squares))
        return entry, float(np.sqrt(squares[entry] / len(query)))

    def _future(self, entry: int, horizon: int) -> np.ndarray:
        begin = int(self._starts[entry]) + self.context
        seed = int(self._seeds[entry])
        frames = _replay(self._worlds[entry], self._backgrounds[entry], seed, begin + horizon)
        return frames[begin : begin + horizon]


@lru_cache(maxsize=32)
def _replay(world: str, background: str, seed: int, frames: int) -> np.ndarray:
    return simulate(sample(world_named(world).factors, seed, background=background), seed, frames=max(2, frames)).frames


def thumbnails(frames: np.ndarray) -> np.ndarray:
    """Where the three paints are, small: ``uint8 [T, H, W, 3]`` to ``uint8 [T, 16, 16, 3]``.

    Colours and not raw pixels, or the nearest clip would be the one with the most similar background.
    """
    leads = colour_lead(frames)
    return np.stack([np.rint(255 * cv2.resize(f, (THUMB, THUMB), interpolation=cv2.INTER_AREA)) for f in leads]).astype(
        np.uint8
    )


def load_nearest(folder: Path, name: str, title: str) -> NearestClip:
    """The memory of training clips in a folder.

    Raises:
        ValueError: Its files are missing or damaged.
    """
    return NearestClip(load_config(folder, NearestConfig), load_arrays(folder), name, title)
