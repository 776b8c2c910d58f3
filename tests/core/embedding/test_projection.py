"""Maps have known answers, say what they lose, and can be stopped."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from core.embedding.projection import faithfulness, nearest, pca, tsne

RNG = np.random.default_rng(0)
HEAPS = np.repeat(10 * np.eye(3, 20), 40, axis=0) + RNG.normal(size=(120, 20))
HEAP = np.repeat(np.arange(3), 40)


def test_pca_finds_the_axes_of_a_flat_cloud():
    flat = RNG.normal(size=(500, 2)) * [5, 1] @ np.linalg.qr(RNG.normal(size=(6, 2)))[0].T
    found = pca(flat + 7, 3)
    assert found.points.shape == (500, 3) and found.points.dtype == np.float32
    assert found.explained == pytest.approx((25 / 26, 1 / 26, 0), abs=0.01)
    distances = np.linalg.norm(found.points[:1] - found.points, axis=1)
    assert distances == pytest.approx(np.linalg.norm(flat[:1] - flat, axis=1), abs=1e-3)


@pytest.mark.parametrize("mean", [3000.0, [0.0] * 19 + [1e6]], ids=["everywhere", "one dimension"])
def test_a_large_mean_changes_no_map(mean):
    far = (HEAPS + mean).astype(np.float32)
    usual, found = pca(HEAPS), pca(far)
    assert found.explained == pytest.approx(usual.explained, abs=0.02)
    assert [abs(np.corrcoef(a, b)[0, 1]) > 0.99 for a, b in zip(usual.points.T, found.points.T, strict=True)] == [1, 1]


@pytest.mark.parametrize("rows", [np.ones((5, 4)), RNG.normal(size=(2, 9)), RNG.normal(size=(30, 1)), np.ones((1, 3))])
def test_pca_of_next_to_nothing_is_finite(rows):
    found = pca(rows.astype(np.float32), 2)
    assert (
        np.isfinite(found.points).all() and np.isfinite(found.explained).all() and found.points.shape == (len(rows), 2)
    )


def test_tsne_separates_clusters_and_is_deterministic():
    shares = []
    found = tsne(HEAPS, perplexity=10, report=shares.append)
    centres = np.array([found.points[k == HEAP].mean(axis=0) for k in range(3)])
    assert (np.linalg.norm(found.points[:, None] - centres, axis=2).argmin(axis=1) == HEAP).all()
    assert shares == sorted(shares) and shares[-1] == 1 and len(shares) > 20
    assert np.array_equal(found.points, tsne(HEAPS, perplexity=10).points)
    assert "120 rows" in found.description and found.explained == ()
    assert tsne(HEAPS, 10, 0, 4.0).description != found.description, "the description names each setting"


def test_tsne_is_stopped_by_an_error_from_its_report():
    description = []

    def stop(share):
        description.append(share)
        if len(description) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tsne(HEAPS, perplexity=10, report=stop)
    assert len(description) == 3


def test_tsne_can_be_stopped_before_it_begins_and_while_it_seeks_neighbours(monkeypatch):
    monkeypatch.setattr("openTSNE.TSNE.fit", lambda *arguments, **rest: pytest.fail("it went on to its iterations"))
    description = []

    def stop(share):
        description.append(share)
        if share > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tsne(RNG.normal(size=(1500, 6)), perplexity=10, report=stop)
    assert description[0] == 0 and 0 < description[1] < 0.2 and len(description) == 2


def test_the_seed_of_tsne_counts_and_rows_that_are_double_have_a_place():
    few = np.repeat(HEAPS[:60], 2, axis=0)
    first, other = (tsne(few, perplexity=5, seed=seed).points for seed in (0, 1))
    assert np.isfinite(first).all() and not np.array_equal(first, other)
    same = np.tile(HEAPS[:1], (40, 1))
    same[:5] = HEAPS[40:45]
    assert np.isfinite(tsne(same, perplexity=3).points).all(), "more doubles than neighbours are asked for"


@pytest.mark.parametrize(
    "rows, settings, said",
    [
        (9, {}, "at least 10 rows, not 9; use PCA"),
        (120, {"perplexity": 60}, "from 2 to 40, not 60"),
        (120, {"perplexity": 1}, "from 2 to 40"),
        (120, {"perplexity": 10, "exaggeration": 99}, "from 1 to 50, not 99"),
    ],
)
def test_what_tsne_cannot_do_is_said(rows, settings, said):
    with pytest.raises(ValueError, match=said):
        tsne(HEAPS[:rows], **settings)


def test_faithfulness_is_that_of_the_literature():
    """Trustworthiness as scikit-learn measures it; continuity is it with the spaces exchanged."""
    points = HEAPS[:, :2] + RNG.normal(size=(120, 2))
    found = faithfulness(HEAPS, points)
    assert found.trustworthiness == pytest.approx(trustworthiness(HEAPS, points, n_neighbors=12))
    assert found.continuity == pytest.approx(trustworthiness(points, HEAPS, n_neighbors=12))
    assert found.evaluated == 120
    same = faithfulness(HEAPS, HEAPS)
    assert same.trustworthiness == same.continuity == 1
    chance = faithfulness(HEAPS, RNG.normal(size=(120, 2)))
    assert chance.trustworthiness == pytest.approx(0.5, abs=0.06)


def test_a_map_of_many_is_judged_on_some_and_says_on_how_many():
    rows = RNG.normal(size=(1500, 4))
    assert faithfulness(rows, rows[:, :2]).evaluated == 1000
    assert np.isnan(faithfulness(rows[:2], rows[:2, :2]).continuity)


def test_neighbours_are_those_in_the_original_space_and_not_oneself():
    rows = np.array([[0.0, 0], [0, 0], [3, 4], [1, 0]])
    places, distances = nearest(rows, 1, 2)
    assert places.tolist() == [0, 3] and distances.tolist() == [0, 1]
    assert len(nearest(rows, 0, 50)[0]) == 3


@pytest.mark.parametrize("unit", [1e-25, 1e18])
def test_units_change_no_map(unit):
    usual, found = pca(HEAPS), pca((unit * HEAPS).astype(np.float32))
    assert found.explained == pytest.approx(usual.explained, abs=1e-3)
    assert found.points / np.float32(unit) == pytest.approx(usual.points, abs=1e-3)


def test_rows_that_are_all_the_same_have_no_neighbourhoods() -> None:
    rows = np.ones((40, 16), np.float32)
    assert np.isnan(faithfulness(rows, pca(rows, 2).points).trustworthiness)
