"""What the columns beside an embedding are: numbers that are more or less, or names of kinds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.wording import row_at

GROUPS, TIMES = ("group", "clip", "video"), ("time", "frame", "t")
KINDS = ("label", "labels", "class", "classes", "cluster", "clusters", "category", "kind", "target", "id", *GROUPS)
_ORDERED = {*TIMES, "index", "x", "y", "z", "row", "column", "unnamed: 0"}  # never kinds, however few they are
_MOST_KINDS = 24  # as many as a legend lists
_LONGEST = 200  # letters of a word; an array of words is as wide as its longest
_UNKNOWN = "unknown"


def readable(name: str, column: np.ndarray) -> np.ndarray:
    """A column as words ``str [N]`` where it names kinds, else numbers ``float64 [N]``. Whole numbers name kinds where
    they are few, and the column is called so or each stands in two rows or more on average."""
    if column.dtype.kind not in "fiu":
        return pd.Series(column).astype(str).str.slice(0, _LONGEST).to_numpy().astype(str)
    numbers = column.astype(np.float64)
    known = numbers[~np.isnan(numbers)]
    count = len(np.unique(known))
    called = name.lower() in KINDS
    whole = column.dtype.kind in "iu" or (called and bool((known == np.round(known)).all()))
    few = 0 < count <= _MOST_KINDS and (called or 2 * count <= len(known))
    if not whole or not few or name.lower() in _ORDERED:
        return numbers
    return np.array([_UNKNOWN if np.isnan(number) else f"{number:.0f}" for number in numbers])


def stray_words(column: np.ndarray) -> str:
    """A phrase on the few words in a column that mostly holds numbers; empty for any other column."""
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
