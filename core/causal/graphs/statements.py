"""What every notation is read into: statements about nodes and arrows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from core.grammar import Place

Attributes = dict[str, str | None]
START = Place(1, 1)
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        sides: The nodes on each side of its arrows; one side where there is no arrow.
        arrows: One fewer than sides: ``->``, ``<-`` or ``<->``.
        attributes: What stands in brackets, by its name in lower case; None where a word has no value.
        place: Where it begins.
    """

    sides: tuple[tuple[str, ...], ...]
    arrows: tuple[str, ...] = ()
    attributes: Attributes = field(default_factory=dict)
    place: Place = START


@dataclass(frozen=True)
class Reading:
    """What a text says, and how it is read.

    Attributes:
        statements: In the order of the text.
        notation: The name of the notation, to follow "read as".
        is_explicit: Whether the notation says which nodes there are, so that a graph without arrows may be meant.
        remarks: What else was noticed, in sentences.
    """

    statements: tuple[Statement, ...]
    notation: str
    is_explicit: bool = True
    remarks: tuple[str, ...] = ()


def visible(text: str) -> str:
    """Returns a text without invisible characters."""
    return INVISIBLE.sub("", text)
