"""The report on an effect: what an analysis found and how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.causal.analysis.agreement import balance_sentence, bends_sentence
from core.causal.analysis.result import Analysis
from core.causal.analysis.verdict import (
    check_sentence,
    effect_scale,
    interval_text,
    number_text,
    overlap_sentence,
    rows_sentence,
    subgroup_lines,
    verdict,
)
from core.causal.estimation.question import Estimate
from core.causal.estimation.refuters import WARNING, Refutation
from core.causal.graphs.writing import to_dagitty
from dashboard.reports.report import Report, ReportTable, Section

_MOST_SHOWN = 10  # implications in the table
_MORE = " There may be more: the search ran out of time."


def effect_report(analysis: Analysis, refutations: Sequence[Refutation] = (), *, version: str, date: str) -> Report:
    """The report on an effect.

    Args:
        refutations: The results of refuters; empty if none was run.
        version: The version of the program, for the last line.
        date: The day, for the last line.
    """
    sections = [
        Section("Answer", (verdict(analysis),)),
        Section("Identification", items=_identification(analysis)),
        _estimates(analysis),
        *_attribution(analysis),
        _check(analysis),
        *_refutations(refutations),
        Section("Rows", items=(rows_sentence(analysis), *_columns(analysis), *analysis.notes)),
        Section("Graph", code=to_dagitty(analysis.graph).strip()),
    ]
    title = f"What is the effect of {analysis.exposure} on {analysis.outcome}?"
    footer = (
        f"Made by worldscope {version} on {date}. The answer holds only if the graph is right; the rows can't show "
        "that no common cause is missing."
    )
    return Report(title, tuple(sections), footer)


def _identification(analysis: Analysis) -> tuple[str, ...]:
    found = analysis.identification
    items = [f"{found.summary}."]
    if found.sets:
        sets = ", ".join(map(_set_text, found.sets))
        items.append(f"Minimal adjustment sets: {sets}.{'' if found.complete else _MORE}")
    items += [f"{found.zero_test}."] * bool(found.zero_test)
    if analysis.adjusted is not None:
        items.append(f"Adjusted for: {_set_text(analysis.adjusted)}.")
    if found.front_door:
        more = "" if found.complete or found.sets else _MORE
        items.append(f"Front-door sets: {', '.join(map(_set_text, found.front_door))}.{more}")
    items += [
        f"Instrument: {one.node}" + (f" given {_set_text(one.given)}" if one.given else "") for one in found.instruments
    ]
    if found.equation is not None:
        items.append(found.equation)
    if found.hedge:
        items.append(f"Obstacle (a hedge): hidden common causes connect {_set_text(found.hedge.nodes)}.")
    return tuple(items)


def _estimates(analysis: Analysis) -> Section:
    x, (zero, one), scale = analysis.exposure, analysis.arms[:2] or ("0", "1"), effect_scale(analysis)
    headings = ("method", "effect", "95 % interval", f"mean if {x} = {zero}", f"mean if {x} = {one}", "rows", "remarks")
    rows = [
        (
            one.method,
            number_text(one.value, scale),
            interval_text(one, scale),
            *_means(one, scale),
            f"{one.rows:,}",
            one.remarks,
        )
        for one in (analysis.unadjusted, *analysis.estimates, *analysis.effects_on_arms, *analysis.direct)
    ]
    rows += [
        (f"bounds: {one.method}", "", f"{one.low:.4g} to {one.high:.4g}", "", "", "", f"if {one.assumption}")
        for one in analysis.bounds
    ]
    sensitivity = analysis.sensitivity
    notes = (
        *subgroup_lines(analysis),
        overlap_sentence(analysis),
        balance_sentence(analysis),
        bends_sentence(analysis),
        sensitivity.summary if sensitivity else "",
    )
    return Section("Estimates", table=ReportTable(headings, tuple(rows)), notes=tuple(filter(None, notes)))


def _attribution(analysis: Analysis) -> list[Section]:
    found = analysis.attribution
    if found is None:
        return []
    headings = ("probability of causation", "bounds", f"if {found.exposure} never prevents {found.outcome}")
    title = f"Was {found.exposure} the cause of {found.outcome}?"
    return [Section(title, table=ReportTable(headings, tuple(found.table())), notes=(found.explanation,))]


def _check(analysis: Analysis) -> Section:
    title = "Do the rows contradict the graph?"
    if not analysis.implications:
        return Section(title, ("The graph has no testable implications for these columns.",))
    headings = ("independent", "given", "partial correlation", "p-value")
    rows = tuple(
        (
            f"{one.first}, {one.second}",
            ", ".join(one.given) or "nothing",
            f"{one.correlation:.3f}",
            f"{one.p_value:.2g}",
        )
        for one in analysis.implications[:_MOST_SHOWN]
    )
    return Section(title, (check_sentence(analysis),), table=ReportTable(headings, rows))


def _refutations(refutations: Sequence[Refutation]) -> list[Section]:
    if not refutations:
        return []
    headings = ("refuter", "expected", "result", "passed")
    rows = tuple((one.name, one.expected, one.result, "yes" if one.passed else "no") for one in refutations)
    return [Section("Refutation", (WARNING,), table=ReportTable(headings, rows))]


def _columns(analysis: Analysis) -> list[str]:
    return [f"{node} is the column {column}." for node, column in analysis.mapping.items() if node != column]


def _means(found: Estimate, scale: float) -> tuple[str, str]:
    if found.means is None:
        return "", ""
    return number_text(found.means[0], scale), number_text(found.means[1], scale)


def _set_text(nodes: Iterable[str]) -> str:
    return "{" + ", ".join(sorted(nodes)) + "}"
