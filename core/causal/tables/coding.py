"""Which value of a column of two or a few values is the reference, guessed from the words, and its note."""

from __future__ import annotations

from collections.abc import Sequence

from core.causal.graphs.spelling import comma_list, suggestion
from core.causal.tables.rows import RowsError

_REFERENCES = {
    *("no", "n", "false", "f", "off", "none", "never", "nil", "absent", "without", "negative", "neg"),
    *("control", "controls", "ctrl", "ctl", "placebo", "sham", "untreated", "unexposed", "baseline", "standard"),
    *("usual", "usual care", "standard care", "no treatment", "not treated", "no drug", "comparison", "comparator"),
    *("non-smoker", "nonsmoker", "unvaccinated", "old page", "failure", "fail", "failed", "alive", "survived"),
    *("healthy", "not admitted", "rejected", "reference", "ref"),
}
_ARMS = {
    *("yes", "y", "true", "t", "on", "present", "with", "positive", "pos", "ever", "always", "current"),
    *("treated", "treatment", "treat", "trt", "exposed", "exposure", "drug", "active", "intervention", "experimental"),
    *("case", "cases", "smoker", "vaccine", "vaccinated", "new page", "success", "event", "dead", "died", "death"),
    *("sick", "ill", "admitted"),
}
_NEGATIONS = ("no ", "not ", "non", "non-", "non ", "un", "without ", "in", "never ")


def guess_reference(values: Sequence[str]) -> tuple[int, str]:
    """The place of the value that is most likely the reference, and how it was found, in words."""
    plain = [value.strip().lower() for value in values]
    if all(map(_is_number, plain)):
        return 0, "the smallest value"
    known = [i for i, value in enumerate(plain) if value in _REFERENCES or _negates(value, plain)]
    if len(known) == 1:
        return known[0], "by its name"
    arms = [i for i, value in enumerate(plain) if value in _ARMS]
    if len(values) == 2 and len(arms) == 1:
        return 1 - arms[0], "by the name of the other value"
    return 0, "the first in alphabetical order"


def order_from(values: Sequence[str], reference: str, node: str) -> tuple[list[int], str]:
    """The places of the values with the reference first, and how it was chosen, in words; empty if it was given.

    Raises:
        RowsError: There is no such value.
    """
    if reference:
        first, how = place_of(values, reference, node), ""
    else:
        first, how = guess_reference(values)
    return [first, *(i for i in range(len(values)) if i != first)], how


def place_of(values: Sequence[str], value: str, node: str) -> int:
    """The place of a value that was typed: as written, else whatever its case, or as a number.

    Raises:
        RowsError: There is no such value.
    """
    plain = [one.strip().lower() for one in values]
    wanted = value.strip().lower()
    if value in values:
        return list(values).index(value)
    if wanted in plain:
        return plain.index(wanted)
    if _is_number(wanted):
        for i, one in enumerate(plain):
            if _is_number(one) and float(one) == float(wanted):
                return i
    hint = suggestion(value, values, f"its values are {comma_list(values)}.")
    raise RowsError(f"{node} has no value {value}; {hint}")


def _negates(value: str, others: Sequence[str]) -> bool:
    """Whether a value is another one with a negation before it, such as ``untreated`` beside ``treated``."""
    return any(value == f"{mark}{other}" for mark in _NEGATIONS for other in others if other)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
