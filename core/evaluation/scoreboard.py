"""The whole scoreboard: every case, the effect of a moving background, and the effect of the training seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from core.clip import Clip
from core.evaluation.forecast import check_protocol, evaluate_forecast, make_clips
from core.evaluation.forecast_result import ForecastProtocol, ForecastResult
from core.evaluation.positions import BATCH, by_step, clip_errors, predicted_positions, readers_of, truth_of
from core.evaluation.upgrades import upgrade_measurement
from core.metrics import Interval, explained
from core.models.protocols import WorldModel
from core.models.registry import card, default_pair, digest_of, load, trainings
from core.models.spec import Domain
from core.paths import RESULTS
from core.readouts.protocols import Reader
from core.readouts.states import displacements, squared_sums
from core.results import AnyResult, Result, load_result, provenance, save_result

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
USUAL = ForecastProtocol("drop", 2_000_000, 128, None, "textured", 4, 16)
CASES: dict[str, ForecastProtocol] = {
    "drop": USUAL,
    "drop, one ball": replace(USUAL, objects=1),
    "drop, three balls": replace(USUAL, objects=3),
    "wall": replace(USUAL, world="wall"),
    "occluder": replace(USUAL, world="occluder"),
}
GOALS = {  # position error at a step, in frame widths; set before anything was trained
    "drop, one ball": {4: 0.03, 8: 0.04, 16: 0.06},
    "drop, three balls": {4: 0.05, 8: 0.08, 16: 0.14},
}
MOVING = replace(USUAL, clips=64, background="moving")
ROBUSTNESS, TRAINING_SEEDS = "robustness", "seeds"  # names of stored results
COMMAND = "worldscope evaluate scoreboard"
Report = Callable[[str, float], None]


@dataclass(frozen=True)
class RobustnessScore:
    """Position errors of one model against moving backgrounds, in frame widths.

    Attributes:
        weights: Digest of the weights that were measured; None for a model that has none.
        position_error: For each strength, an interval for each step.
        rise: From the weakest to the strongest background for each step, paired clip by clip: only the background
            differs.
    """

    weights: str | None
    position_error: tuple[tuple[Interval, ...], ...]
    rise: tuple[Interval, ...]


@dataclass(frozen=True)
class RobustnessResult(Result):
    """Position error against the strength of a moving background; ``models`` by name."""

    kind: ClassVar[str] = "robustness"
    protocol: ForecastProtocol
    strengths: tuple[float, ...]
    models: dict[str, RobustnessScore]

    @classmethod
    def upgrade(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """JSON of schema version 1 in the form of version 2."""
        return upgrade_measurement(data)


@dataclass(frozen=True)
class TrainingSeedScore:
    """Scores of one of several trainings that differ in their seed alone.

    Attributes:
        weights: Digest of the weights that were measured.
        seed: That the training started from; None if its card does not say.
        cases: Position error for each step, in frame widths, by the name of the case.
        r2, velocity_r2: On the true frames of ``drop``, of the positions and of the velocity over one frame.
    """

    weights: str | None
    seed: int | None
    cases: dict[str, tuple[Interval, ...]]
    r2: Interval
    velocity_r2: Interval


@dataclass(frozen=True)
class TrainingSeedsResult(Result):
    """Scores of trainings that differ in their seed alone, on the clips of every case; ``models`` by name."""

    kind: ClassVar[str] = "training seeds"
    protocol: ForecastProtocol
    models: dict[str, TrainingSeedScore]

    @classmethod
    def upgrade(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """JSON of schema version 1 in the form of version 2."""
        return upgrade_measurement(data)


def measure_case(case: str, models: Sequence[WorldModel], report: Report, clips: int = USUAL.clips) -> ForecastResult:
    """Forecasts of one of ``CASES``."""
    return evaluate_forecast(replace(CASES[case], clips=clips), models, report)


def measure_robustness(models: Sequence[WorldModel], report: Report, clips: int = MOVING.clips) -> RobustnessResult:
    """Position error in ``drop`` against the strength of a moving background, of every model.

    Raises:
        ValueError: Positions cannot be read from a model.
    """
    readers = readers_of(models, check_protocol(replace(MOVING, clips=clips)))
    errors: dict[str, list[np.ndarray]] = {model.name: [] for model in models}  # [B, horizon] for each strength
    for index, strength in enumerate(STRENGTHS):
        protocol = replace(MOVING, clips=clips, strength=strength)
        made = make_clips(protocol, _part(report, index, len(STRENGTHS)))
        for count, model in enumerate(models):
            report(model.title, (index + 0.5 + 0.5 * count / len(models)) / len(STRENGTHS))
            reader = readers[model.name]
            errors[model.name].append(clip_errors(model, reader, made, protocol.context, protocol.horizon))
    scores = {
        name: RobustnessScore(digest_of(name), tuple(map(by_step, tables)), by_step(tables[-1] - tables[0]))
        for name, tables in errors.items()
    }
    return RobustnessResult(replace(MOVING, clips=clips), STRENGTHS, scores, provenance=provenance(COMMAND))


def _part(report: Report, index: int, count: int) -> Report:
    """Reports the first half of one of ``count`` parts as a share of the whole."""
    return lambda what, share: report(what, (index + 0.5 * share) / count)


def measure_seeds(models: Sequence[WorldModel], report: Report, clips: int = USUAL.clips) -> TrainingSeedsResult:
    """Scores of trainings that differ in their seed alone, on the clips of every case.

    Raises:
        ValueError: Positions cannot be read from a model.
    """
    cases: dict[str, dict[str, tuple[Interval, ...]]] = {model.name: {} for model in models}
    read_outs: dict[str, tuple[Interval, Interval]] = {}
    for index, (case, protocol) in enumerate(CASES.items()):
        readers = readers_of(models, check_protocol(replace(protocol, clips=clips)))
        made = make_clips(replace(protocol, clips=clips), _part(report, index, len(CASES)))
        for count, model in enumerate(models):
            report(model.title, (index + 0.5 + 0.5 * count / len(models)) / len(CASES))
            reader = readers[model.name]
            errors = clip_errors(model, reader, made, protocol.context, protocol.horizon)
            cases[model.name][case] = by_step(errors)
            if protocol is USUAL:
                read_outs[model.name] = _read_out(model, reader, made, protocol)
    scores = {
        name: TrainingSeedScore(digest_of(name), (card(name) or {}).get("seed"), by_case, *read_outs[name])
        for name, by_case in cases.items()
    }
    return TrainingSeedsResult(replace(USUAL, clips=clips), scores, provenance=provenance(COMMAND))


def _read_out(
    model: WorldModel, reader: Reader, clips: list[Clip], protocol: ForecastProtocol
) -> tuple[Interval, Interval]:
    """R² of positions, and of velocities over one frame, read from a model's latents of true frames."""
    c, h = protocol.context, protocol.horizon
    positions, seen = truth_of(clips, c, h)
    frames = np.stack([clip.frames[: c + h] for clip in clips])
    parts = [frames[i : i + BATCH] for i in range(0, len(frames), BATCH)]
    found = [predicted_positions(model, reader, part[:, :c], model.encode(part[:, c:]))[0] for part in parts]
    read = np.concatenate(found)
    places = explained(*squared_sums(positions, read, seen))
    return places, explained(*squared_sums(*displacements(positions, read, seen)))


