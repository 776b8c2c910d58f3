"""The variants of the JEPA's recipe: each differs from ``base`` in one thing; ``shipped`` combines what helped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from core.evaluation.ablations import BASE
from core.models.forecast.jepa import Jepa
from core.models.forecast.trunk import Trunk, TrunkConfig
from core.training.clip_cache import Clips, run_key
from core.training.plan import TRAIN
from core.training.recipe import Batch
from core.training.recipes import JepaRecipe
from core.training.settings import (
    ANTI_COLLAPSE,
    ANTI_COLLAPSE_BY_COLOUR,
    LONG_ROLLOUTS,
    AntiCollapse,
    RolloutSchedule,
)

_BASE_ROLLOUTS = RolloutSchedule(((0.1, 4), (0.6, 8), (1.0, 16)))


class OneBallFirstRecipe(JepaRecipe):
    """The JEPA's recipe with a curriculum: only clips of one ball in the first third of the training."""

    _one_ball: Clips | None = None

    def draw_batch(self, clips: Clips, seed: int, step: int, progress: float) -> Batch:
        """``frames [B, T, 3, H, W]``, of the clips of this part of the training."""
        return super().draw_batch(self.shown(clips, progress), seed, step, progress)

    def shown(self, clips: Clips, progress: float) -> Clips:
        """The clips that are shown at a share of the training, 0 to 1."""
        if progress >= 1 / 3:
            return clips
        if self._one_ball is None:
            balls = (clips.arrays["visible"].max(axis=1) > 0).sum(axis=-1)  # [B]
            self._one_ball = clips.take(np.flatnonzero(balls == 1))
        return self._one_ball


class DropoutRecipe(JepaRecipe):
    """The JEPA's recipe with dropout of a tenth of the predictor's channels."""

    def losses(self, batch: Batch, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        """Named losses, each a scalar ``[]``, as for the JEPA; ``generator`` also draws the channels to drop."""

        def drop(module, given):
            kept = torch.rand(*given[0].shape[:2], 1, 1, generator=generator) >= 0.1
            return (given[0] * kept / 0.9,)

        hook = self.module.predictor.head.register_forward_pre_hook(drop)
        try:
            return super().losses(batch, progress, generator)
        finally:
            hook.remove()


class MemorylessTrunk(Trunk):
    """A trunk that knows only the last latent and its change."""

    def forward(
        self, latent: torch.Tensor, before: torch.Tensor, memory: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """As for ``Trunk``, with latents ``[B, D, G, G]``; ``memory`` is replaced by a fresh one."""
        return super().forward(latent, before, self.start(latent))


def _remove_memory(jepa: Jepa) -> None:
    jepa.predictor.trunk.__class__ = MemorylessTrunk  # the first weights stay the same


@dataclass(frozen=True)
class Variant:
    """One change of the base recipe.

    Attributes:
        description: The change, for people.
        anti_collapse, config, schedule: As ``JepaRecipe`` takes them.
        recipe: The recipe, if another one than the JEPA's.
        change: Alters a fresh network, for changes that no setting makes.
    """

    description: str
    anti_collapse: AntiCollapse = ANTI_COLLAPSE
    config: TrunkConfig = TrunkConfig()  # noqa: RUF009 (frozen)
    schedule: RolloutSchedule = _BASE_ROLLOUTS
    recipe: type[JepaRecipe] = JepaRecipe
    change: Callable[[Jepa], None] = lambda jepa: None

    @property
    def settings_key(self) -> str:
        """Digest of the settings and of the training clips."""
        return run_key(TRAIN, (self.anti_collapse, self.config, self.schedule))


VARIANTS: dict[str, Variant] = {
    BASE: Variant("base recipe: predicts 4, then 8, then 16 steps in training"),
    "shipped": Variant(
        "shipped recipe: predicts 1, then 4, then 8, then 16 steps in training, with the colour term",
        anti_collapse=ANTI_COLLAPSE_BY_COLOUR,
        schedule=LONG_ROLLOUTS,
    ),
    "vector": Variant(
        "one latent vector of 128 numbers per frame, read by a linear probe",
        config=TrunkConfig(dim=128, memory=256, grid=1),
    ),
    "no-memory": Variant("predictor without memory", change=_remove_memory),
    "one-step": Variant(
        "predicts 1 step in training, so that the anti-collapse term sees 5 frames",
        schedule=RolloutSchedule(((1.0, 1),)),
    ),
    "four-steps": Variant(
        "predicts 4 steps in training, so that the anti-collapse term sees 8 frames",
        schedule=RolloutSchedule(((1.0, 4),)),
    ),
    "eight-steps": Variant("predicts at most 8 steps in training", schedule=RolloutSchedule(((0.1, 4), (1.0, 8)))),
    "short-first": Variant(
        "predicts 1, then 4, then 8 steps in training", schedule=RolloutSchedule(((0.3, 1), (0.6, 4), (1.0, 8)))
    ),
    # Its weight is that of the hinge: a constant representation costs 0.2 x 12.5 here, and 0.5 x 5 there.
    "sigreg": Variant(
        "SIGReg within the clip instead of variance and covariance", anti_collapse=AntiCollapse(0, 0, 12.5)
    ),
    "weak-decorrelation": Variant(
        "weight of decorrelation 0.1 instead of 4", anti_collapse=replace(ANTI_COLLAPSE, correlation=0.1)
    ),
    "colour": Variant("with the colour term", anti_collapse=ANTI_COLLAPSE_BY_COLOUR),
    "dropout": Variant("dropout of a tenth of the predictor's channels", recipe=DropoutRecipe),
    "context-8": Variant(
        "context of 8 frames instead of 4 (its windows are longer, so they start earlier)",
        config=TrunkConfig(context=8),
    ),
    "curriculum": Variant("clips of one ball in the first third of the training", recipe=OneBallFirstRecipe),
    "small-memory": Variant("memory of 32 channels instead of 56", config=TrunkConfig(memory=32)),
}


def variant_named(name: str) -> Variant:
    """The variant of a name.

    Raises:
        ValueError: There is none of that name.
    """
    if name not in VARIANTS:
        raise ValueError(f"There is no variant called {name!r}; choose one of {', '.join(VARIANTS)}.")
    return VARIANTS[name]
