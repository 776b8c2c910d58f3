"""Results as JSON of schema version 1, turned into the form of version 2: the numbers stay, some names change.

Version 1 had no ``schema_version`` and no ``kind``. The names that changed are listed in ``docs/changelog.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_INTERVAL = {"mean", "low", "high", "clips"}
_UNKNOWN = {"command": "unknown", "date": "unknown", "machine": "unknown"}  # version 1 printed results without it


def with_sample_sizes(value: Any) -> Any:
    """The same data with the ``clips`` of every interval called ``n``."""
    if isinstance(value, dict):
        name_of = {"clips": "n"} if set(value) >= _INTERVAL else {}
        return {name_of.get(name, name): with_sample_sizes(part) for name, part in value.items()}
    if isinstance(value, list):
        return [with_sample_sizes(part) for part in value]
    return value


def upgrade_measurement(data: Mapping[str, Any]) -> dict[str, Any]:
    """A forecast, the robustness curve or the comparison of training seeds."""
    return {"provenance": _UNKNOWN} | with_sample_sizes(dict(data))


def upgrade_recognition(data: Mapping[str, Any]) -> dict[str, Any]:
    """A measurement of recognition."""
    found = upgrade_measurement(data)
    models = {}
    for name, model in found["models"].items():
        scores = [
            {
                "probe": {key: value for key, value in score.items() if key != "neighbours"},
                "neighbours": score["neighbours"],
            }
            for score in model["shares"]
        ]
        models[name] = {"title": model["title"], "weights": model["weights"], "scores": scores}
    return {
        "protocol": found["protocol"],
        "events": found["happenings"],
        "label_shares": found["shares"],
        "chance": found["chance"],
        "models": models,
        "provenance": found["provenance"],
    }


def upgrade_ablation(data: Mapping[str, Any]) -> dict[str, Any]:
    """A training run of one variant of the JEPA's recipe."""
    protocol = {
        "variant": data["name"],
        "settings": data["key"],
        "minutes": data["minutes"],
        "seed": data["seed"],
        "steps_ahead": data["judged"],
    }
    provenance = {
        "command": f"worldscope evaluate ablations {data['name']} --minutes {data['minutes']:g} --seed {data['seed']}",
        "date": data["date"],
        "machine": f"{data['machine']}, {data['cores']} cores",
    }
    kept = ("steps", "cpu_minutes", "threads", "errors", "r2", "velocity_r2")
    return {"protocol": protocol, "description": data["told"], "provenance": provenance} | {
        name: data[name] for name in kept
    }