def measure_all(models: Sequence[WorldModel], report: Report, folder: Path = RESULTS) -> list[Path]:
    """Measure everything and store it; returns the files written."""
    written = [store(result_name(case), measure_case(case, models, report), folder) for case in CASES]
    written.append(store(ROBUSTNESS, measure_robustness(models, report), folder))
    written.append(store(TRAINING_SEEDS, measure_seeds([load(name) for name in seed_names()], report), folder))
    return written


def seed_names() -> tuple[str, ...]:
    """The JEPA and its other trainings, which differ by their seeds alone."""
    _, latent = default_pair(Domain.WORLDS)
    return tuple(spec.name for spec in trainings(latent))


def result_name(case: str) -> str:
    """Name of the stored measurement of a case."""
    return "forecast-" + case.replace(", ", "-").replace(" ", "-")


def store(name: str, result: Result, folder: Path = RESULTS, command: str = COMMAND) -> Path:
    """Write a result with the command that made it; returns the file."""
    path = folder / f"{name}.json"
    save_result(replace(result, provenance=replace(result.provenance, command=command)), path)
    return path


def stored(kind: type[AnyResult], name: str, folder: Path = RESULTS) -> AnyResult | None:
    """A stored result; None if there is none.

    Raises:
        ValueError: The file is damaged; names file and field.
    """
    path = folder / f"{name}.json"
    return load_result(kind, path) if path.exists() else None
