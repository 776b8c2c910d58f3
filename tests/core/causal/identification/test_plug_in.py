"""What only a formula gives is what do() gives; its interval holds that as often as it says; what it lacks is told."""

import json

import numpy as np
import pytest
from oracles import Tables, mean_at, random_graph

from core.causal import identify, parse_graph
from core.causal.analysis.analyse import analyse
from core.causal.analysis.estimators import methods_of
from core.causal.analysis.refutation import refutations
from core.causal.analysis.verdict import verdict
from core.causal.estimation.plug_in import FORMULA, MOST_VALUES, by_formula
from core.causal.estimation.question import EstimateError, Question
from core.causal.identification.estimand import Joint, Probability, Product, Sum
from core.causal.tables.read_csv import read_table
from core.causal.tables.rows import table_of

NAPKIN = parse_graph("w -> z; z -> x; x -> y; w <-> x; w <-> y")  # Pearl and Mackenzie 2018
TIAN = parse_graph("x -> b; b -> c; c -> y; x <-> c; b <-> y")  # Tian and Pearl 2002
VERMA = parse_graph("x -> z1; z1 -> y; x <-> z2; z2 -> z1; z2 <-> y; x <-> y; z2 -> x")


def effect_in(model, x="x", y="y"):
    """By enumeration, under do()."""
    others = tuple(axis for axis, node in enumerate(model.graph.nodes) if node != y)
    without, with_it = (model.joint({x: at}).sum(axis=others)[1] for at in (0, 1))
    return with_it - without


def rows_of(model, count, rng):
    """Rows drawn from what is seen of a model, without what is hidden."""
    joint = model.joint({})
    places = np.unravel_index(rng.choice(joint.size, count, p=joint.ravel() / joint.sum()), joint.shape)
    nodes = enumerate(model.graph.nodes)
    return {node: places[axis].astype(float) for axis, node in nodes if node not in model.graph.latent}


def query(graph, rows, x="x", y="y"):
    formula = identify(graph, x, y).formula
    return by_formula(rows, Question(x, y), formula, np.random.default_rng(0))


@pytest.mark.parametrize("graph", [NAPKIN, TIAN, VERMA], ids=["napkin", "tian", "verma"])
@pytest.mark.parametrize("seed", range(3))
def test_it_finds_what_do_gives(graph, seed):
    model = Tables(graph, np.random.default_rng(seed))
    found = query(graph, rows_of(model, 200_000, np.random.default_rng(seed + 10)))
    assert abs(found.value - effect_in(model)) < 4 * found.error < 0.02 and found.caveat == ""
    assert found.means[1] - found.means[0] == pytest.approx(found.value)


def test_what_it_can_do_without_stands_in_no_formula():
    """ID looks at all that comes before; what is not needed may be continuous and have gaps."""
    longer = parse_graph("v -> w; v -> x; w -> z; z -> x; x -> y; w <-> x; w <-> y")
    found = identify(longer, "x", "y")
    assert found.formula_nodes == {"w", "z", "x", "y"}
    rng = np.random.default_rng(0)
    rows = rows_of(Tables(longer, rng), 5_000, rng)
    gaps = np.where(rng.random(5_000) < 0.5, np.nan, rng.normal(size=5_000))
    answered = analyse(longer, table_of(rows | {"v": gaps}), "x", "y")
    assert answered.headline.method == "formula" and answered.dropped == 0


def test_it_finds_what_do_gives_in_graphs_that_nobody_chose():
    rng, tried = np.random.default_rng(2), 0
    while tried < 12:
        graph = random_graph(rng, 7)
        seen = graph.observed
        pairs = [(x, y) for x in seen for y in seen if x != y]
        for x, y in pairs:
            found = identify(graph, x, y, seconds=0)
            if not found.needs_formula:
                continue
            model = Tables(graph, rng)
            estimate = methods_of(found, True, False)[FORMULA](rows_of(model, 100_000, rng), Question(x, y))
            assert abs(estimate.value - effect_in(model, x, y)) < 4.5 * estimate.error, (graph, x, y)
            tried += 1


