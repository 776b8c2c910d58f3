"""``worldscope estimate DATA.csv --graph GRAPHFILE``: how large an effect is, by a graph and a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

_SEED = 0  # of the refuters


def estimate(
    data: Annotated[Path, typer.Argument(help="A table as CSV: a header, then numbers.")],
    graph: Annotated[Path, typer.Option(help="A causal graph in the notation of DAGitty or in DOT.")],
    exposure: Annotated[str, typer.Option("-x", "--exposure", help="The cause; the graph's own if not given.")] = "",
    outcome: Annotated[str, typer.Option("-y", "--outcome", help="What listens; the graph's own if not given.")] = "",
    latent: Annotated[str, typer.Option(help="More nodes that nobody has measured, with commas between.")] = "",
    mapping: Annotated[str, typer.Option("--map", help="Columns of other names: NODE=COLUMN, with commas.")] = "",
    refute: Annotated[bool, typer.Option("--refute", help="Try to refute the estimate as well.")] = False,
    control: Annotated[
        list[str] | None,
        typer.Option(
            "--control",
            metavar="NODE",
            help="An outcome that should not move, for --refute; again for more. By default all such in the graph.",
        ),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write a report here: .html or .md.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Every estimate that the graph allows, with intervals; bounds where it allows none; and what contradicts it."""
    import numpy as np

    from core.causal import parse_graph
    from core.causal.analysis.analyse import analyse
    from core.causal.analysis.refutation import refutations
    from core.causal.tables.read_csv import read_table
    from dashboard.commands.identify import _text

    if report is not None and report.suffix.lower() not in (".html", ".md"):
        raise ValueError(f"A report is written as .html or .md, not {report.suffix or report.name!r}; name it so.")
    if control and not refute:
        raise ValueError("A control is an outcome for tries to refute; give --refute as well.")
    read = parse_graph(_text(graph))
    x, y = exposure or read.exposure, outcome or read.outcome
    if not x or not y:
        raise ValueError("Name the exposure and the outcome: -x SMOKING -y CANCER (or mark them in the graph).")
    table = read_table(data)
    found = analyse(read, table, x, y, latent=_listed(latent), mapping=_pairs(mapping))
    tries = ()
    if refute and found.headline is not None:
        tries = refutations(found, table, np.random.default_rng(_SEED), controls=control or None)
    if report is not None:
        _write(report, found, tries)
    typer.echo(_json(found, tries) if as_json else _told(found, tries, refute))


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _pairs(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in _listed(text)]
    for node, mark, column in pairs:
        if not (node.strip() and mark and column.strip()):
            raise ValueError(f"{node + mark + column!r} names no column; write --map NODE=COLUMN,OTHER=COLUMN.")
    return {node.strip(): column.strip() for node, _, column in pairs}


def _write(path: Path, found, tries) -> None:
    import datetime

    from core.causal.analysis.report import to_html, to_markdown
    from core.version import version

    make = to_html if path.suffix.lower() == ".html" else to_markdown
    text = make(found, tries, version=version(), date=datetime.date.today().isoformat())
    path.write_text(text, encoding="utf-8")


def _json(found, tries) -> str:
    from dataclasses import asdict

    from core.causal.analysis.analyse import finite

    return json.dumps(found.to_json() | {"refutations": finite([asdict(one) for one in tries])}, allow_nan=False)


def _told(found, tries, refute: bool) -> str:
    from core.causal.analysis.report import WARNING, answer, means_told, on_arms

    lines = [answer(found)]
    if found.headline is not None and found.headline.means is not None:
        lines.append(means_told(found.exposure, found.outcome, found.headline.means))
    lines.append("")
    if found.adjusted is not None:
        lines.append("Adjusted for " + ("{" + ", ".join(found.adjusted) + "}"))
    lines += [_line(one) for one in (found.raw, *found.estimates, *on_arms(found))]
    lines += [f"  {'bounds: ' + one.method:<26}{'':>10}  {one.low:.4g} to {one.high:.4g}, if {one.believes}"
              for one in found.bounds]  # fmt: skip
    lines += ["", f"{found.rows:,} rows count, {found.dropped:,} fell out."]
    if found.overlap is not None:
        lines.append(f"{found.overlap:.1%} of the rows have hardly anybody to compare with.")
    if missing := found.missing_cause:
        lines.append(missing.told)
    if blame := found.attribution:
        lines += [f"Was it {blame.exposure} that did it? {blame.assumed}"]
        lines += [f"  {asked}: {bounds}; if monotone, {known}" for asked, bounds, known in blame.rows()]
    if found.implications:
        lines.append(
            f"{found.contradicted} of {len(found.implications)} independences that the graph demands are contradicted "
            f"at 5 %; by chance one would expect {found.expected:.1f}. Only straight lines are tested."
        )
    lines += found.notes
    if tries:
        lines += ["", WARNING]
        lines += [f"  {'passed' if one.passed else 'FAILED'}  {one.name}: {one.gave}, "
                  f"should be {one.expected}" for one in tries]  # fmt: skip
    elif refute:
        lines += ["", "There is no estimate to refute."]
    return "\n".join(lines)


def _line(one) -> str:
    means = f"  (mean {one.means[1]:.4g} instead of {one.means[0]:.4g})" if one.means else ""
    note = f"  {one.note}" if one.note else ""
    return f"  {one.method:<26}{one.value:>10.4g}  {one.low:.4g} to {one.high:.4g}{means}{note}"
