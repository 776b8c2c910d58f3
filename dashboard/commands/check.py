"""``worldscope check``: how good the predictions of somebody's own model are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

_REPORTS = (".html", ".md")


def check(
    files: Annotated[list[Path], typer.Argument(help="An .npz file with truth and predicted, or two videos.")],
    context: Annotated[int | None, typer.Option(help="Steps of truth that the model saw.")] = None,
    world: Annotated[str | None, typer.Option(help="A world whose read-out finds positions, such as drop.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a report to this file: .html or .md.")] = None,
) -> None:
    """Score what your own model predicted, step by step, beside copy-last."""
    from core.evaluation.user_prediction_files import read_predictions
    from core.evaluation.user_predictions import check_predictions
    from core.results import to_json
    from dashboard.reports.check import check_report
    from dashboard.reports.render import to_html, to_markdown

    if report is not None and report.suffix.lower() not in _REPORTS:
        raise ValueError(f"A report is an .html or .md file, not {report.suffix or report.name!r}; change its name.")
    found = check_predictions(read_predictions(files, context), world)
    page = check_report(found)
    if report is not None:
        render = to_html if report.suffix.lower() == ".html" else to_markdown
        report.write_text(render(page), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(to_json(found), allow_nan=False))
        return
    for section in page.sections:
        lines = [*section.paragraphs, *section.items]
        if section.table is not None:
            lines += ["  ".join(row) for row in (section.table.headings, *section.table.rows)]
        typer.echo("\n".join([section.title, *lines, ""]))
