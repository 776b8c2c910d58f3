"""Measures of samples, latents and pictures that evaluation, embedding and training share."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.stats import t

from core.results import Floats

_RESAMPLES = 1000
_STILL = 1e-3  # of the latents' variance; a smaller change counts as none


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval from ``low`` to ``high``, over the ``n`` independent samples (clips) that count."""

    mean: float
    low: float
    high: float
    n: int


def interval(values: np.ndarray) -> Interval:
    """Mean of ``[B]`` values, one for each clip, with Student's 95 % interval; NaN values are left out."""
    kept = values[~np.isnan(values)]
    count = len(kept)
    if count == 0:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    mean, half = float(kept.mean()), float("nan")
    if count > 1:
        half = float(t.ppf(0.975, count - 1) * kept.std(ddof=1) / np.sqrt(count))
    return Interval(mean, mean - half, mean + half, count)


def explained(error: np.ndarray, total: np.ndarray) -> Interval:
    """1 - sum of errors / sum of totals, each ``[B]``, one for each clip.

    The 95 % interval is that of a bootstrap over clips: a ratio of sums, not a mean of ratios. The means that the
    totals are measured from stay fixed.
    """
    if not total.sum() > 0:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    drawn = np.random.default_rng(0).integers(len(total), size=(_RESAMPLES, len(total)))
    below = total[drawn].sum(axis=1)
    shares = 1 - error[drawn].sum(axis=1)[below > 0] / below[below > 0]
    counted = int((total > 0).sum())
    low, high = np.quantile(shares, (0.025, 0.975)) if counted > 1 else (np.nan, np.nan)
    return Interval(float(1 - error.sum() / total.sum()), float(low), float(high), counted)


@dataclass(frozen=True)
class Skill:
    """How much closer a prediction is than repeating the last latent: 1 is perfect, 0 no better, below 0 worse.

    Attributes:
        steps: For each step, ``[T]``; NaN where nothing moved.
        overall: Over all steps together; NaN if nothing moved at all.
    """

    steps: Floats
    overall: float


def persistence_skill(guesses: np.ndarray, truth: np.ndarray, last: np.ndarray) -> Skill:
    """Skill of latents ``[B, T, N, D]`` against repeating the last true ones ``[B, 1, N, D]``: 1 - squared error over
    the squared error of the repeated latent."""
    error, copied = (sums.mean(axis=0) for sums in skill_sums(guesses, truth, last))  # [T]
    still = np.isnan(copied)
    steps = 1 - error / copied
    overall = float("nan") if still.all() else float(1 - error[~still].sum() / copied[~still].sum())
    return Skill(steps, overall)


def skill_sums(guesses: np.ndarray, truth: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two squared errors of ``persistence_skill`` for each clip and step, ``[B, T]``; NaN where nothing moved."""
    error, copied = (np.square(rows - truth).mean(axis=(2, 3)) for rows in (guesses, last))
    still = copied.mean(axis=0) < _STILL * truth.var(axis=(0, 1, 2)).mean()  # [T]
    return np.where(still, np.nan, error), np.where(still, np.nan, copied)


def psnr(truth: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Peak signal-to-noise ratio ``[...]`` in dB of pictures ``float [..., H, W, 3]`` in [0, 1]; at most 100 dB."""
    _check_pictures(truth, guess)
    error = np.square(truth - np.clip(guess, 0.0, 1.0)).mean(axis=(-3, -2, -1))
    return -10.0 * np.log10(np.maximum(error, 1e-10))


def ssim(truth: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Structural similarity ``[...]``, at most 1 (Wang et al. 2004), of pictures ``float [..., H, W, 3]`` in [0, 1]:
    Gaussian window of 11 pixels, sigma 1.5, data range 1; mean over places and colours."""
    _check_pictures(truth, guess)
    flat_truth = truth.reshape(-1, *truth.shape[-3:])
    flat_guess = np.clip(guess, 0.0, 1.0).reshape(-1, *guess.shape[-3:])
    scores = [_ssim_picture(a, b) for a, b in zip(flat_truth, flat_guess, strict=True)]
    return np.array(scores).reshape(truth.shape[:-3])


def _ssim_picture(a: np.ndarray, b: np.ndarray) -> float:
    def blur(picture: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(picture, (11, 11), 1.5)

    a, b = a.astype(np.float64), b.astype(np.float64)
    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b, cov = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2, blur(a * b) - mean_a * mean_b
    light = (2 * mean_a * mean_b + 0.01**2) / (mean_a**2 + mean_b**2 + 0.01**2)
    shape = (2 * cov + 0.03**2) / (var_a + var_b + 0.03**2)
    return float((light * shape).mean())


def _check_pictures(truth: np.ndarray, guess: np.ndarray) -> None:
    for pictures in (truth, guess):
        if not np.issubdtype(pictures.dtype, np.floating):
            raise ValueError(f"Pictures must be floats in [0, 1], not {pictures.dtype}; divide by 255 first.")
    if truth.shape != guess.shape or truth.ndim < 3:
        raise ValueError(f"Pictures must have the same shape [..., H, W, 3], not {truth.shape} and {guess.shape}.")
