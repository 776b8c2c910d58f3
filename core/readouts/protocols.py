"""What a read-out is: how a world's state is read from a model's latents.

A world names its read-out (``World.readout``). A read-out has a reader for pixels, a parser, and one for other latents,
a probe that was fitted to them. ``core.models.readers`` chooses the reader for a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import numpy as np


@runtime_checkable
class Reader(Protocol):
    """Reads the state from the latents of one model."""

    def read(self, latents: np.ndarray) -> np.ndarray:
        """The state ``float32 [B, T, ...]`` of latents ``[B, T, N, D]``; NaN where nothing is found."""
        ...


class Readout(Protocol):
    """A kind of state and the ways to read it.

    Attributes:
        name: Unique among the read-outs; worlds refer to it.
    """

    @property
    def name(self) -> str: ...

    def pixel_reader(self) -> Reader:
        """The reader for latents that are pixels."""
        ...

    def probe_reader(self, arrays: Mapping[str, np.ndarray]) -> Reader:
        """The reader for the latents that a stored probe was fitted to."""
        ...

    def no_reader(self) -> Reader:
        """The reader for latents that nothing can be read from: it finds nothing."""
        ...
