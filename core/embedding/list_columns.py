"""Columns whose entries are lists of numbers: which they are, and the one array that they make."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.embedding.cells import holds_lists, list_width
from core.embedding.labels import THUMBNAILS
from core.embedding.limits import VECTORS, EmbeddingError
from core.wording import row_at


def is_list_column(name: str, column: np.ndarray) -> bool:
    """Whether each row of a column ``[N, ...]`` is a list of numbers: several axes, lists, or lists as text."""
    if name.lower() in VECTORS and (column.ndim != 1 or column.dtype == object):
        return True
    if name.lower() in THUMBNAILS or column.dtype.kind not in "fiubO" or column.ndim == 0:
        return False
    if column.ndim > 1:
        return True
    first = next((entry for entry in column if entry is not None), None) if column.dtype == object else None
    if isinstance(first, str):
        return holds_lists(column)
    return isinstance(first, (list, tuple, np.ndarray)) and _innermost(first) is not None


def _innermost(entry: object) -> float | None:
    """The first number of a list, of whatever depth; None for one of words or of nothing."""
    while isinstance(entry, (list, tuple, np.ndarray)) and len(entry):
        entry = entry[0]
    return float(entry) if isinstance(entry, (int, float, np.number)) else None


def width_of(column: np.ndarray) -> int:
    """How many numbers a row of a column ``[N, ...]`` has, judged by its first entry; the last axis of an array."""
    if column.ndim > 1:
        return column.shape[-1]
    first = next((entry for entry in column if entry is not None), None) if column.dtype == object else None
    if isinstance(first, str):
        return list_width(first)
    while isinstance(first, (list, tuple, np.ndarray)) and len(first) and isinstance(first[0], (list, np.ndarray)):
        first = first[0]
    return len(first) if isinstance(first, (list, tuple, np.ndarray)) else 1


def stacked(name: str, column: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Lists as one array ``[rows, D]``, or, where each row is a list of vectors, ``[rows of all lists, D]`` with the
    number of vectors in each.

    Raises:
        EmbeddingError: A row is empty, of bytes, no list of numbers, or of another length; the message names it.
    """
    if empty := [row for row, entry in enumerate(column) if entry is None or np.size(entry) == 0]:
        more = f" ({len(empty):,} rows in all)" if len(empty) > 1 else ""
        raise EmbeddingError(f"{name} is empty in {row_at(empty[0])}{more}; leave these rows out or fill them in.")
    rows = []
    for place, entry in enumerate(column):
        if isinstance(entry, (bytes, str)):
            kind = "bytes" if isinstance(entry, bytes) else "text"
            raise EmbeddingError(f"{name} holds {kind} in {row_at(place)}, not numbers; save lists of numbers.")
        try:
            rows.append(_numbers(entry))
        except (TypeError, ValueError) as error:
            raise EmbeddingError(
                f"{name} is not a list of numbers in {row_at(place)}; correct it or leave it out."
            ) from error
    width, axes = rows[0].shape[-1], rows[0].ndim
    for place, row in enumerate(rows):
        if row.shape[-1] != width or row.ndim != axes:
            raise EmbeddingError(
                f"The rows of {name} differ in length: {row_at(place)} has {row.shape[-1]:,} numbers and row 1 has "
                f"{width:,}; every row needs the same number."
            )
    if axes == 1:
        return np.stack(rows), None
    if axes == 2:
        return np.concatenate(rows), np.array([len(row) for row in rows])
    raise EmbeddingError(f"{name} holds lists of {axes} levels; save one vector or a list of vectors for each row.")


def _numbers(entry: Any) -> np.ndarray:
    """A list, or a list of lists of one length, as an array."""
    if isinstance(entry, (list, tuple, np.ndarray)) and len(entry) and isinstance(entry[0], (list, tuple, np.ndarray)):
        return np.stack([_numbers(part) for part in entry])
    row = np.asarray(entry)
    if row.dtype.kind not in "fiub" or row.ndim != 1:
        row = np.array([np.nan if number is None else number for number in np.atleast_1d(entry)], np.float64)
    return row.astype(np.float32)
