"""Other people's embeddings: from what stands in a file to rows with what is known of each.

Beside the numbers a file may say what each row is: ``label`` (or any other column), ``time``, ``group`` (the clip) and
``thumbnail``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np
import pandas as pd

from core.embedding.export import AXES
from core.embedding.formats import LIMITS, VECTORS, EmbeddingError, EmbeddingLimits, read_columns
from core.embedding.labels import GROUPS, KINDS, TIMES, readable, stray_words
from core.embedding.table import Embeddings, thumbnails_of_rows
from core.wording import row_at

THUMBNAILS = ("thumbnails", "thumbnail")
_DESCRIPTIVE = {*KINDS, *TIMES, *AXES, "index", "unnamed: 0", "row name"}  # numbers that are no dimension
_DIMENSION = re.compile(r"^[a-z]*[ _.-]?\d+$", re.IGNORECASE)  # 0, dim_3, e12; then other numbers say what rows are
_THUMB = 64  # px a side of a thumbnail that is kept


class TooManyRows(EmbeddingError):
    """More rows than the map takes; a sample would do."""

    def __init__(self, rows: int, most: int) -> None:
        super().__init__(
            f"This file has {rows:,} rows and the limit is {most:,}; open a sample of it, or upload fewer rows."
        )
        self.rows, self.most = rows, most


def read_embeddings(data: bytes, limits: EmbeddingLimits = LIMITS, sample_seed: int | None = None) -> Embeddings:
    """Read a file of embeddings.

    Args:
        data: Its content.
        limits: What may come in.
        sample_seed: Of files with too many rows, draw as many as are allowed; None refuses them.

    Raises:
        TooManyRows: And no sample was asked for.
        EmbeddingError: The file can't be used; the message says why.
    """
    columns, notes = read_columns(data, limits)
    vectors, taken = _vectors(columns)
    table, chosen = _table(vectors, columns, limits), None
    table = replace(table, notes=(*notes, *taken, *table.notes))
    if len(table) > limits.max_rows:
        if sample_seed is None:
            raise TooManyRows(len(table), limits.max_rows)
        note = f"A random sample: {limits.max_rows:,} of {len(table):,} rows (seed {sample_seed})."
        table = replace(table, notes=(*table.notes, note))
        chosen = np.sort(np.random.default_rng(sample_seed).permutation(len(table))[: limits.max_rows])
    order = table.order if chosen is None else chosen[table.take(chosen).order]
    table, thumbnails = replace(table.take(order), row=order), _first(columns, THUMBNAILS)
    return (
        table
        if thumbnails is None
        else replace(table, thumbnails=thumbnails_of_rows(table.group, _pictures(thumbnails[order])))
    )


def _vectors(columns: dict[str, np.ndarray]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Take the numbers out of ``columns``; what is left says what the rows are. Says which were taken where that was
    a choice."""
    named = [name for name in columns if name.lower() in VECTORS]
    wide = [name for name, column in columns.items() if column.ndim > 1 and name.lower() not in THUMBNAILS]
    lists = [name for name, column in columns.items() if column.dtype == object and _is_list(column)]
    for name in (*named, *wide, *lists):
        column = columns.pop(name)
        return _stacked(column) if column.dtype == object else column, ()
    numbers = [
        name for name, column in columns.items() if column.dtype.kind in "fiu" and name.lower() not in _DESCRIPTIVE
    ]
    numbered = [name for name in numbers if _DIMENSION.match(name)]
    numbered = numbered if len(numbered) > 1 else []
    spread = numbered or numbers
    for name, column in columns.items():
        if (
            (stray := stray_words(column))
            and name.lower() not in _DESCRIPTIVE
            and (not numbered or _DIMENSION.match(name))
        ):
            raise EmbeddingError(
                f"{name} holds numbers, but {stray}; correct it, or name the column label if it holds labels."
            )
    if not spread:
        raise EmbeddingError(
            "This file has no numbers to map; add an array named embeddings, or a column for each dimension."
        )
    others = [name for name in numbers if name not in spread]
    notes = (
        f"{len(spread)} columns are dimensions ({spread[0]} to {spread[-1]}); these are not: {', '.join(others)}.",
    )
    return np.stack([columns.pop(name) for name in spread], axis=1), notes if others else ()


def _is_list(column: np.ndarray) -> bool:
    return len(column) > 0 and isinstance(column[0], (list, tuple, np.ndarray))


def _stacked(column: np.ndarray) -> np.ndarray:
    try:
        return np.stack([np.asarray(row, np.float32) for row in column])
    except (TypeError, ValueError) as error:
        raise EmbeddingError(
            "The rows of this file differ in length; every row needs the same number of dimensions."
        ) from error


