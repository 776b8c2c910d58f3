"""``worldscope evaluate forecast``: how far off each model's balls are, step by step, on clips it has never seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.clip import Clip
from core.evaluation.ceiling import bounce_unknown_positions, ceiling_positions
from core.evaluation.cost import measure_cost
from core.evaluation.positions import BATCH, by_step, check_readable, position_errors, predicted_positions, truth_of
from core.evaluation.reappearing import reappearances, reappearing_errors
from core.files import json_safe
from core.metrics import Interval, explained, interval, psnr, skill_sums, ssim
from core.models.protocols import WorldModel
from core.models.registry import card, digest_of
from core.readouts.balls.probe import displacements, r2_score, squared_sums
from core.worlds import FPS, FRAMES, factors_of, sample, simulate, world_named

_FIRST_UNSEEN = 1_000_000  # validation seeds start here, test seeds at 2,000,000


@dataclass(frozen=True)
class ForecastProtocol:
    """Which clips, how much is shown, how much is asked. Fixed before the run.

    ``objects`` and ``strength`` (of the background) are drawn clip by clip where they are None.
    """

    world: str
    seed: int
    clips: int
    objects: int | None
    background: str
    context: int
    horizon: int
    strength: float | None = None
    fps: float = field(default=FPS, init=False)  # of the worlds


@dataclass(frozen=True)
class ModelScore:
    """One model's results; lists have one entry for each step of the horizon.

    Attributes:
        read_out_floor: Position error on the true frames: what the reading itself costs.
        read_out_r2, velocity_r2: On the true frames, of the places and of the velocity over one frame.
        reappearing: Position error at the frame at which a ball comes out after 6 frames or more out of sight.
        found: Share of the visible balls that were found in the prediction; the others stay where they were last.
        weights: Digest of the weights that were measured; None for a model that has none.
    """

    title: str
    position_error: list[Interval]
    found: list[float]
    r2: list[float]
    read_out_floor: Interval
    read_out_r2: Interval
    velocity_r2: Interval
    reappearing: Interval
    psnr: list[Interval] | None
    ssim: list[Interval] | None
    latent_skill: list[Interval] | None
    flops_per_frame: float
    ms_per_frame: float
    parameters: int
    training_minutes: float | None
    weights: str | None


@dataclass(frozen=True)
class ForecastResult:
    """What ``worldscope evaluate forecast`` prints.

    Attributes:
        latent_lead: Error of the pixel predictor minus that of the JEPA, clip by clip (so the interval is that of a
            paired difference), for each step; None if one of them was not measured.
        ceiling: Position error of the simulator re-run from the context.
        bounce_unknown: Of one who knows all but the elasticity that no frame has shown yet.
    """

    protocol: ForecastProtocol
    models: dict[str, ModelScore]
    latent_lead: list[Interval] | None
    ceiling: list[Interval]
    bounce_unknown: list[Interval]

    def to_json(self) -> dict:
        """Plain data; numbers that are not defined (no ball in sight) are None, as JSON knows no NaN."""
        return json_safe(dataclasses.asdict(self))


def evaluate_forecast(
    protocol: ForecastProtocol,
    models: Sequence[WorldModel],
    report: Callable[[str, float], None] = lambda what, share: None,
) -> ForecastResult:
    """Run the protocol.

    Args:
        protocol: What to measure.
        models: On which models.
        report: Called with what is being done and the share of it that is done.

    Raises:
        ValueError: The protocol is out of bounds, or a model has nothing to read places with.
    """
    check_protocol(protocol)
    check_readable(models)
    clips = make_clips(protocol, report)
    c, h = protocol.context, protocol.horizon
    frames = np.stack([clip.frames[: c + h] for clip in clips])
    positions, seen = truth_of(clips, c, h)
    truth = _Truth(positions, seen, reappearances(clips, c, h))
    scores, errors = {}, {}
    for model in models:
        report(model.title, 0.0)
        scores[model.name], errors[model.name] = _score(model, frames, truth, c, report)
    lead = by_step(errors["pixel"] - errors["jepa"]) if {"pixel", "jepa"} <= set(errors) else None
    bounds = np.full((2, *positions.shape), np.nan, np.float32)
    for i, clip in enumerate(clips):
        factors, origin = factors_of(clip.truth), clip.truth.seed
        bounds[0, i, :, : len(clip.truth.objects)] = ceiling_positions(factors, origin, clip.frames[:c], h, clip.fps)
        bounds[1, i, :, : len(clip.truth.objects)] = bounce_unknown_positions(factors, origin, c, h, clip.fps)
        report("ceiling", (i + 1) / len(clips))
    return ForecastResult(
        protocol, scores, lead, *(by_step(position_errors(bound, positions, seen)) for bound in bounds)
    )


def check_protocol(protocol: ForecastProtocol) -> None:
    """Refuse what cannot be measured.

    Raises:
        ValueError: Says which setting is wrong.
    """
    if world_named(protocol.world).readout != "balls":
        raise ValueError(f"The world {protocol.world!r} has no balls, so no position error can be measured.")
    if not 2 <= protocol.clips <= 4096:
        raise ValueError(f"Clips must be 2 to 4096, not {protocol.clips}.")
    if not 4 <= protocol.context <= 12 or not 1 <= protocol.horizon <= 28:
        raise ValueError("Context must be 4 to 12 frames and horizon 1 to 28.")
    if protocol.seed < _FIRST_UNSEEN:
        raise ValueError(f"Seeds below {_FIRST_UNSEEN} are for training; start at {_FIRST_UNSEEN} or above.")
    if protocol.objects is not None and not 1 <= protocol.objects <= 3:
        raise ValueError(f"Objects must be 1 to 3, not {protocol.objects}.")


def make_clips(protocol: ForecastProtocol, report: Callable[[str, float], None]) -> list[Clip]:
    """The clips of a protocol: every factor but those it fixes is drawn from its range by the clip's seed."""
    fixed: dict[str, object] = {"background": protocol.background}
    fixed |= {k: v for k, v in (("objects", protocol.objects), ("strength", protocol.strength)) if v is not None}
    length = max(FRAMES, protocol.context + protocol.horizon)
    clips = []
    for seed in range(protocol.seed, protocol.seed + protocol.clips):
        clips.append(simulate(sample(world_named(protocol.world).factors, seed, **fixed), seed, frames=length, fps=FPS))
        report("clips", len(clips) / protocol.clips)
    return clips


