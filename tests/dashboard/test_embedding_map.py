"""What the browser is given is what the table holds."""

from dataclasses import replace

import numpy as np
import pytest

from core.embedding.projection import pca
from core.embedding.table import Embeddings, Thumbnails
from dashboard.components.embedding_map import MapPlot, pack
from dashboard.components.packing import split

RNG = np.random.default_rng(0)
ROWS = 40
PICTURES = RNG.integers(0, 256, (20, 16, 16, 3), np.uint8)
TABLE = Embeddings(
    RNG.normal(size=(ROWS, 6)).astype(np.float32),
    {"kind": np.array(["b", "a", "a", "c"] * 10), "height (m)": np.append(np.nan, np.arange(ROWS - 1.0))},
    np.repeat(np.arange(4), 10),
    np.tile(np.arange(10.0), 4),
    Thumbnails(PICTURES, np.array([0, 5, 10, 15, 20]), np.repeat(np.arange(20), 2)),
    "a model",
)


def unpacked(plot):
    header, payload = split(pack(plot))

    def read(entry, kind):
        return np.frombuffer(payload, kind, offset=entry["start"], count=entry["sizes"][0] // np.dtype(kind).itemsize)

    return header, read


@pytest.fixture(scope="module")
def plot():
    return MapPlot(TABLE, pca(TABLE.vectors), "kind")


def test_points_groups_and_numbers_arrive_as_they_are(plot):
    header, read = unpacked(plot)
    assert np.array_equal(read(header["points"], "<f4").reshape(-1, 2), plot.projection.points)
    assert np.array_equal(read(header["group"], "<i4"), TABLE.group)
    height = header["columns"][1]
    assert np.array_equal(read(height["data"], "<f8"), TABLE.columns["height (m)"], equal_nan=True)
    assert (height["low"], height["high"]) == (0, 38)
    assert header["axes"][0].startswith("component 1 (") and header["rows"] == ROWS and header["colorBy"] == "kind"


def test_words_arrive_with_their_counts_the_most_frequent_first(plot):
    header, read = unpacked(plot)
    kind = header["columns"][0]
    assert kind["names"] == ["a", "b", "c"] and kind["counts"] == [20, 10, 10]
    assert np.array_equal(np.array(kind["names"])[read(kind["data"], "<u4")], TABLE.columns["kind"])


def test_no_two_kinds_share_a_colour_and_the_rest_is_one_entry():
    many = np.array([f"kind {i % 20}" for i in range(ROWS)])
    header, _ = unpacked(MapPlot(Embeddings(TABLE.vectors, {"kind": many}), pca(TABLE.vectors)))
    listed = header["categories"][: header["columns"][0]["listed"]]
    assert header["columns"][0]["listed"] == len(listed) == len(set(listed)) < 20
    assert not set(listed) & {header["colors"][scheme]["baseline"] for scheme in ("light", "dark")}


def test_every_row_finds_its_picture(plot):
    header, read = unpacked(plot)
    thumbnails = header["clips"]
    assert thumbnails["starts"] == [0, 5, 10, 15, 20] and len(thumbnails["pictures"]["sizes"]) == 20
    assert np.array_equal(read(thumbnails["at"], "<i4"), TABLE.thumbnails.at)


def test_a_table_of_bare_numbers_can_be_mapped():
    header, _ = unpacked(MapPlot(Embeddings(TABLE.vectors), pca(TABLE.vectors)))
    assert header["columns"] == [] and header["clips"] is header["group"] is None and header["colorBy"] == ""


def test_rows_of_a_file_arrive_with_their_places_in_it():
    places = RNG.permutation(ROWS)
    header, read = unpacked(MapPlot(replace(TABLE, row=places), pca(TABLE.vectors)))
    assert np.array_equal(read(header["fileRow"], "<i4"), places)
    assert unpacked(MapPlot(TABLE, pca(TABLE.vectors)))[0]["fileRow"] is None


def test_another_map_of_the_same_rows_is_another_map(plot):
    other = MapPlot(TABLE, pca(-TABLE.vectors[:, ::-1]))
    (mine, _), (others, _) = split(plot.packed), split(other.packed)
    assert mine["id"] != others["id"] and mine["table"] == others["table"], "a chosen row stays chosen"
    assert plot.packed is plot.packed
