"""Recipes of the forecasting models: the JEPA, the pixel model and the decoder of a JEPA's latents."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from core.models.forecast.decoder import Decoder, DecoderConfig
from core.models.forecast.jepa import Jepa
from core.models.forecast.models import PixelModel
from core.models.forecast.pixel import PixelConfig, PixelPredictor
from core.models.forecast.trunk import TrunkConfig
from core.models.objectives import SPREAD, colour_blindness, decorrelation, gaussian_misfit, spread_hinge, within_clip
from core.models.tensors import as_tensor
from core.models.weights import weights_from_seed
from core.training.batches import WindowRecipe
from core.training.clip_cache import Clips
from core.training.monitoring import forecast_errors, jepa_measures
from core.training.recipe import Batch
from core.training.settings import (
    ANTI_COLLAPSE_BY_COLOUR,
    CONTEXT,
    HORIZON,
    LONG_ROLLOUTS,
    AntiCollapse,
    RolloutSchedule,
)

_CHECKED = 48  # validation clips that are measured during a training


class JepaRecipe(WindowRecipe):
    """Predicts the next latents, each step from the one before, and keeps them from collapsing within a clip."""

    batch_size, rate = 16, 2e-3

    def __init__(
        self,
        check: Clips,
        seed: int,
        anti_collapse: AntiCollapse = ANTI_COLLAPSE_BY_COLOUR,
        config: TrunkConfig | None = None,
        schedule: RolloutSchedule = LONG_ROLLOUTS,
    ) -> None:
        self.module = weights_from_seed(lambda: Jepa(config or TrunkConfig()), seed)
        self._check, self._anti_collapse, self._schedule = check, anti_collapse, schedule
        self._context = self.module.config.context
        self.window = self._context + HORIZON  # for any schedule: all arms and variants see the same windows

    def losses(self, batch: Batch, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        """Prediction error and anti-collapse terms of ``frames [B, T, 3, H, W]``."""
        steps, context, weights = self._schedule.steps(progress), self._context, self._anti_collapse
        frames, ends = batch["frames"][:, : context + steps], [0, context + steps - 1]
        if weights.colour:  # two more frames only, so that it costs little
            frames = torch.cat([frames, _recoloured(frames[:, ends], generator)], dim=1)
        encoded = self.module.encode(frames)  # [B, T (+ 2), D, 8, 8]
        latents = encoded[:, : context + steps]
        predicted = self.module.predictor.unroll(latents[:, :context], steps)
        prediction = prediction_loss(predicted, latents, context, self._schedule.motion_normalisation)
        residual = within_clip(latents)
        parts = {"spread": spread_hinge(residual), "correlation": decorrelation(residual)}
        if weights.gaussian:  # scaled to the spread that the hinge demands
            parts["gaussian"] = gaussian_misfit(residual.movedim(2, -1).flatten(0, 3) / SPREAD, generator)
        if weights.colour:
            recoloured = encoded[:, context + steps :]
            parts["colour"] = colour_blindness(within_clip(latents[:, ends]), within_clip(recoloured))
        loss = prediction + sum(getattr(weights, name) * part for name, part in parts.items())
        return {"loss": loss, "prediction": prediction} | parts

    def measures(self) -> Mapping[str, float]:
        """What can be read off the latents, their forecast skill, and signs of collapse."""
        return jepa_measures(self.module, self._check, self._context)


class PixelRecipe(WindowRecipe):
    """Predicts the next frames by mean squared error, each step from the one before."""

    window, batch_size, rate = CONTEXT + HORIZON, 16, 2e-3

    def __init__(self, check: Clips, seed: int, schedule: RolloutSchedule = LONG_ROLLOUTS) -> None:
        self.module = weights_from_seed(lambda: PixelPredictor(PixelConfig()), seed)
        self._check, self._schedule = check, schedule

    def losses(self, batch: Batch, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        """Prediction error of ``frames [B, T, 3, H, W]``."""
        frames, steps = batch["frames"], self._schedule.steps(progress)
        predicted = self.module.unroll(frames[:, :CONTEXT], steps)
        normalisation = self._schedule.motion_normalisation
        return {"loss": prediction_loss(predicted, frames[:, : CONTEXT + steps], CONTEXT, normalisation)}

    def measures(self) -> Mapping[str, float]:
        """Skill against copying the last frame and, if the clips have a read-out, position errors."""
        frames = as_tensor(self._check.frames[:_CHECKED, : CONTEXT + HORIZON])
        future = frames[:, CONTEXT:]
        error = (self.module(frames[:, :CONTEXT], HORIZON) - future).square().mean(dim=(0, 2, 3, 4))  # [HORIZON]
        copied = (frames[:, CONTEXT - 1 : CONTEXT] - future).square().mean(dim=(0, 2, 3, 4))
        skill = 1 - error / copied.clamp(min=1e-9)
        scores = {"skill": float(skill.mean()), "skill at 1 step": float(skill[0]), "skill at 8 steps": float(skill[7])}
        if self._check.readout is not None:
            model, reader = PixelModel(self.module, "checked", "checked"), self._check.readout.pixel_reader()
            scores |= forecast_errors(model, reader, self._check)
        return scores


class DecoderRecipe(WindowRecipe):
    """Decodes frames from the frozen latents of a trained JEPA; the JEPA learns nothing from it."""

    window, batch_size, rate = 2, 32, 2e-3

    def __init__(self, check: Clips, seed: int, jepa: Jepa) -> None:
        self.module = weights_from_seed(lambda: Decoder(DecoderConfig(dim=jepa.config.dim)), seed)
        self.jepa = jepa.eval().requires_grad_(False)
        self._check = check

    def losses(self, batch: Batch, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        """Squared and absolute error of the decoded ``frames [B, T, 3, H, W]``."""
        frames = batch["frames"]
        with torch.no_grad():
            latents = self.jepa.encode(frames)
        difference = self.module(latents.flatten(0, 1)) - frames.flatten(0, 1)
        return {"loss": difference.square().mean() + 0.1 * difference.abs().mean()}

    def measures(self) -> Mapping[str, float]:
        """Signal-to-noise ratio of decoded true frames, in dB."""
        frames = as_tensor(self._check.frames[:_CHECKED, ::8])
        error = (self.module(self.jepa.encode(frames).flatten(0, 1)) - frames.flatten(0, 1)).square().mean()
        return {"dB on true frames": float(-10 * torch.log10(error))}


def prediction_loss(
    predicted: torch.Tensor, truth: torch.Tensor, context: int, motion_normalisation: float
) -> torch.Tensor:
    """Squared error of a rollout. Steps within the context count 0.3; the first, which has seen no motion, counts 0.

    Args:
        predicted: One-step predictions through the context, then the rollout, ``[B, T - 1, ...]``.
        truth: ``[B, T, ...]``.
        context: Frames of the context.
        motion_normalisation: As in ``RolloutSchedule``.
    """
    moved = (truth[:, context:] - truth[:, context - 1 : context]).square().mean(dim=(1, 2, 3, 4)).detach()  # [B]
    weight = (moved + 0.1 * moved.mean() + 1e-9) ** -motion_normalisation
    error = (predicted - truth[:, 1:]).square().mean(dim=(2, 3, 4))  # [B, T - 1]
    error = (error * (weight / weight.mean())[:, None]).mean(dim=0)  # [T - 1]
    return error[context - 1 :].mean() + 0.3 * error[1 : context - 1].mean()


def _recoloured(frames: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """The same frames ``[B, T, 3, H, W]`` with their colour channels in another order."""
    orders = torch.tensor([(0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
    return frames[:, :, orders[torch.randint(len(orders), (), generator=generator)]]