def _mean_where_known(errors: np.ndarray) -> np.ndarray:
    """``[B, horizon]`` to ``[B]``; NaN for a clip in which no ball ever counts."""
    known = ~np.isnan(errors)
    return np.where(known.any(axis=1), np.nansum(errors, axis=1) / np.maximum(known.sum(axis=1), 1), np.nan)


@dataclass(frozen=True)
class _Truth:
    """Places ``[B, h, 3, 2]``; which count and which come back from behind something, ``[B, h, 3]``."""

    positions: np.ndarray
    seen: np.ndarray
    back: np.ndarray


def _score(model: WorldModel, frames: np.ndarray, truth: _Truth, c: int, report) -> tuple[ModelScore, np.ndarray]:
    """The score of a model, and its position errors clip by clip, ``[B, h]``."""
    positions, seen, h = truth.positions, truth.seen, truth.seen.shape[1]
    parts: dict[str, list[np.ndarray]] = {}
    for i in range(0, len(frames), BATCH):
        for name, values in _look(model, frames[i : i + BATCH, :c], frames[i : i + BATCH, c : c + h]).items():
            parts.setdefault(name, []).append(values)
        report(model.title, min(1.0, (i + BATCH) / len(frames)))
    looks = {name: np.concatenate(values) for name, values in parts.items()}
    guess, floor, latent = looks["places"], looks["floor"], "guessed" in looks
    errors, cost = position_errors(guess, positions, seen), measure_cost(model, frames[0, :c], h)
    skill = skill_sums(looks["guessed"], looks["coming"], looks["last"]) if latent else None
    score = ModelScore(
        title=model.title,
        position_error=by_step(errors),
        found=[float(looks["found"][:, t][seen[:, t]].mean()) if seen[:, t].any() else float("nan") for t in range(h)],
        r2=[r2_score(positions[:, t], guess[:, t], seen[:, t]) for t in range(h)],
        read_out_floor=interval(_mean_where_known(position_errors(floor, positions, seen))),
        read_out_r2=explained(*squared_sums(positions, floor, seen)),
        velocity_r2=explained(*squared_sums(*displacements(positions, floor, seen))),
        reappearing=interval(reappearing_errors(guess, positions, truth.back)),
        psnr=by_step(looks["psnr"]) if model.can_decode else None,
        ssim=by_step(looks["ssim"]) if model.can_decode else None,
        latent_skill=[explained(*(sums[:, t] for sums in skill)) for t in range(h)] if skill else None,
        flops_per_frame=cost.flops,
        ms_per_frame=cost.milliseconds,
        parameters=cost.parameters,
        training_minutes=(card(model.name) or {}).get("minutes"),
        weights=digest_of(model.name),
    )
    return score, errors


def _look(model: WorldModel, context: np.ndarray, coming: np.ndarray) -> dict[str, np.ndarray]:
    """What a model makes of some clips, each ``[B, ...]``."""
    latents, true_latents = model.predict(context, coming.shape[1]), model.encode(coming)
    places, found = predicted_positions(model, context, latents)
    looks = {"places": places, "found": found, "floor": predicted_positions(model, context, true_latents)[0]}
    if model.can_decode:
        drawn, truth = model.decode(latents) / np.float32(255), coming / np.float32(255)
        looks |= {"psnr": psnr(truth, drawn), "ssim": ssim(truth, drawn)}
    if not model.is_pixel and not model.is_baseline:
        looks |= {"guessed": latents, "coming": true_latents, "last": model.encode(context[:, -1:])}
    return looks
