"""Which columns and rows an analysis uses. A covariate, mediator or instrument that is not required must not cost rows:
dropping rows by their values can bias the estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.causal.identification.identify import Identification
from core.causal.identification.instruments import InstrumentSet
from core.causal.tables.rows import Rows, RowsError, Table

_MOST_SETS = 20  # that are tried
_FEW_LOST = 0.01  # of the rows
_WITHOUT = {
    "front door": lambda found: replace(found, front_door=(), formula=None),
    "formula": lambda found: replace(found, formula=None),
    "instrument": lambda found: replace(found, instruments=(), instrument_set=None),
}


@dataclass(frozen=True)
class Selection:
    """The columns and rows that an analysis uses.

    Attributes:
        data: The columns by node, float64 ``[rows]``.
        adjusted: The adjustment set; None if no adjustment is possible.
        identification: Without the front doors, instruments and formula that the columns do not allow.
        dropped: How many rows were dropped.
        notes: Notes on the selection, in sentences.
    """

    data: dict[str, np.ndarray]
    adjusted: tuple[str, ...] | None
    identification: Identification
    dropped: int
    notes: tuple[str, ...]


def select_rows(
    table: Table,
    identification: Identification,
    columns: Mapping[str, str],
    exposure: str,
    outcome: str,
    extra: Mapping[str, str] | None = None,
) -> Selection:
    """The adjustment set (the one of least variance if it can be used, else the smallest), the first front door and the
    first instrument, and the rows that have a value in all of them.

    Args:
        columns: The column of each observed node.
        extra: Further columns that every row needs, by the names that they get.

    Raises:
        RowsError: The exposure, the outcome or every adjustment set can't be used.
    """
    adjusted, notes = _adjustment_set(table, identification, columns)
    columns = {**columns, **(extra or {})}
    used = [exposure, outcome, *(extra or {}), *(adjusted or ())]
    rows, usable, left_out = _with_optional(table, identification, columns, used, adjusted is not None)
    constant = [node for node in adjusted or () if columns[node] in rows.constant]
    if constant:
        adjusted = tuple(node for node in adjusted or () if node not in constant)
        left_out.append(f"Not adjusted for, because constant in these rows: {', '.join(constant)}.")
    data = {node: rows.columns[column] for node, column in columns.items() if column in rows.columns}
    return Selection(data, adjusted, usable, rows.dropped, (*notes, *rows.notes, *left_out))


def _adjustment_set(
    table: Table, identification: Identification, columns: Mapping[str, str]
) -> tuple[tuple[str, ...] | None, list[str]]:
    """The first adjustment set that is numeric and costs hardly more rows than any other, and why those before it are
    not used."""
    if not identification.sets:
        return None, []
    ends, lost, refused = [columns[identification.exposure], columns[identification.outcome]], {}, []
    preferred = [] if identification.optimal is None else [identification.optimal]
    for nodes in dict.fromkeys([*preferred, *identification.sets[:_MOST_SETS]]):
        try:
            lost[nodes] = table.rows([*ends, *(columns[node] for node in sorted(nodes))]).dropped
        except RowsError as error:
            refused.append(str(error))
    if not lost:
        if identification.front_door or identification.instruments:
            return None, [f"The estimates are not adjusted: {error}" for error in refused]
        table.rows([*ends, *(columns[node] for node in sorted(identification.sets[0]))])  # raises its RowsError
    notes, least = [f"Another adjustment set is used: {error}" for error in refused], min(lost.values())
    for nodes, dropped in lost.items():
        if dropped <= least + _FEW_LOST * table.count:
            return tuple(sorted(nodes)), notes[:1]
        notes.append(f"Not adjusted for {', '.join(sorted(nodes))}: {dropped - least:,} more rows would be dropped.")
    raise AssertionError("no set drops as few rows as the best one")


def _with_optional(
    table: Table, identification: Identification, columns: Mapping[str, str], used: list[str], adjustable: bool
) -> tuple[Rows, Identification, list[str]]:
    """The rows, with the front door, the formula and an instrument if their columns are numeric and, if adjustment
    works, cost no row; and notes on what is left out."""
    rows, found = table.rows(columns[node] for node in used), identification
    notes: list[str] = []
    tools = _usable_instruments(table, found, columns, used, adjustable)
    found = replace(found, instrument_set=tools)
    optional = {
        "front door": sorted(found.front_door[0]) if found.front_door else [],
        "formula": sorted(found.formula_nodes) if found.needs_formula else [],
        "instrument": [*tools.nodes, *sorted(tools.given)] if tools is not None else [],
    }
    for part, nodes in optional.items():
        if not nodes:
            continue
        try:
            more = table.rows(columns[node] for node in dict.fromkeys((*used, *nodes)))
        except RowsError as error:
            found, notes = _WITHOUT[part](found), [*notes, f"Left out: {error}"]
            continue
        if adjustable and more.dropped > rows.dropped:
            found = _WITHOUT[part](found)
            notes.append(f"Left out because values are missing: {', '.join(nodes)}.")
            continue
        rows, used, adjustable = more, list(dict.fromkeys((*used, *nodes))), True  # what follows may cost no row
    if found.instrument_set is not None:
        rows, found = _with_controls(table, found, found.instrument_set, columns, used, rows)
    return rows, found, notes


def _usable_instruments(
    table: Table, found: Identification, columns: Mapping[str, str], used: list[str], adjustable: bool
) -> InstrumentSet | None:
    """All instruments at once if their columns are numeric and cost no more rows than one alone, else that one."""
    tools = found.instrument_set
    if tools is None or len(tools.nodes) == 1:
        return tools
    single = [replace(tools, nodes=(node,)) for node in tools.nodes]
    single += [InstrumentSet((one.node,), one.given, frozenset()) for one in found.instruments]
    dropped = {}
    for one in (tools, *single):
        try:
            nodes = dict.fromkeys((*used, *one.nodes, *sorted(one.given)))
            dropped[one] = table.rows(columns[node] for node in nodes).dropped
        except RowsError:
            continue
    least = min(dropped.values(), default=0) + (0 if adjustable else _FEW_LOST * table.count)
    return next((one for one, count in dropped.items() if count <= least), tools)


def _with_controls(
    table: Table,
    found: Identification,
    tools: InstrumentSet,
    columns: Mapping[str, str],
    used: list[str],
    rows: Rows,
) -> tuple[Rows, Identification]:
    """The rows and the instruments with those optional controls that are numeric, vary and cost no row."""
    kept = list[str]()
    for node in sorted(tools.optional):
        try:
            more = table.rows(columns[one] for one in dict.fromkeys((*used, *kept, node)))
        except RowsError:
            continue
        if more.dropped == rows.dropped and columns[node] not in more.constant:
            rows, kept = more, [*kept, node]
    return rows, replace(found, instrument_set=replace(tools, optional=frozenset(kept)))
