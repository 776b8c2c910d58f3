"""Arrays and archives: ``.npy``, ``.npz`` (also sparse), and zip files of a projector or of one table."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from lzma import LZMAError
from pathlib import PurePosixPath
from tokenize import TokenError
from typing import Any

import numpy as np

from core.embedding.families import families_of, says_embedding
from core.embedding.limits import VECTORS, EmbeddingError, EmbeddingLimits

_UNPACKING = (zlib.error, LZMAError)  # what is raised on the way out of a damaged zip file
_DAMAGED = (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, *_UNPACKING)
_READABLE = (".npy", ".npz", ".csv", ".tsv", ".txt", ".vec", ".json", ".jsonl", ".ndjson", ".parquet")
_METADATA = "metadata"
_SPARSE = {
    "csr": {"indices", "indptr"},
    "csc": {"indices", "indptr"},
    "bsr": {"indices", "indptr"},
    "coo": {"row", "col"},
    "dia": {"offsets"},
}


def read_array(data: bytes) -> np.ndarray:
    """Returns the array of a ``.npy`` file, ``[...]`` of any shape; nothing is unpickled.

    Raises:
        EmbeddingError: It is damaged, or holds objects.
    """
    try:
        array = np.load(io.BytesIO(data))  # which unpickles nothing by default
    except (ValueError, EOFError, OSError, MemoryError, TokenError) as error:  # MemoryError: a false size
        if "pickle" in str(error) or "Object arrays" in str(error):
            raise EmbeddingError(
                "This file holds Python objects, which are never loaded; save plain numbers with numpy.save."
            ) from error
        raise EmbeddingError("This file is damaged or cut short; save or upload it again.") from error
    if not isinstance(array, np.ndarray) or array.dtype.kind == "V":  # an archive in an archive, a table of fields
        raise EmbeddingError("This file holds something other than plain arrays; save numbers with numpy.save.")
    return array


def unpack(data: bytes, limits: EmbeddingLimits) -> dict[str, bytes]:
    """Returns the files of a zip file that may hold embeddings, by their paths.

    Raises:
        EmbeddingError: It is damaged or locked, holds none, unpacks to more than the limit, or a path leads outside.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = [
            member
            for member in archive.infolist()
            if member.filename.lower().endswith(_READABLE) and "__MACOSX" not in member.filename
        ]
        limits.check_unpacked(sum(member.file_size for member in members))
        found = {}
        for member in members:
            if member.filename.startswith("/") or ".." in PurePosixPath(member.filename).parts:
                raise EmbeddingError(f"{member.filename} leads outside this zip file; pack its arrays without folders.")
            with archive.open(member) as file:  # reads no more than was promised
                found[member.filename] = file.read(member.file_size + 1)
    except EmbeddingError:
        raise
    except _DAMAGED as error:
        raise EmbeddingError("This file is damaged or locked; save or upload it again.") from error
    if not found:
        names = {PurePosixPath(name).name for name in archive.namelist()}
        if "workbook.xml" in names:
            raise EmbeddingError("This is an Excel workbook, which can't be read; save the sheet as CSV.")
        if "data.pkl" in names:
            raise EmbeddingError("This is a file of PyTorch; save the tensor with numpy.save(file, tensor.numpy()).")
        raise EmbeddingError(
            "This zip file holds no arrays and no tables; save embeddings with numpy.savez, or pack .tsv or .csv files."
        )
    return found


def arrays_of(files: Mapping[str, bytes], limits: EmbeddingLimits) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Returns the arrays of a ``.npz`` file by name, and sentences about how they were read; a sparse matrix as a dense
    one, ``[N, D]``.

    Raises:
        EmbeddingError: One of them is damaged or holds objects; the matrix is too large.
    """
    arrays, objects = {}, []
    for name, data in files.items():
        try:
            arrays[name.removesuffix(".npy")] = read_array(data)
        except EmbeddingError as error:
            if "Python objects" not in str(error) or len(files) == 1:
                raise
            objects.append(name.removesuffix(".npy"))
    if not arrays or any(name.lower() in VECTORS for name in objects):
        raise EmbeddingError(
            "This file holds Python objects, which are never loaded; save plain numbers with numpy.savez."
        )
    if _are_rows(arrays):
        rows = np.stack([*arrays.values()])
        return {"key": np.array([*arrays]), VECTORS[0]: rows}, ("Each array of the file is a row.",)
    notes = (f"Left out: {', '.join(objects)}, Python objects, which are never loaded.",) if objects else ()
    if {"format", "shape", "data"} <= set(arrays):
        kind = arrays["format"]
        name = kind.item().decode("ascii", "replace") if kind.dtype.kind == "S" and kind.ndim == 0 else f"{kind}"
        return {VECTORS[0]: _dense(name, arrays, limits)}, (*notes, f"The file is a sparse matrix ({name}) of SciPy.")
    return arrays, notes


def _are_rows(arrays: Mapping[str, np.ndarray]) -> bool:
    """Whether each array is the vector of one thing: arrays of one length and one axis, called after files or by a
    number that counts no dimensions."""
    shapes = {array.shape for array in arrays.values()}
    if len(arrays) < 3 or len(shapes) > 1 or any(len(shape) != 1 or shape[0] < 2 for shape in shapes):
        return False
    numbers = all(array.dtype.kind == "f" for array in arrays.values())
    files = all("." in name or "/" in name for name in arrays)
    family = families_of(arrays)
    counted = len(family) == 1 and len(family[0]) == len(arrays) and not says_embedding(family[0][0])
    return numbers and (files or counted)


def _dense(kind: str, arrays: Mapping[str, np.ndarray], limits: EmbeddingLimits) -> np.ndarray:
    from scipy import sparse

    if kind not in _SPARSE or not _SPARSE[kind] <= set(arrays):
        raise EmbeddingError(f"Sparse matrices of the kind {kind!r} can't be read; save it as csr with scipy.")
    shape = tuple(int(size) for size in np.atleast_1d(arrays["shape"]))
    if len(shape) != 2 or min(shape) < 1:
        raise EmbeddingError(f"Embeddings must be [rows, dimensions], not {[*shape]}.")
    if shape[1] > limits.max_dims:
        raise EmbeddingError(
            f"These rows have {shape[1]:,} dimensions and the limit is {limits.max_dims:,}; reduce them first, for "
            "example with scikit-learn's TruncatedSVD."
        )
    limits.check_unpacked(4 * shape[0] * shape[1])
    data = arrays["data"].astype(np.float32)
    matrix: Any
    try:
        if kind == "coo":
            matrix = sparse.coo_array((data, (arrays["row"], arrays["col"])), shape)
        elif kind == "dia":
            matrix = sparse.dia_array((data, arrays["offsets"]), shape)
        else:
            matrix = getattr(sparse, f"{kind}_array")((data, arrays["indices"], arrays["indptr"]), shape)
            matrix.check_format(full_check=True)
        return np.asarray(matrix.toarray(), np.float32)
    except (ValueError, TypeError, IndexError) as error:
        raise EmbeddingError("This sparse matrix is damaged; save it again with scipy.sparse.save_npz.") from error
