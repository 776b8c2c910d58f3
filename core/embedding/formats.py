"""What stands in a file of embeddings, by name: ``.npy``, ``.npz``, ``.csv`` and ``.parquet``, told by their content.

Nothing is ever unpickled, and nothing is unpacked before its size is known.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import numpy as np
import pandas as pd

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


def read_columns(data: bytes, limits: EmbeddingLimits) -> dict[str, np.ndarray]:
    """Whatever a file holds, by name; the only array of a file without names is called ``VECTORS[0]``.

    Raises:
        EmbeddingError: The file can't be used; the message says why.
    """
    if not data:
        raise EmbeddingError("This file is empty; choose another one.")
    if data.startswith(b"\x93NUMPY"):
        return {VECTORS[0]: _array(data)}
    if data.startswith(b"PK\x03\x04"):
        return _archive(data, limits)
    if data.startswith(b"PAR1"):
        return _frame(_parquet(data, limits))
    return _frame(_csv(data))


def _array(data: bytes) -> np.ndarray:
    try:
        return np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError, MemoryError) as error:  # the last for a header that promises the moon
        if "pickle" in str(error) or "Object arrays" in str(error):
            raise EmbeddingError(
                "This file holds Python objects, which are never opened; save plain numbers with numpy.save."
            ) from error
        raise EmbeddingError("This file is damaged or cut short; save or upload it again.") from error


def _archive(data: bytes, limits: EmbeddingLimits) -> dict[str, np.ndarray]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
        if sum(member.file_size for member in members) > limits.max_bytes:
            raise EmbeddingError(
                f"This file unpacks to more than {limits.max_bytes // 2**20} MB; save fewer rows or dimensions."
            )
        found = {}
        for member in members:
            with archive.open(member) as file:  # reads no more than was promised
                found[member.filename.removesuffix(".npy")] = _array(file.read(member.file_size + 1))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
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
        unpacked = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
        if unpacked > limits.max_bytes:
            raise EmbeddingError(
                f"This file unpacks to more than {limits.max_bytes // 2**20} MB; save fewer rows or dimensions."
            )
        return file.read().to_pandas()
    except (arrow.ArrowException, OSError) as error:
        raise EmbeddingError("This parquet file is damaged or cut short; save or upload it again.") from error


def _csv(data: bytes) -> pd.DataFrame:
    try:
        head = data[: 2**16].split(b"\n", 1)[0]
        return pd.read_csv(io.BytesIO(data), sep=max((",", ";", "\t"), key=lambda mark: head.count(mark.encode())))
    except UnicodeDecodeError as error:
        raise EmbeddingError("This is no file of embeddings; pass .npy, .npz, .csv or .parquet.") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise EmbeddingError("This table can't be read: its rows differ in length; save it as .csv again.") from error


def _frame(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    return {str(name): frame[name].to_numpy() for name in frame.columns}