@pytest.mark.parametrize("graph, seed", [(NAPKIN, 2), (TIAN, 1), (VERMA, 1)])
def test_its_interval_holds_the_truth_as_often_as_it_says(graph, seed):
    model, rng = Tables(graph, np.random.default_rng(seed)), np.random.default_rng(5)
    found = [query(graph, rows_of(model, 1000, rng)) for _ in range(600)]
    truth = effect_in(model)
    assert 0.92 <= np.mean([one.low < truth < one.high for one in found]) <= 0.98
    spread = np.std([one.value for one in found])
    assert np.mean([one.error for one in found]) == pytest.approx(spread, rel=0.15)


def test_an_outcome_of_any_values_has_its_mean_taken():
    model, rng = Tables(NAPKIN, np.random.default_rng(1)), np.random.default_rng(0)
    rows = rows_of(model, 5000, rng)
    plain = query(NAPKIN, rows)
    other = query(NAPKIN, rows | {"y": 7 + 3 * rows["y"]})
    assert (other.value, other.error) == pytest.approx((3 * plain.value, 3 * plain.error))
    assert other.means == pytest.approx([7 + 3 * mean for mean in plain.means])
    values = []
    for _ in range(250):
        rows = rows_of(model, 1000, rng)
        values.append(query(NAPKIN, rows | {"y": rows["y"] + rng.normal(size=1000)}))
    assert 0.92 <= np.mean([one.low < effect_in(model) < one.high for one in values]) <= 0.98


def test_three_values_of_the_outcome_are_computed_as_by_their_probabilities():
    rng = np.random.default_rng(3)
    rows = {name: rng.integers(0, 2, 3000).astype(float) for name in "wzx"}
    rows["y"] = np.minimum(2.0, rows["x"] + rows["w"] * rng.integers(0, 3, 3000))
    table = np.zeros((2, 2, 2, 3))
    np.add.at(table, tuple(rows[name].astype(int) for name in "wzxy"), 1)
    formula, joint = identify(NAPKIN, "x", "y").formula, Joint(("w", "z", "x", "y"), table / 3000)
    by_z = np.array([[mean_at(formula, joint, "y", {"x": x, "z": z}) for z in (0, 1)] for x in (0, 1)])
    shares = np.bincount(rows["z"].astype(int)) / 3000
    assert query(NAPKIN, rows).means == pytest.approx(tuple(by_z @ shares))


def test_an_exposure_of_more_values_has_the_slope_of_its_means():
    """y listens to x in a straight line, and w ties x to y by what is hidden."""
    rng = np.random.default_rng(0)
    u, v = rng.integers(0, 2, (2, 100_000))
    w = (rng.random(100_000) < 0.2 + 0.3 * u + 0.4 * v).astype(float)
    z = (rng.random(100_000) < 0.3 + 0.4 * w).astype(float)
    x = u + rng.integers(0, 2 + z)  # 3 only where z is 1: that value of z alone gives the effect
    found = query(NAPKIN, {"w": w, "z": z, "x": x, "y": 0.7 * x + 2 * v})
    assert found.low < 0.7 < found.high and found.error < 0.02 and found.means is None
    assert found.assumption.endswith("each further unit of x has the same effect")


def test_distributions_beside_each_other_are_computed_as_each_alone():
    rng = np.random.default_rng(0)
    many = rng.dirichlet(np.ones(16), 5).reshape(5, 2, 2, 2, 2)
    for graph, names in ((NAPKIN, "wzxy"), (TIAN, "xbcy"), (VERMA, ("x", "z1", "z2", "y"))):
        formula = identify(graph, "x", "y").formula
        whole = formula.evaluate(Joint(tuple(names), many))
        for one, table in zip(whole.array, many, strict=True):
            assert one == pytest.approx(formula.evaluate(Joint(tuple(names), table)).array)


