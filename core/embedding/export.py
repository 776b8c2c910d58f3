"""Embeddings for other tools: parquet (Embedding Atlas and others) and the TSV files of TensorBoard's projector."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from core.embedding.table import Embeddings
from core.files import replace_file

AXES = ("projection_x", "projection_y", "projection_z")


def to_parquet(table: Embeddings, points: np.ndarray) -> bytes:
    """A Parquet file with a line for each row of the table: ``embedding`` (a list), its place on the map, clip and
    time, and what is known of it. ``points`` are ``[N, 2 or 3]``. The app can open the file again."""
    file = io.BytesIO()
    frame = to_frame(table).assign(**dict(zip(AXES, points.T, strict=False)))
    frame.to_parquet(file, index=False)
    return file.getvalue()


def save_rows(table: Embeddings, points: np.ndarray, out: Path) -> None:
    """Write rows and their points on a map, ``[N, 2 or 3]``, to a ``.parquet`` file, or to a ``.zip`` file for
    TensorBoard's projector.

    Raises:
        ValueError: A file with another ending.
    """
    if out.suffix not in (".parquet", ".zip"):
        raise ValueError(f"The result is a .parquet or a .zip file; name it {out.with_suffix('.parquet').name}.")
    data = to_parquet(table, points) if out.suffix == ".parquet" else to_projector(table)
    replace_file(out, lambda place: place.write_bytes(data))


def to_frame(table: Embeddings) -> pd.DataFrame:
    """One row for each: clip and time, what is known of it, and ``embedding`` (a list)."""
    return _known(table).assign(embedding=list(table.vectors))


def to_projector(table: Embeddings) -> bytes:
    """``vectors.tsv`` and ``metadata.tsv`` in a zip file."""
    file, metadata = io.BytesIO(), _known(table)
    vectors = pd.DataFrame(table.vectors).to_csv(sep="\t", header=False, index=False, float_format="%.6g")
    alone = len(metadata.columns) == 1  # the projector expects no header then
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vectors.tsv", vectors)
        if len(metadata.columns):
            archive.writestr("metadata.tsv", metadata.to_csv(sep="\t", header=not alone, index=False))
    return file.getvalue()


def _known(table: Embeddings) -> pd.DataFrame:
    """What is known of the rows; words without the marks that would break a line."""
    named = {"group": table.group, "time": table.time, "row of the file": table.row}
    columns = {name: column for name, column in named.items() if column is not None} | dict(table.columns)
    frame = pd.DataFrame(columns, index=range(len(table)))
    words = frame.select_dtypes(exclude="number").columns
    frame[words] = frame[words].astype(str).replace(r"[\t\r\n]+", " ", regex=True)
    return frame
