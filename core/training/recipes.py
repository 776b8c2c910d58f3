"""A recipe for each model that is trained by gradient: its network, its losses and what is watched of it."""

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
from core.training.clips import Clips
from core.training.monitoring import forecast_errors, watch_jepa
from core.training.probing import ball_states
from core.training.shipped import BALLS, GUARDED, AntiCollapse, Asked

CONTEXT, AHEAD = 4, 16  # frames that both arms are shown, and the most that they are asked for
_WATCHED = 48  # clips


class JepaRecipe:
    """Predict the next latents, each step fed with the last; keep them from collapsing within the clip."""

    window, batch, rate = CONTEXT + AHEAD, 16, 2e-3

    def __init__(
        self,
        check: Clips,
        seed: int,
        guard: AntiCollapse = GUARDED,
        config: TrunkConfig | None = None,
        asked: Asked = BALLS,
    ) -> None:
        self.module = weights_from_seed(lambda: Jepa(config or TrunkConfig()), seed)
        self._check, self._guard, self._asked = check, guard, asked
        self._context = self.module.config.context
        self.window = self._context + AHEAD  # whatever the roll-outs: every arm and variant sees the same windows

    def losses(self, frames: torch.Tensor, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        ahead, context, guard = _ahead(self._asked, progress), self._context, self._guard
        frames, ends = frames[:, : context + ahead], [0, context + ahead - 1]
        if guard.colour:  # two frames more, so that it costs little
            frames = torch.cat([frames, _recoloured(frames[:, ends], generator)], dim=1)
        encoded = self.module.encode(frames)  # [B, T (+ 2), D, 8, 8]
        latents = encoded[:, : context + ahead]
        guesses = self.module.predictor.unroll(latents[:, :context], ahead)
        prediction = _prediction(guesses, latents, context, self._asked.evening)
        residual = within_clip(latents)
        parts = {"spread": spread_hinge(residual), "correlation": decorrelation(residual)}
        if guard.gaussian:  # of the spread that the hinge asks for
            parts["gaussian"] = gaussian_misfit(residual.movedim(2, -1).flatten(0, 3) / SPREAD, generator)
        if guard.colour:
            other = encoded[:, context + ahead :]
            parts["colour"] = colour_blindness(within_clip(latents[:, ends]), within_clip(other))
        loss = prediction + sum(getattr(guard, name) * part for name, part in parts.items())
        return {"loss": loss, "prediction": prediction} | parts

    def measures(self) -> Mapping[str, float]:
        return watch_jepa(self.module, self._check, self._context)


def _ahead(asked: Asked, progress: float) -> int:
    return next(steps for until, steps in asked.roll_outs if progress <= until)


def _recoloured(frames: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """The same frames ``[B, T, 3, H, W]`` with their colour channels in another order."""
    orders = torch.tensor([(0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
    return frames[:, :, orders[torch.randint(len(orders), (), generator=generator)]]


def _prediction(guesses: torch.Tensor, truth: torch.Tensor, context: int, evening: float) -> torch.Tensor:
    """Squared error of ``unroll``'s guesses ``[B, T - 1, ...]`` about ``truth [B, T, ...]``; those within the context
    count less, and the first, which has seen no motion, not at all. How much a clip counts is evened out."""
    moved = (truth[:, context:] - truth[:, context - 1 : context]).square().mean(dim=(1, 2, 3, 4)).detach()  # [B]
    weight = (moved + 0.1 * moved.mean() + 1e-9) ** -evening
    error = (guesses - truth[:, 1:]).square().mean(dim=(2, 3, 4))  # [B, T - 1]
    error = (error * (weight / weight.mean())[:, None]).mean(dim=0)  # [T - 1]
    return error[context - 1 :].mean() + 0.3 * error[1 : context - 1].mean()


class PixelRecipe:
    """Predict the next frames themselves, by mean squared error; each step fed with the last."""

    window, batch, rate = CONTEXT + AHEAD, 16, 2e-3

    def __init__(self, check: Clips, seed: int, asked: Asked = BALLS) -> None:
        self.module = weights_from_seed(lambda: PixelPredictor(PixelConfig()), seed)
        self._check, self._asked = check, asked

    def losses(self, frames: torch.Tensor, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        ahead = _ahead(self._asked, progress)
        guesses = self.module.unroll(frames[:, :CONTEXT], ahead)
        return {"loss": _prediction(guesses, frames[:, : CONTEXT + ahead], CONTEXT, self._asked.evening)}

    def measures(self) -> Mapping[str, float]:
        frames = as_tensor(self._check.frames[:_WATCHED, : CONTEXT + AHEAD])
        future = frames[:, CONTEXT:]
        error = (self.module(frames[:, :CONTEXT], AHEAD) - future).square().mean(dim=(0, 2, 3, 4))  # [AHEAD]
        copied = (frames[:, CONTEXT - 1 : CONTEXT] - future).square().mean(dim=(0, 2, 3, 4))
        skill = 1 - error / copied.clamp(min=1e-9)
        scores = {"skill": float(skill.mean()), "skill at 1 step": float(skill[0]), "skill at 8 steps": float(skill[7])}
        if ball_states(self._check) is not None:
            scores |= forecast_errors(PixelModel(self.module, "checked", "checked"), self._check)
        return scores


class DecoderRecipe:
    """Paint frames from the frozen latents of a trained JEPA; its encoder learns nothing from it."""

    window, batch, rate = 2, 32, 2e-3

    def __init__(self, check: Clips, seed: int, jepa: Jepa) -> None:
        self.module = weights_from_seed(lambda: Decoder(DecoderConfig(dim=jepa.config.dim)), seed)
        self.jepa = jepa.eval().requires_grad_(False)
        self._check = check

    def losses(self, frames: torch.Tensor, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        with torch.no_grad():
            latents = self.jepa.encode(frames)
        difference = self.module(latents.flatten(0, 1)) - frames.flatten(0, 1)
        return {"loss": difference.square().mean() + 0.1 * difference.abs().mean()}

    def measures(self) -> Mapping[str, float]:
        frames = as_tensor(self._check.frames[:_WATCHED, ::8])
        error = (self.module(self.jepa.encode(frames).flatten(0, 1)) - frames.flatten(0, 1)).square().mean()
        return {"dB on true frames": float(-10 * torch.log10(error))}
