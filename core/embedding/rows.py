"""Rows of numbers with what a file says of each: labels and ids, the clip, the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from core.embedding.cells import is_label
from core.embedding.export import AXES
from core.embedding.labels import GROUPS, KINDS, THUMBNAILS, TIMES, as_words, readable, stray_words
from core.embedding.limits import EmbeddingError, ReadOptions
from core.embedding.table import Embeddings
from core.wording import count_of

_NONE = "none"  # in options: no column has this role
_LISTED = 8  # names in a note
_LONGEST = 200  # bytes of an entry that may be text


def repeated(
    columns: Mapping[str, np.ndarray], rows: int, counts: np.ndarray | None
) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Returns the columns with an entry for each of ``rows`` rows, and a sentence on those that are left out.

    Args:
        columns: With an entry for each row, or for each clip where ``counts`` says how many rows each clip has.
        rows: How many rows there are.
        counts: Rows of each clip, ``[clips]``; None if entries are rows.

    Raises:
        EmbeddingError: Labels, clips, times or thumbnails don't go with the rows.
    """
    known, left = {}, []
    for name, column in columns.items():
        pictures = name.lower() in THUMBNAILS
        column = column if counts is None else _for_each_row(name, column, counts, 3 if pictures else 0)
        if column.ndim and len(column) == rows and (pictures or (column.ndim == 1 and _is_text_or_number(column))):
            known[name] = column
        elif not pictures and not is_label(name) and name.lower() not in (*KINDS, *TIMES):
            left.append(_shown(name, column))
        elif column.ndim == 0 or (column.ndim > 1 and not pictures):
            raise EmbeddingError(f"{name} is {[*column.shape]}; give one entry for each row, or leave it out.")
        elif len(column) != rows:
            raise EmbeddingError(
                f"{name} has {len(column):,} entries and there are {rows:,} rows; give one for each row."
            )
        else:
            left.append(_shown(name, column))
    return known, (f"Left out: {_several(left)}.",) if left else ()


def _for_each_row(name: str, column: np.ndarray, counts: np.ndarray, axes: int) -> np.ndarray:
    """A column of clips, or of clips and frames, with an entry for each row; ``axes`` are those of one entry."""
    frames = int(counts[0])
    if column.ndim == axes + 2 and column.shape[:2] == (len(counts), frames) and (counts == frames).all():
        return column.reshape(len(counts) * frames, *column.shape[2:])
    if column.ndim == axes + 1 and len(column) == len(counts):
        return np.repeat(column, counts, axis=0)
    if column.ndim == 1 and name.lower() in TIMES and len(column) == frames and (counts == frames).all():
        return np.tile(column, len(counts))
    return column


def _is_text_or_number(column: np.ndarray) -> bool:
    first = next((entry for entry in column if entry is not None), "") if column.dtype == object else ""
    if isinstance(first, bytes):
        return all(entry is None or (len(entry) <= _LONGEST and _is_utf8(entry)) for entry in column)
    return column.dtype.kind != "c" and not isinstance(first, (list, tuple, dict, np.ndarray))


def _is_utf8(entry: bytes) -> bool:
    try:
        entry.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _shown(name: str, column: np.ndarray) -> str:
    if column.dtype == object and column.ndim == 1:
        first = next((entry for entry in column if entry is not None), None)
        kind = "bytes" if isinstance(first, bytes) else "records" if isinstance(first, dict) else "lists"
        return f"{name} ({kind})"
    return f"{name} {[*column.shape]}"


