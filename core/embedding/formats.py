"""The contents of a file of embeddings, by name; its content gives the format.

Nothing is ever unpickled. Nothing is unpacked beyond the limit, or before its size is known.
"""

from __future__ import annotations

import zlib
from pathlib import PurePosixPath

from core.embedding.archives import arrays_of, read_array, unpack
from core.embedding.limits import GUESS, VECTORS, Contents, EmbeddingError, EmbeddingLimits, ReadOptions
from core.embedding.parquet import read_parquet
from core.embedding.text_table import read_text

_METADATA = ("metadata", "labels")
_PICKLE = "This is a Python pickle, which is never loaded, as it can run any program; save numbers with numpy.save."
_REFUSED = {  # formats by their first bytes
    b"\x89HDF": "This is an HDF5 file (.h5, .h5ad), which can't be read; save its array with numpy.save, or as .csv.",
    b"ARROW1": "This is an Arrow or Feather file, which can't be read; save it as .parquet.",
    b"SQLite": "This is a database, which can't be read; save the rows as .parquet or .csv.",
    b"\xd0\xcf\x11\xe0": "This is an old Excel workbook, which can't be read; save the sheet as CSV.",
    **{b"\x80" + bytes([version]): _PICKLE for version in range(2, 6)},
}


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
    if data.startswith(b"\x1f\x8b"):
        return read_contents(_inflated(data, limits), limits, options)
    for beginning, sentence in _REFUSED.items():
        if data.startswith(beginning):
            raise EmbeddingError(sentence)
    if data.startswith(b"\x93NUMPY"):
        return Contents({VECTORS[0]: read_array(data)}), None
    if data.startswith(b"PK\x03\x04"):
        return _packed(data, limits, options)
    if data.startswith(b"PAR1"):
        return read_parquet(data, limits), None
    return read_text(data, limits, options), None


def _inflated(data: bytes, limits: EmbeddingLimits) -> bytes:
    """The content of a ``.gz`` file, no further than the limit."""
    try:
        inflater = zlib.decompressobj(31)
        content = inflater.decompress(data, limits.max_bytes + 1)
    except zlib.error as error:
        raise EmbeddingError("This .gz file is damaged; save or upload it again.") from error
    limits.check_unpacked(len(content))
    if not inflater.eof or content.startswith(b"\x1f\x8b"):
        raise EmbeddingError("This .gz file is cut short or packed twice; save or upload it again.")
    return content


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
