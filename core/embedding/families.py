"""Families of columns: names that differ by a number, as those of dimensions do."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBERED = re.compile(r"(.*?)(\d+)(['\")\]}]*)")

_NAMED = re.compile(
    r"(.*[^a-z])?(emb(s|ed|eds|edding|eddings)?|vec(s|tor|tors)?|feat(s|ure|ures)?|latents?|repr(s|esentation|"
    r"esentations)?|hidden|dims?)([^a-z].*)?",
    re.IGNORECASE,
)


def says_embedding(name: str) -> bool:
    """Whether a name says that the numbers are an embedding, a part of one, or features."""
    return _NAMED.fullmatch(name) is not None


def family_key(name: str) -> tuple[str, str] | None:
    """What a name shares with the others of its family; None for a name without a number at its end."""
    found = _NUMBERED.fullmatch(name)
    return (found[1], found[3]) if found else None


def families_of(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Names by family, each in the order given; families of one are left out."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in names:
        if (key := family_key(name)) is not None:
            found.setdefault(key, []).append(name)
    return [tuple(members) for members in found.values() if len(members) > 1]
