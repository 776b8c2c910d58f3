"""Files of embeddings as text, as people and other programs write them: CSV, TSV, ``numpy.savetxt``, word vectors."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.delimited import NotUtf8Error, with_newlines
from core.embedding.cells import MISSING, as_text, is_label, is_number, typed
from core.embedding.encoding import to_utf8
from core.embedding.families import families_of
from core.embedding.json_rows import read_json
from core.embedding.limits import Contents, EmbeddingError, EmbeddingLimits, ReadOptions
from core.embedding.text_layout import Layout, layout_of
from core.wording import row_at

if TYPE_CHECKING:
    import pyarrow as arrow

_FAST = 8  # numbered columns that are read as numbers at once, not as text first
_BLOCK = 16 * 2**20  # bytes that are parsed together; no row may be longer
_BLANKS = re.compile(rb"[ \t]+")
NO_FILE = "This is not a file of embeddings; use .npy, .npz, .csv, .tsv, .jsonl, .parquet or a projector's .zip."


class _UnevenError(ValueError):
    """Rows that differ in length."""


def read_text(data: bytes, limits: EmbeddingLimits, options: ReadOptions) -> Contents:
    """Returns what stands in a text: a table, word vectors, JSON or JSON Lines.

    Raises:
        EmbeddingError: It can't be read; the message says why.
    """
    try:
        text, encoding = to_utf8(data, options.encoding)
    except NotUtf8Error as error:
        raise EmbeddingError(NO_FILE) from error
    text = with_newlines(text)
    if text[:1] in (b"{", b"[") and (found := read_json(text)) is not None:
        return found
    try:
        layout = layout_of(text, options)
        contents = _words_or_table(layout, limits)
    except csv.Error as error:
        raise EmbeddingError("This table can't be split into cells: its quotes don't match; save it again.") from error
    except _UnevenError as error:
        raise EmbeddingError(
            f"This table can't be read: its rows differ in length{error}; save it as .csv again."
        ) from error
    named = "" if layout.names is None else "; its first line names the columns"
    said = f"The file is text in {encoding}, {layout.description}{named}."
    return Contents(contents.columns, (said, *layout.notes, *contents.notes))


def read_metadata(data: bytes, rows: int, options: ReadOptions) -> Contents:
    """Returns what a projector's ``metadata.tsv`` says of rows: a line for each, and a line of names over several
    columns.

    Raises:
        EmbeddingError: It has a line too few or too many.
    """
    try:
        text, _ = to_utf8(data, options.encoding)
    except NotUtf8Error as error:
        raise EmbeddingError("The metadata file is not text; save it as .tsv or .csv.") from error
    text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = text.decode("utf-8").removesuffix("\n").split("\n")  # an empty line is an empty label
    first = lines[0]
    separator = next((sign for sign in ("\t", ";", ",") if sign in first and len(lines) == rows + 1), "\t")
    cells = [line.split("\t") for line in lines] if separator == "\t" else list(csv.reader(lines, delimiter=separator))
    if len(cells) not in (rows, rows + 1):
        raise EmbeddingError(
            f"The metadata have {len(lines):,} lines and there are {rows:,} rows; give a line for each, and one "
            "for the names of the columns if there are several."
        )
    width = len(cells[0])
    named = len(cells) == rows + 1
    names = _unique(cells.pop(0) if named else ["label"] if width == 1 else [f"label {i + 1}" for i in range(width)])
    if uneven := next((i for i, row in enumerate(cells) if len(row) != width), None):
        raise EmbeddingError(f"The metadata of {row_at(uneven)} have {len(cells[uneven])} cells, not {width}.")
    return Contents({name: typed(name, [row[i] for row in cells]) for i, name in enumerate(names)})


def _words_or_table(layout: Layout, limits: EmbeddingLimits) -> Contents:
    if layout.separator != " ":
        return _table(layout, limits)
    if len({len(row) for row in layout.rows}) == 1:
        content = b"\n".join(_BLANKS.sub(b"\t", line.strip(b" \t")) for line in layout.content.split(b"\n"))
        try:
            return _table(replace(layout, content=content, separator="\t"), limits)
        except _UnevenError:
            pass
    return _words(layout)


def _words(layout: Layout) -> Contents:
    """Lines that end with equally many numbers, and before them a word that may have blanks in it."""
    width = Counter(len(row) for row in layout.rows).most_common(1)[0][0] - 1
    words, rows = [], []
    for place, line in enumerate(line for line in layout.content.split(b"\n") if line.strip()):
        cells = line.strip().rsplit(None, width)
        try:
            rows.append(np.array(cells[-width:], np.float64).astype(np.float32))
            words.append(b" ".join(cells[:-width]).decode("utf-8"))
        except ValueError as error:
            raise _UnevenError(f" ({row_at(place)} does not end with {width:,} numbers)") from error
        if len(cells) <= width:
            raise _UnevenError(f" ({row_at(place)} has {len(cells):,} cells, not {width + 1:,})")
    return Contents({"word": as_text(words), "embedding": np.stack(rows)})


def _table(layout: Layout, limits: EmbeddingLimits) -> Contents:
    width = len(layout.rows[0]) if layout.rows else 0
    if max(width, len(layout.names or ())) > 2 * limits.max_dims:
        raise EmbeddingError(
            f"This table has {max(width, len(layout.names or ())):,} columns; the limit is {limits.max_dims:,} "
            "dimensions."
        )
    if not layout.rows:
        raise EmbeddingError("This table has column names and no rows below them; choose one with rows.")
    names = _unique(_names(layout, width))
    fast = _fast_columns(names, layout)
    read = _parsed(layout, names, fast)
    columns: dict[str, np.ndarray] = {}
    for place, name in enumerate(names):
        column = read.column(place)
        if name in fast:
            columns[name] = column.to_numpy()
        else:
            columns[name] = typed(name, column.to_pylist(), layout.decimal)
    if "row name" in names and not _are_names(columns["row name"]):
        raise _UnevenError(" (a row has more cells than there are column names)")
    unnamed = {name for name in names if layout.names is None or name.startswith("column ")}
    empty = [name for name in unnamed if all(cell is None for cell in columns[name])]  # after a separator at the end
    return Contents({name: column for name, column in columns.items() if name not in empty})


def _names(layout: Layout, width: int) -> list[str]:
    """A name for each column; rows with a cell more than there are names have a name of their own, as R writes them, or
    end with a separator."""
    if layout.names is None:
        words = layout.separator == "\t" and width > 2
        first = words and _has_words_first(layout)
        return ["word" if first and not place else f"column {place + 1}" for place in range(width)]
    names = [name or ("index" if not place else f"column {place + 1}") for place, name in enumerate(layout.names)]
    if width == len(names) + 1:
        closed = not any(row[-1] for row in layout.rows)
        return [*names, f"column {width}"] if closed else ["row name", *names]
    if width != len(names):
        raise _UnevenError(f" (there are {len(names):,} column names and {width:,} cells in the first row)")
    return names


def _has_words_first(layout: Layout) -> bool:
    """Whether rows are a word and numbers behind it."""
    is_words = not all(is_number(row[0], layout.decimal) for row in layout.rows)
    return is_words and all(is_number(cell, layout.decimal) for row in layout.rows for cell in row[1:])


def _are_names(column: np.ndarray) -> bool:
    return column.dtype.kind == "O" or (column.dtype.kind == "i" and len(np.unique(column)) == len(column))


def _unique(names: Sequence[str]) -> list[str]:
    """The names, each once: a, a as a (1), a (2)."""
    counts, seen = Counter(names), Counter[str]()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(name if counts[name] == 1 else f"{name} ({seen[name]})")
    return unique


def _fast_columns(names: Sequence[str], layout: Layout) -> set[str]:
    """Columns that are surely dimensions, of which there may be many."""
    numbers = []
    for place, name in enumerate(names):
        cells = [row[place] for row in layout.rows if place < len(row)]
        known = [cell for cell in cells if cell.lower() not in MISSING]
        plain = bool(known) and all(is_number(cell, layout.decimal) for cell in known)
        if plain and not is_label(name) and (layout.names is not None or any("." in cell for cell in known)):
            numbers.append(name)
    return {name for family in families_of(numbers) if len(family) >= _FAST for name in family}


def _parsed(layout: Layout, names: Sequence[str], fast: set[str]) -> arrow.Table:
    import pyarrow as arrow
    from pyarrow import csv as reader

    missing = sorted({*MISSING, *(word.upper() for word in MISSING), "NaN", "None", "Null", "<NA>", "N/A", "-NaN"})
    try:
        return reader.read_csv(
            io.BytesIO(layout.content),
            read_options=reader.ReadOptions(column_names=list(names), block_size=_BLOCK),
            parse_options=reader.ParseOptions(
                delimiter=layout.separator,
                quote_char='"' if layout.quoted else False,
                newlines_in_values=layout.quoted and b'"' in layout.content,
            ),
            convert_options=reader.ConvertOptions(
                column_types={name: arrow.float64() if name in fast else arrow.string() for name in names},
                null_values=missing,
                strings_can_be_null=False,
                decimal_point=layout.decimal,
            ),
        )
    except arrow.ArrowException as error:
        if fast and "conversion error" in str(error):  # a word among numbers, or a form of numbers that is ours to read
            return _parsed(layout, names, set())
        row = re.search(r"(?:Row #(\d+): )?Expected (\d+) columns, got (\d+)", str(error))
        where = f"{row_at(int(row[1]) - 1)} has" if row and row[1] else "a row has"
        raise _UnevenError(f" ({where} {row[3]} cells, not {row[2]})" if row else "") from error
