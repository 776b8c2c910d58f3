"""How strange a clip is to a latent model: surprise over time, and distance from what it was trained on.

Both are measured against a reference: the same numbers on validation clips of the worlds it was trained on. Raw latent
errors say nothing by themselves and are never compared between models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.models.protocols import OneStepPredictor

_QUANTILES = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True)
class ReferenceConfig:
    """Of which model, and from how many clips."""

    model: str
    clips: int


@dataclass(frozen=True)
class Reference:
    """What is usual for a model.

    Attributes:
        surprise_mean, surprise_std: Of the one-step latent error on validation clips.
        mean: Of the clips' descriptors, ``[2 D]``; a descriptor is the mean and the spread of a clip's tokens.
        precision: Inverse covariance of the descriptors, ``[2 D, 2 D]``.
        distances: Quantiles (0 to 1 in hundredths) of the clips' Mahalanobis distances, ``[101]``.
    """

    surprise_mean: float
    surprise_std: float
    mean: np.ndarray
    precision: np.ndarray
    distances: np.ndarray

    def arrays(self) -> dict[str, np.ndarray]:
        scalars = {name: np.array([getattr(self, name)], np.float32) for name in ("surprise_mean", "surprise_std")}
        return scalars | {name: getattr(self, name) for name in ("mean", "precision", "distances")}

    @staticmethod
    def from_arrays(arrays: Mapping[str, np.ndarray]) -> Reference:
        return Reference(
            float(arrays["surprise_mean"][0]), float(arrays["surprise_std"][0]),
            arrays["mean"], arrays["precision"], arrays["distances"],
        )  # fmt: skip


@dataclass(frozen=True)
class Distance:
    """How far a clip lies from the training worlds.

    Attributes:
        ratio: Its Mahalanobis distance over the median of validation clips.
        beyond: Share of validation clips that lie nearer.
    """

    ratio: float
    beyond: float


def step_errors(model: OneStepPredictor, frames: np.ndarray) -> np.ndarray:
    """One-step latent error of every frame after the context: ``[B, T, H, W, 3]`` to ``[B, T - context]``."""
    guesses, latents = model.predict_next(frames)
    return np.square(guesses - latents[:, 1:]).mean(axis=(2, 3))[:, model.context - 1 :]


def make_reference(model: OneStepPredictor, frames: np.ndarray, batch: int = 16) -> Reference:
    """Measure what is usual, on validation clips ``[B, T, H, W, 3]``."""
    parts = [frames[i : i + batch] for i in range(0, len(frames), batch)]
    errors = np.concatenate([step_errors(model, part) for part in parts])
    rows = np.concatenate([_descriptors(model.encode(part[:, ::4])) for part in parts]).astype(np.float64)  # [B, 2D]
    covariance = np.cov(rows.T)
    covariance += 0.02 * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    mean, precision = rows.mean(axis=0).astype(np.float32), np.linalg.inv(covariance).astype(np.float32)
    quantiles = np.quantile(_mahalanobis(rows, mean, precision), _QUANTILES).astype(np.float32)
    return Reference(float(errors.mean()), float(errors.std()), mean, precision, quantiles)


def surprise(model: OneStepPredictor, reference: Reference, frames: np.ndarray) -> np.ndarray:
    """Surprise of a clip ``[T, H, W, 3]`` over time, ``[T - context]``: the one-step latent error, in standard
    deviations above what is usual."""
    return (step_errors(model, frames[None])[0] - reference.surprise_mean) / reference.surprise_std


def distance(model: OneStepPredictor, reference: Reference, frames: np.ndarray) -> Distance:
    """How far a clip ``[T, H, W, 3]`` lies from the training worlds, by the mean and the spread of its tokens."""
    rows = _descriptors(model.encode(frames[None]))
    value = float(_mahalanobis(rows, reference.mean, reference.precision)[0])
    beyond = float(np.searchsorted(reference.distances, value) / len(reference.distances))
    return Distance(value / float(reference.distances[50]), beyond)


def _descriptors(latents: np.ndarray) -> np.ndarray:
    """``[B, T, N, D]`` to ``[B, 2 D]``."""
    return np.concatenate([latents.mean(axis=(1, 2)), latents.std(axis=(1, 2))], axis=-1)


def _mahalanobis(rows: np.ndarray, mean: np.ndarray, precision: np.ndarray) -> np.ndarray:
    off = rows - mean
    return np.sqrt(np.einsum("bd,de,be->b", off, precision, off))
