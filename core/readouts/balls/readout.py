"""The read-out of the stage worlds: positions of the balls, by a colour parser from pixels, by a probe from latents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.pixels import from_pixels
from core.readouts.balls.parser import parse_positions
from core.readouts.balls.probe import SLOTS, Probe


class PixelReader:
    """Reads positions from pixels by the balls' colours."""

    def read(self, latents: np.ndarray) -> np.ndarray:
        """Positions ``float32 [B, T, 3, 2]`` in frame widths of pixels ``[B, T, H*W, 3]``; NaN where no ball is
        found."""
        return parse_positions(from_pixels(latents))


class PositionReader:
    """Reads latents that are positions already."""

    def read(self, latents: np.ndarray) -> np.ndarray:
        """The latents themselves."""
        return latents


class NoReader:
    """Finds no ball."""

    def read(self, latents: np.ndarray) -> np.ndarray:
        """NaN for every ball, ``float32 [B, T, 3, 2]``."""
        return np.full((*latents.shape[:2], SLOTS, 2), np.nan, np.float32)


@dataclass(frozen=True)
class BallReadout:
    """Positions of up to three balls, ``float32 [B, T, 3, 2]`` in frame widths."""

    name: str = "balls"

    def pixel_reader(self) -> PixelReader:
        """The colour parser."""
        return PixelReader()

    def probe_reader(self, arrays: Mapping[str, np.ndarray]) -> Probe:
        """A stored position probe."""
        return Probe.from_arrays(arrays)

    def no_reader(self) -> NoReader:
        """The reader that finds no ball."""
        return NoReader()


BALLS = BallReadout()
