"""A CSV in, a table out.

The separator is a comma, a semicolon or a tab, whichever the header has most of. With semicolons a decimal comma is
read as one.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from core.causal.tables.rows import RowsError, Table

if TYPE_CHECKING:
    import pyarrow as arrow

MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 200 * 2**20, 1_000_000, 200
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A", "?", ".")
_BOM = b"\xef\xbb\xbf"


def read_table(source: Path | str | bytes) -> Table:
    """Read a CSV from a path, or its content.

    Raises:
        RowsError: The file is empty, too large (200 MB, 1,000,000 rows, 200 columns), no text in UTF-8, has two columns
            of one name, or rows of different length.
        OSError: There is no such file.
    """
    data = _content(source)
    head = data.lstrip(b"\r\n").split(b"\n", 1)[0]
    if not data.strip():
        raise RowsError("This file is empty; choose a table with a header and rows.")
    if b"\0" in head or data.startswith((b"PK\x03\x04", b"PAR1", b"\xff\xfe", b"\xfe\xff")):
        raise RowsError("This is no CSV in plain text; save the table as CSV (UTF-8).")
    mark = _separator(head)
    names = _names(head, mark)
    lines = data.count(b"\n") + (not data.endswith(b"\n")) - 1
    if lines > MOST_ROWS:
        raise RowsError(f"This table has {lines:,} rows and the limit is {MOST_ROWS:,}; pass a sample of it.")
    read = _parsed(data, names, mark)
    if not read.num_rows:
        raise RowsError("This table has a header and no rows below it; choose one with data.")
    return Table({name: read.column(i) for i, name in enumerate(names)}, read.num_rows)


def _content(source: Path | str | bytes) -> bytes:
    """The bytes without a mark of their order, lines ended by a newline; the size is looked at before reading."""
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    if size > MOST_BYTES:
        raise RowsError(f"This file has more than {MOST_BYTES // 2**20} MB; save fewer rows or columns.")
    data = (source if isinstance(source, bytes) else Path(source).read_bytes()).removeprefix(_BOM)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data.lstrip(b"\r\n")


def _separator(head: bytes) -> bytes:
    bare = re.sub(rb'"[^"]*"', b"", head)
    return max((b",", b";", b"\t"), key=bare.count)


def _names(line: bytes, mark: bytes) -> list[str]:
    try:
        text = line.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError as error:
        raise RowsError("This file is no text in UTF-8; save the table as CSV (UTF-8).") from error
    try:
        head = next(csv.reader([text], delimiter=mark.decode()))
    except csv.Error as error:  # such as a name of more than 131,072 characters
        raise RowsError("The first line of this table can't be read; write the names of its columns there.") from error
    names = [name.strip() or f"column {i}" for i, name in enumerate(head, 1)]
    if len(names) > MOST_COLUMNS:
        raise RowsError(f"This table has {len(names):,} columns and the limit is {MOST_COLUMNS}; leave some out.")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise RowsError(f"Two columns of this table are called {twice}; give each a name of its own.")
    return names


def _parsed(data: bytes, names: list[str], mark: bytes) -> arrow.Table:
    """With semicolons, numbers are read with the sign, point or comma, that makes more columns numbers."""
    read = _read(data, names, mark, ".")
    if mark != b";" or not re.search(rb"\d,\d", data):
        return read
    return max((read, _read(data, names, mark, ",")), key=_numbers)


def _numbers(read: arrow.Table) -> int:
    from pyarrow import types

    return sum(types.is_integer(kind) or types.is_floating(kind) for kind in read.schema.types)


def _read(data: bytes, names: list[str], mark: bytes, point: str) -> arrow.Table:
    import pyarrow as arrow
    from pyarrow import csv as reader

    try:
        return reader.read_csv(
            io.BytesIO(data),
            read_options=reader.ReadOptions(column_names=names, skip_rows=1),
            parse_options=reader.ParseOptions(delimiter=mark.decode(), newlines_in_values=b'"' in data),
            convert_options=reader.ConvertOptions(
                null_values=list(MISSING),
                strings_can_be_null=True,
                true_values=[],
                false_values=[],
                decimal_point=point,
            ),
        )
    except arrow.ArrowException as error:
        if "UTF8" in str(error):
            raise RowsError("This file is no text in UTF-8; save the table as CSV (UTF-8).") from error
        row = re.search(r"Expected (\d+) columns, got (\d+)", str(error))
        reason = f"the header names {row[1]} columns and a row has {row[2]}" if row else "its rows differ in length"
        raise RowsError(f"This table can't be read: {reason}; save it as CSV again.") from error
