"""Covariates that are text of a few kinds: adjusted for by a column of 0 and 1 for each kind but the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from core.causal.tables.rows import Columns, Table, words_of

MOST_KINDS = 12  # that are told apart one by one


def numbered(table: Table, columns: Mapping[str, str]) -> tuple[Table, dict[str, tuple[str, ...]]]:
    """The table with those columns that are text of a few kinds as places among them, and the kinds by node.

    Args:
        columns: The column of each node that may be of kinds: none whose size would then be taken for a number.
    """
    places, kinds = {}, {}
    for node, column in columns.items():
        if (found := _kinds(table.columns[column])) is not None:
            places[column], kinds[node] = found
    return Table({**table.columns, **places}, table.count) if kinds else table, kinds


def apart(
    data: Columns, covariates: Iterable[str], kinds: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, np.ndarray], tuple[str, ...], list[str]]:
    """The columns with one for each kind but the first, called ``node = kind``, instead of those with places among
    kinds; the covariates by these names; and what to tell of it."""
    found, names, told = dict(data), [], []
    for node in covariates:
        if node not in kinds:
            names.append(node)
            continue
        places = found.pop(node)
        first, *others = np.unique(places).astype(int)
        more = {f"{node} = {kinds[node][other]}": (places == other).astype(float) for other in others}
        found |= more
        names += more
        told.append(f"{node} is text of {len(more) + 1} kinds, compared with {kinds[node][first]}.")
    return found, tuple(names), told


def _kinds(column: Any) -> tuple[np.ndarray, tuple[str, ...]] | None:
    """Of a column of text with 3 to 12 kinds: each row's place among them, float64 ``[rows]`` with NaN for gaps, and
    the kinds in order; None for any other."""
    import pyarrow as arrow
    from pyarrow import compute

    if isinstance(column, np.ndarray) or not arrow.types.is_string(column.type):
        return None
    text, values, words = words_of(column)
    if not 3 <= len(values) <= MOST_KINDS or len(words) < len(values):
        return None
    places = compute.cast(compute.index_in(text, value_set=arrow.array(values)), arrow.float64())
    return places.to_numpy(), tuple(values)
