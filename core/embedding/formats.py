"""What stands in a file of embeddings, by name; the format is told by the content.

Nothing is ever unpickled, and nothing is unpacked before its size is known, or further than the limit.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from core.embedding.archives import arrays_of, read_array, unpack
from core.embedding.limits import GUESS, VECTORS, Contents, EmbeddingError, EmbeddingLimits, ReadOptions
from core.embedding.parquet import read_parquet
from core.embedding.text_table import read_text

_METADATA = ("metadata", "labels")


def read_contents(data: bytes, limits: EmbeddingLimits, options: ReadOptions = GUESS) -> tuple[Contents, bytes | None]:
    """Returns what a file holds, and the file of metadata that was packed with it, if any; the only array of a file
    without names is called ``VECTORS[0]``.

    Raises:
        EmbeddingError: The file can't be used; the message says why.
    """
    if not data:
        raise EmbeddingError("This file is empty; choose another one.")
    if len(data) > limits.max_bytes:
        raise EmbeddingError(f"This file is larger than {limits.max_bytes // 2**20} MB; save fewer rows or dimensions.")
    if data.startswith(b"\x93NUMPY"):
        return Contents({VECTORS[0]: read_array(data)}), None
    if data.startswith(b"PK\x03\x04"):
        return _packed(data, limits, options)
    if data.startswith(b"PAR1"):
        return read_parquet(data, limits), None
    return read_text(data, limits, options), None


def _packed(data: bytes, limits: EmbeddingLimits, options: ReadOptions) -> tuple[Contents, bytes | None]:
    files = unpack(data, limits)
    arrays = {name: content for name, content in files.items() if name.endswith(".npy")}
    if arrays:
        return Contents(*arrays_of(arrays, limits)), None
    metadata = [name for name in files if PurePosixPath(name).stem.lower() in _METADATA]
    tables = [name for name in files if name not in metadata]
    if len(tables) != 1 or len(metadata) > 1:
        raise EmbeddingError(
            f"This zip file holds {', '.join(files)}; pack one table, or vectors.tsv with metadata.tsv."
        )
    if files[tables[0]].startswith(b"PK\x03\x04") and not tables[0].lower().endswith(".npz"):
        raise EmbeddingError("This zip file holds another one; unpack it once.")
    contents, _ = read_contents(files[tables[0]], limits, options)
    said = f"The file is {tables[0]} of this zip file" + (f", described by {metadata[0]}." if metadata else ".")
    return Contents(contents.columns, (said, *contents.notes)), files[metadata[0]] if metadata else None
