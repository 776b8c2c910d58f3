"""Tables and the numbers in them. A column is checked when it is used, so a column of text harms no question that does
not need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from core.causal.graphs.spelling import comma_list, suggestion
from core.wording import row_at

if TYPE_CHECKING:
    import pyarrow as arrow

MAX_ROWS = 1_000_000
Columns = Mapping[str, np.ndarray]  # columns of numbers by name, float64 ``[rows]``
_SHOWN = 3  # values that a message names
_SMALLEST, _LARGEST = 1e-100, 1e100  # of a column's largest number: beyond these, squares and their ratios overflow


class RowsError(ValueError):
    """One plain sentence: what is wrong with a table and what to do."""


@dataclass(frozen=True)
class Rows:
    """Columns of numbers without gaps.

    Attributes:
        columns: By name, float64 ``[rows]``.
        dropped: How many rows were dropped because a value is missing in one of these columns.
        codes: For each column of text with two values: the value coded as 0 and the one coded as 1.
    """

    columns: dict[str, np.ndarray]
    dropped: int = 0
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    @property
    def constant(self) -> tuple[str, ...]:
        """Columns with the same value in every row."""
        return tuple(name for name, column in self.columns.items() if (column == column[0]).all())

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to the table, in sentences."""
        lines = [f"{name} is text: {zero} is coded as 0 and {one} as 1." for name, (zero, one) in self.codes.items()]
        if self.dropped:
            total = self.dropped + len(self)
            lines.insert(0, f"{self.dropped:,} of {total:,} rows were dropped because a required value is missing.")
        return tuple(lines)


