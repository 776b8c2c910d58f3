"""Whether rows contradict a graph: its implications, tested on the columns that are numeric."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.causal.graphs.graph import CausalGraph
from core.causal.identification.implications import Implication, check_implications
from core.causal.tables.rows import RowsError, Table
from core.wording import count_of

MIN_ROWS = 20  # of an analysis


def few_rows_sentence(count: int) -> str:
    """Says that a table of ``count`` rows has too few for an estimate; empty if it has enough."""
    if count >= MIN_ROWS:
        return ""
    return f"An estimate needs at least {MIN_ROWS} rows, and this table has {count_of(count, 'row')}."


def check_graph(
    graph: CausalGraph, table: Table, columns: Mapping[str, str]
) -> tuple[tuple[Implication, ...], list[str]]:
    """The graph's implications among the numeric columns, tested on complete rows; and notes, in sentences.

    Args:
        columns: The column of each observed node.
    """
    rows, notes = complete_rows(table, columns)
    return (tuple(check_implications(graph, rows)) if rows else ()), notes


def complete_rows(table: Table, columns: Mapping[str, str]) -> tuple[dict[str, np.ndarray], list[str]]:
    """The numeric columns that vary, by node and each ``[N]``, on the rows that have a value in all of them; empty if
    these rows are too few. And notes, in sentences."""
    usable, notes = {}, []
    for node, column in columns.items():
        try:
            if not table.rows([column]).constant:
                usable[node] = column
        except RowsError as error:
            notes.append(f"Not used to check the graph: {error}")
    try:
        rows = table.rows(usable.values())
    except RowsError as error:
        return {}, [*notes, f"The graph could not be checked: {error}"]
    if len(rows) < MIN_ROWS:
        have = "has" if len(rows) == 1 else "have"
        few = f"only {count_of(len(rows), 'row')} {have} a value in every column"
        return {}, [*notes, f"The graph could not be checked: {few}."]
    if rows.dropped:
        notes.append(f"The graph is checked on the {len(rows):,} rows that have a value in every column.")
    return {node: rows.columns[column] for node, column in usable.items() if column not in rows.constant}, notes
