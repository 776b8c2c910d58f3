"""Other people's embeddings: from what stands in a file to rows with what is known of each.

Beside the numbers a file may say what each row is: ``label`` (or any other column), ``time``, ``group`` (the clip) and
``thumbnail``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.embedding.cells import read_lists
from core.embedding.dimensions import Candidate, candidates, check_words, chosen, describe_choice
from core.embedding.formats import read_contents
from core.embedding.labels import stray_words
from core.embedding.limits import GUESS, LIMITS, EmbeddingError, EmbeddingLimits, ReadOptions
from core.embedding.list_columns import stacked
from core.embedding.pictures import small_pictures, thumbnails_in
from core.embedding.rows import described, repeated
from core.embedding.table import Embeddings, thumbnails_of_rows
from core.embedding.text_table import read_metadata
from core.wording import row_at


class TooManyRows(EmbeddingError):
    """More rows than the map takes; a sample would do."""

    def __init__(self, rows: int, most: int) -> None:
        super().__init__(
            f"This file has {rows:,} rows and the limit is {most:,}; open a sample of it, or upload fewer rows."
        )
        self.rows, self.most = rows, most


def read_embeddings(
    data: bytes,
    limits: EmbeddingLimits = LIMITS,
    sample_seed: int | None = None,
    options: ReadOptions = GUESS,
    metadata: bytes | None = None,
) -> Embeddings:
    """Read a file of embeddings.

    Args:
        data: Its content.
        limits: What may come in.
        sample_seed: Of files with too many rows, draw as many as are allowed; None refuses them.
        options: How it is read, where a person says so.
        metadata: A second file with a line for each row, as TensorBoard's projector takes it.

    Raises:
        TooManyRows: The file has too many rows, and no sample is requested.
        EmbeddingError: The file can't be used; the message says why.
    """
    contents, packed = read_contents(data, limits, options)
    columns = dict(contents.columns)
    rows = _rows_of(columns, options)
    _check(rows.vectors, limits)
    if (described_in := packed if metadata is None else metadata) is not None:
        columns |= read_metadata(described_in, len(rows.vectors), options).columns
    known, left_out = repeated(columns, len(rows.vectors), rows.counts)
    table = described(rows.vectors, rows.counts, known, options)
    table = replace(table, notes=(*contents.notes, *rows.notes, *table.notes, *left_out))
    chosen_rows = None
    if len(table) > limits.max_rows:
        if sample_seed is None:
            raise TooManyRows(len(table), limits.max_rows)
        note = f"A random sample: {limits.max_rows:,} of {len(table):,} rows (seed {sample_seed})."
        table = replace(table, notes=(*table.notes, note))
        chosen_rows = np.sort(np.random.default_rng(sample_seed).permutation(len(table))[: limits.max_rows])
    order = table.order if chosen_rows is None else chosen_rows[table.take(chosen_rows).order]
    table = replace(table.take(order), row=order)
    if (thumbnails := thumbnails_in(known)) is None:
        return table
    return replace(table, thumbnails=thumbnails_of_rows(table.group, small_pictures(thumbnails[order])))


def embedding_choices(data: bytes, limits: EmbeddingLimits = LIMITS, options: ReadOptions = GUESS) -> list[str]:
    """Returns what a person may choose as the embedding of a file, the likeliest first, as ``ReadOptions.columns``.

    Raises:
        EmbeddingError: The file can't be read.
    """
    return [one.selection for one in candidates(read_contents(data, limits, options)[0].columns)]


@dataclass(frozen=True)
class _Rows:
    """The numbers of a file.

    Attributes:
        vectors: ``[N, D]``.
        counts: Of ``[clips, frames, D]`` and lists of vectors, the frames of each clip; None for one vector a row.
        notes: Sentences about what was taken.
    """

    vectors: np.ndarray
    counts: np.ndarray | None
    notes: tuple[str, ...]


def _rows_of(columns: dict[str, np.ndarray], options: ReadOptions) -> _Rows:
    """Take the numbers out of ``columns``; what is left says what the rows are."""
    found = candidates({name: column for name, column in columns.items() if name not in options.label_names})
    taken = chosen(columns, options.columns) if options.columns else found[0] if found else None
    if taken is None:
        _refuse_words(columns)
        raise EmbeddingError(
            "This file has no numbers to map; add an array named embeddings, or a column for each dimension."
        )
    if not options.columns:
        check_words(taken, columns)
    vectors, counts = _vectors(taken, {name: columns.pop(name) for name in taken.columns})
    said = describe_choice(taken, found, bool(options.columns))
    if counts is None or (counts == 1).all():
        return _Rows(vectors, None, (said,))
    frames = f"{counts[0]:,}" if (counts == counts[0]).all() else f"{counts.min():,} to {counts.max():,}"
    return _Rows(
        vectors, counts, (said, f"Each of {len(counts):,} entries is a clip of {frames} rows in order of time.")
    )


def _refuse_words(columns: Mapping[str, np.ndarray]) -> None:
    for name, column in columns.items():
        if stray := stray_words(column):
            raise EmbeddingError(
                f"{name} holds numbers, but {stray}; correct it, or name the column label if it holds labels."
            )


def _vectors(taken: Candidate, columns: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray | None]:
    """The numbers ``[N, D]`` of the columns that were taken, and the rows of each clip where entries are clips."""
    name, column = next(iter(columns.items()))
    if len(columns) == 1 and column.dtype == object:
        first = next((entry for entry in column if entry is not None), None)
        return stacked(name, read_lists(name, column) if isinstance(first, str) else column)
    if len(columns) == 1 and column.ndim == 3 and 0 not in column.shape:
        clips, frames = column.shape[:2]
        return column.reshape(clips * frames, -1), np.full(clips, frames)
    if len(columns) == 1 and (column.ndim != 1 or taken.columns[0].lower() in ("embedding", "embeddings")):
        return column, None
    for name, column in columns.items():
        if column.dtype.kind not in "fiub" or column.ndim != 1:
            raise EmbeddingError(f"{name} does not hold one number for each row; choose other columns.")
    if len({len(column) for column in columns.values()}) > 1:
        raise EmbeddingError("The columns of the embedding differ in length; choose other columns.")
    return np.stack(list(columns.values()), axis=1), None


def _check(vectors: np.ndarray, limits: EmbeddingLimits) -> None:
    if vectors.ndim != 2 or 0 in vectors.shape:
        raise EmbeddingError(f"Embeddings must be [rows, dimensions], not {[*vectors.shape]}.")
    if vectors.dtype.kind not in "fiub":
        kind = "text" if vectors.dtype.kind in "USO" else f"{vectors.dtype}"
        raise EmbeddingError(f"Embeddings must be numbers, not {kind}.")
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
