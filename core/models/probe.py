"""Probes from frozen latents to the balls' state: what can be read straight off a representation.

Position is read by attention: every token is mapped linearly to a score and a small offset for each ball, and the
scores choose the place by a softmax over the tokens. A single linear map of all tokens at once underrates spatial
latents by far (0.07 against 0.01 widths on true frames), as mean pooling does for V-JEPA (Bardes et al., 2024).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SLOTS = 3
RIDGES = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)  # in mean eigenvalues, so that the scale of the latents is no matter
OFFSET = 0.1  # widths; the scale of an offset from a token's centre
SEEN = 0.5  # a ball counts where at least this share of it is visible


@dataclass(frozen=True)
class Linear:
    """``y = (x - mean) @ weights + bias`` with ``weights [F, outputs]``."""

    mean: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def __call__(self, features: np.ndarray) -> np.ndarray:
        return (features - self.mean) @ self.weights + self.bias


@dataclass(frozen=True)
class Attentive:
    """Per token a score and an offset for each ball; the place is the offset token centre, averaged by the scores.

    Attributes:
        weights: ``[D, 9]``: three scores, then three offsets in x and y, in tenths of a width.
        bias: ``[9]``.
        place: Score that a ball has at each token whatever it holds, ``[N, 3]``.
    """

    weights: np.ndarray
    bias: np.ndarray
    place: np.ndarray

    def __call__(self, latents: np.ndarray) -> np.ndarray:
        """``[..., N, D]`` to places ``[..., 3, 2]``."""
        out = latents @ self.weights + self.bias  # [..., N, 9]
        scores = out[..., :SLOTS] + self.place
        share = np.exp(scores - scores.max(axis=-2, keepdims=True))
        share /= share.sum(axis=-2, keepdims=True)
        offsets = out[..., SLOTS:].reshape(*out.shape[:-1], SLOTS, 2) * OFFSET
        return (share[..., None] * (token_centres(len(self.place))[:, None] + offsets)).sum(axis=-3)


def token_centres(count: int) -> np.ndarray:
    """Centres of ``count`` tokens on a square grid, row by row from the top: ``float32 [N, 2]`` in widths."""
    side = round(count**0.5)
    middles = (np.arange(side, dtype=np.float32) + 0.5) / side
    return np.stack([np.tile(middles, side), 1.0 - np.repeat(middles, side)], axis=-1)


@dataclass(frozen=True)
class Probe:
    """Read-outs of position (from one latent) and velocity (linear, from a latent and its change)."""

    position: Attentive
    velocity: Linear

    def locate(self, latents: np.ndarray) -> np.ndarray:
        """``[B, T, N, D]`` to places ``float32 [B, T, 3, 2]``, in widths."""
        return self.position(latents).astype(np.float32)

    def speeds(self, latents: np.ndarray) -> np.ndarray:
        """``[B, T, N, D]`` to velocities ``[B, T - 1, 3, 2]`` in widths/s, of the second of each pair of frames."""
        out = self.velocity(_pairs(latents))
        return out.reshape(len(latents), -1, SLOTS, 2).astype(np.float32)

    def arrays(self) -> dict[str, np.ndarray]:
        parts = {"position": self.position, "velocity": self.velocity}
        return {
            f"{name}.{key}": array.astype(np.float32)
            for name, part in parts.items()
            for key, array in vars(part).items()
        }

    @staticmethod
    def from_arrays(arrays: dict[str, np.ndarray]) -> Probe:
        position = Attentive(*(arrays[f"position.{key}"] for key in ("weights", "bias", "place")))
        return Probe(position, Linear(*(arrays[f"velocity.{key}"] for key in ("mean", "weights", "bias"))))


@dataclass(frozen=True)
class States:
    """Truth for probing: ``positions`` and ``velocities`` ``[B, T, 3, 2]``, ``visible [B, T, 3]`` (0 where absent)."""

    positions: np.ndarray
    velocities: np.ndarray
    visible: np.ndarray


def fit_velocity(latents: np.ndarray, states: States, seed: int = 0) -> Linear:
    """Ridge regression per ball, on pairs of frames where the ball is seen; a tenth of the clips chooses the ridge."""
    held = np.random.default_rng(seed).permutation(len(latents)) < max(1, len(latents) // 10)
    pairs = np.minimum(states.visible[:, 1:], states.visible[:, :-1])
    return _fit(_pairs(latents), states.velocities[:, 1:], pairs > SEEN, held)


def r2_score(truth: np.ndarray, guess: np.ndarray, seen: np.ndarray) -> float:
    """Explained share of the variance, over balls and both coordinates; each ball about its own mean.

    Args:
        truth: ``[..., 3, 2]``.
        guess: The same shape.
        seen: Bool ``[..., 3]``.
    """
    error = total = 0.0
    for slot in range(truth.shape[-2]):
        rows, guesses = truth[..., slot, :][seen[..., slot]], guess[..., slot, :][seen[..., slot]]
        if len(rows):
            error += float(np.square(rows - guesses).sum())
            total += float(np.square(rows - rows.mean(axis=0)).sum())
    return 1.0 - error / total if total > 0 else float("nan")


def _flat(latents: np.ndarray) -> np.ndarray:
    return latents.reshape(*latents.shape[:2], -1)


def _pairs(latents: np.ndarray) -> np.ndarray:
    flat = _flat(latents)
    return np.concatenate([flat[:, 1:], flat[:, 1:] - flat[:, :-1]], axis=-1)


def _fit(features: np.ndarray, targets: np.ndarray, seen: np.ndarray, held: np.ndarray) -> Linear:
    mean = features.reshape(-1, features.shape[-1]).mean(axis=0, dtype=np.float64)
    columns = [_fit_slot(features - mean, targets[..., k, :], seen[..., k], held) for k in range(SLOTS)]
    weights, bias = (np.concatenate(parts, axis=-1) for parts in zip(*columns, strict=True))
    return Linear(mean.astype(np.float32), weights.astype(np.float32), bias.astype(np.float32))


def _fit_slot(features, targets, seen, held) -> tuple[np.ndarray, np.ndarray]:
    learn, check = seen & ~held[:, None], seen & held[:, None]
    if not learn.any():
        return np.zeros((features.shape[-1], 2)), np.full(2, 0.5)
    x, y = features[learn].astype(np.float64), targets[learn].astype(np.float64)
    centre, middle = x.mean(axis=0), y.mean(axis=0)
    x -= centre
    values, vectors = np.linalg.eigh(x.T @ x)
    turned = vectors.T @ (x.T @ (y - middle))
    solutions = [vectors @ (turned / (values + ridge * values.mean())[:, None]) for ridge in RIDGES]
    fits = [(w, middle - centre @ w) for w in solutions]
    if not check.any():
        return fits[2]
    errors = [np.square(features[check] @ w + bias - targets[check]).mean() for w, bias in fits]
    return fits[int(np.argmin(errors))]
