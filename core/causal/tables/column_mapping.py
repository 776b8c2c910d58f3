"""Which column of a table stands for which node of a graph."""

from __future__ import annotations

from core.causal.graphs.graph import CausalGraph
from core.causal.graphs.spelling import closest_name, comma_list, suggestion
from core.causal.tables.rows import RowsError, Table


def map_columns(
    graph: CausalGraph, table: Table, exposure: str, outcome: str, mapping: dict[str, str]
) -> tuple[CausalGraph, dict[str, str], list[str]]:
    """The graph with the nodes that have no column as latent, the column of each observed node, and notes, in
    sentences.

    Args:
        mapping: Columns by node, where a column is not called like its node.

    Raises:
        GraphError: A node is not in the graph.
        RowsError: A column is not in the table, two nodes share one, or the exposure or outcome has none.
    """
    for node in (exposure, outcome, *mapping):
        graph.check_node(node)
    for node, column in mapping.items():
        if column not in table.columns:
            hint = suggestion(column, table.names, f"the columns are {comma_list(table.names)}.")
            raise RowsError(f"There is no column called {column} for {node}; {hint}")
    columns = {node: mapping.get(node, node) for node in graph.observed}
    for column in set(columns.values()):
        nodes = [node for node, its in columns.items() if its == column and column in table.columns]
        if len(nodes) > 1:
            raise RowsError(f"{' and '.join(nodes)} would both be the column {column}; give each its own.")
    missing = [node for node, column in columns.items() if column not in table.columns]
    for node, role in ((exposure, "exposure"), (outcome, "outcome")):
        if node in missing:
            hint = suggestion(node, table.names, "choose one.")
            raise RowsError(f"The {role} {node} has no column; {hint} The columns are {comma_list(table.names)}.")
    unselected = [node for node in missing if node not in graph.selected]
    near = {node: closest_name(node, {*graph.nodes, *table.names} - {node}) for node in unselected}
    named = [node + (f" (did you mean {name}?)" if name else "") for node, name in near.items()]
    notes = [f"These nodes have no column and count as latent: {', '.join(named)}."] if unselected else []
    return graph.with_latent(missing), {n: c for n, c in columns.items() if n not in missing}, notes
