"""What stands in a file of embeddings, by name: ``.npy``, ``.npz``, ``.csv`` and ``.parquet``, told by their content.

Nothing is ever unpickled, and nothing is unpacked before its size is known, or further than the limit.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path
from tokenize import TokenError

import numpy as np
import pandas as pd

from core.delimited import NotUtf8Error, separator_of, with_newlines
from core.embedding.delimited import UnevenRowsError, read_delimited

_UNPACKING = (zlib.error, LZMAError)  # what is raised on the way out of a damaged zip file
_AT_ONCE = 4096  # rows of parquet that are unpacked before their size is looked at
VECTORS = ("embeddings", "embedding", "vectors", "vector", "features")


@dataclass(frozen=True)
class EmbeddingLimits:
    """What may come in."""

    max_bytes: int = 512 * 2**20  # unpacked
    max_rows: int = 100_000
    max_dims: int = 8192


LIMITS = EmbeddingLimits()


class EmbeddingError(ValueError):
    """A file that can't be used; the message says why and what to do."""


def read_columns(data: bytes, limits: EmbeddingLimits) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Whatever a file holds, by name, and sentences about how it was read; the only array of a file without names is
    called ``VECTORS[0]``.

    Raises:
        EmbeddingError: The file can't be used; the message says why.
    """
    if not data:
        raise EmbeddingError("This file is empty; choose another one.")
    if len(data) > limits.max_bytes:
        raise EmbeddingError(f"This file is larger than {limits.max_bytes // 2**20} MB; save fewer rows or dimensions.")
    if data.startswith(b"\x93NUMPY"):
        return {VECTORS[0]: _array(data)}, ()
    if data.startswith(b"PK\x03\x04"):
        return _archive(data, limits), ()
    if data.startswith(b"PAR1"):
        return _frame(_parquet(data, limits)), ()
    table, notes = _csv(data, limits)
    return _frame(table), notes


def _array(data: bytes) -> np.ndarray:
    try:
        array = np.load(io.BytesIO(data))  # which unpickles nothing unless it is told to
    except (ValueError, EOFError, OSError, MemoryError, TokenError) as error:  # MemoryError: it promises the moon
        if "pickle" in str(error) or "Object arrays" in str(error):
            raise EmbeddingError(
                "This file holds Python objects, which are never loaded; save plain numbers with numpy.save."
            ) from error
        raise EmbeddingError("This file is damaged or cut short; save or upload it again.") from error
    if not isinstance(array, np.ndarray) or array.dtype.kind == "V":  # an archive in an archive, a table of fields
        raise EmbeddingError("This file holds something other than plain arrays; save numbers with numpy.save.")
    return array


def _archive(data: bytes, limits: EmbeddingLimits) -> dict[str, np.ndarray]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
        if sum(member.file_size for member in members) > limits.max_bytes:
            raise _unpacked(limits)
        found = {}
        for member in members:
            if member.filename.startswith("/") or ".." in Path(member.filename).parts:
                raise EmbeddingError(f"{member.filename} leads outside this zip file; pack its arrays without folders.")
            with archive.open(member) as file:  # reads no more than was promised
                found[member.filename.removesuffix(".npy")] = _array(file.read(member.file_size + 1))
    except EmbeddingError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, *_UNPACKING) as error:
        raise EmbeddingError("This file is damaged or locked; save or upload it again.") from error
    if not found:
        raise EmbeddingError("This zip file holds no arrays; save embeddings with numpy.savez.")
    return found


def _parquet(data: bytes, limits: EmbeddingLimits) -> pd.DataFrame:
    import pyarrow as arrow
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        about = file.metadata
        groups = [about.row_group(i) for i in range(about.num_row_groups)]
        # Its own sizes are those of packed repetitions: a column of zeros would take none.
        unpacked = sum(8 * group.column(j).num_values for group in groups for j in range(about.num_columns))
        if max(unpacked, sum(group.total_byte_size for group in groups)) > limits.max_bytes:
            raise _unpacked(limits)
        parts, size = [], 0
        for part in file.iter_batches(_AT_ONCE):  # a word that is repeated is packed once, however long it is
            parts.append(part)
            size += part.nbytes
            if size > limits.max_bytes:
                raise _unpacked(limits)
        return arrow.Table.from_batches(parts, file.schema_arrow).to_pandas()
    except (arrow.ArrowException, OSError) as error:
        raise EmbeddingError("This parquet file is damaged or cut short; save or upload it again.") from error


def _unpacked(limits: EmbeddingLimits) -> EmbeddingError:
    return EmbeddingError(
        f"This file unpacks to more than {limits.max_bytes // 2**20} MB; save fewer rows, dimensions or words."
    )


def _csv(data: bytes, limits: EmbeddingLimits) -> tuple[pd.DataFrame, tuple[str, ...]]:
    head = with_newlines(data).split(b"\n", 1)[0]
    columns = head.count(separator_of(head).encode()) + 1
    if columns > 2 * limits.max_dims:
        raise EmbeddingError(f"This table has {columns:,} columns; the limit is {limits.max_dims:,} dimensions.")
    try:
        return read_delimited(data)
    except (NotUtf8Error, UnicodeDecodeError) as error:
        raise EmbeddingError("This is not a file of embeddings; use .npy, .npz, .csv or .parquet.") from error
    except UnevenRowsError as error:
        raise EmbeddingError("This table can't be read: its rows differ in length; save it as .csv again.") from error


def _frame(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    return {str(name): frame[name].to_numpy() for name in frame.columns}
