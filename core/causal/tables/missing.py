"""Missing values in text: the usual markers, those that the user names, and numbers that may be markers."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as arrow

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A", "?", ".", "<NA>", "<na>", "#NA", "#N/A N/A")
# In a column of numbers these can't be anything else; in text they may be a category.
_BESIDE_NUMBERS = (
    "-",
    "--",
    "---",
    "–",
    "—",
    "none",
    "missing",
    "unknown",
    "na",
    "n.a.",
    "n/a",
    "nil",
    "void",
    "#div/0!",
)
_CODES = (-9, -99, -999, -9999, 99, 999, 9999, 99999)  # numbers that often stand for missing values


def clean_column(
    column: arrow.ChunkedArray, decimal: str, markers: Collection[str], name: str
) -> tuple[arrow.ChunkedArray, str]:
    """A column without blanks around its text and without missing values that are written in words, as numbers if
    nothing but numbers is left; and a note on a marker that was guessed, empty if there is none."""
    import pyarrow as arrow
    from pyarrow import compute

    if not arrow.types.is_string(column.type):
        return _without_codes(column, markers), _code_note(column, markers, name)
    text = compute.utf8_trim_whitespace(column)
    known = arrow.array([*MISSING, *markers])
    text = compute.if_else(compute.is_in(text, value_set=known), arrow.scalar(None, arrow.string()), text)
    values = [value for value in compute.unique(text).to_pylist() if value is not None]
    odd = [value for value in values if _number(value, decimal) is None]
    if len(odd) == len(values) or any(value.lower() not in _BESIDE_NUMBERS for value in odd):
        return text, ""
    numbers = {value: _number(value, decimal) for value in values}
    encoded = text.combine_chunks().dictionary_encode()
    lookup = np.array([np.nan if (at := numbers[value]) is None else at for value in encoded.dictionary.to_pylist()])
    index = encoded.indices.to_numpy(zero_copy_only=False).astype(float)
    filled = np.where(np.isnan(index), np.nan, lookup[np.nan_to_num(index).astype(int)])
    note = ""
    if odd:
        rows = int(compute.sum(compute.is_in(text, value_set=arrow.array(odd))).as_py())
        signs = " and ".join(sorted(odd))
        note = f"{name}: {signs} counts as a missing value, in {rows:,} of {len(filled):,} rows (a guess)."
    cleaned = arrow.chunked_array([arrow.array(filled, from_pandas=True)])
    return _without_codes(cleaned, markers), note or _code_note(cleaned, markers, name)


def _without_codes(column: arrow.ChunkedArray, markers: Collection[str]) -> arrow.ChunkedArray:
    """A column of numbers without those that the user names as markers."""
    import pyarrow as arrow
    from pyarrow import compute

    codes = [number for marker in markers if (number := _number(marker, ".")) is not None]
    if not codes or not (arrow.types.is_integer(column.type) or arrow.types.is_floating(column.type)):
        return column
    found = compute.is_in(column.cast(arrow.float64(), safe=False), value_set=arrow.array(codes, arrow.float64()))
    return compute.if_else(found, arrow.scalar(None, column.type), column)


def _code_note(column: arrow.ChunkedArray, markers: Collection[str], name: str) -> str:
    """A note on a number such as -999 that lies far from the others; empty if there is none."""
    import pyarrow as arrow

    if markers or not (arrow.types.is_integer(column.type) or arrow.types.is_floating(column.type)):
        return ""
    values = column.cast(arrow.float64(), safe=False).to_numpy()
    values = values[~np.isnan(values)]
    for code in _CODES:
        others = values[values != code]
        if len(others) == len(values) or len(others) < 2:
            continue
        low, high = others.min(), others.max()
        if code < low - (high - low) or code > high + (high - low):
            count = len(values) - len(others)
            return f"{name} holds {code} in {count:,} rows, far from its other values; if that means missing, say so."
    return ""


def _number(text: str, decimal: str) -> float | None:
    plain = text.replace(",", ".") if decimal == "," else text
    try:
        value = float(plain)
    except ValueError:
        return None
    return None if "_" in text or np.isnan(value) else value
