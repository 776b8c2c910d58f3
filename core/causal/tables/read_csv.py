"""A CSV in, a table out: separated by commas, semicolons, tabs, bars or blanks, with a decimal comma where there are
semicolons. What is guessed is noted."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core.causal.tables.missing import MISSING, clean_column
from core.causal.tables.rows import MAX_ROWS, RowsError, Table
from core.delimited import BadCellsError, DelimitedText, NotUtf8Error, sniff, with_newlines

if TYPE_CHECKING:
    import pyarrow as arrow

MAX_BYTES, MAX_COLUMNS = 200 * 2**20, 200
_NOT_UTF8 = "This file is not UTF-8 text; save the table as CSV (UTF-8)."
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " ", "\\t": "\t"}
_SEP_LINE = re.compile(rb"""\A"?sep=(.)"?[ \t]*\r?\n""", re.IGNORECASE)
_BLANK_BEFORE_QUOTE = re.compile(rb'[,;\t|][ ]+"')


def read_table(source: Path | str | bytes, delimiter: str = "", missing: Collection[str] = ()) -> Table:
    """Returns the table of a CSV, given by its path or its content.

    Args:
        delimiter: What separates cells: a sign, or comma, semicolon, tab, pipe or space; a guess if it is empty.
        missing: Further texts or numbers that stand for missing values.

    Raises:
        RowsError: The file is empty, too large (200 MB, 1,000,000 rows, 200 columns) or not UTF-8, or it has no rows or
            rows of different length, or the delimiter is unknown.
        OSError: There is no such file.
    """
    data = _content(source)
    if not with_newlines(data).strip():
        raise RowsError("This file is empty; choose a table with a header and rows.")
    try:
        text, notes = _delimited(data, delimiter)
    except NotUtf8Error as error:
        raise RowsError(_NOT_UTF8) from error
    except BadCellsError as error:
        raise RowsError("The first line of this table can't be read; write the names of its columns there.") from error
    names, name_notes = _names(text)
    if text.line_count - 1 > MAX_ROWS:
        raise RowsError(
            f"This table has {text.line_count - 1:,} rows and the limit is {MAX_ROWS:,}; pass a sample of it."
        )
    reads = {sign: _read(text, names, sign) for sign in text.decimal_signs}
    cleaned = {sign: _cleaned(read, names, sign, missing) for sign, read in reads.items()}
    sign = max(cleaned, key=lambda one: _number_columns(cleaned[one][0]))
    columns, missing_notes = cleaned[sign]
    if not reads[sign].num_rows:
        raise RowsError("This table has a header and no rows below it; choose one with data.")
    if sign == ",":
        notes = (*notes, "Decimals stand after a comma in this table (a guess).")
    return Table(columns, reads[sign].num_rows, (*notes, *name_notes, *missing_notes))


def _delimited(data: bytes, delimiter: str) -> tuple[DelimitedText, tuple[str, ...]]:
    """The text with the delimiter that was given, that its first line names (``sep=;``) or that is guessed; and notes,
    in sentences."""
    notes: tuple[str, ...] = ()
    plain = data.removeprefix(b"\xef\xbb\xbf")
    if line := _SEP_LINE.match(plain):
        data, delimiter = plain[line.end() :], delimiter or line[1].decode("latin-1")
        notes = ("The first line of the table, sep=, names the delimiter and counts as no row.",)
    text = sniff(data)
    chosen = _DELIMITERS.get(delimiter.strip().lower() or delimiter, delimiter)
    if len(chosen) > 1 or chosen in ('"', "\n", "\r"):
        raise RowsError(f"{delimiter} is no delimiter; write comma, semicolon, tab, pipe, space or a single sign.")
    separator = chosen or _guessed(text)
    if not chosen and separator != ",":
        called = next(name for name, sign in _DELIMITERS.items() if sign == separator)
        notes = (*notes, f"Each {called} separates two cells of this table (a guess).")
    body = text.data
    if separator == " " or _BLANK_BEFORE_QUOTE.search(body):
        body = _rewritten(body, separator)
        separator = "," if separator == " " else separator
    first = next(csv.reader([body.split(b"\n", 1)[0].decode("utf-8")], delimiter=separator), [])
    return DelimitedText(body, separator, tuple(cell.strip() for cell in first)), notes


def _guessed(text: DelimitedText) -> str:
    """The separator of the first line; a bar or blanks only where there is no other."""
    head = text.data.split(b"\n", 1)[0]
    bare = re.sub(rb'"[^"]*"', b"", head)
    if any(sign in bare for sign in (b",", b";", b"\t")):
        return text.separator
    if b"|" in bare:
        return "|"
    widths = {len(line.split()) for line in text.data.split(b"\n")[:20] if line.strip()}
    return " " if len(widths) == 1 and widths.pop() > 1 and b'"' not in head else text.separator


def _rewritten(data: bytes, separator: str) -> bytes:
    """The same cells without blanks before them, so that a quote after a blank counts as one."""
    out = io.StringIO()
    try:
        lines = io.StringIO(data.decode("utf-8"), newline="")
        if separator == " ":
            cells = (re.findall(r'"[^"]*"|\S+', line) for line in lines)
            rows = ([cell.strip('"') for cell in row] for row in cells if row)
        else:
            rows = (row for row in csv.reader(lines, delimiter=separator, skipinitialspace=True))
        csv.writer(out, delimiter="," if separator == " " else separator, lineterminator="\n").writerows(rows)
    except UnicodeDecodeError as error:
        raise NotUtf8Error("This file is not text in UTF-8.") from error
    except csv.Error as error:
        raise BadCellsError("A line of this table can't be split into cells.") from error
    return out.getvalue().encode()


def _cleaned(
    read: arrow.Table, names: list[str], sign: str, missing: Collection[str]
) -> tuple[dict[str, arrow.ChunkedArray], tuple[str, ...]]:
    found = {name: clean_column(read.column(i), sign, missing, name) for i, name in enumerate(names)}
    return {name: column for name, (column, _) in found.items()}, tuple(note for _, note in found.values() if note)


def _content(source: Path | str | bytes) -> bytes:
    """Returns the content; the size is checked before it is read."""
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    if size > MAX_BYTES:
        raise RowsError(f"This file has more than {MAX_BYTES // 2**20} MB; save fewer rows or columns.")
    return source if isinstance(source, bytes) else Path(source).read_bytes()


def _names(text: DelimitedText) -> tuple[list[str], tuple[str, ...]]:
    """The names of the columns, each another one, and notes, in sentences."""
    names = [name or f"column {i}" for i, name in enumerate(text.first, 1)]
    if len(names) > MAX_COLUMNS:
        raise RowsError(f"This table has {len(names):,} columns and the limit is {MAX_COLUMNS}; leave some out.")
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if not twice:
        return names, ()
    unique, seen = [], dict.fromkeys(names, 0)
    for name in names:
        seen[name] += 1
        called = f"{name} ({seen[name]})" if name in twice else name
        while called in unique or (called != name and called in names):
            called += "'"
        unique.append(called)
    return unique, tuple(
        f"{names.count(name)} columns are called {name}: they are read as {name} (1) to {name} ({names.count(name)})."
        for name in twice
    )


def _number_columns(columns: Mapping[str, arrow.ChunkedArray]) -> int:
    from pyarrow import types

    kinds = [column.type for column in columns.values()]
    return sum(types.is_integer(kind) or types.is_floating(kind) for kind in kinds)


def _read(text: DelimitedText, names: list[str], sign: str) -> arrow.Table:
    import pyarrow as arrow
    from pyarrow import csv as reader

    try:
        return reader.read_csv(
            io.BytesIO(text.data),
            read_options=reader.ReadOptions(column_names=names, skip_rows=1),
            parse_options=reader.ParseOptions(delimiter=text.separator, newlines_in_values=b'"' in text.data),
            convert_options=reader.ConvertOptions(
                null_values=list(MISSING),
                strings_can_be_null=True,
                true_values=[],
                false_values=[],
                decimal_point=sign,
            ),
        )
    except arrow.ArrowException as error:
        if "UTF8" in str(error):
            raise RowsError(_NOT_UTF8) from error
        row = re.search(r"Expected (\d+) columns, got (\d+)", str(error))
        reason = f"the header names {row[1]} columns and a row has {row[2]}" if row else "its rows differ in length"
        raise RowsError(f"This table can't be read: {reason}; save it as CSV again.") from error
