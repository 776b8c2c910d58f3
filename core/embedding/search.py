"""Rows that match a search: words, a column's text, a column's numbers, a row of the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from core.embedding.table import Embeddings
from core.wording import count_of

HELP = "cat, label:cat, label=cat, year>=2000, row:12; several terms must all hold, -term must not; quotes hold blanks"
_TERM = re.compile(r'(-?)(?:("[^"]*"|[^\s"<>=:!]+)(<=|>=|!=|=|:|<|>))?("[^"]*"|\S+)')
_COMPARISONS: Mapping[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
    "=": np.equal,
    ":": np.equal,
    "!=": np.not_equal,
}


class SearchError(ValueError):
    """A search that can't be made; the message says why and what to write."""


def matching_rows(table: Embeddings, query: str) -> np.ndarray:
    """Returns which rows match a search, ``bool [N]``; all rows match an empty one.

    A word matches the rows with that text in any column of text, whatever its case. ``column:text`` looks into one
    column, ``column=text`` wants exactly this text, and ``<``, ``>``, ``<=``, ``>=`` compare numbers. ``row`` is the
    place in the file, from 1. Terms are joined by "and"; a minus before a term turns it around.

    Raises:
        SearchError: There is no such column, or it can't be compared so.
    """
    found = np.ones(len(table), bool)
    place = 0
    text = query.strip()
    while place < len(text):
        term = _TERM.match(text, place)
        if term is None:
            raise SearchError(f"The search can't be read at {text[place : place + 20]!r}; write {HELP}.")
        matches = _matches(table, term[2], term[3], term[4])
        found &= ~matches if term[1] else matches
        place = term.end()
        while place < len(text) and text[place].isspace():
            place += 1
    return found


def with_rows(table: Embeddings, query: str) -> Embeddings:
    """Returns the rows that match a search, with a sentence on how many they are; all rows for an empty search.

    Raises:
        SearchError: The search can't be made, or fewer than two rows match.
    """
    if not query.strip():
        return table
    found = np.flatnonzero(matching_rows(table, query))
    if len(found) < 2:
        raise SearchError(f"{count_of(len(found), 'row')} of {len(table):,} match {query!r}; a map needs two or more.")
    note = f"Shown are the {len(found):,} of {len(table):,} rows that match {query!r}."
    return replace(table.take(found), notes=(*table.notes, note))


def rows_at(table: Embeddings, query: str) -> np.ndarray:
    """Returns the places of the rows that match a search, ``int64 [n]``, at least one.

    Raises:
        SearchError: The search is empty or can't be made, or no row matches.
    """
    if not query.strip():
        raise SearchError(f"Write which rows are meant: {HELP}.")
    places = np.flatnonzero(matching_rows(table, query))
    if not len(places):
        raise SearchError(f"No row matches {query!r}; write {HELP}.")
    return places


def _matches(table: Embeddings, name: str | None, sign: str | None, value: str) -> np.ndarray:
    wanted = value.strip('"')
    if name is None or sign is None:
        texts = [column for column in table.columns.values() if column.dtype.kind == "U"]
        return np.any([_contains(column, wanted) for column in texts] or [np.zeros(len(table), bool)], axis=0)
    column = _column(table, name.strip('"'))
    if column.dtype.kind == "U":
        if sign == ":":
            return _contains(column, wanted)
        if sign in ("=", "!="):
            return (column == wanted) == (sign == "=")
        column = _as_numbers(column)
    try:
        return _COMPARISONS[sign](column, float(wanted))
    except ValueError as error:
        raise SearchError(f"{name} holds numbers, and {wanted!r} is none; write {name}{sign}1.5.") from error


def _as_numbers(column: np.ndarray) -> np.ndarray:
    """Text as numbers; NaN, which no comparison matches, where it is none."""

    def number(word: str) -> float:
        try:
            return float(word)
        except ValueError:
            return np.nan

    return np.array([number(word) for word in column])


def _column(table: Embeddings, name: str) -> np.ndarray:
    if name in table.columns:
        return table.columns[name]
    alike = {other.lower(): column for other, column in table.columns.items()}
    alike.setdefault("row", (np.arange(len(table)) if table.row is None else table.row) + 1.0)
    if table.group is not None:
        alike.setdefault("clip", table.group + 1.0)
    if table.time is not None:
        alike.setdefault("time", table.time)
    if name.lower() not in alike:
        raise SearchError(f"There is no column {name!r}; there are {', '.join(alike)}.")
    return alike[name.lower()]


def _contains(column: np.ndarray, text: str) -> np.ndarray:
    return np.char.find(np.char.lower(column), text.lower()) >= 0