def test_what_was_never_seen_is_not_known_unless_nothing_depends_on_it():
    table = np.array([[0.5, 0.0], [0.25, 0.25]])[..., None] * np.array([0.5, 0.5])  # z, x, y: never z = 0 and x = 1
    joint = Joint(("z", "x", "y"), table)
    arms = Probability(frozenset("y"), frozenset("xz"))
    found = Sum(frozenset("z"), Product((Probability(frozenset("z")), arms))).evaluate(joint).along(("x", "y"))
    assert found[0] == pytest.approx([0.5, 0.5]) and np.isnan(found[1]).all()
    needless = Product((Probability(frozenset("x"), frozenset("z")), arms)).evaluate(joint).along(("z", "x", "y"))
    assert (needless[0, 1] == 0).all() and np.isfinite(needless).all()


def test_it_is_quoted_and_reported_everywhere_and_the_same_each_time():
    rows = rows_of(Tables(TIAN, np.random.default_rng(1)), 3000, np.random.default_rng(0))
    found = analyse(TIAN, table_of(rows), "x", "y")
    assert found.headline == analyse(TIAN, table_of(rows), "x", "y").headline == query(TIAN, rows)
    (one,) = found.to_json()["estimates"]
    assert one["method"] == "formula" == found.to_json()["headline"] and one["low"] < one["value"] < one["high"]
    json.dumps(found.to_json(), allow_nan=False)
    output = "This holds if every combination of b, c and x that matters occurs in the rows."
    assert "method: formula). " in verdict(found) and output in verdict(found)
    napkin = analyse(
        NAPKIN, table_of(rows_of(Tables(NAPKIN, np.random.default_rng(1)), 3000, np.random.default_rng(0))), "x", "y"
    )
    assert napkin.headline.method == "formula" and "averaged over the values of z, any of which" in napkin.headline.note
    assert {one.method for one in napkin.estimates} == {"formula", "two-stage least squares"}


def test_the_front_door_and_adjusting_need_no_formula():
    for text in ("dag { x -> m -> y; x <-> y }", "z -> x; z -> y; x -> y", "x -> y", "dag { x -> y; x <-> y }"):
        found = identify(parse_graph(text), "x", "y")
        assert not found.needs_formula and FORMULA not in methods_of(found, True, bool(found.sets))


def test_refuters_try_it_where_they_can():
    rows = rows_of(Tables(TIAN, np.random.default_rng(1)), 3000, np.random.default_rng(0))
    table = table_of(rows)
    tries = refutations(analyse(TIAN, table, "x", "y"), table, np.random.default_rng(0))
    assert [one.name for one in tries] == [
        "placebo exposure (shuffled)",
        "random subset of 80 %",
        "dummy outcome (random)",
    ]
    assert all(one.passed for one in tries), [one for one in tries if not one.passed]


