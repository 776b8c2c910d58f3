"""A linear probe from frozen latents to the balls' state: what can be read straight off a representation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SLOTS = 3
RIDGES = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)  # in mean eigenvalues, so that the scale of the latents is no matter
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
class Probe:
    """Read-outs of position (from one latent) and velocity (from a latent and the one before it)."""

    position: Linear
    velocity: Linear

    def locate(self, latents: np.ndarray) -> np.ndarray:
        """``[B, T, N, D]`` to places ``float32 [B, T, 3, 2]``, in widths."""
        return self.position(_flat(latents)).reshape(*latents.shape[:2], SLOTS, 2).astype(np.float32)

    def speeds(self, latents: np.ndarray) -> np.ndarray:
        """``[B, T, N, D]`` to velocities ``[B, T - 1, 3, 2]`` in widths/s, of the second of each pair of frames."""
        out = self.velocity(_pairs(latents))
        return out.reshape(len(latents), -1, SLOTS, 2).astype(np.float32)

    def arrays(self) -> dict[str, np.ndarray]:
        parts = {"position": self.position, "velocity": self.velocity}
        return {
            f"{name}.{key}": getattr(part, key).astype(np.float32)
            for name, part in parts.items()
            for key in ("mean", "weights", "bias")
        }

    @staticmethod
    def from_arrays(arrays: dict[str, np.ndarray]) -> Probe:
        parts = [Linear(*(arrays[f"{n}.{k}"] for k in ("mean", "weights", "bias"))) for n in ("position", "velocity")]
        return Probe(*parts)


@dataclass(frozen=True)
class States:
    """Truth for probing: ``positions`` and ``velocities`` ``[B, T, 3, 2]``, ``visible [B, T, 3]`` (0 where absent)."""

    positions: np.ndarray
    velocities: np.ndarray
    visible: np.ndarray


def fit_probe(latents: np.ndarray, states: States, seed: int = 0) -> Probe:
    """Ridge regression per ball, on frames where the ball is seen; the ridge is chosen on a tenth of the clips.

    Args:
        latents: ``[B, T, N, D]``.
        states: Truth for the same frames.
        seed: Decides which clips choose the ridge.
    """
    held = np.random.default_rng(seed).permutation(len(latents)) < max(1, len(latents) // 10)
    pairs = np.minimum(states.visible[:, 1:], states.visible[:, :-1])
    return Probe(
        _fit(_flat(latents), states.positions, states.visible > SEEN, held),
        _fit(_pairs(latents), states.velocities[:, 1:], pairs > SEEN, held),
    )


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
    bias = y.mean(axis=0)
    values, vectors = np.linalg.eigh(x.T @ x)
    turned = vectors.T @ (x.T @ (y - bias))
    solutions = [vectors @ (turned / (values + ridge * values.mean())[:, None]) for ridge in RIDGES]
    if not check.any():
        return solutions[2], bias
    errors = [np.square(features[check] @ w + bias - targets[check]).mean() for w in solutions]
    return solutions[int(np.argmin(errors))], bias
