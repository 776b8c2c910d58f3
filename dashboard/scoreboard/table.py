"""The scoreboard as tables: every model at some steps, with intervals and bounds; and every model with its budget."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from core.evaluation.ablations import Ablation
from core.evaluation.forecast_result import ForecastResult
from core.evaluation.scoreboard import CASES, GOALS, TrainingSeedsResult
from core.metrics import Interval
from dashboard.kit.looks import label_of

STEPS = (1, 2, 4, 8, 16)
BOUNDS = {"bounce_unknown": "elasticity unknown (simulator)", "ceiling": "best possible (simulator)"}
HELP = {  # for the columns whose names do not explain themselves
    "read-out limit": "Error of the probe or the parser on true frames, in frame widths; a prediction cannot be read "
    "more precisely.",
    "R² position": "Share of the variance of the positions that the read-out explains on true frames; 1 is perfect.",
    "R² velocity": "The same for the velocity, the change of position from one true frame to the next.",
    "reappearing": "Error in frame widths when a ball reappears after 6 or more frames out of sight.",
    "found": "Share of the balls that the last predicted frame still shows.",
    "MFLOP per s": "Million operations (multiplications and additions) per predicted second.",
    "ms per s": "Milliseconds per predicted second, on the machine that measured it.",
    "minutes": "Training time; the card of each model gives the number of threads.",
}


def errors(result: ForecastResult, older: ForecastResult | None = None) -> pd.DataFrame:
    """Position errors: a row for each model and one for each bound.

    Args:
        result: A measured case.
        older: An earlier measurement, shown before an arrow.
    """
    fps, table = result.protocol.fps, []
    for name, score in result.models.items():
        before = older.models.get(name) if older else None
        row = _cells(score.position_error, before.position_error if before else None, fps)
        table.append({"model": label_of(name, score.title)} | row)
    for bound, name in BOUNDS.items():
        table.append({"model": name} | _cells(getattr(result, bound), getattr(older, bound) if older else None, fps))
    return pd.DataFrame(table).fillna("").set_index("model")


def budgets(result: ForecastResult) -> pd.DataFrame:
    """The read-out of each model on true frames, and the cost of training and of using it."""
    fps, table = result.protocol.fps, []
    for name, score in result.models.items():
        back = score.reappearing
        table.append(
            {
                "model": label_of(name, score.title),
                "read-out limit": f"{score.read_out_floor.mean:.3f}",
                "R² position": _share(score.read_out_r2, ".3f"),
                "R² velocity": _share(score.velocity_r2, ".2f"),
                "reappearing": f"{_value(back)} ({back.n} clips)" if back.n else "",
                "found": _number(score.found[-1], ".0%"),
                "MFLOP per s": f"{score.flops_per_frame * fps / 1e6:,.0f}" if score.flops_per_frame else "",
                "ms per s": f"{score.ms_per_frame * fps:.1f}",
                "parameters": f"{score.parameters / 1e6:.2f} M" if score.parameters else "",
                "minutes": f"{score.training_minutes:.2g}" if score.training_minutes else "",
            }
        )
    return _without_empty(pd.DataFrame(table).set_index("model"))


def seeds(result: TrainingSeedsResult) -> pd.DataFrame:
    """The errors of each training in every case, and the goal if there is one."""
    shown, table = STEPS[2:], []
    for case in CASES:
        row = {"clips": case}
        for step in shown:
            errors = [model.cases[case][step - 1].mean for model in result.models.values()]
            row[f"step {step}"] = " · ".join(_number(error, ".3f") for error in errors)
            row[f"goal at {step}"] = _number(GOALS.get(case, {}).get(step, math.nan), ".2f")
        table.append(row)
    return pd.DataFrame(table).set_index("clips")


def read_outs(result: TrainingSeedsResult) -> str:
    """What a probe reads from the latents of true frames of each training, in sentences."""
    places, velocities = (
        " · ".join(f"{point.mean:.3f}" for point in points)
        for points in zip(*((model.r2, model.velocity_r2) for model in result.models.values()), strict=True)
    )
    return (
        f"On true frames, a probe reads positions with R² {places} and velocities with R² {velocities} from the "
        "latents. The motion of a ball does not depend on its colour, so the objective has a colour term: without it, "
        "one of four seeds did not distinguish red balls from green ones (the ablations use the recipe without that "
        "term, except where they name it)."
    )


def ablations(found: Sequence[Ablation]) -> pd.DataFrame:
    """What each choice in the JEPA's recipe is worth: a row for each variant with its errors and, if the base recipe
    was trained from the same seeds, the difference from it."""
    table = []
    for one in found:
        row = {"change": one.description, "seeds": len(one.seeds), "CPU minutes": f"{one.cpu_minutes:.1f}"}
        for column, step in enumerate(one.steps_ahead):
            row[f"step {step}"] = _value(one.errors[column])
            more = one.excess[column] if one.excess else None
            row[f"difference at {step}"] = f"{more.mean:+.3f} ({more.low:+.3f} to {more.high:+.3f})" if more else ""
        row["seed spread"] = f"{max(one.seed_spread):.3f}" if len(one.seeds) > 1 else ""
        table.append(
            row
            | {
                "R² position": _number(one.r2, ".3f"),
                "R² velocity": _number(one.velocity_r2, ".2f"),
                "training steps": f"{one.steps:,.0f}",
            }
        )
    return _without_empty(pd.DataFrame(table).set_index("change"))


def _without_empty(table: pd.DataFrame) -> pd.DataFrame:
    """The table without its empty columns."""
    return table.loc[:, (table != "").any()]


def _number(value: float, form: str) -> str:
    return "" if math.isnan(value) else f"{value:{form}}".replace("%", " %")


def _share(point: Interval, form: str) -> str:
    """An explained share with its interval, which may be asymmetric."""
    if math.isnan(point.mean):
        return ""
    return f"{point.mean:{form}} ({point.low:{form}} to {point.high:{form}})"


def _cells(steps: Sequence[Interval], before: Sequence[Interval] | None, fps: float) -> dict[str, str]:
    shown = [step for step in STEPS if step <= len(steps)]
    return {f"{step / fps:.1f} s": _cell(steps[step - 1], before[step - 1] if before else None) for step in shown}


def _cell(now: Interval, before: Interval | None) -> str:
    value = _value(now)
    return f"{_value(before).split(' ±')[0]} → {value}" if before else value


def _value(point: Interval) -> str:
    if math.isnan(point.mean):
        return "no ball visible"
    if math.isnan(point.high):  # of a single clip
        return f"{point.mean:.3f}"
    return f"{point.mean:.3f} ± {point.high - point.mean:.3f}"
