"""Tables of rows: columns of numbers out, and nothing lost without being told. Names are looked at when they are used,
so that a column of text harms nobody who does not ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from core.causal.graphs.spelling import comma_list, suggestion

if TYPE_CHECKING:
    import pyarrow as arrow

Columns = Mapping[str, np.ndarray]  # columns of numbers by name, float64 ``[rows]``
_SHOWN = 3  # values that a message names
_LEAST, _MOST = 1e-100, 1e100  # of a column's largest number: squares and their ratios beyond are no numbers


class RowsError(ValueError):
    """One plain sentence: what is wrong with a table and what to do."""


@dataclass(frozen=True)
class Rows:
    """Columns of numbers without gaps.

    Attributes:
        columns: For each name float64 ``[rows]``.
        dropped: How many rows fell out because one of these columns has no value there.
        coded: Of columns of text with two values: which is 0 and which is 1.
    """

    columns: dict[str, np.ndarray]
    dropped: int = 0
    coded: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    @property
    def constant(self) -> tuple[str, ...]:
        """Columns that are the same in every row."""
        return tuple(name for name, column in self.columns.items() if (column == column[0]).all())

    def told(self) -> tuple[str, ...]:
        """What was done to the table, in sentences."""
        lines = [f"{name} is text: {zero} counts as 0 and {one} as 1." for name, (zero, one) in self.coded.items()]
        if self.dropped:
            whole = self.dropped + len(self)
            lines.insert(0, f"{self.dropped:,} of {whole:,} rows fell out: a value that is needed is missing there.")
        return tuple(lines)


@dataclass(frozen=True)
class Table:
    """What a file holds, as it was read: use ``rows`` to get numbers.

    Attributes:
        columns: By name: arrays of numbers, NaN where a value is missing, or columns as Arrow read them.
        count: How many rows there are.
    """

    columns: Mapping[str, Any]
    count: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def rows(self, names: Iterable[str]) -> Rows:
        """Some columns as numbers, without the rows in which one of them has no value.

        Raises:
            RowsError: A name that is not there, text where numbers belong, infinite values, or no row that is whole.
        """
        found, coded = {}, {}
        for name in dict.fromkeys(names):
            found[name], kinds = self._numbers(name)
            if kinds:
                coded[name] = kinds
        whole = np.ones(self.count, bool)
        for column in found.values():
            whole &= ~np.isnan(column)
        if not whole.any():
            worst = min(found, key=lambda name: int((~np.isnan(found[name])).sum()), default="")
            raise RowsError(f"No row has a value in each of {', '.join(found)}; {worst} has the fewest, do without it.")
        if not whole.all():
            found = {name: column[whole] for name, column in found.items()}
        return Rows(found, int((~whole).sum()), coded)

    def _numbers(self, name: str) -> tuple[np.ndarray, tuple[str, str] | None]:
        """A column as float64 ``[rows]`` with NaN for gaps, and what 0 and 1 stand for if it was text."""
        if name not in self.columns:
            raise RowsError(f"There is no column called {name}; {suggestion(name, self.names, comma_list(self.names))}")
        column, kinds = self.columns[name], None
        if not isinstance(column, np.ndarray):
            column, kinds = _from_arrow(column, name)
        if np.isinf(column).any():
            row = int(np.isinf(column).argmax()) + 1
            raise RowsError(f"{name} holds infinite values (the first in row {row:,}); mend them or leave them empty.")
        largest = float(np.fmax.reduce(np.abs(column), initial=0.0))
        if largest > _MOST or 0 < largest < _LEAST:
            told = "numbers larger than 1e100" if largest > _MOST else "no number as large as 1e-100"
            raise RowsError(f"{name} holds {told}; write it in another unit.")
        return column, kinds


def table_of(columns: Mapping[str, Iterable[float]]) -> Table:
    """A table of columns that are numbers already; NaN where a value is missing.

    Raises:
        RowsError: Nothing is in it, or columns differ in length.
    """
    arrays = {name: np.asarray(column, np.float64) for name, column in columns.items()}
    lengths = {len(column) for column in arrays.values()}
    if not lengths or lengths == {0}:
        raise RowsError("This table has no rows; give at least two columns of numbers.")
    if len(lengths) > 1:
        raise RowsError("These columns differ in length; each needs a value for every row.")
    return Table(arrays, lengths.pop())


def _from_arrow(column: arrow.ChunkedArray, name: str) -> tuple[np.ndarray, tuple[str, str] | None]:
    """Numbers as they are, text with two values as 0 and 1 in sorted order."""
    import pyarrow as arrow
    from pyarrow import compute

    kind = column.type
    if arrow.types.is_integer(kind) or arrow.types.is_floating(kind) or arrow.types.is_null(kind):
        return column.cast(arrow.float64(), safe=False).to_numpy(), None
    if arrow.types.is_binary(kind):
        raise RowsError("This file is no text in UTF-8; save the table as CSV (UTF-8).")
    text, values, words = words_of(column)
    if len(values) != 2 or len(words) != 2:
        shown = ", ".join(" ".join(value.split())[:20] for value in words[:_SHOWN]) + (
            ", ..." if len(words) > _SHOWN else ""
        )
        raise RowsError(f"{name} holds text where numbers belong ({shown}); write numbers, or use another column.")
    ones = compute.cast(compute.equal(text, values[1]), arrow.float64())
    return ones.to_numpy(), (values[0], values[1])


def words_of(column: arrow.ChunkedArray) -> tuple[arrow.ChunkedArray, list[str], list[str]]:
    """A column as text, its values in order, and those that are no numbers."""
    import pyarrow as arrow
    from pyarrow import compute

    text = compute.utf8_trim_whitespace(column.cast(arrow.string()))
    values = sorted(value for value in compute.unique(text).to_pylist() if value is not None)
    return text, values, [value for value in values if not _is_number(value)]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
