"""The report on somebody's own predictions."""

from __future__ import annotations

import math

from core.evaluation.user_predictions_result import PredictionCheck, StepScores
from core.metrics import Interval
from core.version import version
from core.wording import count_of
from dashboard.reports.report import Report, ReportTable, Section


def check_report(found: PredictionCheck) -> Report:
    """The report: the skill, what was assumed, each measure by step, the worst clips."""
    protocol = found.protocol
    what = (
        f"{count_of(protocol.clips, 'clip')} of {protocol.form}: {count_of(protocol.steps, 'step')} after a context of "
        f"{count_of(protocol.context, 'step')}."
    )
    skill = f"Skill against copy-last: {_text(found.overall)} (1 is perfect, 0 no better than copy-last)."
    verdict = () if found.collapse is None else (f"{found.collapse.state.capitalize()}. {found.collapse.text}",)
    unit = "root mean square error, 0 to 1" if protocol.form == "frames" else "squared error over that of copy-last"
    worst = ReportTable(("clip", unit), tuple((str(one.clip), f"{one.error:.2g}") for one in found.worst))
    sections = [Section("Answer", (what, skill, *verdict))]
    sections += [Section("Assumed", items=found.notes)] * bool(found.notes)
    sections += [_by_step(scores) for scores in found.scores]
    sections.append(Section("Worst clips (counted from 0)", table=worst))
    footer = f"Made by worldscope {version()} on {found.provenance.date}. Intervals are 95 % intervals over clips."
    return Report("How good are these predictions?", tuple(sections), footer)


def _by_step(scores: StepScores) -> Section:
    arms = {"predicted": scores.model, "last frame repeated": scores.copy_last}
    if scores.constant_velocity is not None:
        arms["constant velocity"] = scores.constant_velocity
    rows = tuple((str(step + 1), *(_text(arm[step]) for arm in arms.values())) for step in range(len(scores.model)))
    title = f"{scores.measure[0].upper()}{scores.measure[1:]} by step" + (f", in {scores.unit}" if scores.unit else "")
    return Section(title, table=ReportTable(("step", *arms), rows))


def _text(value: Interval) -> str:
    if math.isnan(value.mean):
        return "not defined"
    around = "" if math.isnan(value.low) else f" ({value.low:.2g} to {value.high:.2g})"
    return f"{value.mean:.2g}{around}"