def test_text_of_a_few_kinds_has_its_place_in_the_formula():
    model = Tables(TIAN, np.random.default_rng(1))
    rows = rows_of(model, 2000, np.random.default_rng(0))
    third = (np.arange(2000) % 2) * (rows["b"] == 1)  # b says more than it must
    lines = [
        f"{x:g},{('new', 'odd', 'old')[int(b + t)]},{c:g},{y:g}"
        for x, b, c, y, t in zip(*(rows[n] for n in "xbcy"), third, strict=True)
    ]
    found = analyse(TIAN, read_table("\n".join(["x,b,c,y", *lines]).encode()), "x", "y")
    assert found.headline == query(TIAN, rows | {"b": rows["b"] + third})


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda i: {"b": i}, f"b has 400 different values; the formula needs columns with at most {MOST_VALUES}"),
        (lambda i: {"b": i % 20, "c": i // 7 % 20, "x": i % 3}, "at least 1,200 combinations of values and"),
        (lambda i: {"b": i % 2}, "The formula needs combinations of b, c and x that no row has"),
    ],
    ids=["a column of many values", "many combinations", "one that is missing"],
)
def test_what_it_can_not_do_is_reported_among_the_notes(change, said):
    i = np.arange(400.0)
    rows = {"x": i % 2, "b": i // 2 % 2, "c": i // 4 % 2, "y": i // 3 % 2} | change(i)
    found = analyse(TIAN, table_of(rows), "x", "y")
    assert found.headline is None and found.estimates == ()
    (note,) = [note for note in found.notes if note.startswith("No estimate by formula: ")]
    assert said in note and said in verdict(found)


def test_text_of_many_kinds_leaves_it_out():
    lines = "\n".join(f"{i % 2},{'abcdefghijklm'[i % 13]},{i // 4 % 2},{i // 3 % 2}" for i in range(100))
    found = analyse(TIAN, read_table(f"x,b,c,y\n{lines}".encode()), "x", "y")
    assert found.headline is None and any("Left out: b holds text" in note for note in found.notes)


def test_covariates_and_outcomes_that_say_nothing_are_refused():
    rows = rows_of(Tables(TIAN, np.random.default_rng(1)), 100, np.random.default_rng(0))
    formula = identify(TIAN, "x", "y").formula
    for change, question, said in (
        ({}, Question("x", "y", ("q",)), "The formula takes no covariates such as q"),
        ({"y": np.ones(100)}, Question("x", "y"), "y is the same in every row"),
    ):
        with pytest.raises(EstimateError, match=said):
            by_formula(rows | change, question, formula, np.random.default_rng(0))


def test_where_draws_lack_what_is_needed_no_number_is_quoted():
    """One row alone has a combination that the formula needs: a third of the draws go without it."""
    rows = {
        name: np.repeat(column, 50)
        for name, column in zip("xbcy", np.indices((2, 2, 2, 2)).reshape(4, -1).astype(float), strict=True)
    }
    rare = (rows["x"] == 1) & (rows["b"] == 1) & (rows["c"] == 1)
    rare[np.flatnonzero(rare)[0]] = False
    found = analyse(TIAN, table_of({name: column[~rare] for name, column in rows.items()}), "x", "y")
    assert found.headline is None and "are missing in 3" in found.estimates[0].caveat
    assert found.estimates[0].caveat in verdict(found)


def test_a_formula_of_very_many_columns_is_refused_in_a_sentence():
    names = ["x", *(f"b{i}" for i in range(11)), "y"]
    ties = "; ".join(
        f"{one} <-> {other}" for one, other in zip(names, names[2:], strict=False)
    )  # so that all are needed
    rng = np.random.default_rng(0)
    rows = {name: rng.integers(0, 2, 300).astype(float) for name in names}
    found = analyse(parse_graph(f"dag {{ {' -> '.join(names)}; {ties} }}"), table_of(rows), "x", "y")
    assert found.headline is None and any("combinations of values and the limit" in note for note in found.notes)


def test_a_front_door_of_text_goes_by_the_formula():
    """Straight lines would take the places of its kinds for sizes."""
    rng = np.random.default_rng(0)
    hidden = rng.random(20_000) < 0.5
    x = (rng.random(20_000) < np.where(hidden, 0.7, 0.3)).astype(float)
    m = np.where(rng.random(20_000) < 0.3 + 0.4 * x, 2, rng.integers(0, 2, 20_000))
    y = np.array([0.5, 0.0, 1.0])[m] + hidden + rng.normal(size=20_000)
    colours = np.array(["blue", "green", "red"])[m]
    content = "x,m,y\n" + "\n".join(f"{a:g},{b},{c:.4f}" for a, b, c in zip(x, colours, y, strict=True))
    table = read_table(content.encode())
    found = analyse(parse_graph("x -> m -> y; x <-> y"), table, "x", "y")
    assert found.headline.method == "formula" and [one.method for one in found.estimates] == ["formula"]
    assert abs(found.headline.value - 0.4 * (1 - 0.25)) < 4 * found.headline.error < 0.1
    assert [one.passed for one in refutations(found, table, np.random.default_rng(0))] == [True] * 3
