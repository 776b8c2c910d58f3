"""What the columns beside an embedding are: numbers that are more or less, or names of kinds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.embedding.cells import EXACT, is_label
from core.wording import row_at

THUMBNAILS = ("thumbnails", "thumbnail")
GROUPS, TIMES = ("group", "clip", "video"), ("time", "frame", "t")
KINDS = ("label", "labels", "class", "classes", "cluster", "clusters", "category", "kind", "target", "id", *GROUPS)
_ORDERED = {*TIMES, "index", "x", "y", "z", "row", "column", "unnamed: 0"}  # never kinds, however few they are
_MOST_KINDS = 24  # as many as a legend lists
_LONGEST = 200  # letters of a word; an array of words is as wide as its longest
UNKNOWN = "unknown"


def readable(name: str, column: np.ndarray) -> np.ndarray:
    """A column as words ``str [N]`` where it names kinds, else numbers ``float64 [N]``.

    Labels and ids are words, whatever they hold. Other whole numbers name kinds where they are few and each stands in
    two rows or more on average; those that would lose digits as floating-point numbers are words, too.
    """
    if column.dtype.kind not in "fiu" or is_label(name) or name.lower() in KINDS or _loses_digits(column):
        return as_words(column)
    numbers = column.astype(np.float64)
    known = numbers[~np.isnan(numbers)]
    count = len(np.unique(known))
    few = 0 < count <= _MOST_KINDS and 2 * count <= len(known)
    if column.dtype.kind not in "iu" or not few or name.lower() in _ORDERED:
        return numbers
    return as_words(column)


def as_words(column: np.ndarray) -> np.ndarray:
    """A column as words ``str [N]``; rows without an entry are called unknown."""
    if column.dtype.kind in "iu":
        return column.astype(str)
    if column.dtype.kind == "f":
        whole = bool((column[np.isfinite(column)] % 1 == 0).all())
        words = [None if np.isnan(number) else f"{number:.0f}" if whole else repr(float(number)) for number in column]
    else:
        words = [_word(entry) for entry in column]
    taken = {UNKNOWN} & set(words)
    unknown = f"{UNKNOWN} (no entry)" if taken else UNKNOWN
    return np.array([unknown if word is None else word[:_LONGEST] for word in words], str)


def _word(entry: object) -> str | None:
    if entry is None or (isinstance(entry, float) and np.isnan(entry)) or entry is pd.NA or entry is pd.NaT:
        return None
    return entry.decode("utf-8", "replace") if isinstance(entry, bytes) else str(entry)


def _loses_digits(column: np.ndarray) -> bool:
    return column.dtype.kind in "iu" and len(column) > 0 and max(int(column.max()), -int(column.min())) > EXACT


def stray_words(column: np.ndarray) -> str:
    """A phrase on the few words in a column ``[N]`` that mostly holds numbers; empty for any other column."""
    if column.dtype.kind not in "OU" or column.ndim != 1:
        return ""
    cells = pd.Series(column)
    text = cells.map(lambda cell: isinstance(cell, str))
    words = (text & pd.to_numeric(cells.where(text), errors="coerce").isna()).to_numpy()
    if not 0 < 2 * words.sum() < len(column) or not cells[~words].map(_is_number).all():
        return ""
    first, more = int(words.argmax()), int(words.sum()) - 1
    return f"{str(column[first])!r} is in {row_at(first)}" + (f", and {more:,} more are not numbers" if more else "")


def _is_number(cell: object) -> bool:
    return isinstance(cell, (str, int, float, np.number))
