"""Categorical covariates: columns of text with a few values, adjusted for by an indicator (0 or 1) for each category
but the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from core.causal.tables.rows import Columns, Table, text_values

MOST_CATEGORIES = 12  # of a column


def encode_categories(table: Table, columns: Mapping[str, str]) -> tuple[Table, dict[str, tuple[str, ...]]]:
    """The table with its categorical columns as indices of their categories, and the categories by node.

    Args:
        columns: By node, the columns that may be categorical. Leave out those whose values count as sizes.
    """
    indices, categories = {}, {}
    for node, column in columns.items():
        if (encoded := _encoded(table.columns[column])) is not None:
            indices[column], categories[node] = encoded
    return Table({**table.columns, **indices}, table.count) if categories else table, categories


def one_hot(
    data: Columns, covariates: Iterable[str], categories: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, np.ndarray], tuple[str, ...], list[str]]:
    """The columns with indicators, called ``node = category``, in place of the indices of ``encode_categories``; the
    names of the covariates after that; and notes on it, in sentences. The first category is the reference."""
    columns, names, notes = dict(data), [], []
    for node in covariates:
        if node not in categories:
            names.append(node)
            continue
        index = columns.pop(node)
        reference, *others = np.unique(index).astype(int)
        indicators = {f"{node} = {categories[node][other]}": (index == other).astype(float) for other in others}
        columns |= indicators
        names += indicators
        reference_name = categories[node][reference]
        notes.append(f"{node} is text with {len(indicators) + 1} categories; the reference is {reference_name}.")
    return columns, tuple(names), notes


def _encoded(column: Any) -> tuple[np.ndarray, tuple[str, ...]] | None:
    """For a column of text with 3 to 12 categories: the index of each row's category, float64 ``[rows]`` with NaN for
    gaps, and the categories in order; None for any other column."""
    import pyarrow as arrow
    from pyarrow import compute

    if isinstance(column, np.ndarray) or not arrow.types.is_string(column.type):
        return None
    text, values, words = text_values(column)
    if not 3 <= len(values) <= MOST_CATEGORIES or len(words) < len(values):
        return None
    index = compute.cast(compute.index_in(text, value_set=arrow.array(values)), arrow.float64())
    return index.to_numpy(), tuple(values)
