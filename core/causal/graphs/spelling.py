"""Misspelt names: the nearest known name to suggest, and pairs of names that may be one."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable, Sequence

_LISTED = 12
_SHORTEST = 3  # letters and digits of the longer of two names that may be one


def comma_list(names: Sequence[str]) -> str:
    """Returns the first names, separated by commas."""
    return ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")


def closest_name(name: str, names: Iterable[str]) -> str | None:
    """Returns the known name that is most similar to one; None if none is similar."""
    return next(iter(difflib.get_close_matches(name, sorted(names), 1)), None)


def suggestion(name: str, names: Iterable[str], otherwise: str) -> str:
    """Returns ``did you mean ...?`` with the most similar known name, or another text if none is similar."""
    near = closest_name(name, names)
    return f"did you mean {near}?" if near else otherwise


def near_duplicates(names: Iterable[str]) -> tuple[str, ...]:
    """Returns a sentence for each pair of names that differ only by case, punctuation, one extra letter or two swapped
    letters: a typo in an arrow makes a node of its own. Names that differ by a digit, by one letter for another or by
    their first letter (age, wage) are not reported."""
    return tuple(
        f"{one} and {other} are two nodes; if one of them is a typo, spell both the same way."
        for one, other in itertools.combinations(names, 2)
        if _may_be_one(_letters(one), _letters(other))
    )


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _may_be_one(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(long) < _SHORTEST or short == long:
        return short == long and len(long) > 1
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(long) == len(short) + 1:
        return at > 0 and long[at].isalpha() and short[at:] == long[at + 1 :]
    swapped = long[:at] + long[at : at + 2][::-1] + long[at + 2 :]
    return short == swapped and long[at : at + 2].isalpha()
