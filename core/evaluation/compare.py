"""One clip and what every model makes of it, next to the truth: what the Compare page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.clip import Clip
from core.evaluation.positions import position_errors, truth_of
from core.evaluation.prediction import Prediction, predict
from core.metrics import Skill, persistence_skill
from core.models.protocols import WorldModel
from core.models.readers import reader_of
from core.readouts.protocols import NoReader, Reader, Readout
from core.readouts.registry import readout_of
from core.results import Flags, Floats, Pixels, Result, Singles, provenance


@dataclass(frozen=True)
class Arm:
    """What one model makes of the clip; sequences have one entry for each step of the horizon.

    Attributes:
        frames: Predicted frames, ``uint8 [horizon, H, W, 3]``; None if the model cannot draw.
        positions: Predicted positions of the objects, ``[horizon, K, 2]`` in frame widths; one that is not found stays
            where it was found last. Without truth no object is read, and K is 0.
        found: Whether the object was found in the prediction, ``bool [horizon, K]``.
        error: Position error in frame widths, ``[horizon]``; None without truth.
        floor: Position error of the read-out on the true frames, ``[horizon]``; None without truth.
        psnr: Against the true frames in dB, ``[horizon]``; None if the model cannot draw.
        error_map: Mean absolute difference of the frames over the horizon, ``[H, W]`` in shares of full scale.
        skill: Latent skill against repeating the last latent; None for pixel models and baselines.
    """

    name: str
    title: str
    is_pixel: bool
    is_baseline: bool
    frames: Pixels | None
    positions: Singles
    found: Flags
    error: Floats | None
    floor: Floats | None
    psnr: Singles | None
    error_map: Singles | None
    skill: Skill | None


@dataclass(frozen=True)
class CompareProtocol:
    """Which clip (``clip`` names its source, ``seed`` is None for a real video) at which frame rate, how many frames of
    it are shown and how many are predicted."""

    clip: str
    seed: int | None
    fps: float
    context: int
    horizon: int


@dataclass(frozen=True)
class Comparison(Result):
    """A clip cut into context and horizon, and what every model makes of it.

    Attributes:
        frames: The clip used, ``uint8 [context + horizon, H, W, 3]``.
        arms: By name of the model, in the order wanted.
        truth: True positions ``[context + horizon, K, 2]`` in frame widths, NaN for absent objects; None without truth.
        ceiling: Position error of the simulator when it starts from the context frames, ``[horizon]``; None without
            truth.
    """

    kind: ClassVar[str] = "comparison"
    protocol: CompareProtocol
    frames: Pixels
    arms: dict[str, Arm]
    truth: Singles | None
    ceiling: Floats | None

    @property
    def fps(self) -> float:
        """Frames per second."""
        return self.protocol.fps

    @property
    def context(self) -> int:
        """Frames shown."""
        return self.protocol.context

    @property
    def horizon(self) -> int:
        """Frames predicted."""
        return self.protocol.horizon

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
        """Time of each predicted frame after the context, ``[horizon]`` in seconds."""
        return np.arange(1, self.horizon + 1) / self.fps


def compare(clip: Clip, models: Sequence[WorldModel], context: int, horizon: int) -> Comparison:
    """The prediction of every model from the first frames of a clip, next to the truth.

    Args:
        clip: At the models' size and frame rate.
        models: In the order wanted.
        context: Frames shown.
        horizon: Frames to predict; cut to what the clip has.

    Raises:
        ValueError: The clip is too short to leave a frame to predict.
    """
    horizon = min(horizon, len(clip) - context)
    if horizon < 1:
        need = (context + 1) / clip.fps
        raise ValueError(f"The clip is too short: {len(clip)} frames; {need:.1f} s ({context + 1} frames) are needed.")
    frames = clip.frames[: context + horizon]
    positions = seen = ceiling = truth = None
    readout = readout_of(clip)
    if readout is not None and clip.truth is not None:
        positions, seen = truth_of([clip], context, horizon)
        truth = readout.states(clip).positions[: context + horizon].copy()
        truth[:, len(clip.truth.objects) :] = np.nan
        ceiling = position_errors(readout.ceiling(clip, context, horizon)[None], positions, seen)[0]
    arms = {
        model.name: _arm(
            model,
            predict(model, _reader(model, readout), frames[None, :context], frames[None, context:]),
            positions,
            seen,
        )
        for model in models
    }
    seed = None if clip.truth is None else clip.truth.seed
    protocol = CompareProtocol(clip.source, seed, clip.fps, context, horizon)
    made = provenance("core.evaluation.compare.compare")
    return Comparison(protocol, frames, arms, truth, ceiling, provenance=made)


def _arm(model: WorldModel, made: Prediction, positions: np.ndarray | None, seen: np.ndarray | None) -> Arm:
    """``positions [1, horizon, K, 2]`` and ``seen [1, horizon, K]`` are the truth; None where there is none."""
    error = floor = skill = None
    if positions is not None and seen is not None:
        error = position_errors(made.positions, positions, seen)[0]
        floor = position_errors(made.true_positions, positions, seen)[0]
    if made.last_latents is not None:
        skill = persistence_skill(made.latents, made.true_latents, made.last_latents)
    return Arm(
        model.name,
        model.title,
        model.is_pixel,
        model.is_baseline,
        _first(made.drawn),
        made.positions[0],
        made.found[0],
        error,
        floor,
        _first(made.psnr),
        _first(made.error_maps),
        skill,
    )


def _reader(model: WorldModel, readout: Readout | None) -> Reader:
    """What reads positions from a model; nothing is found without a read-out, or in models without a probe."""
    if readout is None:
        return NoReader()
    return reader_of(model, readout) or NoReader(len(readout.objects))


def _first(values: np.ndarray | None) -> np.ndarray | None:
    """What is known of the one clip of a batch."""
    return None if values is None else values[0]
