"""What delimited text says of itself: its encoding, the separator of its cells, its decimal sign and its size.

Tables of rows and files of embeddings are read by different readers; both ask here first.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

_SEPARATORS = (",", ";", "\t")
_UTF8_MARK = b"\xef\xbb\xbf"
_BINARY = (b"PK\x03\x04", b"PAR1", b"\xff\xfe", b"\xfe\xff")  # zip, Parquet, and the marks of UTF-16
Read = TypeVar("Read")


class DelimitedError(ValueError):
    """One plain sentence: why a text is no delimited table."""


class NotUtf8Error(DelimitedError):
    """The file is binary, or text in another encoding."""


class BadCellsError(DelimitedError):
    """A line can't be split into cells: its quotes don't match, or a cell is longer than 131,072 characters."""


@dataclass(frozen=True)
class DelimitedText:
    """A table as text.

    Attributes:
        data: UTF-8 without a byte-order mark; lines end with a newline, and the first is not empty.
        separator: The separator of cells: a comma, a semicolon or a tab.
        first: The cells of the first line, without blanks around them.
    """

    data: bytes
    separator: str
    first: tuple[str, ...]

    @property
    def second(self) -> tuple[str, ...]:
        """The cells of the second line, without blanks around them.

        Raises:
            NotUtf8Error, BadCellsError: As ``sniff``.
        """
        return _cells([*self.data.split(b"\n", 2)[:2], b""][1], self.separator)

    @property
    def line_count(self) -> int:
        """The number of lines, the first one included; cells with line breaks count for several."""
        return self.data.count(b"\n") + (not self.data.endswith(b"\n"))

    @property
    def decimal_signs(self) -> tuple[str, ...]:
        """The signs that may stand before decimals: a comma only where cells are separated by semicolons."""
        may_be_comma = self.separator == ";" and re.search(rb"\d,\d", self.data) is not None
        return (".", ",") if may_be_comma else (".",)

    def read_numbers(self, read: Callable[[str], Read], count: Callable[[Read], int]) -> Read:
        """Returns the table read with the decimal sign that makes more columns numbers.

        Args:
            read: Reads the table with a decimal sign.
            count: Counts the columns of numbers of what was read.
        """
        return max((read(sign) for sign in self.decimal_signs), key=count)


def sniff(data: bytes) -> DelimitedText:
    """Returns a table as text, with what its first line says.

    Raises:
        NotUtf8Error: The file is binary, or its first line is text in another encoding.
        BadCellsError: The first line can't be split into cells.
    """
    if data.startswith(_BINARY):
        raise NotUtf8Error("This file is not UTF-8 text.")
    text = with_newlines(data)
    head = text.split(b"\n", 1)[0]
    if b"\0" in head:
        raise NotUtf8Error("This file is not UTF-8 text.")
    separator = separator_of(head)
    return DelimitedText(text, separator, _cells(head, separator))


def with_newlines(data: bytes) -> bytes:
    """Returns text without a byte-order mark and without empty first lines, each line ended by a newline."""
    text = data.removeprefix(_UTF8_MARK)
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text.lstrip(b"\n")


def separator_of(line: bytes) -> str:
    """Returns the separator that is most frequent in a line, outside quotes; a comma if there is none."""
    bare = re.sub(rb'"[^"]*"', b"", line)
    return max(_SEPARATORS, key=lambda mark: bare.count(mark.encode()))


def _cells(line: bytes, separator: str) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([line.decode("utf-8")], delimiter=separator), [])
    except UnicodeDecodeError as error:
        raise NotUtf8Error("This file is not UTF-8 text.") from error
    except csv.Error as error:
        raise BadCellsError("A line of this table can't be split into cells.") from error
    return tuple(cell.strip() for cell in cells)
