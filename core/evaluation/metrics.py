"""Measures of pictures and of samples, with known answers."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval over independent clips."""

    mean: float
    low: float
    high: float


def interval(values: np.ndarray) -> Interval:
    """Mean of ``[B]`` values, one a clip, with the normal 95 % interval; NaN values are left out."""
    kept = values[~np.isnan(values)]
    if len(kept) == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    mean = float(kept.mean())
    half = 1.96 * float(kept.std(ddof=1)) / np.sqrt(len(kept)) if len(kept) > 1 else float("nan")
    return Interval(mean, mean - half, mean + half)


def psnr(truth: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Peak signal-to-noise ratio in dB over the last three axes (H, W, 3) of pictures in [0, 1]; at most 100 dB."""
    _check_pictures(truth, guess)
    error = np.square(truth - np.clip(guess, 0.0, 1.0)).mean(axis=(-3, -2, -1))
    return -10.0 * np.log10(np.maximum(error, 1e-10))


def ssim(truth: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Structural similarity (Wang et al., 2004) over the last three axes of pictures in [0, 1]: Gaussian window of
    11 pixels, sigma 1.5, data range 1; mean over places and colours."""
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
