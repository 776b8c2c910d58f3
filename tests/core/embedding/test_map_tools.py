"""Distances, searches, directions, lists of neighbours and series of checkpoints have known answers."""

import io
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from core.embedding.directions import from_to
from core.embedding.distances import Distance, distance_named, distance_notes, distance_of, in_space
from core.embedding.maps import make_map
from core.embedding.neighbours import neighbour_csv, neighbour_table, save_neighbours
from core.embedding.projection import nearest
from core.embedding.search import SearchError, matching_rows, rows_at, with_rows
from core.embedding.series import examine_series, in_order
from core.embedding.table import Embeddings

RNG = np.random.default_rng(0)
ROWS = (RNG.normal(size=(40, 6)) * [1, 2, 3, 1, 50, 1]).astype(np.float32)
LABELS = np.array(["cat", "Dog", "wild cat", "dog"] * 10)
TABLE = Embeddings(ROWS, {"label": LABELS, "year": np.arange(1990.0, 2030.0), "id": np.arange(40).astype(str)})


@pytest.mark.parametrize(
    ("distance", "name"),
    [
        (Distance.EUCLIDEAN, "euclidean"),
        (Distance.COSINE, "cosine"),
        (Distance.CORRELATION, "correlation"),
        (Distance.STANDARDISED, "seuclidean"),
    ],
)
def test_neighbours_are_those_of_each_distance(distance, name):
    options = {"V": ROWS.astype(float).var(axis=0)} if name == "seuclidean" else {}
    true = cdist(ROWS, ROWS, name, **options)
    places, distances = nearest(in_space(ROWS, distance), 3, 5)
    assert places.tolist() == true[3].argsort()[1:6].tolist()
    assert distance_of(distances, distance) == pytest.approx(np.sort(true[3])[1:6], rel=1e-3)


def test_rows_without_a_direction_are_counted_and_make_no_nan():
    rows = np.vstack([ROWS, np.zeros((2, 6)), np.full((1, 6), 7.0)]).astype(np.float32)
    for distance, without in ((Distance.COSINE, 2), (Distance.CORRELATION, 3)):
        assert np.isfinite(in_space(rows, distance)).all()
        assert distance_notes(rows, distance)[1] == f"{without} rows without a direction: at the centre."
    still = in_space(np.column_stack([ROWS, np.full(40, 3.0)]), Distance.STANDARDISED)
    assert (still[:, 6] == 0).all() and distance_notes(ROWS, Distance.EUCLIDEAN) == ()
    assert distance_named("COSINE") is Distance.COSINE
    with pytest.raises(ValueError, match="must be one of Euclidean, cosine, correlation, standardised, not 'l1'"):
        distance_named("l1")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 40),
        ("cat", 20),
        ("label:DOG", 20),
        ("label=dog", 10),
        ("label!=dog", 30),
        ("-cat", 20),
        ('"wild cat"', 10),
        ("year>=2020", 10),
        ("year<1995 label:cat", 3),
        ("id=7", 1),
        ("id<10", 10),
        ("row:12", 1),
        ("row<=5", 5),
        ("nothing", 0),
    ],
)
def test_a_search_finds_what_it_says(query, count):
    assert matching_rows(TABLE, query).sum() == count


def test_a_search_that_cannot_be_made_is_one_sentence():
    for query, message in (
        ("colour:red", "There is no column 'colour'; there are label, year, id, row"),
        ("year>old", "year holds numbers, and 'old' is none"),
    ):
        with pytest.raises(SearchError, match=message):
            matching_rows(TABLE, query)
    with pytest.raises(SearchError, match="No row matches 'horse'"):
        rows_at(TABLE, "horse")
    with pytest.raises(SearchError, match="1 row of 40 match 'id=7'; a map needs two or more"):
        with_rows(TABLE, "id=7")
    assert with_rows(TABLE, "cat").notes == ("Shown are the 20 of 40 rows that match 'cat'.",)


