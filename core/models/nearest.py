"""Nearest training clip: finds the training clip that looks most similar and plays what came next in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from core.models.protocols import check_context, check_horizon
from core.pixels import from_pixels, to_pixels
from core.readouts.protocols import Readout
from core.worlds import FPS, SIZE, sample, simulate, world_named

THUMB = 16


@dataclass(frozen=True)
class NearestConfig:
    """Settings of the memory; an entry has ``context`` thumbnails of a training clip from its frame ``start`` on.

    Attributes:
        context: Frames of an entry.
        worlds, backgrounds: Names that the entries refer to by their index.
    """

    context: int
    worlds: list[str]
    backgrounds: list[str]


@dataclass(frozen=True)
class ReplayState:
    """The nearest entry for each clip of a batch, and the frames that were played of it."""

    entries: tuple[int, ...]
    frames: int


class NearestClip:
    """Baseline by memory alone. It keeps small colour thumbnails of clips and their seeds, and simulates the rest."""

    is_pixel, is_baseline = True, True
    fps, size = FPS, SIZE

    def __init__(
        self, config: NearestConfig, arrays: dict[str, np.ndarray], name: str, title: str, readout: Readout
    ) -> None:
        self.name, self.title = name, title
        self._readout = readout
        self.context = config.context
        self._thumbs = arrays["thumbs"].reshape(len(arrays["thumbs"]), -1).astype(np.float32)  # [M, T*h*w*K]
        self._squares = np.square(self._thumbs).sum(axis=1)
        self._seeds, self._starts = arrays["seeds"], arrays["starts"]
        self._worlds = [config.worlds[k] for k in arrays["worlds"]]
        self._backgrounds = [config.backgrounds[k] for k in arrays["backgrounds"]]

    def encode(self, frames: np.ndarray) -> np.ndarray:
        """The pixels themselves, ``float32 [B, T, N, 3]``."""
        return to_pixels(frames)

    def predict(self, context: np.ndarray, horizon: int) -> np.ndarray:
        """The pixels of what came next in the nearest training clip, ``[B, horizon, N, 3]``."""
        check_horizon(horizon)
        state = self.start(context)
        return to_pixels(np.stack([self._future(entry, horizon) for entry in state.entries]))

    def start(self, context: np.ndarray) -> ReplayState:
        """The state after a context ``uint8 [B, T, H, W, 3]``: the nearest training clips at their first frame after
        it."""
        check_context(self, context)
        return ReplayState(tuple(entry for entry, _ in map(self.find, context[:, -self.context :])), 0)

    def step(self, state: ReplayState) -> tuple[ReplayState, np.ndarray]:
        """The state one frame later, and the pixels of that frame, ``[B, N, 3]``."""
        ahead = replace(state, frames=state.frames + 1)
        frames = np.stack([self._future(entry, ahead.frames)[-1:] for entry in state.entries])
        return ahead, to_pixels(frames)[:, 0]

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Frames ``uint8 [B, T, H, W, 3]`` of pixels ``[B, T, N, 3]``."""
        return from_pixels(latents)

    def find(self, context: np.ndarray) -> tuple[int, float]:
        """The entry most similar to ``uint8 [T, H, W, 3]``, and its distance (root mean square over the thumbnails)."""
        query = thumbnails(context, self._readout).reshape(-1).astype(np.float32)
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


def thumbnails(frames: np.ndarray, readout: Readout) -> np.ndarray:
    """Small maps of where the objects are, ``uint8 [T, 16, 16, K]``, of frames ``uint8 [T, H, W, 3]``.

    Of raw pixels the nearest clip would be the one with the most similar background.
    """
    maps = readout.object_maps(frames)
    return np.stack([np.rint(255 * cv2.resize(f, (THUMB, THUMB), interpolation=cv2.INTER_AREA)) for f in maps]).astype(
        np.uint8
    )