@dataclass(frozen=True)
class Table:
    """The contents of a file as they were read; ``rows`` gives numbers.

    Attributes:
        columns: By name: arrays of numbers, NaN where a value is missing, or columns as Arrow read them.
        count: How many rows there are.
        notes: What was guessed when the file was read, in sentences.
    """

    columns: Mapping[str, Any]
    count: int
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(self.columns)

    def rows(self, names: Iterable[str]) -> Rows:
        """Some columns as numbers, without the rows in which one of them has no value.

        Raises:
            RowsError: There is no such column, it holds text or infinite values, or no row is complete.
        """
        columns, codes = {}, {}
        for name in dict.fromkeys(names):
            columns[name], code = self._numbers(name)
            if code:
                codes[name] = code
        complete = np.ones(self.count, bool)
        for column in columns.values():
            complete &= ~np.isnan(column)
        if not complete.any():
            sparsest = min(columns, key=lambda name: int((~np.isnan(columns[name])).sum()), default="")
            raise RowsError(
                f"No row has a value in each of {', '.join(columns)}; leave out {sparsest}: it has the fewest values."
            )
        if not complete.all():
            columns = {name: column[complete] for name, column in columns.items()}
        return Rows(columns, int((~complete).sum()), codes)

    def repeated(self, name: str) -> Table:
        """The table with each row as often as a column of counts says, without that column.

        Raises:
            RowsError: There is no such column, a count is not a whole number of 0 or more, or there are too many rows.
        """
        column, _ = self._numbers(name)
        if np.isnan(column).any() or (column < 0).any() or (column != np.round(column)).any():
            raise RowsError(f"{name} holds no counts: each must be a whole number of 0 or more.")
        if not 0 < (total := int(column.sum())) <= MAX_ROWS:
            raise RowsError(f"{name} adds up to {total:,} rows and the limit is {MAX_ROWS:,}; divide the counts.")
        places = np.repeat(np.arange(self.count), column.astype(int))
        columns = {
            other: values[places] if isinstance(values, np.ndarray) else values.take(places)
            for other, values in self.columns.items()
            if other != name
        }
        note = f"Each row stands for as many units as {name} says: {total:,} in all."
        return Table(columns, total, (*self.notes, note))

    def indices(self, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
        """The index of each row's value in a column of anything, float64 ``[rows]`` with NaN for gaps, and the values,
        in order.

        Raises:
            RowsError: There is no such column.
        """
        self._check(name)
        column = self.columns[name]
        if isinstance(column, np.ndarray):
            known = ~np.isnan(column)
            values, index = np.unique(column[known], return_inverse=True)
            indices = np.full(self.count, np.nan)
            indices[known] = index
            return indices, tuple(f"{value:g}" for value in values)
        import pyarrow as arrow
        from pyarrow import compute

        if arrow.types.is_integer(column.type) or arrow.types.is_floating(column.type):
            return Table({name: column.cast(arrow.float64(), safe=False).to_numpy()}, self.count).indices(name)
        text, called, _ = text_values(column)
        places = compute.cast(compute.index_in(text, value_set=arrow.array(called)), arrow.float64())
        return places.to_numpy(), tuple(called)

    def _check(self, name: str) -> None:
        """Refuse a name that no column has."""
        if name in self.columns:
            return
        if f"{name} (1)" in self.columns:
            raise RowsError(f"Two columns of this table are called {name}; choose {name} (1) or {name} (2).")
        raise RowsError(f"There is no column called {name}; {suggestion(name, self.names, comma_list(self.names))}")

    def _numbers(self, name: str) -> tuple[np.ndarray, tuple[str, str] | None]:
        """A column as float64 ``[rows]``, NaN for gaps, and the values coded as 0 and 1 if it was text."""
        self._check(name)
        column, code = self.columns[name], None
        if not isinstance(column, np.ndarray):
            column, code = _from_arrow(column, name)
        if np.isinf(column).any():
            first = row_at(int(np.isinf(column).argmax()))
            raise RowsError(f"{name} holds infinite values (the first in {first}); correct them or leave them empty.")
        largest = float(np.fmax.reduce(np.abs(column), initial=0.0))
        if largest > _LARGEST or 0 < largest < _SMALLEST:
            size = "numbers larger than 1e100" if largest > _LARGEST else "no number as large as 1e-100"
            raise RowsError(f"{name} holds {size}; write it in another unit.")
        return column, code


def table_of(columns: Mapping[str, Iterable[float]]) -> Table:
    """A table of columns that are numbers already; NaN where a value is missing.

    Raises:
        RowsError: There are no rows, or columns differ in length.
    """
    arrays = {name: np.asarray(column, np.float64) for name, column in columns.items()}
    lengths = {len(column) for column in arrays.values()}
    if not lengths or lengths == {0}:
        raise RowsError("This table has no rows; give at least two columns of numbers.")
    if len(lengths) > 1:
        raise RowsError("These columns differ in length; each needs a value for every row.")
    return Table(arrays, lengths.pop())


def text_values(column: arrow.ChunkedArray) -> tuple[arrow.ChunkedArray, list[str], list[str]]:
    """A column as text, its distinct values in order, and those among them that are not numbers."""
    import pyarrow as arrow
    from pyarrow import compute

    text = compute.utf8_trim_whitespace(column.cast(arrow.string()))
    text = _in_one_case(text)
    values = sorted(value for value in compute.unique(text).to_pylist() if value is not None)
    return text, values, [value for value in values if not _is_number(value)]


def variant_notes(table: Table, columns: Mapping[str, str]) -> list[str]:
    """A sentence for each node whose column holds values that differ only in their case: they count as one.

    Args:
        columns: The column of each node.
    """
    import pyarrow as arrow
    from pyarrow import compute

    notes = []
    for node, name in columns.items():
        column = table.columns[name]
        if isinstance(column, np.ndarray) or not arrow.types.is_string(column.type):
            continue
        groups = case_variants(compute.utf8_trim_whitespace(column))[:_SHOWN]
        notes += [f"{node}: {' and '.join(group)} count as one value." for group in groups]
    return notes


def case_variants(column: arrow.ChunkedArray) -> list[tuple[str, ...]]:
    """The values of a column of text that differ only in their case, each group with the most frequent first."""
    from pyarrow import compute

    groups: dict[str, list[tuple[int, str]]] = {}
    for entry in compute.value_counts(column.combine_chunks()).to_pylist():
        if entry["values"] is not None:
            groups.setdefault(entry["values"].casefold(), []).append((-entry["counts"], entry["values"]))
    return [tuple(value for _, value in sorted(group)) for group in groups.values() if len(group) > 1]


def _in_one_case(text: arrow.ChunkedArray) -> arrow.ChunkedArray:
    """The text with values that differ only in their case written as the most frequent of them."""
    import pyarrow as arrow
    from pyarrow import compute

    for first, *others in case_variants(text):
        text = compute.if_else(compute.is_in(text, value_set=arrow.array(others)), first, text)
    return text


def _from_arrow(column: arrow.ChunkedArray, name: str) -> tuple[np.ndarray, tuple[str, str] | None]:
    """Numbers as they are; text with two values as 0 and 1 in sorted order."""
    import pyarrow as arrow
    from pyarrow import compute

    dtype = column.type
    if arrow.types.is_integer(dtype) or arrow.types.is_floating(dtype) or arrow.types.is_null(dtype):
        return column.cast(arrow.float64(), safe=False).to_numpy(), None
    if arrow.types.is_binary(dtype):
        raise RowsError("This file is not UTF-8 text; save the table as CSV (UTF-8).")
    text, values, words = text_values(column)
    if len(values) != 2 or len(words) != 2:
        shown = ", ".join(" ".join(value.split())[:20] for value in words[:_SHOWN]) + (
            ", ..." if len(words) > _SHOWN else ""
        )
        raise RowsError(
            f"{name} holds text instead of numbers ({shown}); mark it as categorical if these are categories, or use "
            "another column."
        )
    ones = compute.cast(compute.equal(text, values[1]), arrow.float64())
    return ones.to_numpy(), (values[0], values[1])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
