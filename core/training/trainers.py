"""A trainer for each family of models: its recipe with settings, and what is saved beside the network."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from core.models.forecast.loading import jepa_network
from core.models.masked.network import MaskedConfig, MaskedPixels, VJepa
from core.models.shipped import RANDOM
from core.readouts.protocols import Readout
from core.training.artifacts import artifact_card, random_jepa, save_network, save_probe, save_reference
from core.training.clip_cache import Clips, open_clips
from core.training.masked import MaskedRecipe
from core.training.nearest import train_nearest
from core.training.plan import GradientTrainer, TrainingRequest
from core.training.recipes import DecoderRecipe, JepaRecipe, PixelRecipe
from core.training.settings import (
    ANTI_COLLAPSE_BY_COLOUR,
    LONG_ROLLOUTS,
    NO_ANTI_COLLAPSE,
    SHORT_LATENT_ROLLOUTS,
    SHORT_PIXEL_ROLLOUTS,
    AntiCollapse,
    RolloutSchedule,
    anti_collapse_for,
    rollouts_for,
)

TWIN = RANDOM.folder  # the JEPA with random weights is saved beside the trained one


class ForecastTrainer(GradientTrainer):
    """Trains a model that predicts, on clips of a world or on a user's video."""

    @abstractmethod
    def recipe(self, check: Clips, seed: int) -> Any:
        """The recipe with these settings; ``check`` are its validation clips."""

    @abstractmethod
    def suited_to(self, readout: Readout | None) -> ForecastTrainer:
        """The same trainer with the settings for clips with a read-out or without one."""

    def without_anti_collapse(self) -> ForecastTrainer:
        """The same trainer without anti-collapse terms; a model that can't collapse has none anyway."""
        return self

    def save_artifacts(self, models: Path, card: dict[str, Any], recipe: Any, clips: Clips, check: Clips) -> None:
        """Save what belongs to the model of a card besides its network: nothing for a model without latents of its own.

        Args:
            models: Folder of the models.
            card: Of the model.
            recipe: Trained.
            clips, check: What it was trained and validated on.
        """

    def decoder(self, recipe: Any, check: Clips, seed: int) -> DecoderRecipe | None:
        """The recipe of a decoder for what the model predicts; None for a model that draws it itself."""
        return None

    def build_recipe(self, request: TrainingRequest, check: Clips) -> Any:
        """The recipe for one training of a plan."""
        return self.recipe(check, request.seed)


@dataclass(frozen=True)
class JepaTrainer(ForecastTrainer):
    """Trains a JEPA; saves a probe, the reference of its surprise and its twin with random weights beside it."""

    anti_collapse: AntiCollapse = ANTI_COLLAPSE_BY_COLOUR
    schedule: RolloutSchedule = LONG_ROLLOUTS

    def recipe(self, check: Clips, seed: int) -> JepaRecipe:
        """The recipe of the JEPA."""
        return JepaRecipe(check, seed, self.anti_collapse, schedule=self.schedule)

    def suited_to(self, readout: Readout | None) -> JepaTrainer:
        """A JEPA's trainer with the anti-collapse terms and the roll-outs that fit the clips."""
        return JepaTrainer(anti_collapse_for(readout), rollouts_for(readout, SHORT_LATENT_ROLLOUTS))

    def without_anti_collapse(self) -> JepaTrainer:
        """The trainer of a JEPA that nothing keeps from collapsing."""
        return replace(self, anti_collapse=NO_ANTI_COLLAPSE)

    def save_artifacts(
        self, models: Path, card: dict[str, Any], recipe: JepaRecipe, clips: Clips, check: Clips
    ) -> None:
        """Save the reference of the JEPA's surprise and, if the clips have a state to read, a probe."""
        save_reference(models, card["name"], card, recipe.module.eval(), check)
        if clips.readout is not None:
            save_probe(models, card["name"], card, recipe.module, clips, card["seed"])

    def decoder(self, recipe: JepaRecipe, check: Clips, seed: int) -> DecoderRecipe:
        """The recipe of a decoder for the latents of the JEPA."""
        return DecoderRecipe(check, seed, recipe.module)

    def save(self, request: TrainingRequest, recipe: JepaRecipe, about: dict[str, Any]) -> None:
        """Save the JEPA last: once it is there, all that belongs to it is."""
        plan, models, card, seed = request.plan, request.models, request.card, request.seed
        clips, jepa = open_clips(plan.clips), recipe.module
        known = clips.readout is not None
        if known:
            save_probe(models, request.name, card, jepa, clips, seed)
        if not plan.repeats and self.anti_collapse != NO_ANTI_COLLAPSE:  # a collapsed JEPA has no usual surprise
            save_reference(models, request.name, card, jepa, open_clips(plan.check))
            if known:
                twin = random_jepa(jepa.config, seed)
                save_probe(models, TWIN, card, twin, clips, seed)
                save_network(models, TWIN, twin, card)
        super().save(request, recipe, about)


