"""Names that were meant and not written: a typo is told with what is nearest to it."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable, Sequence

_LISTED = 12
_LEAST = 3  # letters and digits of the longer of two names that are taken for one


def comma_list(names: Sequence[str]) -> str:
    """The first of some names, with commas between."""
    return ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")


def closest_name(name: str, names: Iterable[str]) -> str | None:
    """The one of some names that is most like one; None where none is."""
    return next(iter(difflib.get_close_matches(name, sorted(names), 1)), None)


def suggestion(name: str, names: Iterable[str], otherwise: str) -> str:
    """The question whether the nearest of some names was meant, or something else where none is near."""
    near = closest_name(name, names)
    return f"did you mean {near}?" if near else otherwise


def near_duplicates(names: Iterable[str]) -> tuple[str, ...]:
    """What to tell of names that are the same but for case, marks, a letter too many, or two letters the other way
    round: a typo in an arrow makes a node of its own. Names that differ by digits, by a letter for another or by their
    first letter (age, wage) are taken to be told apart on purpose."""
    return tuple(
        f"{one} and {other} are two nodes; if one of them is a typo, write both alike."
        for one, other in itertools.combinations(names, 2)
        if _are_twins(_letters(one), _letters(other))
    )


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _are_twins(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(long) < _LEAST or short == long:
        return short == long and len(long) > 1
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(long) == len(short) + 1:
        return at > 0 and long[at].isalpha() and short[at:] == long[at + 1 :]
    swapped = long[:at] + long[at : at + 2][::-1] + long[at + 2 :]
    return short == swapped and long[at : at + 2].isalpha()
