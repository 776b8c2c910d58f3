"""What the values of columns mean is guessed, said, and can be chosen; the estimator follows a rule."""

import numpy as np
import pytest

from core.causal.analysis.agreement import contradictions
from core.causal.analysis.analyse import analyse, quick_analysis
from core.causal.analysis.choices import Choices
from core.causal.analysis.verdict import subgroup_lines, verdict
from core.causal.graphs.graph import GraphError
from core.causal.graphs.parsing import parse_graph
from core.causal.graphs.writing import to_dagitty
from core.causal.tables.read_csv import read_table
from core.causal.tables.rows import RowsError, table_of

PLAIN = parse_graph("z -> x; z -> y; x -> y")
TWO = parse_graph("a -> x; a -> y; b -> x; b -> y; x -> y")


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def csv(**columns):
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]).encode()


def parity(count=2000, seed=0):
    """Two fair coins; only whether they agree moves exposure and outcome. The exposure does nothing."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 2, (2, count))
    x = (rng.random(count) < 0.2 + 0.6 * (a ^ b)).astype(float)
    return {"a": a, "b": b, "x": x, "y": (a ^ b) + rng.normal(0, 0.5, count)}


def test_with_few_cells_the_estimate_is_the_printed_formula():
    rows = parity()
    found = analyse(TWO, table_of(rows), "x", "y")
    a, b, x, y = rows.values()
    cells = [(a == i) & (b == j) for i in (0, 1) for j in (0, 1)]
    by_hand = sum(cell.mean() * (y[cell & (x == 1)].mean() - y[cell & (x == 0)].mean()) for cell in cells)
    assert found.headline.method == "standardisation over cells"
    assert found.headline.value == pytest.approx(by_hand, abs=1e-12) and found.headline.low < 0 < found.headline.high
    assert {one.method for one in contradictions(found)} >= {"regression", "doubly robust"}
    assert "Other methods contradict this: " in verdict(found) and "The likely reason: " in verdict(found)
    assert found.treated.low < 0 < found.treated.high


def test_cells_hold_the_truth_as_often_as_they_say():
    found = [quick_analysis(TWO, table_of(parity(700, seed)), "x", "y").headline for seed in range(100)]
    assert {one.method for one in found} == {"standardisation over cells"}
    assert 0.88 <= np.mean([one.low < 0 < one.high for one in found]) <= 0.99


def rare(count, seed):
    """A rare binary outcome and an exposure that the covariate all but decides; and the true difference of risks."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=count)
    x = (rng.random(count) < sigmoid(2.5 * z)).astype(float)
    y = (rng.random(count) < sigmoid(-4 + x + 1.2 * z)).astype(float)
    return {"z": z, "x": x, "y": y}, float(np.mean(sigmoid(-3 + 1.2 * z) - sigmoid(-4 + 1.2 * z)))


def test_risks_of_a_rare_outcome_follow_logistic_models():
    covered = []
    for seed in range(40):
        rows, truth = rare(2000, seed)
        found = quick_analysis(PLAIN, table_of(rows), "x", "y")
        covered.append(found.headline.low < truth < found.headline.high)
        assert found.headline.method != "regression" and min(found.headline.means) > 0
        assert found.headline.assumption.startswith("the log odds of the outcome are linear")
    assert np.mean(covered) >= 0.87


