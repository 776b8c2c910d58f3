"""Which columns and rows an analysis uses: what is adjusted for, and what else there is without losing rows for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.causal.identification.identify import Identification
from core.causal.tables.rows import Rows, RowsError, Table

_MOST_SETS = 20  # that are looked at
_FEW_LOST = 0.01  # of the rows
_WITHOUT = {
    "front door": {"front_door": (), "formula": None}, "formula": {"formula": None}, "instrument": {"instruments": ()},
}  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """What is used.

    Attributes:
        data: The columns by node, float64 ``[rows]``.
        adjusted: What is adjusted for; None where no adjustment gives the effect.
        found: The identification with no more mediators and instruments than there are numbers for, and without its
            formula where there are none for that.
        dropped: How many rows fell out.
        notes: What to tell of it, in sentences.
    """

    data: dict[str, np.ndarray]
    adjusted: tuple[str, ...] | None
    found: Identification
    dropped: int
    notes: tuple[str, ...]


def chosen_rows(table: Table, found: Identification, columns: Mapping[str, str], exposure: str, outcome: str) -> Chosen:
    """Choose the adjustment set (of least variance if it can be used, else the smallest), the first mediators and the
    first instrument, and the rows that have a value in all of them.

    Args:
        columns: The column of each observed node.

    Raises:
        RowsError: Exposure or outcome can't be used, or no adjustment set can.
    """
    adjusted, notes = _adjusted(table, found, columns)
    used = [exposure, outcome, *(adjusted or ())]
    rows, found, told = _with_others(table, found, columns, used, adjusted is not None)
    flat = [node for node in adjusted or () if columns[node] in rows.constant]
    if flat:
        adjusted = tuple(node for node in adjusted if node not in flat)
        told.append(f"The same in every row, so not adjusted for: {', '.join(flat)}.")
    data = {node: rows.columns[column] for node, column in columns.items() if column in rows.columns}
    return Chosen(data, adjusted, found, rows.dropped, (*notes, *rows.told(), *told))


def _adjusted(
    table: Table, found: Identification, columns: Mapping[str, str]
) -> tuple[tuple[str, ...] | None, list[str]]:
    """The first adjustment set whose columns are numbers and that loses hardly more rows than any other, and why those
    before it are not used. A covariate that is not needed must not choose the rows."""
    if not found.sets:
        return None, []
    ends, lost, refused = [columns[found.exposure], columns[found.outcome]], {}, []
    for one in dict.fromkeys([*([] if found.optimal is None else [found.optimal]), *found.sets[:_MOST_SETS]]):
        try:
            lost[one] = table.rows([*ends, *(columns[node] for node in sorted(one))]).dropped
        except RowsError as error:
            refused.append(f"Another adjustment set is used: {error}")
    if not lost:
        if found.front_door or found.instruments:
            return None, [told.replace("Another adjustment set is used", "Nothing is adjusted for") for told in refused]
        table.rows([*ends, *(columns[node] for node in sorted(found.sets[0]))])  # says what is wrong
    least = min(lost.values())
    for one, dropped in lost.items():
        if dropped <= least + _FEW_LOST * table.count:
            return tuple(sorted(one)), refused[:1]
        refused.append(
            f"{', '.join(sorted(one))}: not adjusted for, since {dropped - least:,} more rows would fall out."
        )
    raise AssertionError("the one that loses least is among them")


def _with_others(
    table: Table, found: Identification, columns: Mapping[str, str], used: list[str], adjustable: bool
) -> tuple[Rows, Identification, list[str]]:
    """The rows, and mediators, the formula and an instrument where there are numbers for them. Where adjusting works,
    no row is lost for their sake."""
    rows, told = table.rows(columns[node] for node in used), []
    wanted = {
        "front door": sorted(found.front_door[0]) if found.front_door else [],
        "formula": sorted(found.in_formula) if found.needs_formula else [],
        "instrument": [found.instruments[0].node, *sorted(found.instruments[0].given)] if found.instruments else [],
    }
    for what, nodes in wanted.items():
        if not nodes:
            continue
        try:
            more = table.rows(columns[node] for node in dict.fromkeys((*used, *nodes)))
        except RowsError as error:
            found, told = replace(found, **_WITHOUT[what]), [*told, f"Left out: {error}"]
            continue
        if adjustable and more.dropped > rows.dropped:
            found = replace(found, **_WITHOUT[what])
            told.append(f"Left out, since values are missing: {', '.join(nodes)}.")
            continue
        rows, used, adjustable = more, list(dict.fromkeys((*used, *nodes))), True  # what follows must cost no row
    return rows, found, told
