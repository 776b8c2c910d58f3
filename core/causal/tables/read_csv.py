"""A CSV in, a table out: separated by commas, semicolons or tabs, with a decimal comma where there are semicolons."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from core.causal.tables.rows import RowsError, Table
from core.delimited import BadCellsError, DelimitedText, NotUtf8Error, sniff, with_newlines

if TYPE_CHECKING:
    import pyarrow as arrow

MAX_BYTES, MAX_ROWS, MAX_COLUMNS = 200 * 2**20, 1_000_000, 200
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A", "?", ".")
_NOT_UTF8 = "This file is not UTF-8 text; save the table as CSV (UTF-8)."


def read_table(source: Path | str | bytes) -> Table:
    """Returns the table of a CSV, given by its path or its content.

    Raises:
        RowsError: The file is empty, too large (200 MB, 1,000,000 rows, 200 columns) or not UTF-8, or it has two
            columns of one name, no rows, or rows of different length.
        OSError: There is no such file.
    """
    data = _content(source)
    if not with_newlines(data).strip():
        raise RowsError("This file is empty; choose a table with a header and rows.")
    try:
        text = sniff(data)
    except NotUtf8Error as error:
        raise RowsError(_NOT_UTF8) from error
    except BadCellsError as error:
        raise RowsError("The first line of this table can't be read; write the names of its columns there.") from error
    names = _names(text)
    if text.line_count - 1 > MAX_ROWS:
        raise RowsError(
            f"This table has {text.line_count - 1:,} rows and the limit is {MAX_ROWS:,}; pass a sample of it."
        )
    read = text.read_numbers(lambda sign: _read(text, names, sign), _number_columns)
    if not read.num_rows:
        raise RowsError("This table has a header and no rows below it; choose one with data.")
    return Table({name: read.column(i) for i, name in enumerate(names)}, read.num_rows)


def _content(source: Path | str | bytes) -> bytes:
    """Returns the content; the size is checked before it is read."""
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    if size > MAX_BYTES:
        raise RowsError(f"This file has more than {MAX_BYTES // 2**20} MB; save fewer rows or columns.")
    return source if isinstance(source, bytes) else Path(source).read_bytes()


def _names(text: DelimitedText) -> list[str]:
    names = [name or f"column {i}" for i, name in enumerate(text.first, 1)]
    if len(names) > MAX_COLUMNS:
        raise RowsError(f"This table has {len(names):,} columns and the limit is {MAX_COLUMNS}; leave some out.")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise RowsError(f"Two columns of this table are called {twice}; give each column its own name.")
    return names


def _number_columns(read: arrow.Table) -> int:
    from pyarrow import types

    return sum(types.is_integer(kind) or types.is_floating(kind) for kind in read.schema.types)


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
