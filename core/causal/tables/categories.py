"""Columns whose values are names, not amounts: text with a few values, columns that are marked, and whole numbers with
3 to 12 values (a guess, which is said). Covariates among them get an indicator (0 or 1) for each category but the
first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from core.causal.tables.rows import Columns, RowsError, Table, text_values

MOST_CATEGORIES = 50  # of a column
_ROWS_A_CATEGORY = 10  # on average: text with more different values is free text
MOST_CODES = 12  # different whole numbers that are taken for codes


def encode_categories(
    table: Table, columns: Mapping[str, str], marked: Collection[str] = (), fewest: int = 3
) -> tuple[Table, dict[str, tuple[str, ...]]]:
    """The table with its categorical columns as indices of their categories, and the categories by node.

    Args:
        columns: By node, the columns that may be categorical. Leave out those whose values count as sizes.
        marked: Nodes that are categorical whatever their values are.
        fewest: Text with fewer categories is left as it is.

    Raises:
        RowsError: A marked column has too many values.
    """
    indices, categories = {}, {}
    for node, column in columns.items():
        if column not in table.columns:
            continue
        encoded = _encoded(table.columns[column], node in marked, fewest)
        if node in marked and encoded is None:
            raise RowsError(f"{node} has more than {MOST_CATEGORIES} different values; group them first.")
        if encoded is not None:
            indices[column], categories[node] = encoded
    return Table({**table.columns, **indices}, table.count) if categories else table, categories


def codes_of(column: np.ndarray) -> np.ndarray | None:
    """The different values of a column ``[N]`` of 3 to 12 whole numbers, in order; None for any other column. Each
    needs ten rows on average."""
    values = np.unique(column)
    few = 3 <= len(values) <= MOST_CODES and len(column) >= _ROWS_A_CATEGORY * len(values)
    return values if few and (values == np.round(values)).all() else None


def one_hot(
    data: Columns,
    covariates: Iterable[str],
    categories: Mapping[str, tuple[str, ...]],
    numeric: Collection[str] = (),
) -> tuple[dict[str, np.ndarray], tuple[str, ...], list[str]]:
    """The columns with indicators, called ``node = category``, in place of the indices of ``encode_categories`` and of
    whole numbers that may be codes; the names of the covariates after that; and notes on it, in sentences. The first
    category is the reference.

    Args:
        data: Columns by node, each ``[N]``.
        numeric: Nodes whose values are amounts.
    """
    columns, names, notes = dict(data), [], []
    for node in covariates:
        found = _category_values(columns[node], categories.get(node), node in numeric)
        if found is None:
            names.append(node)
            continue
        values, called = found
        index = columns.pop(node)
        indicators = {f"{node} = {called[i]}": (index == values[i]).astype(float) for i in range(1, len(values))}
        columns |= indicators
        names += indicators
        count = len(indicators) + 1
        notes.append(
            f"{node} is text with {count} categories; the reference is {called[0]}."
            if node in categories
            else f"The {count} whole numbers in {node} count as categories, not as amounts (a guess; mark it as "
            "numeric if they are amounts)."
        )
    return columns, tuple(names), notes


def _category_values(
    column: np.ndarray, called: tuple[str, ...] | None, is_numeric: bool
) -> tuple[np.ndarray, list[str]] | None:
    """The values of a categorical column and what they are called; None for a column of amounts."""
    if called is not None:
        values = np.unique(column)
        return values, [called[int(value)] for value in values]
    codes = None if is_numeric else codes_of(column)
    return None if codes is None else (codes, [f"{code:g}" for code in codes])


def _encoded(column: Any, marked: bool, fewest: int) -> tuple[np.ndarray, tuple[str, ...]] | None:
    """The index of each row's category, float64 ``[rows]`` with NaN for gaps, and the categories in order; None for a
    column that is not categorical."""
    import pyarrow as arrow
    from pyarrow import compute

    if isinstance(column, np.ndarray):
        return _encoded_numbers(column) if marked else None
    if not arrow.types.is_string(column.type):
        if not marked or not (arrow.types.is_integer(column.type) or arrow.types.is_floating(column.type)):
            return None
        return _encoded_numbers(column.cast(arrow.float64(), safe=False).to_numpy())
    text, values, words = text_values(column)
    if not fewest <= len(values) <= MOST_CATEGORIES or (len(words) < len(values) and not marked):
        return None
    if len(values) > 2 and len(text) < _ROWS_A_CATEGORY * len(values) and not marked:
        return None
    index = compute.cast(compute.index_in(text, value_set=arrow.array(values)), arrow.float64())
    return index.to_numpy(zero_copy_only=False), tuple(values)


def _encoded_numbers(column: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]] | None:
    known = ~np.isnan(column)
    values, index = np.unique(column[known], return_inverse=True)
    if len(values) > MOST_CATEGORIES:
        return None
    indices = np.full(len(column), np.nan)
    indices[known] = index
    return indices, tuple(f"{value:g}" for value in values)
