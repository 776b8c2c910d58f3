"""Whether it was the exposure that did it: what is said holds in populations whose every member is known."""

import json

import numpy as np
import pytest

from core.causal.analysis.analyse import analyse
from core.causal.estimation.attribution import attribution_of
from core.causal.estimation.bounds import causation_bounds
from core.causal.estimation.question import Estimate, Question
from core.causal.graphs.parsing import parse_graph
from core.causal.stories.shipped import kidney_stones
from core.causal.tables.rows import table_of

STONES = parse_graph("small_stone -> treatment_A; small_stone -> success; treatment_A -> success")
PLAIN = parse_graph("z -> x; z -> y; x -> y")


def people(prevents, count=40_000, seed=0):
    """Rows, and of each person what would become of them without and with the exposure; z moves all of it."""
    rng = np.random.default_rng(seed)
    z = rng.integers(0, 2, count)
    kind = rng.random(count) + 0.2 * z
    without = kind > 0.9  # would have it anyway
    with_it = (kind > 0.5) & ~(without & (rng.random(count) < prevents))
    x = rng.random(count) < 0.3 + 0.4 * z
    y = np.where(x, with_it, without)
    return {"z": z.astype(float), "x": x.astype(float), "y": y.astype(float)}, without, with_it


@pytest.mark.parametrize("prevents", [0.0, 0.3], ids=["never prevents", "prevents"])
def test_bounds_hold_what_is_true_of_single_people(prevents):
    rows, without, with_it = people(prevents)
    found = analyse(PLAIN, table_of(rows), "x", "y").attribution
    helped, x, y = ~without & with_it, rows["x"] == 1, rows["y"] == 1
    true = {
        "necessity": helped[x & y].mean(),
        "sufficiency": helped[~x & ~y].mean(),
        "necessity_and_sufficiency": helped.mean(),
    }
    for name, share in true.items():
        low, high = getattr(found.bounds, name)
        assert low - 0.02 < share < high + 0.02
        known = getattr(found.monotone, name)
        assert known[0] == known[1] and (abs(known[0] - share) < 0.02) == (prevents == 0), name


def test_it_takes_the_means_of_the_headline_and_not_what_is_seen():
    found = analyse(STONES, table_of(kidney_stones()), "treatment_A", "success")
    seen = np.array([[61, 289], [77, 273]]) / 700
    assert found.attribution.bounds == causation_bounds(seen, found.headline.means)
    assert found.attribution.monotone == causation_bounds(seen, found.headline.means, monotone=True)
    assert found.attribution.bounds.necessity_and_sufficiency[0] == pytest.approx(0.053671, abs=1e-6), (
        "the adjusted effect"
    )


def test_where_the_exposure_prevents_being_monotone_is_contradicted():
    rows, *_ = people(0.0)
    found = analyse(PLAIN, table_of(rows | {"y": 1 - rows["y"]}), "x", "y").attribution
    assert found.monotone is None and "contradict monotonicity (x never prevents y" in found.explanation
    assert {row[2] for row in found.table()} == {"contradicted"} and found.to_json()["monotone"] is None


def test_it_is_in_the_data_with_what_it_assumes():
    found = analyse(STONES, table_of(kidney_stones()), "treatment_A", "success")
    data = json.loads(json.dumps(found.to_json(), allow_nan=False))["attribution"]
    assert data["bounds"]["necessity"] == list(found.attribution.bounds.necessity)
    assert data["method"] == "standardisation over cells" and data["means"] == list(found.headline.means)
    low, high = found.attribution.bounds.necessity
    assert found.attribution.table()[0][1] == f"{100 * low:.1f} % to {100 * high:.1f} %"
    assert "they do not include sampling error" in found.attribution.explanation
    assert "Under monotonicity (treatment_A never prevents success)" in found.attribution.explanation


def test_only_of_exposures_and_outcomes_of_two_values_whose_means_are_known():
    rows, *_ = people(0.0, 2000)
    for change, graph in (
        ({"y": rows["y"] + rows["z"]}, PLAIN),
        ({"x": rows["x"] + rows["z"]}, PLAIN),
        ({}, parse_graph("dag { x -> y; x <-> y }")),
    ):
        found = analyse(graph, table_of(rows | change), "x", "y")
        assert found.attribution is None and found.to_json()["attribution"] is None


def test_means_that_contradict_what_was_seen_are_reported_in_a_sentence():
    rows = {"x": np.array([0.0, 0.0, 1.0, 1.0]), "y": np.array([0.0, 1.0, 0.0, 1.0])}
    found, output = attribution_of(rows, Question("x", "y"), Estimate("doubly robust", 0.1, 0.01, 4, means=(0.5, 0.9)))
    assert found is None and output[0].startswith(
        "There are no probabilities of causation: the means from doubly robust"
    )


def test_what_chance_explains_contradicts_nothing():
    """A coin decides who is treated, which never harms and hardly ever helps: the means often lie the wrong way."""
    for seed in range(200):  # in 5 of which the effect is less than 0 at two standard errors
        rng = np.random.default_rng(seed)
        x, k = rng.integers(0, 2, 200), rng.random(200)
        found = analyse(parse_graph("dag { x -> y }"), table_of({"x": x, "y": k < 0.5 + 0.03 * x}), "x", "y")
        assert found.attribution.monotone is not None and found.attribution.monotone.necessity_and_sufficiency[0] >= 0
    harm = analyse(parse_graph("dag { x -> y }"), table_of({"x": x, "y": k < 0.9 - 0.8 * x}), "x", "y")
    assert harm.attribution.monotone is None


def test_the_attribution_of_an_empty_group_says_that_there_are_no_such_rows():
    rows = {"x": np.array([0.0, 0.0, 1.0, 1.0]), "y": np.array([0.0, 1.0, 0.0, 0.0])}
    found, _ = attribution_of(rows, Question("x", "y"), Estimate("doubly robust", -0.5, 0.1, 4, means=(0.5, 0.0)))
    assert found.table()[0][1] == "no such rows" and np.isnan(found.bounds.necessity).all()


def test_means_a_little_beyond_what_can_be_are_brought_back_and_that_is_reported():
    """The mean of y with x can't exceed 1 - P(x, y = 0) = 0.9."""
    x, y = np.repeat([0.0, 0.0, 1.0, 1.0], 50), np.concatenate([np.zeros(50), np.ones(80), np.zeros(20), np.ones(50)])
    found, _ = attribution_of(
        {"x": x, "y": y}, Question("x", "y"), Estimate("lines", 0.42, 0.05, 200, means=(0.5, 0.92))
    )
    assert found.means[1] == pytest.approx(0.9) and found.adjusted_means
    assert "(the nearest values that the observed frequencies allow" in found.explanation
