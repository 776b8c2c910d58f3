"""What a forecast of many clips is measured by, and what is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from core.evaluation.upgrades import upgrade_measurement
from core.metrics import Interval
from core.results import Result
from core.worlds import FPS


@dataclass(frozen=True)
class ForecastProtocol:
    """Which clips are drawn, how much of them is shown and how much is predicted: fixed before the run.

    Attributes:
        world: Name of the world.
        seed: Of the first clip; the following ones have the next seeds.
        clips: How many clips.
        objects: How many in each clip; drawn clip by clip if None.
        background: ``plain``, ``textured`` or ``moving``.
        context: Frames shown.
        horizon: Frames predicted.
        strength: Of a moving background, 0 to 1; drawn clip by clip if None.
        fps: Frames per second of the worlds.
    """

    world: str
    seed: int
    clips: int
    objects: int | None
    background: str
    context: int
    horizon: int
    strength: float | None = None
    fps: float = field(default=FPS, init=False)


@dataclass(frozen=True)
class ModelScore:
    """The scores of one model; sequences have one entry for each step of the horizon.

    Attributes:
        title: Name for people.
        position_error: Mean distance of the predicted objects from the true ones, in frame widths.
        found: Share of the visible objects that are found in the prediction; the others stay where they were last.
        r2: Explained share of the variance of the positions.
        read_out_floor: Position error on the true frames: no prediction can be read more exactly.
        read_out_r2, velocity_r2: On the true frames, of the positions and of the velocity over one frame.
        reappearing: Position error at the frame in which an object comes out after 6 or more frames out of sight.
        psnr, ssim: Against the true frames; None if the model cannot draw.
        latent_skill: Skill against repeating the last latent; None for pixel models and baselines.
        flops_per_frame, ms_per_frame: Operations and milliseconds of one predicted frame.
        parameters: Of the network.
        training_minutes: None for a model that has learnt nothing.
        weights: Digest of the weights that were measured; None for a model that has none.
    """

    title: str
    position_error: tuple[Interval, ...]
    found: tuple[float, ...]
    r2: tuple[float, ...]
    read_out_floor: Interval
    read_out_r2: Interval
    velocity_r2: Interval
    reappearing: Interval
    psnr: tuple[Interval, ...] | None
    ssim: tuple[Interval, ...] | None
    latent_skill: tuple[Interval, ...] | None
    flops_per_frame: float
    ms_per_frame: float
    parameters: int
    training_minutes: float | None
    weights: str | None


@dataclass(frozen=True)
class ForecastResult(Result):
    """Forecasts of many clips by several models.

    Attributes:
        models: The score of each model, by name.
        latent_lead: Error of the pixel model minus that of the JEPA for each step, paired clip by clip; None if one of
            the two was not measured.
        ceiling: Position error of the simulator when it starts from the context frames.
        bounce_unknown: Position error of a guess that knows everything except the elasticity.
    """

    kind: ClassVar[str] = "forecast"
    protocol: ForecastProtocol
    models: dict[str, ModelScore]
    latent_lead: tuple[Interval, ...] | None
    ceiling: tuple[Interval, ...]
    bounce_unknown: tuple[Interval, ...]

    @classmethod
    def upgrade(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """JSON of schema version 1 in the form of version 2."""
        return upgrade_measurement(data)
