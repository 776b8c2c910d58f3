"""Tables as text, with commas, semicolons or tabs between cells: as people and other programs write them."""

from __future__ import annotations

import csv
import io
import re

import pandas as pd

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan", re.IGNORECASE)
_MARKS = (b",", b";", b"\t")
_NO_NAMES = "Its first line holds numbers, so it is read as a row: the columns have no names."


class UnevenRows(ValueError):
    """Rows that do not go with the names over them."""


def mark_of(data: bytes) -> bytes:
    """What stands between cells: what is most frequent in the first line."""
    head = data.split(b"\n", 1)[0]
    return max(_MARKS, key=head.count)


def read_delimited(data: bytes) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """A table and sentences about how it was read. Without names over its columns they are called ``column 1`` and so
    on; a mark at the end of each row, and names of rows before them, are no reason to shift a column.

    Raises:
        UnevenRows: Rows that are longer or shorter than others, or than the line of names.
        UnicodeDecodeError: No text.
    """
    mark = mark_of(data)
    first, second = _cells(data, mark)
    headless = _is_row(first, second)
    if not headless and len(second) == len(first) + 1 and not second[-1]:
        data = re.sub(re.escape(mark) + rb"(?=\r?(\n|$))", b"", data)
    frame = _parsed(data, mark, headless, ".")
    if mark == b";" and re.search(rb"\d,\d", data):
        frame = max((frame, _parsed(data, mark, headless, ",")), key=_numbers)  # whichever makes more of it numbers
    frame = _with_row_names(frame)
    if headless:
        frame.columns = [f"column {place + 1}" for place in range(frame.shape[1])]
    unnamed = [name for name in frame.columns if headless or str(name).startswith("Unnamed: ")]
    empty = [name for name in unnamed if frame[name].isna().all()]  # after a mark at the end of each line
    return frame.drop(columns=empty), (_NO_NAMES,) * headless


def _parsed(data: bytes, mark: bytes, headless: bool, point: str) -> pd.DataFrame:
    try:
        return pd.read_csv(io.BytesIO(data), sep=mark.decode(), header=None if headless else 0, decimal=point)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise UnevenRows(str(error)) from error


def _numbers(frame: pd.DataFrame) -> int:
    return frame.select_dtypes("number").shape[1]


def _cells(data: bytes, mark: bytes) -> tuple[list[str], list[str]]:
    """Cells of the first two lines."""
    lines = [line.decode("utf-8-sig").rstrip("\r") for line in data.split(b"\n", 2)[:2]]
    try:
        cells = [next(csv.reader([line], delimiter=mark.decode()), []) for line in (*lines, "")[:2]]
    except csv.Error as error:
        raise UnevenRows(str(error)) from error
    first, second = ([cell.strip() for cell in line] for line in cells)
    return first, second


def _is_row(first: list[str], second: list[str]) -> bool:
    """Whether the first line is a row: it has numbers that can't be names of dimensions, such as 0, 1, 2, ..."""
    at = [place for place, cell in enumerate(first) if _NUMBER.fullmatch(cell)]
    if not at:
        return False
    if not all(first[place].isdecimal() for place in at):
        return True
    numbers = [int(first[place]) for place in at]
    if numbers in (list(range(len(at))), list(range(1, len(at) + 1))):
        return False
    climbing = len(at) > 1 and numbers == sorted(set(numbers))
    below = [second[place] for place in at if place < len(second)]
    return not climbing or all(cell.isdecimal() for cell in below)


def _with_row_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows that have a cell more than there are names, as R writes them: the first is the name of the row."""
    if isinstance(frame.index, pd.RangeIndex):
        return frame
    index = frame.index
    if index.nlevels > 1 or index.dtype.kind == "f" or (index.dtype.kind == "i" and not index.is_unique):
        raise UnevenRows("There are more cells in a row than names.")
    return frame.reset_index(names="row name")