def bent(count=1500, seed=0):
    """The covariate moves exposure and outcome by its square; the effect is 1."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=count)
    x = (rng.random(count) < sigmoid(z**2 - 1)).astype(float)
    return {"z": z, "x": x, "y": x + z**2 + rng.normal(0, 0.5, count)}


def test_where_lines_bend_a_cross_fitted_estimate_is_quoted():
    shares = []
    found = analyse(PLAIN, table_of(bent()), "x", "y", report=shares.append)
    assert found.headline.method == "cross-fitted doubly robust" and found.headline.low < 1 < found.headline.high
    assert "contradict straight lines" in verdict(found) and "doubly robust" in {
        one.method for one in contradictions(found)
    }
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)
    assert found.treated.low < 1 < found.treated.high
    quick = quick_analysis(PLAIN, table_of(bent()), "x", "y")
    assert quick.needs_cross_fitting and "Caution: these rows contradict straight lines" in verdict(quick)


def test_an_amount_with_bent_confounding_is_answered_partially_linear():
    rng = np.random.default_rng(0)
    z = rng.uniform(-2, 2, 1500)
    x = np.cos(2 * z) + rng.normal(size=1500)
    found = analyse(PLAIN, table_of({"z": z, "x": x, "y": 2 * x + 3 * np.cos(2 * z) + rng.normal(size=1500)}), "x", "y")
    assert found.headline.method == "cross-fitted partially linear" and found.headline.low < 2 < found.headline.high


def regions(count=2000, seed=0):
    """Four regions, coded 1 to 4, that are no amounts: the effect is 1."""
    rng = np.random.default_rng(seed)
    z = rng.integers(1, 5, count)
    x = (rng.random(count) < np.array([0.2, 0.8, 0.2, 0.9])[z - 1]).astype(float)
    return {"z": z, "x": x, "y": x + np.array([0, 9, -4, 2.0])[z - 1] + rng.normal(size=count)}


def test_whole_numbers_of_few_values_are_categories_unless_they_are_said_to_be_amounts():
    rows = table_of(regions())
    found = analyse(PLAIN, rows, "x", "y")
    assert found.headline.low < 1 < found.headline.high and found.covariates == ("z = 2", "z = 3", "z = 4")
    assert any("4 whole numbers in z count as categories" in note for note in found.notes)
    assert analyse(PLAIN, rows, "x", "y", choices=Choices(numeric=("z",))).covariates == ("z",)
    with pytest.raises(GraphError, match="no node called q"):
        analyse(PLAIN, rows, "x", "y", choices=Choices(categorical=("q",)))


def test_a_mark_in_the_graph_says_that_a_column_is_categorical():
    graph = parse_graph("dag { z [categorical]; z -> x; z -> y; x -> y }")
    assert graph.categorical == {"z"} and parse_graph(to_dagitty(graph)) == graph
    rows = regions()
    halves = rows | {"z": rows["z"] / 2}  # 0.5, 1, 1.5, 2: no whole numbers
    assert analyse(PLAIN, table_of(halves), "x", "y").covariates == ("z",)
    marked = analyse(graph, table_of(halves), "x", "y")
    assert marked.covariates == ("z = 1", "z = 1.5", "z = 2") and marked.headline.low < 1 < marked.headline.high


def arms(count=2000, seed=0):
    """Four treatments that the covariate chooses; their effects are 0, 5, -2 and 1."""
    rng = np.random.default_rng(seed)
    z = rng.integers(0, 2, count)
    x = (np.clip(np.round(z + rng.normal(size=count)), -1, 2) + 1).astype(int)
    return z, x, np.array([0, 5, -2, 1.0])[x] + 2 * z + rng.normal(size=count)


def test_an_exposure_of_several_arms_gets_a_contrast_for_each():
    z, x, y = arms()
    found = analyse(PLAIN, table_of({"z": z, "x": x, "y": y}), "x", "y")
    assert found.arms == ("0", "1", "2", "3") and found.headline.low < 5 < found.headline.high
    for one, truth in zip(found.contrasts, (-2, 1), strict=True):
        assert one.estimate.low < truth < one.estimate.high
    assert "x = 1 instead of 0 changes y by" in verdict(found) and "2 instead of 0: -" in verdict(found)
    named = csv(z=z, x=np.array(["none", "low", "mid", "high"])[x], y=y)
    found = analyse(PLAIN, read_table(named), "x", "y")
    assert found.arms[0] == "none" and any("none, the reference (a guess: by its name" in note for note in found.notes)
    high = analyse(PLAIN, read_table(named), "x", "y", choices=Choices(reference="low", arm="high"))
    assert high.arms[:2] == ("low", "high") and high.headline.low < -4 < high.headline.high
    slope = analyse(PLAIN, table_of({"z": z, "x": x, "y": y}), "x", "y", choices=Choices(numeric=("x",)))
    assert slope.arms == () and "One more unit of x" in verdict(slope)


@pytest.mark.parametrize(
    "values, reference",
    [
        (("untreated", "treated"), "untreated"),
        (("placebo", "drug"), "placebo"),
        (("No", "Yes"), "No"),
        (("control", "aspirin"), "control"),
        (("unexposed", "exposed"), "unexposed"),
        (("B", "A"), "A"),
        ((2, 1), "1"),
    ],
)
def test_arms_are_named_and_the_reference_is_guessed_by_its_name(values, reference):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, 400)
    data = csv(x=np.array(values)[x], y=2 * x + rng.normal(size=400))
    found = analyse(parse_graph("x -> y"), read_table(data), "x", "y")
    other = next(str(value) for value in values if str(value) != reference)
    assert verdict(found).startswith(f"x = {other} instead of {reference} changes y by")
    assert (found.headline.value > 0) == (str(values[0]) == reference)
    turned = analyse(parse_graph("x -> y"), read_table(data), "x", "y", choices=Choices(reference=other))
    assert turned.headline.value == pytest.approx(-found.headline.value) and turned.arms == (other, reference)
    with pytest.raises(RowsError, match="x has no value nobody"):
        analyse(parse_graph("x -> y"), read_table(data), "x", "y", choices=Choices(reference="nobody"))


def test_the_event_of_an_outcome_of_text_is_said_and_can_be_chosen():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, 900)
    y = np.array(["worse", "same", "better"])[np.clip(rng.integers(0, 3, 900) + x, 0, 2)]
    table, graph = read_table(csv(x=x, y=y)), parse_graph("x -> y")
    with pytest.raises(RowsError, match=r"y holds text with 3 values \(better, same, worse\); choose one of them"):
        analyse(graph, table, "x", "y")
    found = analyse(graph, table, "x", "y", choices=Choices(event="better"))
    assert found.headline.value == pytest.approx((y[x == 1] == "better").mean() - (y[x == 0] == "better").mean())
    cured = read_table(csv(x=x, y=np.where(y == "better", "success", "failure")))
    assert (
        "y: the outcome is the share of success (a guess; choose another event to turn it round)."
        in analyse(graph, cured, "x", "y").notes
    )


def test_nothing_but_rounding_error_is_printed_as_0():
    x = np.tile([0.0, 1.0], 60)
    y = np.repeat([0.1, 0.3, 0.7], 40)
    text = verdict(analyse(parse_graph("x -> y"), table_of({"x": x, "y": y}), "x", "y"))
    assert "changes y by 0 (" in text and "e-1" not in text


def test_effects_by_subgroup_and_whether_they_differ():
    rng = np.random.default_rng(0)
    z, x, sex = rng.normal(size=2000), rng.integers(0, 2, 2000), rng.integers(0, 2, 2000)
    y = np.where(sex, 3, 1) * x + z + rng.normal(size=2000)
    data = read_table(csv(x=x, y=y, z=z, sex=np.where(sex, "f", "m")))
    found = analyse(PLAIN, data, "x", "y", choices=Choices(by="sex"))
    for one, truth in zip(found.subgroups, (3, 1), strict=True):
        assert one.estimate.low < truth < one.estimate.high
    assert subgroup_lines(found)[-1].startswith("The effects in the groups differ (Cochran's Q, p < 0.001)")
    assert any("sex is not in the graph" in note for note in found.notes)


def test_clusters_widen_the_interval_as_much_as_they_should():
    covered, plain = [], []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        school = np.repeat(np.arange(40), 15)
        x = np.repeat(rng.integers(0, 2, 40), 15).astype(float)
        y = x + np.repeat(rng.normal(size=40), 15) + rng.normal(size=600)
        rows = table_of({"x": x, "y": y, "school": school})
        found = quick_analysis(parse_graph("x -> y"), rows, "x", "y", choices=Choices(cluster="school")).headline
        covered.append(found.low < 1 < found.high)
        found = quick_analysis(parse_graph("x -> y"), rows, "x", "y").headline
        plain.append(found.low < 1 < found.high)
    assert np.mean(plain) < 0.7 and np.mean(covered) > 0.88


def test_weights_give_the_effect_in_the_population():
    rng = np.random.default_rng(0)
    z = (rng.random(6000) < 0.8).astype(float)  # half of the population, and four fifths of the sample
    x = (rng.random(6000) < 0.3 + 0.4 * z).astype(float)
    rows = {"z": z, "x": x, "y": (1 + 4 * z) * x + z + rng.normal(size=6000), "w": np.where(z == 1, 0.625, 2.5)}
    found = analyse(PLAIN, table_of(rows), "x", "y", choices=Choices(weights="w"))
    assert found.headline.low < 3 < found.headline.high
    for one in found.estimates:
        if one.method != "regression":
            assert abs(one.value - 3) < 0.15, one.method
    assert analyse(PLAIN, table_of(rows), "x", "y").headline.value > 3.9
    with pytest.raises(RowsError, match="weights in w must be larger than 0"):
        analyse(PLAIN, table_of(rows | {"w": -rows["w"]}), "x", "y", choices=Choices(weights="w"))


def test_a_table_of_counts_stands_for_its_units():
    cells = [(1, 1, 1, 81), (1, 1, 0, 6), (1, 0, 1, 192), (1, 0, 0, 71)]
    cells += [(0, 1, 1, 234), (0, 1, 0, 36), (0, 0, 1, 55), (0, 0, 0, 25)]
    table = read_table(csv(**dict(zip(("x", "z", "y", "n"), zip(*cells, strict=True), strict=True)))).repeated("n")
    assert table.count == 700 and analyse(PLAIN, table, "x", "y").headline.value == pytest.approx(0.053671, abs=1e-6)
