"""``worldscope estimate DATA.csv --graph GRAPHFILE``: how large an effect is, from a graph and a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands.graph_input import Exposure, Latent, Outcome, names_in, read_question

if TYPE_CHECKING:
    from core.causal.analysis.result import Analysis
    from core.causal.estimation.question import Estimate
    from core.causal.estimation.refuters import Refutation

_SEED = 0  # of the refuters
_REPORTS = (".html", ".md")


def estimate(
    data: Annotated[Path, typer.Argument(help="A CSV table: a header row, then numbers.")],
    graph: Annotated[Path, typer.Option(help="A causal graph: DAGitty's notation, DOT, GML or a list of edges.")],
    exposure: Exposure = "",
    outcome: Outcome = "",
    latent: Latent = "",
    mapping: Annotated[
        str,
        typer.Option("--map", help="Columns with other names than their nodes: NODE=COLUMN, separated by commas."),
    ] = "",
    categorical: Annotated[
        str, typer.Option(help="Nodes whose values are categories, not amounts, separated by commas.")
    ] = "",
    numeric: Annotated[
        str, typer.Option(help="Nodes whose values are amounts, not categories, separated by commas.")
    ] = "",
    reference: Annotated[
        str, typer.Option(metavar="VALUE", help="The value of the exposure that others are compared with.")
    ] = "",
    arm: Annotated[str, typer.Option(metavar="VALUE", help="The value of the exposure that is compared first.")] = "",
    event: Annotated[
        str, typer.Option(metavar="VALUE", help="The value of the outcome whose share is the outcome.")
    ] = "",
    by: Annotated[str, typer.Option(metavar="COLUMN", help="Give the effect for each value of this column.")] = "",
    cluster: Annotated[
        str, typer.Option(metavar="COLUMN", help="Rows of one value belong together, such as pupils of a school.")
    ] = "",
    weights: Annotated[str, typer.Option(metavar="COLUMN", help="Sampling weights of the rows.")] = "",
    counts: Annotated[
        str, typer.Option(metavar="COLUMN", help="How many units each row stands for, as in a table of counts.")
    ] = "",
    delimiter: Annotated[
        str, typer.Option(metavar="SIGN", help="What separates cells: comma, semicolon, tab, pipe or space.")
    ] = "",
    missing: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="A further text that stands for a missing value; repeat it for more."),
    ] = None,
    refute: Annotated[bool, typer.Option("--refute", help="Run refuters on the estimate as well.")] = False,
    control: Annotated[
        list[str] | None,
        typer.Option(
            "--control",
            metavar="NODE",
            help="A negative control outcome for --refute; repeat it for more. Default: all that the graph implies.",
        ),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write a report to this file: .html or .md.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print every estimate that the graph allows, with intervals or else bounds, and what contradicts it."""
    import numpy as np

    from core.causal import analyse
    from core.causal.analysis.choices import Choices
    from core.causal.analysis.refutation import refutations
    from core.causal.tables.read_csv import read_table

    if report is not None and report.suffix.lower() not in _REPORTS:
        raise ValueError(f"A report is an .html or .md file, not {report.suffix or report.name!r}; change its name.")
    if control and not refute:
        raise ValueError("--control names an outcome for the refuters; give --refute as well.")
    read, x, y = read_question(graph, exposure, outcome)
    table = read_table(data, delimiter=delimiter, missing=missing or ())
    table = table.repeated(counts) if counts else table
    choices = Choices(
        tuple(names_in(categorical)), tuple(names_in(numeric)), reference, arm, event, weights, cluster, by
    )
    analysis = analyse(read, table, x, y, latent=names_in(latent), mapping=_pairs(mapping), choices=choices)
    results: tuple[Refutation, ...] = ()
    if refute and analysis.headline is not None:
        results = refutations(analysis, table, np.random.default_rng(_SEED), controls=control or None)
    if report is not None:
        _write_report(report, analysis, results)
    typer.echo(_json_text(analysis, results) if as_json else "\n".join(_lines(analysis, results, refute)))


