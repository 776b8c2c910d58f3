"""Signs of collapse, with answers that one can work out. A constant, a slow and a one-dimensional representation must
each be called by name."""

import numpy as np
import pytest

from core.embedding.rank_metrics import (
    effective_rank,
    gaussianity,
    moving_share,
    moving_share_of_rows,
    participation_ratio,
    spectral_decay,
    spectrum,
    straightness,
)
from core.embedding.representation_report import compare_with_null, examine

RNG = np.random.default_rng(0)


def test_the_effective_rank_counts_directions():
    assert effective_rank(RNG.normal(size=(5000, 8)) + 100) == pytest.approx(8, abs=0.05), "a common mean is no matter"
    assert effective_rank(RNG.normal(size=(5000, 3)) @ RNG.normal(size=(3, 8))) <= 3.01
    assert effective_rank(RNG.normal(size=(5000, 1)) * np.ones(8)) == pytest.approx(1, abs=0.01)
    assert effective_rank(np.ones((50, 8))) == 0
    wide = np.random.default_rng(1).normal(size=(20, 50_000))  # a matrix of D x D would take 20 GB
    assert effective_rank(wide) == pytest.approx(19, abs=0.1) and len(spectrum(wide)) == 50_000
    assert spectrum(wide[:, :30])[:19] == pytest.approx(np.linalg.svd(wide[:, :30] - wide[:, :30].mean(0))[1][:19] ** 2)


def test_the_moving_share_tells_what_changes_within_clips_from_what_differs_between_them():
    still = np.repeat(RNG.normal(size=(40, 1, 6, 4)), 10, axis=1)
    moving = np.tile(RNG.normal(size=(1, 10, 1, 4)), (40, 1, 6, 1))
    assert moving_share(still) == pytest.approx(0)
    assert moving_share(moving) == pytest.approx(1)
    assert moving_share(7 * (still + moving)) == pytest.approx(0.5, abs=0.25), "its scale is no matter"
    assert (moving_share(np.zeros((3, 4, 5, 2))) == 0).all()


def test_without_centring_a_common_mean_hides_the_rest():
    rows = RNG.normal(size=(5000, 8))
    assert effective_rank(rows, centred=False) == pytest.approx(8, abs=0.05)
    assert effective_rank(rows + 1000, centred=False) < 1.1


def test_the_participation_ratio_counts_directions_of_equal_variance():
    assert participation_ratio(np.array([2.0, 2.0, 2.0, 0.0])) == pytest.approx(3)
    assert participation_ratio(np.array([5.0, 0.0])) == 1 and participation_ratio(np.zeros(4)) == 0
    assert participation_ratio(spectrum(RNG.normal(size=(9000, 6)))) == pytest.approx(6, abs=0.1)


def test_the_decay_of_a_power_law_is_its_exponent():
    assert spectral_decay(np.arange(1, 201) ** -1.3) == pytest.approx(1.3)
    assert spectral_decay(np.arange(1, 100) ** -1.3) is None, "too few directions to say"
    assert spectral_decay(np.zeros(200)) is None


def test_a_straight_path_and_a_path_back_and_forth():
    steps = np.arange(6.0)[:, None] * [1.0, 2.0]
    clips = np.concatenate([steps, 10 - steps])
    group = np.repeat([0, 1], 6)
    assert straightness(clips, group) == pytest.approx(1), "the jump from clip to clip does not count"
    assert straightness(np.array([[0.0], [1.0]] * 4), np.zeros(8)) == pytest.approx(-1)
    assert straightness(clips, np.arange(12)) is None


def test_a_gaussian_is_nearer_to_a_gaussian_than_two_heaps():
    gauss = RNG.normal(size=(2000, 8))
    heaps = np.sign(gauss) + 0.01 * gauss
    assert gaussianity(3 * gauss + 5) < 0.003 < gaussianity(heaps[:, :1]) and np.isnan(gaussianity(np.ones((9, 3))))


def test_the_moving_share_of_clips_of_any_length():
    still = np.repeat(RNG.normal(size=(4, 3)), (2, 5, 3, 7), axis=0)
    group = np.repeat(np.arange(4), (2, 5, 3, 7))
    assert moving_share_of_rows(still, group) == pytest.approx(0)
    alike = np.tile(RNG.normal(size=(5, 3)), (4, 1))
    assert moving_share_of_rows(alike, np.repeat(np.arange(4), 5)) == pytest.approx(1)
    assert moving_share_of_rows(still, np.arange(17)) is None and moving_share_of_rows(still, np.zeros(17)) is None


# The same clips, as five encoders would represent them.
PLACE = np.cumsum(RNG.normal(size=(40, 16, 2)), axis=1).reshape(-1, 2)  # [clips x frames, 2]
BACKGROUND = np.repeat(RNG.normal(size=(40, 12)), 16, axis=0)
CLIP = np.repeat(np.arange(40), 16)
MIX = RNG.normal(size=(2, 12))


@pytest.mark.parametrize(
    "rows, state, said",
    [
        (np.full((640, 12), 3.0) + 1e-5 * RNG.normal(size=(640, 12)), "collapsed", "constant"),
        (BACKGROUND + 0.01 * PLACE @ MIX, "collapsed", "slow features"),
        (PLACE[:, :1] @ MIX[:1] + 0.001 * BACKGROUND, "collapsed", "one direction"),
        (PLACE @ MIX + 0.01 * BACKGROUND, "suspicious", "directions of 12"),
        (np.cumsum(RNG.normal(size=(40, 16, 12)), axis=1).reshape(-1, 12), "healthy", "motion"),
    ],
    ids=["constant", "background only", "one-dimensional", "a plane", "healthy"],
)
def test_each_kind_of_collapse_is_called_by_its_name(rows, state, said):
    found = examine(rows.astype(np.float32), CLIP)
    assert (found.finding.state, said in found.finding.text) == (state, True), found.finding.text
    assert examine(100 * rows.astype(np.float32), CLIP).finding.state == state, "its scale is no matter"
    assert found.spread.shape == found.spectrum.shape == (12,)