@dataclass(frozen=True)
class PixelTrainer(ForecastTrainer):
    """Trains a pixel model; saves a probe of its features beside it."""

    schedule: RolloutSchedule = LONG_ROLLOUTS

    def recipe(self, check: Clips, seed: int) -> PixelRecipe:
        """The recipe of the pixel model."""
        return PixelRecipe(check, seed, self.schedule)

    def suited_to(self, readout: Readout | None) -> PixelTrainer:
        """A pixel model's trainer with the roll-outs that fit the clips."""
        return PixelTrainer(rollouts_for(readout, SHORT_PIXEL_ROLLOUTS))

    def save(self, request: TrainingRequest, recipe: PixelRecipe, about: dict[str, Any]) -> None:
        """Save the pixel model last: once it is there, all that belongs to it is."""
        clips = open_clips(request.plan.clips)
        if clips.readout is not None:
            save_probe(request.models, request.name, request.card, recipe.module, clips, request.seed)
        super().save(request, recipe, about)


@dataclass(frozen=True)
class DecoderTrainer(GradientTrainer):
    """Trains a decoder for the latents of the JEPA that the plan names."""

    def build_recipe(self, request: TrainingRequest, check: Clips) -> DecoderRecipe:
        """The recipe of the decoder.

        Raises:
            ValueError: The JEPA is missing or damaged.
        """
        return DecoderRecipe(check, request.seed, jepa_network(request.models / request.plan.decodes_for))

    def save(self, request: TrainingRequest, recipe: DecoderRecipe, about: dict[str, Any]) -> None:
        """Save the decoder with the digest of the weights that it decodes for."""
        card = artifact_card(request.name, recipe.jepa, request.card)
        save_network(request.models, request.name, recipe.module, card | about)


@dataclass(frozen=True)
class MaskedTrainer(GradientTrainer):
    """Trains a masked predictor. Its twins are trained side by side, each on one core."""

    is_single_threaded: ClassVar[bool] = True

    network: type[VJepa | MaskedPixels] = VJepa
    config: MaskedConfig = MaskedConfig()  # noqa: RUF009 (frozen)

    def build_recipe(self, request: TrainingRequest, check: Clips) -> MaskedRecipe:
        """The recipe of the masked predictor."""
        return MaskedRecipe(check, request.seed, self.network, self.config)

    def save(self, request: TrainingRequest, recipe: MaskedRecipe, about: dict[str, Any]) -> None:
        """Save the network in half precision: half the file, and the same tokens to three digits."""
        recipe.module.half()
        super().save(request, recipe, about)


@dataclass(frozen=True)
class NearestTrainer:
    """Makes the memory of the nearest-clip baseline; nothing is trained by gradient."""

    def train(self, request: TrainingRequest) -> bool:
        """Store the memory; this can't be cancelled."""
        clips = open_clips(request.plan.clips, request.report_clips)
        train_nearest(clips, request.plan.clips, request.models / request.name, request.card)
        return True
