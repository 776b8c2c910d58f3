"""The whole scoreboard: every case, what a moving background does to both arms, and what a training's seed does."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from core.clip import Clip
from core.evaluation.forecast import ForecastProtocol, check_protocol, evaluate_forecast, make_clips
from core.evaluation.positions import BATCH, by_step, check_readable, clip_errors, predicted_positions, truth_of
from core.files import json_safe, read_json, write_json
from core.metrics import explained
from core.models.protocols import WorldModel
from core.models.registry import SEED_LOADERS, card, digest_of, load
from core.paths import RESULTS
from core.readouts.balls.probe import displacements, squared_sums

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
USUAL = ForecastProtocol("drop", 2_000_000, 128, None, "textured", 4, 16)
CASES: dict[str, ForecastProtocol] = {
    "drop": USUAL,
    "drop, one ball": replace(USUAL, objects=1),
    "drop, three balls": replace(USUAL, objects=3),
    "wall": replace(USUAL, world="wall"),
    "occluder": replace(USUAL, world="occluder"),
}
GOALS = {  # that this project set itself: position error at a step
    "drop, one ball": {4: 0.03, 8: 0.04, 16: 0.06},
    "drop, three balls": {4: 0.05, 8: 0.08, 16: 0.14},
}
MOVING = replace(USUAL, clips=64, background="moving")
SEEDS = ("jepa", *SEED_LOADERS)
Report = Callable[[str, float], None]


def measure_case(case: str, models: Sequence[WorldModel], report: Report, clips: int = USUAL.clips) -> dict:
    """Forecasts of one of ``CASES``, as they are stored."""
    return evaluate_forecast(replace(CASES[case], clips=clips), models, report).to_json()


def measure_robustness(models: Sequence[WorldModel], report: Report, clips: int = MOVING.clips) -> dict:
    """Position error in ``drop`` against the strength of a moving background: the curve that the debate is about.

    Returns:
        ``protocol``, ``strengths``, and for every model under ``models`` its ``weights``, for every strength its
        ``position_error`` step by step, and its ``rise`` from none to the strongest: the same clips but for their
        backgrounds, so the interval is that of a paired difference.
    """
    check_readable(models)
    errors: dict[str, list[np.ndarray]] = {model.name: [] for model in models}  # [B, horizon] for each strength
    for index, strength in enumerate(STRENGTHS):
        protocol = replace(MOVING, clips=clips, strength=strength)
        check_protocol(protocol)
        made = make_clips(protocol, lambda what, share, i=index: report(what, (i + 0.5 * share) / len(STRENGTHS)))
        for count, model in enumerate(models):
            report(model.title, (index + 0.5 + 0.5 * count / len(models)) / len(STRENGTHS))
            errors[model.name].append(clip_errors(model, made, protocol.context, protocol.horizon))
    found = {
        name: {
            "weights": digest_of(name),
            "position_error": [[asdict(step) for step in by_step(table)] for table in tables],
            "rise": [asdict(step) for step in by_step(tables[-1] - tables[0])],
        }
        for name, tables in errors.items()
    }
    protocol = asdict(replace(MOVING, clips=clips))
    return json_safe({"protocol": protocol, "strengths": list(STRENGTHS), "models": found})


def measure_seeds(models: Sequence[WorldModel], report: Report, clips: int = USUAL.clips) -> dict:
    """Position errors of trainings that differ by their seed alone, on the clips of every case.

    Returns:
        ``protocol``, and for every model under ``models``: its ``weights``, the ``seed`` it was trained from, under
        ``cases`` its position error step by step, and ``r2`` and ``velocity_r2`` of what is read off its latents of the
        true frames of ``drop``.
    """
    check_readable(models)
    found = {
        model.name: {"weights": digest_of(model.name), "seed": (card(model.name) or {}).get("seed"), "cases": {}}
        for model in models
    }
    for index, (case, protocol) in enumerate(CASES.items()):
        made = make_clips(
            replace(protocol, clips=clips), lambda what, share, i=index: report(what, (i + 0.5 * share) / len(CASES))
        )
        for count, model in enumerate(models):
            report(model.title, (index + 0.5 + 0.5 * count / len(models)) / len(CASES))
            errors = by_step(clip_errors(model, made, protocol.context, protocol.horizon))
            found[model.name]["cases"][case] = [asdict(step) for step in errors]
            if case == "drop":
                found[model.name] |= _read_out(model, made, protocol)
    return json_safe({"protocol": asdict(replace(USUAL, clips=clips)), "models": found})


def _read_out(model: WorldModel, clips: list[Clip], protocol: ForecastProtocol) -> dict:
    """How well places, and velocities over one frame, are read off a model's latents of true frames."""
    c, h = protocol.context, protocol.horizon
    positions, seen = truth_of(clips, c, h)
    frames = np.stack([clip.frames[: c + h] for clip in clips])
    parts = [frames[i : i + BATCH] for i in range(0, len(frames), BATCH)]
    read = [predicted_positions(model, part[:, :c], model.encode(part[:, c:]))[0] for part in parts]
    places = np.concatenate(read)
    return {
        "r2": asdict(explained(*squared_sums(positions, places, seen))),
        "velocity_r2": asdict(explained(*squared_sums(*displacements(positions, places, seen)))),
    }


def measure_all(models: Sequence[WorldModel], report: Report, folder: Path = RESULTS) -> list[Path]:
    """Measure everything and store it with its provenance; gives the files written."""
    written = []
    for case in CASES:
        written.append(store(result_name(case), measure_case(case, models, report), folder))
    written.append(store("robustness", measure_robustness(models, report), folder))
    written.append(store("seeds", measure_seeds([load(name) for name in SEEDS], report), folder))
    return written


def result_name(case: str) -> str:
    """Name of the stored measurement of a case."""
    return "forecast-" + case.replace(", ", "-").replace(" ", "-")


def store(name: str, result: dict, folder: Path = RESULTS, command: str = "worldscope evaluate scoreboard") -> Path:
    """Write a measurement with where, when and how it was made."""
    provenance = {
        "command": command, "date": datetime.date.today().isoformat(),
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
    }  # fmt: skip
    path = folder / f"{name}.json"
    write_json(path, result | {"provenance": provenance})
    return path


def stored(name: str, folder: Path = RESULTS) -> dict | None:
    """A stored measurement; None if there is none."""
    path = folder / f"{name}.json"
    return read_json(path) if path.exists() else None
