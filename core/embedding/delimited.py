"""Files of embeddings as delimited text, as people and other programs write them."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import pandas as pd

from core.delimited import BadCellsError, DelimitedText, sniff

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan", re.IGNORECASE)
_NO_NAMES = "Its first line holds numbers, so it is read as a row: the columns have no names."


class UnevenRowsError(ValueError):
    """Rows that differ in length from each other, or from the line of names."""


def read_delimited(data: bytes) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Returns a table, and sentences about how it was read.

    Columns without names are called ``column 1`` and so on. A separator at the end of each row shifts no column, and
    neither do names of rows.

    Raises:
        UnevenRowsError: The rows differ in length.
        NotUtf8Error, UnicodeDecodeError: The file is not text in UTF-8.
    """
    try:
        text = sniff(data)
        second = text.second
    except BadCellsError as error:
        raise UnevenRowsError(str(error)) from error
    content, has_names = text.data, not _is_row(text.first, second)
    if has_names and len(second) == len(text.first) + 1 and not second[-1]:
        content = re.sub(re.escape(text.separator).encode() + rb"(?=\n|$)", b"", content)
    frame = text.read_numbers(lambda sign: _parsed(content, text, has_names, sign), _number_columns)
    frame = _with_row_names(frame)
    if not has_names:
        frame.columns = [f"column {place + 1}" for place in range(frame.shape[1])]
    unnamed = [name for name in frame.columns if not has_names or str(name).startswith("Unnamed: ")]
    empty = [name for name in unnamed if frame[name].isna().all()]  # after a separator at the end of each line
    return frame.drop(columns=empty), () if has_names else (_NO_NAMES,)


def _parsed(content: bytes, text: DelimitedText, has_names: bool, sign: str) -> pd.DataFrame:
    header = 0 if has_names else None
    try:
        return pd.read_csv(io.BytesIO(content), sep=text.separator, header=header, decimal=sign)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise UnevenRowsError(str(error)) from error


def _number_columns(frame: pd.DataFrame) -> int:
    return frame.select_dtypes("number").shape[1]


def _is_row(first: Sequence[str], second: Sequence[str]) -> bool:
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
    """Returns a table whose rows have one cell more than there are names, as R writes them, with a column for it."""
    if isinstance(frame.index, pd.RangeIndex):
        return frame
    index = frame.index
    if index.nlevels > 1 or index.dtype.kind == "f" or (index.dtype.kind == "i" and not index.is_unique):
        raise UnevenRowsError("A row has more cells than there are column names.")
    return frame.reset_index(names="row name")