def _table(vectors: np.ndarray, columns: Mapping[str, np.ndarray], limits: EmbeddingLimits) -> Embeddings:
    group, time = (_first(columns, names) for names in (GROUPS, TIMES))
    if vectors.ndim == 3:  # clips of frames
        clips, frames = vectors.shape[:2]
        group, time = np.repeat(np.arange(clips), frames), np.tile(np.arange(frames), clips)
        vectors = vectors.reshape(clips * frames, -1)
    _check(vectors, limits)
    rest, stray = {}, []
    for name, column in columns.items():
        if column.ndim == 0 or (column.ndim > 1 and name.lower() not in THUMBNAILS):
            raise EmbeddingError(f"{name} is {[*column.shape]}; give one entry for each row, or leave it out.")
        if len(column) != len(vectors):
            raise EmbeddingError(
                f"{name} has {len(column):,} entries and there are {len(vectors):,} rows; give one for each row."
            )
        if name.lower() not in THUMBNAILS and not _is_said(name, column, columns):
            rest[name] = readable(name, column)
            if name.lower() not in KINDS and (words := stray_words(column)):
                stray.append(f"{name} is read as text: {words}.")
    if axes := [name for name in AXES if name in columns]:
        stray.append(f"Left out: {', '.join(axes)}, the coordinates of another map.")
    codes = None if group is None else pd.factorize(pd.Series(group).astype(str), sort=True)[0].astype(np.int64)
    still = int((vectors == vectors[:1]).all(axis=0).sum())
    notes = (f"{still} of {vectors.shape[1]} dimensions are the same in every row.",) if still else ()
    return Embeddings(
        np.ascontiguousarray(vectors, np.float32),
        rest,
        codes,
        None if time is None else _numbers(time),
        None,
        "",
        (*notes, *stray),
    )


def _is_said(name: str, column: np.ndarray, columns: Mapping[str, np.ndarray]) -> bool:
    """Whether a column is a place on another map, or in a file that was saved here says what another one says."""
    if name == "group" and "clip" in columns:
        one, other = (pd.factorize(pd.Series(part))[0] for part in (column, columns["clip"]))
        return np.array_equal(one, other)
    if name == "time" and "time (s)" in columns:
        return np.array_equal(column, columns["time (s)"])
    return name in AXES


def _check(vectors: np.ndarray, limits: EmbeddingLimits) -> None:
    if vectors.ndim != 2 or 0 in vectors.shape:
        raise EmbeddingError(f"Embeddings must be [rows, dimensions], not {[*vectors.shape]}.")
    if vectors.dtype.kind not in "fiub":
        raise EmbeddingError(f"Embeddings must be numbers, not {vectors.dtype}.")
    if vectors.shape[1] > limits.max_dims:
        raise EmbeddingError(f"These rows have {vectors.shape[1]:,} dimensions and the limit is {limits.max_dims:,}.")
    if len(vectors) < 2:
        raise EmbeddingError("There is only one row; a map needs two or more.")
    with np.errstate(over="ignore"):
        bad = ~np.isfinite(vectors.astype(np.float32)).all(axis=1)
    if bad.any():
        held = "1 row holds" if bad.sum() == 1 else f"{int(bad.sum()):,} rows hold"
        raise EmbeddingError(
            f"{held} values that are not finite numbers (the first is {row_at(int(bad.argmax()))}); leave them out or "
            "fill them in."
        )


def _first(columns: Mapping[str, np.ndarray], names: tuple[str, ...]) -> np.ndarray | None:
    return next((column for name, column in columns.items() if name.lower() in names), None)


def _numbers(column: np.ndarray) -> np.ndarray:
    try:
        return column.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise EmbeddingError("time must be a number for each row: seconds or frames.") from error


def _pictures(found: np.ndarray) -> np.ndarray:
    """Thumbnails, small: pictures as arrays, or the bytes of PNG or JPEG files."""
    pictures = []
    for picture in found:
        if isinstance(picture, (bytes, np.bytes_)):
            decoded = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR) if len(picture) else None
            picture = None if decoded is None else decoded[..., ::-1]
        whole = isinstance(picture, np.ndarray) and picture.size > 0
        if not whole or picture.dtype != np.uint8 or picture.shape[2:] != (3,):
            raise EmbeddingError("Thumbnails must be uint8 [rows, height, width, 3], or PNG or JPEG files as bytes.")
        pictures.append(cv2.resize(picture, (_THUMB, _THUMB), interpolation=cv2.INTER_AREA))
    return np.stack(pictures)