def _pairs(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in names_in(text)]
    for node, sign, column in pairs:
        if not (node.strip() and sign and column.strip()):
            raise ValueError(f"{node + sign + column!r} names no column; write --map NODE=COLUMN,OTHER=COLUMN.")
    return {node.strip(): column.strip() for node, _, column in pairs}


def _write_report(path: Path, analysis: Analysis, results: Sequence[Refutation]) -> None:
    import datetime

    from core.version import version
    from dashboard.reports.effect import effect_report
    from dashboard.reports.render import to_html, to_markdown

    page = effect_report(analysis, results, version=version(), date=datetime.date.today().isoformat())
    render = to_html if path.suffix.lower() == ".html" else to_markdown
    path.write_text(render(page), encoding="utf-8")


def _json_text(analysis: Analysis, results: Sequence[Refutation]) -> str:
    from dataclasses import asdict

    from core.files import json_safe

    refutations = json_safe([asdict(one) for one in results])
    return json.dumps(analysis.to_json() | {"refutations": refutations}, allow_nan=False)


def _lines(analysis: Analysis, results: Sequence[Refutation], refute: bool) -> list[str]:
    from core.causal.analysis.agreement import balance_sentence, bends_sentence
    from core.causal.analysis.verdict import (
        check_sentence,
        means_sentence,
        overlap_sentence,
        rows_sentence,
        subgroup_lines,
        verdict,
    )

    sensitivity = analysis.sensitivity
    lines = [verdict(analysis), *filter(None, [means_sentence(analysis)]), "", *_estimate_lines(analysis), ""]
    if groups := subgroup_lines(analysis):
        lines += [*groups, ""]
    lines.append(rows_sentence(analysis))
    lines += filter(
        None,
        [
            overlap_sentence(analysis),
            balance_sentence(analysis),
            bends_sentence(analysis),
            sensitivity.summary if sensitivity else "",
        ],
    )
    if found := analysis.attribution:
        lines.append(f"Was {found.exposure} the cause of {found.outcome}? {found.explanation}")
        lines += [f"  {text}: {bounds}; under monotonicity, {known}" for text, bounds, known in found.table()]
    lines += filter(None, [check_sentence(analysis), *analysis.notes])
    return lines + (_refutation_lines(results) if refute else [])


def _estimate_lines(analysis: Analysis) -> list[str]:
    from core.causal.analysis.verdict import effect_scale

    lines = []
    if analysis.adjusted is not None:
        lines.append("Adjusted for {" + ", ".join(analysis.adjusted) + "}")
    scale = effect_scale(analysis)
    estimates = (analysis.unadjusted, *analysis.estimates, *analysis.effects_on_arms, *analysis.direct)
    lines += [_estimate_line(one, scale) for one in estimates]
    lines += [
        f"  {'bounds: ' + one.method:<30}{'':>10}  {one.low:.4g} to {one.high:.4g}, if {one.assumption}"
        for one in analysis.bounds
    ]
    return lines


def _estimate_line(one: Estimate, scale: float) -> str:
    from core.causal.analysis.verdict import interval_text, number_text

    means = ""
    if one.means:
        low, high = (number_text(mean, scale) for mean in one.means)
        means = f"  (mean {high} instead of {low})"
    remarks = f"  {one.remarks}" if one.remarks else ""
    return f"  {one.method:<30}{number_text(one.value, scale):>10}  {interval_text(one, scale)}{means}{remarks}"


def _refutation_lines(results: Sequence[Refutation]) -> list[str]:
    from core.causal.estimation.refuters import WARNING

    if not results:
        return ["", "There is no estimate to refute."]
    lines = [
        f"  {'passed' if one.passed else 'FAILED'}  {one.name}: {one.result} (expected: {one.expected})"
        for one in results
    ]
    return ["", WARNING, *lines]
