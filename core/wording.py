"""Phrases that messages of all parts share."""

from __future__ import annotations


def row_at(index: int) -> str:
    """The name of a row in a message: ``row 1`` is the first row below the header.

    Args:
        index: The position of the row, from 0.
    """
    return f"row {index + 1:,}"


def count_of(count: int, noun: str) -> str:
    """A count with its noun: ``1 row``, ``2,000 rows``."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def percent(share: float, digits: int = 0) -> str:
    """A share in per cent, with a space before the sign as everywhere on the screens: ``35 %``."""
    return f"{share:.{digits}%}".replace("%", " %")