def test_a_map_from_a_to_b_has_both_at_its_ends_and_keeps_right_angles():
    found = make_map(TABLE, "pca", start="label=cat", end="row:2")
    ends = [np.flatnonzero(LABELS == "cat"), [1]]
    assert found.points[ends[0], 0].mean() == pytest.approx(0, abs=1e-5) and found.points[1, 0] == pytest.approx(1)
    assert found.axes[0] == "from label=cat (0) to row:2 (1)" and "10" in found.description
    middle = np.vstack([ROWS, (ROWS[0] + ROWS[1]) / 2]).astype(np.float32)
    assert from_to(middle, np.array([0]), np.array([1]), ("a", "b")).points[-1, 0] == pytest.approx(0.5)
    length = np.linalg.norm(ROWS[1] - ROWS[LABELS == "cat"].mean(axis=0))
    assert (length * cdist(found.points, found.points) <= cdist(ROWS, ROWS) + 1e-3).all(), "a map at right angles"
    with pytest.raises(ValueError, match="are at the same place"):
        make_map(TABLE, "pca", start="row:1", end="row:1")
    with pytest.raises(ValueError, match="can be made by pca, tsne, umap, not by 'magic'"):
        make_map(TABLE, "magic")


def test_lists_of_neighbours_name_both_rows(tmp_path):
    shuffled = TABLE.take(np.arange(40)[::-1])
    shuffled = Embeddings(shuffled.vectors, shuffled.columns, row=np.arange(40)[::-1])
    found = neighbour_table(shuffled, 4, Distance.COSINE)
    assert len(found) == 160 and found["rank"].tolist()[:5] == [1, 2, 3, 4, 1]
    true = cdist(ROWS, ROWS, "cosine")
    line = found.iloc[0]
    assert line["row"] == 40 and line["neighbour"] == true[39].argsort()[1] + 1
    assert line["distance"] == pytest.approx(np.sort(true[39])[1], rel=1e-3)
    assert line["id of the row"] == "39" and line["id of the neighbour"] == str(line["neighbour"] - 1)
    assert len(pd.read_csv(io.BytesIO(neighbour_csv(TABLE, 2)))) == 80
    with pytest.raises(ValueError, match="The number of neighbours of 40 rows must be from 1 to 39, not 40"):
        neighbour_table(TABLE, 40)
    save_neighbours(TABLE, 1, tmp_path / "near.csv")
    assert len(pd.read_csv(tmp_path / "near.csv")) == 40
    with pytest.raises(ValueError, match=r"name it near\.csv"):
        save_neighbours(TABLE, 1, tmp_path / "near.txt")


def test_a_series_says_from_which_checkpoint_on_it_is_collapsed():
    def step(rank: int) -> Embeddings:
        return Embeddings((RNG.normal(size=(60, rank)) @ RNG.normal(size=(rank, 8)) + 1).astype(np.float32))

    series = examine_series({"step-100": step(1), "step-9": step(8), "step-10": step(6), "step-90": step(1)})
    assert [one.name for one in series.steps] == ["step-9", "step-10", "step-90", "step-100"]
    assert series.finding.state == "collapsed" and "collapsed from step-90 on" in series.finding.text
    assert series.steps[0].effective_rank > series.steps[1].effective_rank > series.steps[2].effective_rank
    fine = examine_series({"a": step(8), "b": Embeddings(step(8).vectors[:50])})
    assert "no checkpoint is collapsed" in fine.finding.text and "differ in their number of rows" in fine.finding.text
    assert examine_series({"1": step(1), "2": step(8)}).finding.state == "recovered"
    assert in_order(["b2", "b10", "a"]) == ["a", "b2", "b10"]
    with pytest.raises(ValueError, match="from 2 to 50 checkpoints, not 1"):
        examine_series({"a": TABLE})


def test_umap_is_refused_where_it_is_not_installed_or_does_not_fit(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ValueError, match=r"UMAP is not installed; run: pip install 'worldscope\[umap\]'"):
        make_map(TABLE, "umap")
    with pytest.raises(ValueError, match="UMAP needs at least 10 rows, not 5; use PCA"):
        make_map(TABLE.take(np.arange(5)), "umap")
