"""Forecasts of clips that no model has seen: the error of the positions that each model predicts, step by step.

``worldscope evaluate forecast`` prints what ``evaluate_forecast`` returns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.clip import Clip
from core.evaluation.cost import measure_cost
from core.evaluation.forecast_result import ForecastProtocol, ForecastResult, ModelScore
from core.evaluation.positions import BATCH, by_step, position_errors, readers_of, truth_of
from core.evaluation.prediction import Prediction, predict
from core.evaluation.reappearing import reappearances, reappearing_errors
from core.metrics import explained, interval, skill_sums
from core.models.protocols import WorldModel
from core.models.registry import card, default_pair, digest_of
from core.models.spec import Domain
from core.readouts.protocols import Reader, Readout
from core.readouts.registry import readout_named
from core.readouts.states import displacements, r2_score, squared_sums
from core.results import provenance
from core.worlds import FPS, FRAMES, WORLDS, ranges, sample, simulate, world_named
from core.worlds.registry import worlds_with_readout

_FIRST_UNSEEN = 1_000_000  # validation seeds start here, test seeds at 2,000,000
COMMAND = "worldscope evaluate forecast"


def evaluate_forecast(
    protocol: ForecastProtocol,
    models: Sequence[WorldModel],
    report: Callable[[str, float], None] = lambda what, share: None,
) -> ForecastResult:
    """Forecasts of the clips of a protocol by all ``models``, with both bounds.

    Args:
        protocol: What to measure.
        models: In the order wanted.
        report: Called with the present task and the share of it that is done.

    Raises:
        ValueError: The protocol is out of bounds, or positions cannot be read from a model.
    """
    readout = check_protocol(protocol)
    readers = readers_of(models, readout)
    clips = make_clips(protocol, report)
    c, h = protocol.context, protocol.horizon
    frames = np.stack([clip.frames[: c + h] for clip in clips])
    positions, seen = truth_of(clips, c, h)
    truth = _Truth(positions, seen, reappearances(clips, c, h))
    scores, errors = {}, {}
    for model in models:
        report(model.title, 0.0)
        scores[model.name], errors[model.name] = _score(model, readers[model.name], frames, truth, c, report)
    pixel, latent = default_pair(Domain.WORLDS)
    lead = by_step(errors[pixel] - errors[latent]) if {pixel, latent} <= set(errors) else None
    bounds = np.full((2, *positions.shape), np.nan, np.float32)
    for i, clip in enumerate(clips):
        bounds[:, i] = readout.ceiling(clip, c, h), readout.bounce_unknown(clip, c, h)
        report("best possible", (i + 1) / len(clips))
    ceiling, bounce_unknown = (by_step(position_errors(bound, positions, seen)) for bound in bounds)
    return ForecastResult(protocol, scores, lead, ceiling, bounce_unknown, provenance=provenance(COMMAND))


def check_protocol(protocol: ForecastProtocol) -> Readout:
    """The read-out of a protocol's world; refuses a protocol that cannot be measured.

    Raises:
        ValueError: Says which setting is wrong.
    """
    if protocol.world not in WORLDS:
        choices = ", ".join(worlds_with_readout())
        raise ValueError(f"There is no world called {protocol.world!r}; choose one of {choices}.")
    readout = readout_named(world_named(protocol.world).readout)
    if readout is None:
        raise ValueError(f"The world {protocol.world!r} has no read-out, so no position error can be measured.")
    if not 2 <= protocol.clips <= 4096:
        raise ValueError(f"The number of clips must be 2 to 4096, not {protocol.clips}.")
    if not 4 <= protocol.context <= 12 or not 1 <= protocol.horizon <= 28:
        raise ValueError("The context must be 4 to 12 frames and the horizon 1 to 28 frames.")
    if protocol.seed < _FIRST_UNSEEN:
        raise ValueError(f"Seeds below {_FIRST_UNSEEN} are for training; start at {_FIRST_UNSEEN} or above.")
    if protocol.objects is not None and not 1 <= protocol.objects <= len(readout.objects):
        raise ValueError(f"The number of objects must be 1 to {len(readout.objects)}, not {protocol.objects}.")
    return readout


def make_clips(protocol: ForecastProtocol, report: Callable[[str, float], None]) -> list[Clip]:
    """The clips of a protocol: each factor that it does not fix is drawn from its range by the seed of the clip."""
    factors = world_named(protocol.world).factors
    fixed: dict[str, object] = {"background": protocol.background} if "background" in ranges(factors) else {}
    fixed |= {k: v for k, v in (("objects", protocol.objects), ("strength", protocol.strength)) if v is not None}
    length = max(FRAMES, protocol.context + protocol.horizon)
    clips = []
    for seed in range(protocol.seed, protocol.seed + protocol.clips):
        clips.append(simulate(sample(factors, seed, **fixed), seed, frames=length, fps=FPS))
        report("clips", len(clips) / protocol.clips)
    return clips


def _mean_where_known(errors: np.ndarray) -> np.ndarray:
    """``[B, horizon]`` to ``[B]``; NaN for a clip in which no object ever counts."""
    known = ~np.isnan(errors)
    return np.where(known.any(axis=1), np.nansum(errors, axis=1) / np.maximum(known.sum(axis=1), 1), np.nan)


@dataclass(frozen=True)
class _Truth:
    """Positions ``[B, h, K, 2]``; which of them count and which reappear, ``bool [B, h, K]``."""

    positions: np.ndarray
    seen: np.ndarray
    back: np.ndarray


def _score(
    model: WorldModel,
    reader: Reader,
    frames: np.ndarray,
    truth: _Truth,
    c: int,
    report: Callable[[str, float], None],
) -> tuple[ModelScore, np.ndarray]:
    """The score of a model, and its position errors clip by clip, ``[B, h]``."""
    positions, seen, h = truth.positions, truth.seen, truth.seen.shape[1]
    parts: dict[str, list[np.ndarray]] = {}
    for i in range(0, len(frames), BATCH):
        prediction = predict(model, reader, frames[i : i + BATCH, :c], frames[i : i + BATCH, c : c + h])
        for name, values in _measured(prediction).items():
            parts.setdefault(name, []).append(values)
        report(model.title, min(1.0, (i + BATCH) / len(frames)))
    made = {name: np.concatenate(values) for name, values in parts.items()}
    guess, floor = made["positions"], made["true_positions"]
    errors, cost = position_errors(guess, positions, seen), measure_cost(model, frames[0, :c], h)
    skill = None
    if "last_latents" in made:
        sums = skill_sums(made["latents"], made["true_latents"], made["last_latents"])
        skill = tuple(explained(*(values[:, t] for values in sums)) for t in range(h))
    score = ModelScore(
        title=model.title,
        position_error=by_step(errors),
        found=tuple(
            float(made["found"][:, t][seen[:, t]].mean()) if seen[:, t].any() else float("nan") for t in range(h)
        ),
        r2=tuple(r2_score(positions[:, t], guess[:, t], seen[:, t]) for t in range(h)),
        read_out_floor=interval(_mean_where_known(position_errors(floor, positions, seen))),
        read_out_r2=explained(*squared_sums(positions, floor, seen)),
        velocity_r2=explained(*squared_sums(*displacements(positions, floor, seen))),
        reappearing=interval(reappearing_errors(guess, positions, truth.back)),
        psnr=by_step(made["psnr"]) if "psnr" in made else None,
        ssim=by_step(made["ssim"]) if "ssim" in made else None,
        latent_skill=skill,
        flops_per_frame=cost.flops,
        ms_per_frame=cost.milliseconds,
        parameters=cost.parameters,
        training_minutes=(card(model.name) or {}).get("minutes"),
        weights=digest_of(model.name),
    )
    return score, errors


def _measured(prediction: Prediction) -> dict[str, np.ndarray]:
    """What is kept of the prediction of one batch, each ``[B, ...]``: not the pixels, which would fill the memory."""
    kept = {
        "positions": prediction.positions,
        "found": prediction.found,
        "true_positions": prediction.true_positions,
    }
    kept |= {name: part for name, part in (("psnr", prediction.psnr), ("ssim", prediction.ssim)) if part is not None}
    if prediction.last_latents is not None:
        kept |= {
            "latents": prediction.latents,
            "true_latents": prediction.true_latents,
            "last_latents": prediction.last_latents,
        }
    return kept
