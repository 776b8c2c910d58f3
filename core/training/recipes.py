"""A recipe for each model that is trained by gradient: its network, its losses and what is watched of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from core.models.decoder import Decoder, DecoderConfig
from core.models.jepa import Jepa, JepaConfig
from core.models.learned import PixelModel
from core.models.objectives import decorrelation, spread_hinge, within_clip
from core.models.pixel import PixelConfig, PixelPredictor
from core.models.probe import SEEN
from core.models.tensors import as_tensor
from core.training.clips import Clips
from core.training.watching import forecast_errors, watch_jepa

CONTEXT, AHEAD = 4, 16  # frames that both arms see and are trained to predict
_AHEAD = ((0.1, 4), (0.6, 8), (1.0, AHEAD))  # length of the roll-outs, by progress
_WATCHED = 48  # clips


@dataclass(frozen=True)
class AntiCollapse:
    """Weights of the terms that keep a representation from collapsing; both 0 leaves nothing to prevent it.

    The decorrelation weighs much. At 0.1 the channels repeat each other (mean squared correlation 0.3) and a linear
    probe of 1600 clips reads the three balls with R² 0.87, 0.66, 0.67 after 490 steps; at 4, with 0.91, 0.88, 0.87
    after 231.
    """

    spread: float = 5.0
    correlation: float = 4.0


GUARDED, UNGUARDED = AntiCollapse(), AntiCollapse(0.0, 0.0)


class JepaRecipe:
    """Predict the next latents, each step fed with the last; keep them from collapsing within the clip."""

    window, batch, rate = CONTEXT + AHEAD, 16, 2e-3

    def __init__(self, check: Clips, seed: int, guard: AntiCollapse = GUARDED) -> None:
        torch.manual_seed(seed)
        self.module = Jepa(JepaConfig())
        self._check, self._guard = check, guard

    def losses(self, frames: torch.Tensor, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        ahead = _ahead(progress)
        latents = self.module.encode(frames[:, : CONTEXT + ahead])  # [B, T, D, 8, 8]
        prediction = _prediction(self.module.predictor.unroll(latents[:, :CONTEXT], ahead), latents)
        residual = within_clip(latents)
        spread, correlation = spread_hinge(residual), decorrelation(residual)
        loss = prediction + self._guard.spread * spread + self._guard.correlation * correlation
        return {"loss": loss, "prediction": prediction, "spread": spread, "correlation": correlation}

    def measures(self) -> Mapping[str, float]:
        return watch_jepa(self.module, self._check, CONTEXT)


def _ahead(progress: float) -> int:
    """Short roll-outs first: they are cheaper and steadier while what is predicted still moves about."""
    return next(steps for until, steps in _AHEAD if progress <= until)


def _prediction(guesses: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Squared error of ``unroll``'s guesses ``[B, T - 1, ...]`` about ``truth [B, T, ...]``; those within the context
    count less, and the first, which has seen no motion, not at all."""
    error = (guesses - truth[:, 1:]).square().mean(dim=(0, 2, 3, 4))  # [T - 1]
    return error[CONTEXT - 1 :].mean() + 0.3 * error[1 : CONTEXT - 1].mean()


class PixelRecipe:
    """Predict the next frames themselves, by mean squared error; each step fed with the last."""

    window, batch, rate = CONTEXT + AHEAD, 16, 2e-3

    def __init__(self, check: Clips, seed: int) -> None:
        torch.manual_seed(seed)
        self.module = PixelPredictor(PixelConfig())
        self._check = check

    def losses(self, frames: torch.Tensor, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        ahead = _ahead(progress)
        return {"loss": _prediction(self.module.unroll(frames[:, :CONTEXT], ahead), frames[:, : CONTEXT + ahead])}

    def measures(self) -> Mapping[str, float]:
        frames = as_tensor(self._check.frames[:_WATCHED, : self.window])
        future = frames[:, CONTEXT:]
        error = (self.module(frames[:, :CONTEXT], AHEAD) - future).square().mean(dim=(0, 2, 3, 4))  # [AHEAD]
        copied = (frames[:, CONTEXT - 1 : CONTEXT] - future).square().mean(dim=(0, 2, 3, 4))
        skill = 1 - error / copied.clamp(min=1e-9)
        scores = {"skill": float(skill.mean()), "skill at 1 step": float(skill[0]), "skill at 8 steps": float(skill[7])}
        if (self._check.states.visible > SEEN).any():
            scores |= forecast_errors(PixelModel(self.module), self._check)
        return scores


class DecoderRecipe:
    """Paint frames from the frozen latents of a trained JEPA; its encoder learns nothing from it."""

    window, batch, rate = 2, 32, 2e-3

    def __init__(self, check: Clips, seed: int, jepa: Jepa) -> None:
        torch.manual_seed(seed)
        self.module = Decoder(DecoderConfig(dim=jepa.config.dim))
        self._jepa = jepa.eval().requires_grad_(False)
        self._check = check

    def losses(self, frames: torch.Tensor, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        with torch.no_grad():
            latents = self._jepa.encode(frames)
        difference = self.module(latents.flatten(0, 1)) - frames.flatten(0, 1)
        return {"loss": difference.square().mean() + 0.1 * difference.abs().mean()}

    def measures(self) -> Mapping[str, float]:
        frames = as_tensor(self._check.frames[:_WATCHED, ::8])
        error = (self.module(self._jepa.encode(frames).flatten(0, 1)) - frames.flatten(0, 1)).square().mean()
        return {"dB on true frames": float(-10 * torch.log10(error))}
