"""The whole scoreboard: every case, and what a moving background does to both arms."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from core.evaluation.forecast import ForecastProtocol, evaluate_forecast
from core.models.protocol import WorldModel
from core.models.store import plain, read_json, write_json
from core.paths import RESULTS

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
USUAL = ForecastProtocol("drop", 2_000_000, 128, None, "textured", 4, 16)
CASES: dict[str, ForecastProtocol] = {
    "drop": USUAL,
    "drop, one ball": replace(USUAL, objects=1),
    "drop, three balls": replace(USUAL, objects=3),
    "wall": replace(USUAL, world="wall"),
    "occluder": replace(USUAL, world="occluder"),
}
MOVING = replace(USUAL, clips=64, background="moving")
Report = Callable[[str, float], None]


def measure_case(case: str, models: Sequence[WorldModel], report: Report, clips: int = USUAL.clips) -> dict:
    """Forecasts of one of ``CASES``, as they are stored."""
    return evaluate_forecast(replace(CASES[case], clips=clips), models, report).to_json()


def measure_robustness(models: Sequence[WorldModel], report: Report, clips: int = MOVING.clips) -> dict:
    """Position error in ``drop`` against the strength of a moving background: the curve that the debate is about.

    Returns:
        ``protocol``, ``strengths``, and for every model under ``models`` its ``weights`` and for every strength its
        ``position_error`` step by step.
    """
    found: dict[str, dict] = {}
    for index, strength in enumerate(STRENGTHS):
        protocol = replace(MOVING, clips=clips, strength=strength)
        result = evaluate_forecast(protocol, models, lambda what, share, i=index: report(what, _share(i, share)))
        for name, score in result.models.items():
            entry = found.setdefault(name, {"weights": score.weights, "position_error": []})
            entry["position_error"].append([asdict(step) for step in score.position_error])
    protocol = asdict(replace(MOVING, clips=clips))
    return plain({"protocol": protocol, "strengths": list(STRENGTHS), "models": found})


def measure_all(models: Sequence[WorldModel], report: Report, folder: Path = RESULTS) -> list[Path]:
    """Measure everything and store it with its provenance; gives the files written."""
    written = []
    for case in CASES:
        written.append(store(result_name(case), measure_case(case, models, report), folder))
    written.append(store("robustness", measure_robustness(models, report), folder))
    return written


def result_name(case: str) -> str:
    """Name of the stored measurement of a case."""
    return "forecast-" + case.replace(", ", "-").replace(" ", "-")


def store(name: str, result: dict, folder: Path = RESULTS) -> Path:
    """Write a measurement with where, when and how it was made."""
    provenance = {
        "command": "worldscope evaluate scoreboard", "date": datetime.date.today().isoformat(),
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
    }  # fmt: skip
    path = folder / f"{name}.json"
    write_json(path, result | {"provenance": provenance})
    return path


def stored(name: str, folder: Path = RESULTS) -> dict | None:
    """A stored measurement; None if there is none."""
    path = folder / f"{name}.json"
    return read_json(path) if path.exists() else None


def _share(index: int, share: float) -> float:
    return (index + share) / len(STRENGTHS)
