"""What a model holds of each place in a clip: its tokens as colours, and which tokens are like one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.clip import Clip
from core.embedding.embed import represent
from core.embedding.projection import pca

_ROBUST = (1, 99)  # percentiles that become no colour and full colour


@dataclass(frozen=True)
class PatchMaps:
    """A clip's tokens, for people's eyes.

    Attributes:
        colors: ``uint8 [S, N, 3]``: the first three principal components of all tokens of the clip, one basis and one
            range for all its frames, so that a colour means the same throughout.
        directions: ``int8 [S, N, D]``: each token less the clip's mean token, at length 127. The product of two,
            divided by 127², is their cosine.
        explained: Share of the tokens' variance along each of the three.
        every: Frames of the clip for each of the S steps.
    """

    colors: np.ndarray
    directions: np.ndarray
    explained: tuple[float, ...]
    every: int

    @property
    def side(self) -> int:
        """Tokens along a side of the picture."""
        return round(self.colors.shape[1] ** 0.5)


def patch_maps(model, clip: Clip) -> PatchMaps:
    """Colours and directions of a clip's tokens.

    Raises:
        ValueError: The clip is too short for the model.
    """
    tokens, every = represent(model, clip)  # [S, N, D]
    rows = tokens.reshape(-1, tokens.shape[2])
    projection = pca(rows, 3)
    moved = rows - rows.mean(axis=0)
    unit = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
    return PatchMaps(
        _colors(projection.points).reshape(*tokens.shape[:2], 3),
        np.rint(127 * unit).astype(np.int8).reshape(tokens.shape),
        projection.explained,
        every,
    )


def similarity(maps: PatchMaps, step: int, place: int) -> np.ndarray:
    """Cosine of one token with every other, about the clip's mean: ``[S, N]``."""
    directions = maps.directions.astype(np.float32) / 127
    return directions @ directions[step, place]


def _colors(points: np.ndarray) -> np.ndarray:
    """Three numbers a row, ``[n, 3]``, to colours ``uint8``; the rarest hundredth at each end is clipped."""
    low, high = np.percentile(points, _ROBUST, axis=0)
    span = np.where(high - low > 1e-9, high - low, np.inf)  # what never varies is black
    return np.rint(255 * np.clip((points - low) / span, 0, 1)).astype(np.uint8)
