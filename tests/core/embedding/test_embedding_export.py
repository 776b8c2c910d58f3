"""What goes out can come in again, and keeps to what other tools expect."""

import io
import zipfile

import numpy as np
import pandas as pd

from core.embedding.export import to_parquet, to_projector
from core.embedding.files import read_embeddings
from core.embedding.table import Embeddings

RNG = np.random.default_rng(0)
TABLE = Embeddings(
    RNG.normal(size=(6, 4)).astype(np.float32),
    {"kind": np.array(["a\tb", "c\nd", "é", "", "e", "f"]), "height (m)": np.arange(6.0)},
    np.array([0, 0, 0, 1, 1, 1]),
    np.array([0.0, 0.1, 0.2] * 2),
)
POINTS = RNG.normal(size=(6, 2)).astype(np.float32)


def tables(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_parquet_opens_again_as_it_was():
    data = to_parquet(TABLE, POINTS)
    again = read_embeddings(data)
    assert np.array_equal(again.vectors, TABLE.vectors) and np.array_equal(again.group, TABLE.group)
    assert np.array_equal(again.time, TABLE.time)
    assert again.columns["kind"].tolist() == ["a b", "c d", "é", "", "e", "f"]
    assert not {"projection_x", "projection_y"} & set(again.columns), "places on a map that is made anew"
    frame = pd.read_parquet(io.BytesIO(data))
    assert np.array_equal(frame[["projection_x", "projection_y"]].to_numpy(np.float32), POINTS)


def test_duplicate_columns_are_read_once():
    known = {"clip": np.array(list("aaabbb")), "time (s)": TABLE.time}
    again = read_embeddings(to_parquet(Embeddings(TABLE.vectors, known, TABLE.group, TABLE.time), POINTS))
    assert list(again.columns) == ["clip", "time (s)"]
    assert again.notes[-1] == "Left out: projection_x, projection_y, the coordinates of another map."
    distinct = known | {"clip": np.array(list("aabbcc")), "time (s)": TABLE.time + 1}
    again = read_embeddings(to_parquet(Embeddings(TABLE.vectors, distinct, TABLE.group, TABLE.time), POINTS))
    assert list(again.columns) == ["group", "time", "clip", "time (s)"], "what says another thing stays"


def test_the_projector_gets_a_line_for_each_row_and_a_header_over_several_columns():
    found = tables(to_projector(TABLE))
    vectors, metadata = (found[name].splitlines() for name in ("vectors.tsv", "metadata.tsv"))
    assert np.allclose([[float(part) for part in line.split("\t")] for line in vectors], TABLE.vectors, atol=1e-5)
    assert len(metadata) == 7 and metadata[0].split("\t") == ["group", "time", "kind", "height (m)"]
    assert all(len(line.split("\t")) == 4 for line in metadata)


def test_a_single_column_has_no_header_and_bare_numbers_no_metadata():
    alone = Embeddings(TABLE.vectors, {"kind": np.array(list("abcdef"))})
    assert tables(to_projector(alone))["metadata.tsv"].splitlines() == list("abcdef")
    assert set(tables(to_projector(Embeddings(TABLE.vectors)))) == {"vectors.tsv"}
    assert len(read_embeddings(to_parquet(Embeddings(TABLE.vectors), POINTS))) == 6
