"""The scoreboard as a table: every model of a world at some steps, with intervals, floor, ceiling and budgets."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard.figures.looks import LOOKS

STEPS = (1, 2, 4, 8, 16)


def rows(result: Mapping, older: Mapping | None = None) -> pd.DataFrame:
    """A row for each model and one for the ceiling.

    Args:
        result: A measured world.
        older: Another measurement of it, shown behind an arrow.
    """
    fps, table = result["protocol"]["fps"], []
    for name, score in result["models"].items():
        before = older["models"].get(name) if older else None
        row = {"model": LOOKS[name].label if name in LOOKS else score["title"]}
        row |= _cells(score["position_error"], before and before["position_error"], fps)
        row |= {
            "read-out alone": f"{score['read_out_floor']['mean']:.3f}",
            "found": f"{score['found'][-1]:.0%}" if score["found"][-1] is not None else "",
            "Mop per s": f"{score['flops_per_frame'] * fps / 1e6:,.0f}" if score["flops_per_frame"] else "",
            "parameters": f"{score['parameters'] / 1e6:.2f} M" if score["parameters"] else "",
            "minutes": f"{score['training_minutes']:g}" if score["training_minutes"] else "",
        }
        table.append(row)
    table.append({"model": "ceiling (simulator re-run)"} | _cells(result["ceiling"], older and older["ceiling"], fps))
    return pd.DataFrame(table).fillna("").set_index("model")


def _cells(steps: list[Mapping], before: list[Mapping] | None, fps: float) -> dict[str, str]:
    shown = [step for step in STEPS if step <= len(steps)]
    return {f"{step / fps:.1f} s": _cell(steps[step - 1], before and before[step - 1]) for step in shown}


def _cell(now: Mapping, before: Mapping | None) -> str:
    told = _value(now)
    return f"{_value(before)} → {told}" if before else told


def _value(point: Mapping) -> str:
    if point["mean"] is None:
        return "no ball in sight"
    half = (point["high"] or point["mean"]) - point["mean"]
    return f"{point['mean']:.3f} ± {half:.3f}"
