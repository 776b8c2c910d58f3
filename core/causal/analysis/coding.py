"""Exposure and outcome as numbers: which values are the arms, which is the reference, which outcome is the event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.causal.analysis.choices import Choices
from core.causal.estimation.question import EstimateError
from core.causal.graphs.spelling import comma_list
from core.causal.tables.categories import codes_of, encode_categories
from core.causal.tables.coding import order_from, place_of
from core.causal.tables.rows import RowsError, Table

_TURN = "choose another reference to reverse the comparison"


@dataclass(frozen=True)
class CodedExposure:
    """An exposure as numbers.

    Attributes:
        data: The columns by node, the exposure coded as 0 for the reference, 1 for the arm that is compared with it and
            2, 3, ... for other arms.
        arms: What the codes stand for; empty if the exposure is an amount.
        notes: What was guessed, in sentences.
    """

    data: dict[str, np.ndarray]
    arms: tuple[str, ...]
    notes: tuple[str, ...]


def code_exposure(
    data: Mapping[str, np.ndarray],
    exposure: str,
    outcome: str,
    categories: tuple[str, ...] | None,
    choices: Choices,
    adjustable: bool,
) -> CodedExposure:
    """The columns with a coded exposure.

    Args:
        data: Columns by node, each ``[N]``; all are numbers.
        categories: What the exposure's values 0, 1, ... stand for; None if they are numbers.
        adjustable: Whether arms can be compared by adjustment; if not, whole numbers are amounts.

    Raises:
        EstimateError: The exposure or the outcome is constant.
        RowsError: A chosen value is not among those of the exposure.
    """
    column = data[exposure]
    for node, role in ((exposure, "exposure"), (outcome, "outcome")):
        if (data[node] == data[node][0]).all():
            raise EstimateError(f"The {role} {node} is the same in every row, so there is nothing to compare.")
    values, guessed = _arm_values(column, exposure, categories, choices, adjustable)
    if values is None:
        if choices.reference:
            raise RowsError(f"{exposure} is an amount, so it has no reference; mark it as categorical first.")
        return CodedExposure(dict(data), (), guessed)
    names = [categories[int(value)] for value in values] if categories else [f"{value:g}" for value in values]
    order, how = order_from(names, choices.reference, exposure)
    if choices.arm:
        arm = place_of(names, choices.arm, exposure)
        if arm == order[0]:
            raise RowsError(f"{exposure} = {choices.arm} is the reference; choose another arm.")
        order = [order[0], arm, *(place for place in order[1:] if place != arm)]
    coded = np.zeros(len(column))
    for code, place in enumerate(order):
        coded[column == values[place]] = code
    arms = tuple(names[place] for place in order)
    plain = arms == ("0", "1") and not categories
    verb = "is" if len(arms) == 2 else "are"
    reason = f" (a guess: {how}; {_TURN})" if how else ""
    said = f"{exposure}: {comma_list(arms[1:])} {verb} compared with {arms[0]}, the reference{reason}."
    return CodedExposure({**data, exposure: coded}, arms, guessed if plain else (said, *guessed))


def code_outcome(table: Table, outcome: str, column: str, event: str) -> tuple[Table, tuple[str, ...]]:
    """The table with an outcome of text as 1 for the event and 0 else, and notes, in sentences.

    Args:
        event: The value that is the event; a guess if it is empty.

    Raises:
        RowsError: The outcome has several values and none is chosen, or there is no such value.
    """
    encoded, categories = encode_categories(table, {outcome: column}, {outcome} if event else (), fewest=2)
    if outcome not in categories:
        return table, ()
    values = categories[outcome]
    if event:
        place, how = place_of(values, event, outcome), ""
    elif len(values) == 2:
        order, how = order_from(values, "", outcome)
        place = order[1]
    else:
        raise RowsError(
            f"{outcome} holds text with {len(values)} values ({comma_list(values)}); choose one of them as the event."
        )
    index = encoded.columns[column]
    coded = np.where(np.isnan(index), np.nan, index == place)
    reason = " (a guess; choose another event to turn it round)" if how else ""
    note = f"{outcome}: the outcome is the share of {values[place]}{reason}."
    return Table({**table.columns, column: coded}, table.count), (note,)


def _arm_values(
    column: np.ndarray, exposure: str, categories: tuple[str, ...] | None, choices: Choices, adjustable: bool
) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """The values that are arms, in order, and what was guessed; None for an amount."""
    values = np.unique(column)
    if categories is not None or len(values) == 2:
        return values, ()
    if exposure in choices.numeric or codes_of(column) is None:
        return None, ()
    count = len(values)
    if not adjustable:
        return None, (
            f"The {count} whole numbers in {exposure} count as amounts (a guess; mark it as categorical otherwise).",
        )
    return values, (
        f"The {count} whole numbers in {exposure} count as categories, not as amounts (a guess; mark it as numeric if "
        "they are amounts).",
    )