def test_two_heaps_that_differ_in_everything_are_no_collapse():
    """Most of what varies is which heap a row is of; the rest is small, and there in every direction."""
    heaps = np.repeat([[0.0], [5.0]], 100, axis=0) + RNG.normal(size=(200, 5))
    found = examine(heaps.astype(np.float32))
    assert found.finding.state == "suspicious"
    first = np.linalg.svd(heaps - heaps.mean(0), compute_uv=False)[0] ** 2 / heaps.var(0).sum() / len(heaps)
    assert (
        0.8 < first < 0.95
        and f"{100 * first:.0f} % of the variance lies along one direction of 5" in found.finding.text
    )


def test_what_cannot_be_measured_says_why():
    found = {one.name: one for one in examine(RNG.normal(size=(300, 8)).astype(np.float32)).measures}
    assert found["straightness"].value is found["moving share"].value is found["spectral decay"].value is None
    assert all(bool(one.reason) == (one.value is None) and one.formula and one.source for one in found.values())


CLOUD = np.random.default_rng(7).normal(size=(640, 12))
HUGE = np.zeros(12)
HUGE[4] = 1e6


@pytest.mark.parametrize("mean", [HUGE, np.full(12, 300.0)], ids=["one constant column", "a common mean"])
def test_what_varies_beside_a_large_mean_is_no_constant_encoder(mean):
    found = examine((CLOUD + mean - CLOUD * (mean == 1e6)).astype(np.float32))
    assert found.finding.state != "collapsed" and "constant" not in found.finding.text
    assert "directions of 12 share the variance" in found.finding.text, found.finding.text
    assert ("outweighs their differences" in found.finding.text) == (mean == mean[0]).all()
    assert {one.name: one for one in found.measures}["participation ratio"].value > 10


def test_rows_that_random_weights_distinguish_better_have_collapsed():
    """By itself a small spread may be a common mean; beside random weights it is one that training has made."""
    near, null = (examine((CLOUD + mean).astype(np.float32), CLIP) for mean in (300.0, 30.0))
    assert near.finding.state == "suspicious"
    held = compare_with_null(near, null)
    assert (
        held.finding.state == "collapsed"
        and "0.3 % of their length, and by 3.3 % with random weights" in held.finding.text
    )
    assert compare_with_null(near, near) is near
    lively = examine(CLOUD.astype(np.float32), CLIP)
    assert compare_with_null(lively, null) is lively
    few = examine((CLOUD[:8] + 300.0).astype(np.float32))
    assert compare_with_null(few, null) is few, "of too few rows nothing is said"


def test_of_a_few_rows_or_a_single_dimension_nothing_is_called_healthy():
    few = examine(CLOUD[:2].astype(np.float32))
    assert (
        few.finding.state == "unjudged"
        and few.finding.text == "2 rows are too few to judge the representation; it needs 10."
    )
    assert examine(CLOUD[:10].astype(np.float32)).finding.state != "unjudged"
    line = examine(PLACE[:, :1].astype(np.float32), CLIP)
    assert line.finding.state == "suspicious" and "one-dimensional" in line.finding.text
    assert examine(np.ones((640, 1), np.float32)).finding.state == "collapsed"


def test_what_cannot_be_checked_without_clips_is_said():
    slow = (BACKGROUND + 0.01 * PLACE @ MIX).astype(np.float32)
    assert "motion cannot be checked: that needs several clips" in examine(slow).finding.text
    assert "cannot be checked" not in examine(CLOUD.astype(np.float32), CLIP).finding.text


@pytest.mark.parametrize("rows", [np.ones((640, 12)), np.ones((2, 1)), CLOUD[:3]], ids=["constant", "two", "three"])
@pytest.mark.parametrize("grouped", [True, False])
def test_no_measure_is_not_a_number(rows, grouped):
    for one in examine(rows.astype(np.float32), CLIP[: len(rows)] if grouped else None).measures:
        assert one.reason.startswith("not defined") if one.value is None else np.isfinite(one.value), one


@pytest.mark.parametrize("centred", [True, False])
def test_the_formula_of_the_effective_rank_is_what_is_computed(centred):
    rows = CLOUD[:40] + 2
    values = np.linalg.svd(rows - rows.mean(axis=0) * centred)[1]
    p = values / values.sum() + 1e-7
    assert effective_rank(rows, centred) == pytest.approx(np.exp(-(p * np.log(p)).sum()), rel=1e-9)
    ranks = [one for one in examine(rows).measures if one.name == "effective rank"]
    assert "1e-7" in ranks[0].formula


def test_a_power_law_is_found_where_there_are_fewer_rows_than_dimensions():
    law = np.concatenate([np.arange(1, 401) ** -1.5, np.zeros(600)])
    assert spectral_decay(law) == pytest.approx(1.5, abs=1e-6)


@pytest.mark.parametrize("unit", [1e-25, 1e18])
def test_units_change_no_verdict(unit):
    usual, found = examine(CLOUD.astype(np.float32), CLIP), examine((unit * CLOUD).astype(np.float32), CLIP)
    assert (found.finding.state, found.finding.text) == (usual.finding.state, usual.finding.text)
    values = [[one.value for one in found.measures if one.value is not None] for found in (usual, found)]
    assert values[1] == pytest.approx(values[0], rel=1e-3)
    assert found.spread == pytest.approx(unit * usual.spread, rel=1e-3)
