"""A recipe for each model that is trained by gradient: its network, its losses and its score."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from core.models.decoder import Decoder, DecoderConfig
from core.models.jepa import Jepa, JepaConfig
from core.models.objectives import decorrelation, spread_hinge, within_clip
from core.models.probe import SEEN, States, r2_score
from core.models.simvp import SimVP, SimVPConfig
from core.models.tensors import as_tensor
from core.training.clips import Clips
from core.training.probing import encode_all, fit_attentive, subset

CONTEXT, AHEAD = 4, 16  # frames that both arms see and are trained to predict
_AHEAD = ((0.1, 4), (0.6, 8), (1.0, AHEAD))  # length of the JEPA's roll-outs, by progress


class JepaRecipe:
    """Predict the next latents, each step fed with the last; keep them from collapsing within the clip."""

    name, score_name = "jepa", "position R² of a probe"
    window, batch, rate = CONTEXT + AHEAD, 16, 2e-3

    def __init__(self, check: Clips, seed: int) -> None:
        torch.manual_seed(seed)
        self.module = Jepa(JepaConfig())
        self._check = check

    def losses(self, frames: torch.Tensor, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        # Short roll-outs first: they are cheaper and steadier while the latents still move about.
        ahead = next(steps for until, steps in _AHEAD if progress <= until)
        latents = self.module.encode(frames[:, : CONTEXT + ahead])  # [B, T, D, 8, 8]
        guesses = self.module.predictor.unroll(latents[:, :CONTEXT], ahead)
        targets = latents[:, 1 : CONTEXT + ahead]
        error = (guesses - targets).square().mean(dim=(0, 2, 3, 4))  # [T]
        prediction = error[CONTEXT - 1 :].mean() + 0.3 * error[1 : CONTEXT - 1].mean()
        residual = within_clip(latents)
        spread, correlation = spread_hinge(residual), decorrelation(residual)
        # The decorrelation weighs much. At 0.1 the channels repeat each other (mean squared correlation 0.3) and a
        # linear probe of 1600 clips reads the three balls with R² 0.87, 0.66, 0.67 after 490 steps; at 4, with 0.91,
        # 0.88, 0.87 after 231.
        loss = prediction + 5.0 * spread + 4.0 * correlation
        return {"loss": loss, "prediction": prediction, "spread": spread, "correlation": correlation}

    def score(self) -> float:
        return probe_score(self.module.encode, self._check)


class PixelRecipe:
    """Predict the next frames themselves, by mean squared error."""

    name, score_name = "pixel", "skill against copy-last"
    window, batch, rate = CONTEXT + AHEAD, 16, 2e-3

    def __init__(self, check: Clips, seed: int) -> None:
        torch.manual_seed(seed)
        self.module = SimVP(SimVPConfig(context=CONTEXT, ahead=AHEAD))
        self._check = check

    def losses(self, frames: torch.Tensor, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        # Half of the steps ahead in each batch: drawing frames is what costs.
        steps = torch.randperm(AHEAD, generator=generator)[: AHEAD // 2]
        drawn = self.module(frames[:, :CONTEXT], steps)  # [B, AHEAD / 2, 3, 64, 64]
        return {"loss": (drawn - frames[:, CONTEXT + steps]).square().mean()}

    def score(self) -> float:
        frames = as_tensor(self._check.frames[:48, : self.window])
        future = frames[:, CONTEXT:]
        error = (self.module(frames[:, :CONTEXT]) - future).square().mean()
        return float(1 - error / (frames[:, CONTEXT - 1 : CONTEXT] - future).square().mean())


class DecoderRecipe:
    """Paint frames from the frozen latents of a trained JEPA; its encoder learns nothing from it."""

    name, score_name = "decoder", "dB on true frames"
    window, batch, rate = 2, 32, 2e-3

    def __init__(self, check: Clips, seed: int, jepa: Jepa) -> None:
        torch.manual_seed(seed)
        self.module = Decoder(DecoderConfig(dim=jepa.config.dim))
        self._jepa = jepa.eval().requires_grad_(False)
        self._check = check

    def losses(self, frames: torch.Tensor, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        flat = frames.flatten(0, 1)
        with torch.no_grad():
            latents = self._jepa.encoder(flat)
        difference = self.module(latents) - flat
        return {"loss": difference.square().mean() + 0.1 * difference.abs().mean()}

    def score(self) -> float:
        frames = as_tensor(self._check.frames[:48, ::8]).flatten(0, 1)
        return float(-10 * torch.log10((self.module(self._jepa.encoder(frames)) - frames).square().mean()))


def probe_score(encode, check: Clips) -> float:
    """Position R² of a quick probe: four fifths of the clips to learn from, the rest to be judged on."""
    few = subset(check, len(check.frames), 6)
    latents = encode_all(encode, few.frames)
    cut = len(latents) * 4 // 5
    learn, held = (slice(0, cut), slice(cut, None))
    with torch.enable_grad(), torch.inference_mode(False):
        probe = fit_attentive(latents[learn], States(*(array[learn] for array in vars(few.states).values())), steps=400)
    seen = few.states.visible[held] > SEEN
    return r2_score(few.states.positions[held], probe(latents[held]), seen)
