"""Tables in parquet, as pandas, datasets and other programs write them."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd

from core.embedding.cells import objects
from core.embedding.limits import Contents, EmbeddingError, EmbeddingLimits

_AT_ONCE = 4096  # rows that are unpacked before their size is looked at


def read_parquet(data: bytes, limits: EmbeddingLimits) -> Contents:
    """Returns the columns of a table in parquet, those of the pandas index among them.

    Raises:
        EmbeddingError: It is damaged, or unpacks to more than the limit.
    """
    frame = _frame(data, limits)
    index = [name for name in frame.index.names if name is not None]
    if index or not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index(names=_index_names(frame))
    return Contents({_name(name): _column(frame.iloc[:, place]) for place, name in enumerate(frame.columns)})


def _index_names(frame: pd.DataFrame) -> list[str]:
    """Names for the levels of the index that no column has."""
    taken = set(map(_name, frame.columns))
    usual = ["index"] if frame.index.nlevels == 1 else [f"index level {i + 1}" for i in range(frame.index.nlevels)]
    names = [str(name) if name is not None else other for name, other in zip(frame.index.names, usual, strict=True)]
    return [name if name not in taken else f"{name} (index)" for name in names]


def _name(name: object) -> str:
    """The name of a column; of several levels, with dots between them."""
    return ".".join(map(str, name)) if isinstance(name, tuple) else str(name)


def _column(column: pd.Series) -> np.ndarray:
    """Numbers as they are; anything else as objects, None where there is no entry."""
    kind = column.dtype
    if isinstance(kind, np.dtype) and kind.kind in "fiu":
        return column.to_numpy()
    values = [None if _is_missing(value) else value for value in column.to_numpy(object)]
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, (int, np.integer)) and not isinstance(value, bool) for value in known):
        return objects([None if value is None else int(value) for value in values])
    kinds = (str, list, tuple, np.ndarray, bytes, dict)
    return objects([value if value is None or isinstance(value, kinds) else str(value) for value in values])


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value))


def _frame(data: bytes, limits: EmbeddingLimits) -> pd.DataFrame:
    import pyarrow as arrow
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        about = file.metadata
        groups = [about.row_group(i) for i in range(about.num_row_groups)]
        # Its own sizes are those of packed repetitions: a column of zeros would take none.
        unpacked = sum(8 * group.column(j).num_values for group in groups for j in range(about.num_columns))
        limits.check_unpacked(max(unpacked, sum(group.total_byte_size for group in groups)))
        parts, size = [], 0
        for part in file.iter_batches(_AT_ONCE):  # a word that is repeated is packed once, however long it is
            parts.append(part)
            size += part.nbytes
            limits.check_unpacked(size)
        table = arrow.Table.from_batches(parts, file.schema_arrow)
        return table.to_pandas(integer_object_nulls=True)  # whole numbers with holes keep all digits
    except (arrow.ArrowException, OSError) as error:
        raise EmbeddingError("This parquet file is damaged or cut short; save or upload it again.") from error
