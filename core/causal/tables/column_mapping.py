"""A graph and a table beside each other: which column stands for which node, and whether rows contradict the graph."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.causal.graphs.graph import CausalGraph
from core.causal.graphs.spelling import listed, meant, nearest
from core.causal.identification.implications import Implication, check
from core.causal.tables.rows import RowsError, Table

LEAST_ROWS = 20


def matched(
    graph: CausalGraph, table: Table, exposure: str, outcome: str, mapping: dict[str, str]
) -> tuple[CausalGraph, dict[str, str], list[str]]:
    """The graph with what has no column as latent, the column of each observed node, and what to tell of it."""
    for node in (exposure, outcome, *mapping):
        graph.check_node(node)
    for node, column in mapping.items():
        if column not in table.columns:
            hint = meant(column, table.names, f"there are {listed(table.names)}.")
            raise RowsError(f"There is no column called {column} for {node}; {hint}")
    columns = {node: mapping.get(node, node) for node in graph.observed}
    for column in set(columns.values()):
        ours = [node for node, its in columns.items() if its == column and column in table.columns]
        if len(ours) > 1:
            raise RowsError(f"{' and '.join(ours)} would both be the column {column}; give each its own.")
    missing = [node for node, column in columns.items() if column not in table.columns]
    for node, role in ((exposure, "exposure"), (outcome, "outcome")):
        if node in missing:
            hint = meant(node, table.names, "say which it is.")
            raise RowsError(f"The {role} {node} has no column; {hint} There are {listed(table.names)}.")
    near = {node: nearest(node, {*graph.nodes, *table.names} - {node}) for node in missing}
    hinted = [node + (f" (did you mean {name}?)" if name else "") for node, name in near.items()]
    told = [f"Without a column, so counted as latent: {', '.join(hinted)}."] if missing else []
    return graph.with_latent(missing), {n: c for n, c in columns.items() if n not in missing}, told


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
