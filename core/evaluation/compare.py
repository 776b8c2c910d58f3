"""One clip, every model, next to the truth: what the Compare page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.clip import Clip
from core.evaluation.ceiling import ceiling_positions
from core.evaluation.positions import position_errors, predicted_positions, truth_of
from core.metrics import Skill, persistence_skill, psnr
from core.models.protocols import WorldModel
from core.worlds import factors_of
from core.worlds.stage.truth import BallTruth


@dataclass(frozen=True)
class Arm:
    """What one model makes of the clip; lists have one entry for each step of the horizon.

    Attributes:
        frames: What it draws, ``uint8 [horizon, H, W, 3]``; None if it cannot.
        positions: Where it has the balls, ``[horizon, 3, 2]`` in widths; what is not found stays where it was last.
        found: Whether the ball was found in the prediction at all, ``bool [horizon, 3]``.
        error: Position error in widths, ``[horizon]``; None without truth.
        floor: Error of its read-out on the true frames, ``[horizon]``; None without truth.
        psnr: Against the real continuation in dB, ``[horizon]``; None if it cannot draw.
        error_map: Mean absolute difference of the pictures over the horizon, ``[H, W]`` in shares of full scale.
        skill: Latent skill against copy-last; None for pixels and baselines.
    """

    name: str
    title: str
    is_pixel: bool
    is_baseline: bool
    frames: np.ndarray | None
    positions: np.ndarray
    found: np.ndarray
    error: np.ndarray | None
    floor: np.ndarray | None
    psnr: np.ndarray | None
    error_map: np.ndarray | None
    skill: Skill | None


@dataclass(frozen=True)
class Comparison:
    """A clip cut into context and horizon, and what every model makes of it.

    Attributes:
        frames: The clip used, ``uint8 [context + horizon, H, W, 3]``.
        truth: True places ``[context + horizon, 3, 2]`` in widths, NaN for balls that are not there; or None.
        ceiling: Error of the simulator re-run from the context, ``[horizon]``; None without truth.
    """

    frames: np.ndarray
    fps: float
    context: int
    horizon: int
    arms: dict[str, Arm]
    truth: np.ndarray | None
    ceiling: np.ndarray | None

    @property
    def pixel(self) -> Arm:
        """The arm that has learnt to predict pixels."""
        return next(arm for arm in self.arms.values() if arm.is_pixel and not arm.is_baseline)

    @property
    def latent(self) -> Arm:
        """The arm that has learnt to predict latents."""
        return next(arm for arm in self.arms.values() if not arm.is_pixel and not arm.is_baseline)

    @property
    def seconds_ahead(self) -> np.ndarray:
        return np.arange(1, self.horizon + 1) / self.fps


def compare(clip: Clip, models: Sequence[WorldModel], context: int, horizon: int) -> Comparison:
    """Let every model predict the clip from its first frames.

    Args:
        clip: At the models' size and frame rate.
        models: In the order wanted.
        context: Frames shown.
        horizon: Frames asked for; cut to what the clip has.

    Raises:
        ValueError: The clip is too short to leave anything to predict.
    """
    horizon = min(horizon, len(clip) - context)
    if horizon < 1:
        need = (context + 1) / clip.fps
        raise ValueError(f"The clip is too short: {len(clip)} frames; {need:.1f} s ({context + 1} frames) are needed.")
    frames = clip.frames[: context + horizon]
    positions = seen = ceiling = truth = None
    if isinstance(clip.truth, BallTruth):
        positions, seen = truth_of([clip], context, horizon)
        truth = np.full((context + horizon, 3, 2), np.nan, np.float32)
        truth[:, : len(clip.truth.objects)] = clip.truth.positions[: context + horizon]
        guess = np.full_like(positions, np.nan)
        found = ceiling_positions(factors_of(clip.truth), clip.truth.seed, frames[:context], horizon, clip.fps)
        guess[0, :, : found.shape[1]] = found
        ceiling = position_errors(guess, positions, seen)[0]
    arms = {model.name: _arm(model, frames, context, horizon, positions, seen) for model in models}
    return Comparison(frames, clip.fps, context, horizon, arms, truth, ceiling)


def _arm(model: WorldModel, frames: np.ndarray, context: int, horizon: int, positions, seen) -> Arm:
    before, after = frames[None, :context], frames[None, context:]
    latents, true_latents = model.predict(before, horizon), model.encode(after)
    places, found = predicted_positions(model, before, latents)
    error = floor = None
    if positions is not None:
        error = position_errors(places, positions, seen)[0]
        floor = position_errors(predicted_positions(model, before, true_latents)[0], positions, seen)[0]
    drawn = model.decode(latents)[0] if model.can_decode else None
    db = error_map = skill = None
    if drawn is not None:
        real, guess = after[0] / np.float32(255), drawn / np.float32(255)
        db, error_map = psnr(real, guess), np.abs(real - guess).mean(axis=(0, 3))
    if not model.is_pixel and not model.is_baseline:
        skill = persistence_skill(latents, true_latents, model.encode(before[:, -1:]))
    return Arm(
        model.name, model.title, model.is_pixel, model.is_baseline, drawn, places[0], found[0], error, floor, db,
        error_map, skill,
    )  # fmt: skip
