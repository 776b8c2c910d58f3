"""Whether rows contradict a graph: its implications among the columns that are numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.causal.graphs.graph import CausalGraph
from core.causal.identification.implications import Implication, check
from core.causal.tables.rows import RowsError, Table

LEAST_ROWS = 20


def held_against(
    graph: CausalGraph, table: Table, columns: Mapping[str, str]
) -> tuple[tuple[Implication, ...], list[str]]:
    """The graph's implications among the columns that are numbers, on the rows that are whole in all of them."""
    whole, told = whole_rows(table, columns)
    return (tuple(check(graph, whole)) if whole else ()), told


def whole_rows(table: Table, columns: Mapping[str, str]) -> tuple[dict[str, np.ndarray], list[str]]:
    """The columns that are numbers and not the same in every row, by node, on the rows that are whole in all of them;
    none where those are too few. And what to tell of it."""
    good, told = {}, []
    for node, column in columns.items():
        try:
            if not table.rows([column]).constant:
                good[node] = column
        except RowsError as error:
            told.append(f"Not held against the graph: {error}")
    try:
        rows = table.rows(good.values())
    except RowsError as error:
        return {}, [*told, f"The graph was not held against the rows: {error}"]
    if len(rows) < LEAST_ROWS:
        return {}, [*told, f"The graph was not held against the rows: {_have(len(rows))} a value in every column."]
    if rows.dropped:
        told.append(f"The graph is held against the {len(rows):,} rows that have a value in every column.")
    return {node: rows.columns[column] for node, column in good.items() if column not in rows.constant}, told


def _have(count: int) -> str:
    return "1 row has" if count == 1 else f"{count} rows have"
