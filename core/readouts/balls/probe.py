"""The probe from frozen latents to the balls' positions: what can be read directly from a representation.

Positions are read by attention: every token is mapped linearly to a score and a small offset for each ball, and a
softmax over the tokens weighs their positions by the scores. A single linear map of all tokens underrates spatial
latents by far (0.07 against 0.01 frame widths on true frames), as mean pooling does for V-JEPA (Bardes et al., 2024).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

SLOTS = 3
OFFSET = 0.1  # frame widths; the scale of an offset from a token's centre
SEEN = 0.5  # a ball counts if at least this share of it is visible


@dataclass(frozen=True)
class Probe:
    """A score and an offset for each token and ball; the position is the mean of the offset centres by the scores.

    Attributes:
        weights: ``[D, 9]``: three scores, then three offsets in x and y, in tenths of a frame width.
        bias: ``[9]``.
        place: Score of each ball at each token whatever the token contains, ``[N, 3]``.
    """

    weights: np.ndarray
    bias: np.ndarray
    place: np.ndarray

    def read(self, latents: np.ndarray) -> np.ndarray:
        """Positions ``float32 [..., 3, 2]`` in frame widths, of latents ``[..., N, D]``."""
        out = latents @ self.weights + self.bias  # [..., N, 9]
        scores = out[..., :SLOTS] + self.place
        share = np.exp(scores - scores.max(axis=-2, keepdims=True))
        share /= share.sum(axis=-2, keepdims=True)
        offsets = out[..., SLOTS:].reshape(*out.shape[:-1], SLOTS, 2) * OFFSET
        places = token_centres(len(self.place))[:, None] + offsets  # [..., N, 3, 2]
        return (share[..., None] * places).sum(axis=-3).astype(np.float32)

    def arrays(self) -> dict[str, np.ndarray]:
        return {name: array.astype(np.float32) for name, array in vars(self).items()}

    @staticmethod
    def from_arrays(arrays: Mapping[str, np.ndarray]) -> Probe:
        return Probe(arrays["weights"], arrays["bias"], arrays["place"])


@dataclass(frozen=True)
class States:
    """Truth for probing: ``positions`` and ``velocities`` ``[B, T, 3, 2]``, ``visible [B, T, 3]`` (0 where absent)."""

    positions: np.ndarray
    velocities: np.ndarray
    visible: np.ndarray


def token_centres(count: int) -> np.ndarray:
    """Centres of ``count`` tokens on a square grid, row by row from the top, ``float32 [N, 2]`` in frame widths."""
    side = round(count**0.5)
    middles = (np.arange(side, dtype=np.float32) + 0.5) / side
    return np.stack([np.tile(middles, side), 1.0 - np.repeat(middles, side)], axis=-1)


def r2_score(truth: np.ndarray, guess: np.ndarray, seen: np.ndarray) -> float:
    """Explained share of the variance over balls and both coordinates, each ball about its own mean.

    Args:
        truth: ``[..., 3, 2]``.
        guess: The same shape.
        seen: Bool ``[..., 3]``.
    """
    error, total = squared_sums(truth, guess, seen)
    return 1.0 - float(error.sum() / total.sum()) if total.sum() > 0 else float("nan")


def squared_sums(truth: np.ndarray, guess: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two sums of ``r2_score``, clip by clip (the first axis): squared errors, and squared distances from the mean
    of each ball's places over all clips; each ``float64 [B]``."""
    count = seen.sum(axis=tuple(range(seen.ndim - 1)))[:, None]  # [3, 1]
    shown = np.where(seen[..., None], truth, 0.0).astype(np.float64)
    mean = shown.sum(axis=tuple(range(seen.ndim - 1))) / np.maximum(count, 1)  # [3, 2]
    inner = tuple(range(1, truth.ndim))
    error, total = (np.where(seen[..., None], np.square(truth - other), 0.0) for other in (guess, mean))
    return error.sum(axis=inner, dtype=np.float64), total.sum(axis=inner, dtype=np.float64)


def displacements(
    positions: np.ndarray, guess: np.ndarray, visible: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Displacements from each frame to the next, true and read, and where both frames show the ball: the arguments of
    ``r2_score`` for the velocity over one frame.

    Args:
        positions: True positions, ``[B, T, 3, 2]``.
        guess: Positions that were read, of the same shape.
        visible: Visible share of each ball, ``[B, T, 3]``.
    """
    seen = np.minimum(visible[:, 1:], visible[:, :-1]) > SEEN
    return np.diff(positions, axis=1), np.diff(guess, axis=1), seen
