"""The layout of a table as text: what separates its cells, which sign stands before decimals, and who names columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.delimited import separator_of
from core.embedding.cells import MISSING, is_list, is_number
from core.embedding.limits import EmbeddingError, ReadOptions

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "space": " "}
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks"}
_HEAD, _SAMPLE = 4 * 2**20, 200  # bytes and rows that are looked at
_SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?[ ]*\n', re.IGNORECASE)  # Excel's
_COMMA_NUMBER = re.compile(r"[+-]?\d+(,\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_WHOLE = re.compile(r"\d+(\.0)?")  # 0.0, 1.0, ... are names that pandas wrote
_BLANKS_BEFORE_QUOTES = re.compile(rb'(?<=[,;\t]) +(?=")|^ +(?=")', re.MULTILINE)
_BARE_LIST = re.compile(rb'(?<![^,\n]) *([\[(][^\[\]()"\n]*[\])]) *(?=,|\n|$)')
_QUOTED_LINE = re.compile(r'[^"]*("[^"]*"(\s+|$)[^"]*)*')
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Layout:
    """How a text is a table.

    Attributes:
        content: The rows, without the line of names.
        separator: Of cells; a blank stands for any number of blanks and tabs.
        decimal: The sign before decimals.
        names: Names of the columns; None if the text has none.
        rows: The cells of the first rows.
        quoted: Whether quotes enclose cells; in word vectors they are words.
        notes: Sentences about how lines were read.
    """

    content: bytes
    separator: str
    decimal: str
    names: tuple[str, ...] | None
    rows: Rows
    quoted: bool
    notes: tuple[str, ...]

    @property
    def description(self) -> str:
        """How the cells are separated."""
        return f"cells separated by {_NAMES[self.separator]}" + (" and decimal commas" if self.decimal == "," else "")


def layout_of(text: bytes, options: ReadOptions) -> Layout:
    """Returns the layout of a text in UTF-8 whose lines end with a newline.

    Raises:
        EmbeddingError: An option has no such value, or there are no rows.
        csv.Error: The first rows can't be split into cells.
    """
    separator = _wanted("separator", options.separator, SEPARATORS)
    header = _wanted("header", options.header, {"yes": "yes", "no": "no"})
    if (line := _SEPARATOR_LINE.match(text)) is not None:
        text, separator = text[line.end() :], separator or line[1].decode("latin-1")
    text, comments = _without_comments(text)
    lines = [line for line in text[:_HEAD].split(b"\n")[:_SAMPLE] if line.strip()]
    if not lines:
        raise EmbeddingError("This file has no rows; choose another one.")
    separator = separator or _separator(lines)
    quoted = separator != " " or all(b'"' not in line or _has_quoted_words(line) for line in lines)
    if separator == ",":
        text = _mended(text)
    rows = _rows(text, separator, quoted)
    notes: tuple[str, ...] = ()
    if separator == " " and _is_size_line(rows):
        notes = (f"The first line, {' '.join(rows[0])}, is the size of the table, as in word2vec and fastText.",)
        text, rows = text.split(b"\n", 1)[1], rows[1:]
    names = _names_in(comments, rows, separator) if header != "no" else None
    passed = len(comments) - (names is not None)
    if passed:
        notes = (
            *notes,
            f"{passed} line{'s' * (passed > 1)} at the top begin{'s' * (passed == 1)} with # and hold no row.",
        )
    if names is None and rows and (header == "yes" or (not header and not _is_row(rows))):
        names, text, rows = rows[0], _after_first_row(text, quoted), rows[1:]
    elif names is None:
        notes = (*notes, "Its first line is read as a row: the columns have no names.")
    return Layout(text, separator, _decimal(rows), names, rows, quoted, notes)


def _wanted(name: str, value: str, values: dict[str, str]) -> str:
    if value and value not in values:
        raise EmbeddingError(f"The {name} must be one of {', '.join(values)}, not {value!r}.")
    return values[value] if value else ""


def _without_comments(text: bytes) -> tuple[bytes, list[str]]:
    """The text without the lines at its top that begin with ``#``, and those lines. ``#`` alone in a cell names a
    column, and before nothing but numbers it is a word."""
    comments = []
    while text.startswith(b"#"):
        line, _, rest = text.partition(b"\n")
        shown = line.decode("utf-8", "replace")
        if re.match(r"#[,;\t|]", shown) or (len(shown.split()) > 3 and all(map(is_number, shown[1:].split()))):
            break
        comments.append(shown.lstrip("#").strip())
        text = rest
    return text, comments


def _separator(lines: Sequence[bytes]) -> str:
    first = lines[0].decode("utf-8", "replace")
    for sign in (";", "\t"):
        if sign in first and all(_COMMA_NUMBER.fullmatch(cell.strip()) for cell in first.split(sign) if cell):
            return sign
    if _is_blank_separated(lines):
        return " "
    sign = separator_of(lines[0])
    return "|" if sign.encode() not in lines[0] and b"|" in lines[0] else sign


def _is_blank_separated(lines: Sequence[bytes]) -> bool:
    """Whether blanks separate cells: most words are numbers, and no other sign splits the lines evenly."""
    rows = [line.split() for line in (lines[1:] or lines)]
    if any(len(row) < 2 for row in rows) or any(sign in line for line in lines for sign in (b";", b"|")):
        return False
    words = [word.decode("utf-8", "replace") for row in rows for word in row]
    if any(b"\t" in line.strip() for line in lines):
        return False
    if all("," in word and _COMMA_NUMBER.fullmatch(word) for word in words):
        return True
    commas = {line.count(b",") for line in lines}
    return commas in ({0}, {0, 1}) and 2 * sum(map(is_number, words)) > len(words)


def _has_quoted_words(line: bytes) -> bool:
    return _QUOTED_LINE.fullmatch(line.decode("utf-8", "replace")) is not None


def _mended(text: bytes) -> bytes:
    """A text whose rows can be split at commas: without blanks before quotes, and with quotes around bare lists."""
    head = io.StringIO(text[:_HEAD].decode("utf-8", "replace"), newline="")
    cells = (cell for row, _ in zip(csv.reader(head), range(_SAMPLE), strict=False) for cell in row)
    if any(cell.startswith(" ") and cell.lstrip().startswith('"') for cell in cells):
        text = _BLANKS_BEFORE_QUOTES.sub(b"", text)
    if re.search(rb"[,\n] *[\[(]", text[:_HEAD]) and len({len(row) for row in _rows(text, ",", True)}) > 1:
        mended = _BARE_LIST.sub(rb'"\1"', text)
        if len({len(row) for row in _rows(mended, ",", True)}) == 1:
            return mended
    return text


def _rows(text: bytes, separator: str, quoted: bool) -> Rows:
    head = text[:_HEAD]
    if len(text) > _HEAD:
        head = head[: head.rfind(b"\n") + 1]
    if separator == " ":
        lines = [line for line in head.split(b"\n")[:_SAMPLE] if line.strip()]
        if not quoted:
            return tuple(tuple(word.decode("utf-8", "replace") for word in line.split()) for line in lines)
        head = b"\n".join(b" ".join(line.split()) for line in lines)
    found = csv.reader(io.StringIO(head.decode("utf-8", "replace"), newline=""), delimiter=separator)
    rows = (tuple(cell.strip() for cell in row) for row in found if row)
    return tuple(row for row, _ in zip(rows, range(_SAMPLE), strict=False))


def _is_size_line(rows: Rows) -> bool:
    """Whether the first row is the number of rows and of dimensions that follow."""
    return (
        len(rows) > 1
        and len(rows[0]) == 2
        and all(cell.isdecimal() for cell in rows[0])
        and len(rows[1]) > int(rows[0][1])
    )


def _names_in(comments: Sequence[str], rows: Rows, separator: str) -> tuple[str, ...] | None:
    """The names of the columns, if the last comment has one for each cell of a row."""
    if not comments or not rows:
        return None
    line = comments[-1]
    cells = line.split() if separator == " " else next(csv.reader([line], delimiter=separator), [])
    named = len(cells) == len(rows[0]) > 1 and not all(map(is_number, cells))
    return tuple(cell.strip() for cell in cells) if named else None


def _is_row(rows: Rows) -> bool:
    """Whether the first line is a row: it has lists, or numbers that can't be names of dimensions, such as 0, 1, ..."""
    first, second = rows[0], rows[1] if len(rows) > 1 else ()
    if any(map(is_list, first)):
        return True
    at = [place for place, cell in enumerate(first) if cell.lower() == "nan" or _is_any_number(cell)]
    if not at:
        return False
    if not all(_WHOLE.fullmatch(first[place]) for place in at):
        return True
    numbers = [int(float(first[place])) for place in at]
    if numbers in (list(range(len(at))), list(range(1, len(at) + 1))):
        return False
    climbing = len(at) > 1 and numbers == sorted(set(numbers))
    below = [second[place] for place in at if place < len(second)]
    return not climbing or all(map(_WHOLE.fullmatch, below))


def _is_any_number(cell: str) -> bool:
    return is_number(cell) or _COMMA_NUMBER.fullmatch(cell) is not None


def _after_first_row(text: bytes, quoted: bool) -> bytes:
    """The text behind its first row, whose cells may hold line breaks in quotes."""
    end = text.find(b"\n")
    while quoted and end >= 0 and text[:end].count(b'"') % 2:
        end = text.find(b"\n", end + 1)
    return text[end + 1 :] if end >= 0 else b""


def _decimal(rows: Rows) -> str:
    """The sign that makes more cells numbers; a point if both do."""
    cells = [cell for row in rows for cell in row if cell.lower() not in MISSING]
    points, commas = (sum(is_number(cell, sign) for cell in cells) for sign in (".", ","))
    return "," if commas > points and any("," in cell for cell in cells) else "."
