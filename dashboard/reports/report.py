"""What a report holds, before it is rendered: plain text, of which nothing is interpreted as HTML or Markdown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportTable:
    """A table: column headings, and cells ``[rows][columns]``."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A section of a report. Its parts follow one another in this order; empty parts are left out.

    Attributes:
        title: The heading.
        paragraphs: Sentences.
        items: A list.
        table: A table; None if there is none.
        notes: Sentences below the table.
        code: Text to be copied as it stands.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    table: ReportTable | None = None
    notes: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True)
class Report:
    """A page: its title, its sections, and a last line that says how it was made."""

    title: str
    sections: tuple[Section, ...]
    footer: str
