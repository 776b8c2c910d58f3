"""Reports as HTML and Markdown, by templates that escape every value."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dashboard.reports.report import Report

_MARKDOWN_SIGNS = "\\`*_{}[]<>#|"


def to_html(report: Report) -> str:
    """The report as one HTML page that fetches nothing, light or dark as the reader's browser is."""
    return _html().get_template("report.html.jinja").render(report=report)


def to_markdown(report: Report) -> str:
    """The report as Markdown."""
    return _markdown().get_template("report.md.jinja").render(report=report)


@cache
def _html() -> Environment:
    return Environment(
        loader=PackageLoader("dashboard.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _markdown() -> Environment:
    return Environment(  # Markdown is escaped by ``finalize``: autoescaping is for HTML
        loader=PackageLoader("dashboard.reports"),
        autoescape=False,
        finalize=_escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _escape(value: object) -> str:
    """A value that Markdown shows as it stands. Unlike ``dashboard.kit.text.escape_markdown`` it adds no invisible
    characters, which would get into what people copy from a file."""
    if isinstance(value, Markup):
        return str(value)
    text = " ".join(str(value).split())
    for sign in _MARKDOWN_SIGNS:
        text = text.replace(sign, "\\" + sign)
    return text
