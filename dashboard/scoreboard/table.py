"""The scoreboard as tables: every model at some steps, with intervals and bounds; and every model with its budget."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from core.evaluation.ablations import Ablation
from core.evaluation.forecast import ForecastResult
from core.evaluation.scoreboard import CASES, GOALS, TrainingSeedsResult
from core.metrics import Interval
from dashboard.kit.looks import label_of

STEPS = (1, 2, 4, 8, 16)
BOUNDS = {"bounce_unknown": "all known but the bounce", "ceiling": "ceiling (simulator re-run)"}
MEANING = {  # of the columns that do not speak for themselves
    "read-out alone": "Error of the probe or the parser on true frames, in widths: no prediction can be read better.",
    "R² place": "What the read-out explains of where the balls are on true frames: 1 is all, 0 nothing.",
    "R² velocity": "What it explains of how far they move from one true frame to the next.",
    "coming out": "Error at the frame at which a ball comes out after 6 frames or more out of sight, in widths.",
    "found": "The share of balls that the last predicted frame still shows.",
    "Mop per s": "Million operations for a predicted second: multiplications and additions.",
    "ms per s": "Milliseconds for a predicted second, where this was measured.",
    "minutes": "Of training; each model's card says on how many threads.",
}


def errors(result: ForecastResult, older: ForecastResult | None = None) -> pd.DataFrame:
    """Position errors: a row for each model and one for each bound.

    Args:
        result: A measured case.
        older: Another measurement of it, shown before an arrow.
    """
    fps, table = result.protocol.fps, []
    for name, score in result.models.items():
        before = older.models.get(name) if older else None
        row = _cells(score.position_error, before and before.position_error, fps)
        table.append({"model": label_of(name, score.title)} | row)
    for bound, told in BOUNDS.items():
        table.append({"model": told} | _cells(getattr(result, bound), older and getattr(older, bound), fps))
    return pd.DataFrame(table).fillna("").set_index("model")


def budgets(result: ForecastResult) -> pd.DataFrame:
    """What can be read off each model on true frames, and what it cost to train and costs to use."""
    fps, table = result.protocol.fps, []
    for name, score in result.models.items():
        back = score.reappearing
        table.append({
            "model": label_of(name, score.title),
            "read-out alone": f"{score.read_out_floor.mean:.3f}",
            "R² place": _share(score.read_out_r2, ".3f"),
            "R² velocity": _share(score.velocity_r2, ".2f"),
            "coming out": f"{_value(back)} ({back.n} clips)" if back.n else "",
            "found": _told(score.found[-1], ".0%"),
            "Mop per s": f"{score.flops_per_frame * fps / 1e6:,.0f}" if score.flops_per_frame else "",
            "ms per s": f"{score.ms_per_frame * fps:.1f}",
            "parameters": f"{score.parameters / 1e6:.2f} M" if score.parameters else "",
            "minutes": f"{score.training_minutes:.3g}" if score.training_minutes else "",
        })  # fmt: skip
    return _without_empty(pd.DataFrame(table).set_index("model"))


def seeds(result: TrainingSeedsResult) -> pd.DataFrame:
    """Each training's errors in every case, and the goal where there is one."""
    shown, table = STEPS[2:], []
    for case in CASES:
        row = {"clips": case}
        for step in shown:
            errors = [model.cases[case][step - 1].mean for model in result.models.values()]
            row[f"step {step}"] = " · ".join(_told(error, ".3f") for error in errors)
            row[f"goal at {step}"] = _told(GOALS.get(case, {}).get(step, math.nan), ".2f")
        table.append(row)
    return pd.DataFrame(table).set_index("clips")


def read_outs(result: TrainingSeedsResult) -> str:
    """What can be read off each training's latents of true frames, in a sentence."""
    places, velocities = (
        " · ".join(f"{point.mean:.3f}" for point in points)
        for points in zip(*((model.r2, model.velocity_r2) for model in result.models.values()), strict=True)
    )
    return (
        f"Read off the latents of true frames: R² of places {places}, of velocities {velocities}. How a ball will move "
        "does not depend on its colour, so the objective asks for colours: before it did, one of four seeds learnt to "
        "see red and green balls as the same (the ablations without that term are of that recipe)."
    )


def ablations(found: Sequence[Ablation]) -> pd.DataFrame:
    """What each choice in the JEPA's recipe is worth: a row for each variant, its errors and, where the base recipe was
    run alike, by how much more it errs on the same clips."""
    table = []
    for one in found:
        row = {"done otherwise": one.description, "seeds": len(one.seeds), "CPU minutes": f"{one.cpu_minutes:.1f}"}
        for column, step in enumerate(one.steps_ahead):
            row[f"step {step}"] = _value(one.errors[column])
            more = one.excess[column] if one.excess else None
            row[f"more at {step}"] = f"{more.mean:+.3f} ({more.low:+.3f} to {more.high:+.3f})" if more else ""
        row["seeds apart by"] = f"{max(one.seed_spread):.3f}" if len(one.seeds) > 1 else ""
        table.append(row | {
            "R² place": _told(one.r2, ".3f"), "R² velocity": _told(one.velocity_r2, ".2f"),
            "training steps": f"{one.steps:,.0f}",
        })  # fmt: skip
    return _without_empty(pd.DataFrame(table).set_index("done otherwise"))


def _without_empty(table: pd.DataFrame) -> pd.DataFrame:
    """Without the columns that say nothing."""
    return table.loc[:, (table != "").any()]


def _told(value: float, form: str) -> str:
    return "" if math.isnan(value) else f"{value:{form}}"


def _share(point: Interval, form: str) -> str:
    """An explained share with its interval, which may lean to one side."""
    if math.isnan(point.mean):
        return ""
    return f"{point.mean:{form}} ({point.low:{form}} to {point.high:{form}})"


def _cells(steps: Sequence[Interval], before: Sequence[Interval] | None, fps: float) -> dict[str, str]:
    shown = [step for step in STEPS if step <= len(steps)]
    return {f"{step / fps:.1f} s": _cell(steps[step - 1], before and before[step - 1]) for step in shown}


def _cell(now: Interval, before: Interval | None) -> str:
    told = _value(now)
    return f"{_value(before).split(' ±')[0]} → {told}" if before else told


def _value(point: Interval) -> str:
    if math.isnan(point.mean):
        return "no ball in sight"
    if math.isnan(point.high):  # of a single clip
        return f"{point.mean:.3f}"
    return f"{point.mean:.3f} ± {point.high - point.mean:.3f}"