def described(
    vectors: np.ndarray, counts: np.ndarray | None, known: Mapping[str, np.ndarray], options: ReadOptions
) -> Embeddings:
    """Returns rows with what is known of each, and sentences about what was taken for what.

    Args:
        vectors: ``[N, D]``.
        counts: How many rows each clip has, ``[clips]``; None if the file does not say.
        known: What is known of each row, by name, each ``[N]``.
        options: How the file is read.

    Raises:
        EmbeddingError: An option names a column that is not there, or times are no numbers.
    """
    known = {name: column for name, column in known.items() if name.lower() not in THUMBNAILS}
    clip_name, time_name = _role(options.clip, "clip", known, GROUPS), _role(options.time, "time", known, TIMES)
    group = None if clip_name is None else known[clip_name]
    time = None if time_name is None else _numbers(time_name, known[time_name])
    if counts is not None:
        group = np.repeat(np.arange(len(counts)), counts) if group is None else group
        time = np.concatenate([np.arange(float(count)) for count in counts]) if time is None else time
    columns, notes = {}, []
    for name, column in known.items():
        if name in AXES or _is_duplicate(name, column, known):
            continue
        as_label = name in options.label_names
        columns[name] = as_words(column) if as_label else readable(name, column)
        if not as_label and not is_label(name) and (words := stray_words(column)):
            notes.append(f"{name} is read as text: {words}.")
    if missing := [name for name in options.label_names if name not in known]:
        raise EmbeddingError(f"There is no column {missing[0]!r} to keep as text; the file has {_several([*known])}.")
    codes, alone = (None, 0) if group is None else _codes(group)
    if alone:
        notes.append(
            f"{count_of(alone, 'row')} {'has' if alone == 1 else 'have'} no clip; each counts as a clip of its own."
        )
    if axes := [name for name in AXES if name in known]:
        notes.append(f"Left out: {', '.join(axes)}, the coordinates of another map.")
    still = int((vectors == vectors[:1]).all(axis=0).sum())
    if still:
        notes.append(f"{still} of {vectors.shape[1]} dimensions are the same in every row.")
    said = (*_beside(columns), *_roles(clip_name, time_name))
    rows = np.ascontiguousarray(vectors, np.float32)
    return Embeddings(rows, columns, codes, time, None, "", (*said, *notes))


def _role(option: str, role: str, known: Mapping[str, np.ndarray], names: Sequence[str]) -> str | None:
    """The column with a role: the one that a person names, or the first that is called so."""
    if option == _NONE:
        return None
    if option:
        if option not in known:
            raise EmbeddingError(f"There is no column {option!r} for the {role}; the file has {_several([*known])}.")
        return option
    return next((name for name in known if name.lower() in names), None)


def _numbers(name: str, column: np.ndarray) -> np.ndarray:
    try:
        return column.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise EmbeddingError(
            f"{name} must be a number for each row: seconds or frames; choose another column as the time, or none."
        ) from error


def _codes(group: np.ndarray) -> tuple[np.ndarray, int]:
    """A number from 0 for each clip, ``int64 [N]``, and how many rows have no clip: each of them has a number of its
    own, behind those of the clips."""
    entries = pd.Series(group)
    missing = entries.isna().to_numpy()
    names = entries[~missing].map(str).astype(object)
    numbers = pd.to_numeric(names, errors="coerce")
    order = names if numbers.isna().any() or numbers.nunique() < names.nunique() else numbers
    codes = np.empty(len(entries), np.int64)
    codes[~missing], known = pd.factorize(order, sort=True)
    codes[missing] = len(known) + np.arange(missing.sum())
    return codes, int(missing.sum())


def _is_duplicate(name: str, column: np.ndarray, columns: Mapping[str, np.ndarray]) -> bool:
    """Whether a column of a file that was saved here says what another one says."""
    if name == "group" and "clip" in columns:
        one, other = (pd.factorize(pd.Series(part))[0] for part in (column, columns["clip"]))
        return np.array_equal(one, other)
    return name == "time" and "time (s)" in columns and np.array_equal(column, columns["time (s)"])


def _beside(columns: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    text = [name for name, column in columns.items() if column.dtype.kind == "U"]
    numbers = [name for name, column in columns.items() if column.dtype.kind != "U"]
    parts = [f"{_several(names)} as {kind}" for names, kind in ((text, "text"), (numbers, "numbers")) if names]
    return (f"Other columns: {'; '.join(parts)}.",) if parts else ()


def _roles(clip: str | None, time: str | None) -> tuple[str, ...]:
    if clip and time:
        return (f"The column {clip} tells the clips apart, and {time} orders their rows.",)
    if clip:
        return (f"The column {clip} tells the clips apart.",)
    return (f"The column {time} is the time of each row.",) if time else ()


def _several(names: Sequence[str]) -> str:
    shown = list(names[:_LISTED])
    if len(names) > _LISTED:
        return f"{', '.join(shown)} and {len(names) - _LISTED:,} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
