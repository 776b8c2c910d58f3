"""What a read-out is: how a world's state is read from frames and from a model's latents, and what the truth is.

A world names its read-out (``World.readout``). A read-out has a reader for pixels, a parser, and one for other latents,
a probe that was fitted to them. ``core.models.readers`` chooses the reader for a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from core.clip import Clip
from core.readouts.states import States


@runtime_checkable
class Reader(Protocol):
    """Reads the state from the latents of one model."""

    def read(self, latents: np.ndarray) -> np.ndarray:
        """Positions of K objects, ``float32 [B, T, K, 2]`` in frame widths, of latents ``[B, T, N, D]``; NaN where
        nothing is found."""
        ...


@runtime_checkable
class FittedReader(Reader, Protocol):
    """A reader that was fitted to latents and can be stored."""

    def arrays(self) -> dict[str, np.ndarray]:
        """The arrays ``[...]``, by name, from which ``Readout.probe_reader`` makes the same reader."""
        ...


@dataclass(frozen=True)
class NoReader:
    """The reader for latents that nothing can be read from: it finds none of its ``objects``."""

    objects: int = 0

    def read(self, latents: np.ndarray) -> np.ndarray:
        """NaN for every object, ``float32 [B, T, K, 2]``."""
        return np.full((*latents.shape[:2], self.objects, 2), np.nan, np.float32)


class Readout(Protocol):
    """A kind of state and the ways to read it.

    Attributes:
        name: Unique among the read-outs; worlds refer to it.
        objects: Names of the K objects that it reads, in the order of ``Truth.objects``. A clip may lack the last ones.
        differ_in_colour_alone: Whether nothing but their colours distinguishes the objects, so that a representation
            must keep colour.
        is_predictable: Whether a few frames show enough to predict the motion of the objects for a second or more.
    """

    @property
    def name(self) -> str: ...
    @property
    def objects(self) -> tuple[str, ...]: ...
    @property
    def differ_in_colour_alone(self) -> bool: ...
    @property
    def is_predictable(self) -> bool: ...

    def states(self, clip: Clip) -> States:
        """The true states, ``[T, K, ...]``."""
        ...

    def read_frames(self, frames: np.ndarray) -> np.ndarray:
        """Positions ``float32 [B, T, K, 2]`` in frames ``uint8 [B, T, H, W, 3]``; NaN where an object is not found."""
        ...

    def object_maps(self, frames: np.ndarray) -> np.ndarray:
        """How clearly each pixel shows each object, 0 to 1, ``float32 [..., H, W, K]``, of ``uint8 [..., H, W, 3]``."""
        ...

    def pixel_reader(self) -> Reader:
        """The reader for latents that are pixels."""
        ...

    def probe_reader(self, arrays: Mapping[str, np.ndarray]) -> Reader:
        """The reader for the latents that a stored probe was fitted to, from its arrays ``[...]``."""
        ...

    def fit_probe(self, latents: np.ndarray, states: States, seed: int, steps: int) -> FittedReader:
        """A probe fitted to the frozen latents of pairs of frames, ``[P, 2, N, D]``, and their states."""
        ...

    def ceiling(self, clip: Clip, context: int, horizon: int) -> np.ndarray:
        """What the simulator predicts from the first ``context`` frames: positions ``float32 [horizon, K, 2]``, NaN
        where an object is absent."""
        ...

    def bounce_unknown(self, clip: Clip, context: int, horizon: int) -> np.ndarray:
        """The best guess if everything is known except what an object does when it bounces: positions as from
        ``ceiling``, ``float32 [horizon, K, 2]`` in frame widths."""
        ...

    def numbers(self, clip: Clip, frames: np.ndarray) -> dict[str, np.ndarray]:
        """Measurements at some frames ``int [n]``: ``float64 [n]`` by name with unit; columns beside an embedding."""
        ...

    def clip_labels(self, clip: Clip) -> dict[str, str]:
        """What the clip is and what happens in it, in words, by name."""
        ...

    def frame_labels(self, clip: Clip, frames: np.ndarray) -> dict[str, np.ndarray]:
        """What happens at some frames ``int [n]``, in words, ``str [n]`` by name."""
        ...

    def region_map(self, clip: Clip, size: int) -> np.ndarray:
        """The region of each pixel, ``uint8 [T, size, size]``, as an index into
        ``core.worlds.stage.regions.REGIONS``."""
        ...
