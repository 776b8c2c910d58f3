"""How unusual a clip is for a latent model: its surprise over time, and its distance from the training clips.

Both are relative to a reference: the same numbers on validation clips of the worlds that the model was trained on. Raw
latent errors mean nothing by themselves and are never compared between models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.clip import Clip
from core.models.protocols import OneStepPredictor
from core.results import Finding, Floats, Result, Singles, provenance
from core.wording import percent

_QUANTILES = np.linspace(0.0, 1.0, 101)
_UNUSUAL, _FAR = 0.9, 0.99  # shares of validation clips that are closer


@dataclass(frozen=True)
class ReferenceConfig:
    """Of which model a reference was measured, and on how many clips."""

    model: str
    clips: int


@dataclass(frozen=True)
class Reference:
    """What is usual for a model, measured on validation clips.

    Attributes:
        surprise_mean, surprise_std: Of the one-step latent error.
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
        """The reference as named arrays, for a file; numbers are ``float32 [1]``."""
        scalars = {name: np.array([getattr(self, name)], np.float32) for name in ("surprise_mean", "surprise_std")}
        return scalars | {name: getattr(self, name) for name in ("mean", "precision", "distances")}

    @staticmethod
    def from_arrays(arrays: Mapping[str, np.ndarray]) -> Reference:
        """A reference from what ``arrays`` made of it: numbers are ``[1]``."""
        return Reference(
            float(arrays["surprise_mean"][0]),
            float(arrays["surprise_std"][0]),
            arrays["mean"],
            arrays["precision"],
            arrays["distances"],
        )


@dataclass(frozen=True)
class SurpriseProtocol:
    """Which model judges which clip; ``seed`` is that of a simulated clip, None for a real video."""

    model: str
    clip: str
    seed: int | None
    fps: float
    context: int


@dataclass(frozen=True)
class Distance:
    """Distance of a clip from the training clips.

    Attributes:
        ratio: Its Mahalanobis distance / the median of validation clips.
        beyond: Share of validation clips that are closer.
    """

    ratio: float
    beyond: float


@dataclass(frozen=True)
class OutOfDistribution(Result):
    """How unusual a clip is for a model.

    Attributes:
        seconds: Times in the clip, ``[T - context]`` in seconds.
        surprise: One-step latent error, ``[T - context]`` in standard deviations above the usual one.
        distance: From the training clips.
    """

    kind: ClassVar[str] = "out of distribution"
    protocol: SurpriseProtocol
    seconds: Floats
    surprise: Singles
    distance: Distance


def measure_unusual(model: OneStepPredictor, reference: Reference, clip: Clip) -> OutOfDistribution:
    """How unusual a clip is for a model, at the model's size and frame rate."""
    values = surprise(model, reference, clip.frames)
    seconds = (np.arange(len(values)) + model.context) / clip.fps
    seed = None if clip.truth is None else clip.truth.seed
    protocol = SurpriseProtocol(model.name, clip.source, seed, clip.fps, model.context)
    made = provenance("core.evaluation.surprise.measure_unusual")
    return OutOfDistribution(protocol, seconds, values, distance(model, reference, clip.frames), provenance=made)


def distance_finding(found: Distance) -> Finding:
    """Whether a clip is like the training clips; the state is ``usual``, ``unusual`` or ``out of distribution``."""
    state = "out of distribution" if found.beyond > _FAR else "unusual" if found.beyond > _UNUSUAL else "usual"
    verdicts = {
        "usual": "For the encoder, it is an ordinary clip.",
        "unusual": "It is unusual for the encoder.",
        "out of distribution": "It is out of distribution for the encoder.",
    }
    text = (
        f"This clip is {found.ratio:.1f} times as far from the training clips as an ordinary clip (farther than "
        f"{percent(found.beyond)} of the ordinary clips). {verdicts[state]}"
    )
    return Finding(state, text, {"ratio": found.ratio, "beyond": found.beyond})


def peak_finding(found: OutOfDistribution) -> Finding:
    """When a model is most surprised; the state is ``measured``."""
    peak = int(np.argmax(found.surprise))
    seconds = float(found.seconds[peak])
    text = f"The JEPA is most surprised {seconds:.1f} s after the start"
    return Finding("measured", text, {"seconds": seconds, "surprise": float(found.surprise[peak])})


def step_errors(model: OneStepPredictor, frames: np.ndarray) -> np.ndarray:
    """One-step latent error of every frame after the context: ``[B, T, H, W, 3]`` to ``[B, T - context]``."""
    guesses, latents = model.predict_next(frames)
    return np.square(guesses - latents[:, 1:]).mean(axis=(2, 3))[:, model.context - 1 :]


def make_reference(model: OneStepPredictor, frames: np.ndarray, batch: int = 16) -> Reference:
    """What is usual for a model, on validation clips ``[B, T, H, W, 3]``."""
    parts = [frames[i : i + batch] for i in range(0, len(frames), batch)]
    errors = np.concatenate([step_errors(model, part) for part in parts])
    rows = np.concatenate([_descriptors(model.encode(part[:, ::4])) for part in parts]).astype(np.float64)  # [B, 2D]
    covariance = np.cov(rows.T)
    covariance += 0.02 * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    mean, precision = rows.mean(axis=0).astype(np.float32), np.linalg.inv(covariance).astype(np.float32)
    quantiles = np.quantile(_mahalanobis(rows, mean, precision), _QUANTILES).astype(np.float32)
    return Reference(float(errors.mean()), float(errors.std()), mean, precision, quantiles)


def surprise(model: OneStepPredictor, reference: Reference, frames: np.ndarray) -> np.ndarray:
    """Surprise of a clip ``[T, H, W, 3]`` over time, ``[T - context]``: the one-step latent error in standard
    deviations above the usual one."""
    return (step_errors(model, frames[None])[0] - reference.surprise_mean) / reference.surprise_std


def distance(model: OneStepPredictor, reference: Reference, frames: np.ndarray) -> Distance:
    """Distance of a clip ``[T, H, W, 3]`` from the training clips, by the mean and the spread of its tokens."""
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
