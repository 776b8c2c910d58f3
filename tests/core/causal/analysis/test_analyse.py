"""One analysis says what each part of it would say alone, quotes the right number, and loses nothing silently."""

import json

import numpy as np
import pytest

from core.causal.analysis.analyse import analyse, question_rows, quick_analysis
from core.causal.analysis.estimators import headline_of
from core.causal.analysis.refutation import refutations
from core.causal.analysis.verdict import verdict
from core.causal.estimation.adjustment import METHODS, effect_on_arm, regression, standardisation
from core.causal.estimation.indirect import front_door, two_stages
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.estimation.sensitivity import e_value, robustness_value
from core.causal.graphs.graph import GraphError
from core.causal.graphs.parsing import parse_graph
from core.causal.scm.model_text import parse_model
from core.causal.stories.shipped import kidney_stones
from core.causal.tables.read_csv import read_table
from core.causal.tables.rows import RowsError, table_of

STONES = parse_graph("small_stone -> treatment_A; small_stone -> success; treatment_A -> success")
SMOKING = "hidden g = normal(0, 1)\ns = g + normal(0, 1)\nt = 0.9*s + normal(0, 0.5)\nc = 0.5*t + g + normal(0, 1)"
STEEP = "z = normal(0, 1)\nx = bernoulli(sigmoid(4*z))\ny = 2*x + z + normal(0, 1)"
PLAIN = parse_graph("z -> x; z -> y; x -> y")


def drawn(text, count=2000, seed=0):
    model = parse_model(text)
    values = model.simulate(model.draw_noise(count, np.random.default_rng(seed))).values
    return model.graph, {node: np.array(values[node]) for node in model.graph.observed}


def confounded(count=2000):
    return drawn("z = normal(0, 1)\nx = bernoulli(sigmoid(z))\ny = 2*x + z + normal(0, 1)", count)[1]


def by_method(analysis):
    return {one.method: one for one in analysis.estimates}


@pytest.mark.parametrize(
    "method", ["standardisation over cells", "standardisation", "doubly robust", "inverse propensity weighting"]
)
def test_the_kidney_stones(method):
    """Julious and Mullee 1994: the raw difference has the wrong sign, and the adjusted interval contains zero."""
    found = analyse(STONES, table_of(kidney_stones()), "treatment_A", "success")
    assert found.unadjusted.value == pytest.approx(-0.045714, abs=1e-6)
    assert found.unadjusted.means == pytest.approx((289 / 350, 273 / 350))
    one = by_method(found)[method]
    assert one.means == pytest.approx((0.778875, 0.832546), abs=1e-6)
    assert one.value == pytest.approx(0.053671, abs=1e-6) and one.error == pytest.approx(0.033586, rel=0.011)  # HC3
    assert (one.low, one.high) == pytest.approx((-0.01216, 0.11950), abs=1e-3)
    assert found.headline.method == "standardisation over cells" and found.adjusted == ("small_stone",)
    assert (found.rows, found.dropped, found.notes[1:]) == (700, 0, ())


def test_each_number_is_that_of_its_part():
    rows = confounded()
    found, query = analyse(PLAIN, table_of(rows), "x", "y"), Question("x", "y", ("z",))
    assert by_method(found) == {method(rows, query).method: method(rows, query) for method in METHODS.values()}
    assert found.unadjusted.value == regression(rows, Question("x", "y")).value
    assert found.bounds == () and 0 <= found.poor_overlap < 0.1


def test_the_set_of_least_variance_is_taken_if_it_was_observed():
    graph = parse_graph("a -> x; a -> b; b -> y; x -> y; c -> y")
    rows = {name: np.random.default_rng(0).normal(size=(5, 100))[i] for i, name in enumerate("abcxy")}
    assert analyse(graph, table_of(rows), "x", "y").adjusted == ("b", "c")
    assert analyse(graph, table_of(rows), "x", "y", latent=["c"]).adjusted == ("a",)
    del rows["b"]
    found = analyse(graph, table_of(rows), "x", "y")
    assert found.adjusted == ("a",) and "no column and count as latent: b" in found.notes[1]


def test_the_front_door_and_instruments_are_used_where_nothing_else_works():
    graph, rows = drawn(SMOKING)
    found = analyse(graph, table_of(rows), "s", "c")
    assert found.headline == front_door(rows, Question("s", "c"), ["t"]) and found.adjusted is None
    graph, rows = drawn("z = bernoulli(0.5)\nhidden u = normal(0, 1)\nx = z + u + normal(0, 1)\ny = x + 2*u")
    found = analyse(graph, table_of(rows), "x", "y")
    plain = two_stages(rows, Question("x", "y"), ["z"])
    assert (found.headline.value, found.headline.error) == (plain.value, plain.error)
    assert "assumes" in found.headline.remarks and plain.remarks == found.headline.remarks
    assert found.identification.kind == "not identifiable" and found.bounds == (), "the exposure is not binary"


def test_an_instrument_that_needs_others_gets_them():
    graph, rows = drawn(
        "w = normal(0, 1)\nz = w + normal(0, 1)\nhidden u = normal(0, 1)\nx = z + u + normal(0, 1)\n"
        "y = x + 2*u + 3*w + normal(0, 1)"
    )
    found = analyse(graph, table_of(rows), "x", "y").headline
    assert found.value == two_stages(rows, Question("x", "y", ("w",)), ["z"]).value and found.low < 1 < found.high


def test_what_cannot_be_identified_gets_bounds():
    text = "z = bernoulli(0.5)\nhidden u = bernoulli(0.5)\nx = bernoulli(0.1 + 0.6*z + 0.2*u)\n"
    graph, rows = drawn(text + "y = bernoulli(0.2 + 0.4*x + 0.3*u)", 20_000)
    found = {one.method: one for one in analyse(graph, table_of(rows), "x", "y").bounds}
    assert set(found) == {"no assumptions", "instrument"}
    assert all(one.low < 0.4 < one.high for one in found.values())
    assert found["instrument"].high - found["instrument"].low < 0.5 < found["no assumptions"].high
    graph, rows = drawn(text + "y = x + u + normal(0, 1)")
    (found,), output = (lambda a: (a.bounds, a.notes))(analyse(graph, table_of(rows), "x", "y"))
    assert found.high - found.low == pytest.approx(np.ptp(rows["y"])) and any(
        "observed range of y" in one for one in output
    )


def test_no_path_is_no_effect_and_without_a_set_no_estimate():
    found = analyse(parse_graph("x <-> y"), table_of(confounded()), "x", "y")
    assert found.identification.kind == "no causal path" and found.headline is None and found.estimates == ()
    assert found.unadjusted.value > 2


def test_a_graph_that_the_rows_contradict_is_found_out():
    found = analyse(parse_graph("z -> x; x -> y"), table_of(confounded()), "x", "y")
    assert found.contradicted == 1 == len(found.implications) and found.expected_by_chance == 0.05
    assert {found.implications[0].first, found.implications[0].second} == {"z", "y"}
    gaps = np.where(np.arange(2000) < 500, np.nan, confounded()["z"])
    found = analyse(parse_graph("z -> x; x -> y"), table_of(confounded() | {"z": gaps}), "x", "y")
    assert found.rows == 2000 and any("checked on the 1,500 rows" in one for one in found.notes)


def test_a_typo_in_an_arrow_is_noted():
    """It makes a node of its own, and what should be adjusted for is not."""
    found = analyse(
        parse_graph("age -> x; ag -> y; x -> y"), table_of(confounded() | {"age": np.arange(2000.0)}), "x", "y"
    )
    assert found.notes[1] == "These nodes have no column and count as latent: ag (did you mean age?)."


def test_columns_of_other_names_are_mapped():
    rows = confounded()
    renamed = {"age": rows["z"], "drug": rows["x"], "result": rows["y"]}
    names = {"z": "age", "x": "drug", "y": "result"}
    found = analyse(PLAIN, table_of(renamed), "x", "y", mapping=names)
    assert found.estimates == analyse(PLAIN, table_of(rows), "x", "y").estimates and found.mapping == names


def test_dropped_rows_and_coded_columns_are_noted():
    text = "x,y,z,spare\n" + "\n".join(
        f"{'new' if x else 'old'},{x + z + i % 3 / 7},{z if i % 10 else ''},"
        for i in range(60)
        for x, z in [(int(i % 4 > 1), i % 2)]
    )
    found = analyse(PLAIN, read_table(text.encode()), "x", "y")
    assert (found.rows, found.dropped) == (54, 6) and found.headline.rows == 54
    assert any("6 of 60 rows were dropped" in one for one in found.notes)
    assert any(one.startswith("x: old is compared with new, the reference (a guess: ") for one in found.notes)


def test_an_exposure_of_two_other_values_is_coded_and_noted():
    rows = confounded()
    coded = analyse(PLAIN, table_of(rows | {"x": 3 - 2 * rows["x"]}), "x", "y")
    assert any(one.startswith("x: 3 is compared with 1, the reference (a guess: ") for one in coded.notes)
    assert coded.arms == ("1", "3")
    assert coded.headline.value == pytest.approx(-analyse(PLAIN, table_of(rows), "x", "y").headline.value)
    assert not analyse(PLAIN, table_of(rows), "z", "y").binary


def test_an_instrument_or_mediator_never_costs_rows_where_adjusting_works():
    graph = parse_graph("i -> x; z -> x; z -> y; x -> y")
    rows = confounded()
    whole = analyse(graph, table_of(rows | {"i": rows["x"] + np.arange(2000) % 7}), "x", "y")
    alone = two_stages(rows | {"i": rows["x"] + np.arange(2000) % 7}, Question("x", "y", ("z",)), ["i"])
    assert by_method(whole)["two-stage least squares"].value == alone.value, "z keeps i an instrument"
    gaps = analyse(graph, table_of(rows | {"i": np.where(np.arange(2000) % 2, np.nan, rows["x"])}), "x", "y")
    assert gaps.rows == 2000 and "two-stage least squares" not in by_method(gaps)
    assert any("values are missing: i" in one for one in gaps.notes)


def test_text_in_one_set_leads_to_the_next():
    lines = "\n".join(f"{i % 2},{i % 7},{'abcdefghijklm'[i % 13]},{i % 5}" for i in range(60))
    graph = parse_graph("a -> x; a -> b; b -> y; x -> y")
    found = analyse(graph, read_table(f"x,y,b,a\n{lines}".encode()), "x", "y")
    assert found.adjusted == ("a",) and any("b holds text" in one for one in found.notes)
    with pytest.raises(RowsError, match="b holds text"):
        analyse(graph, read_table(f"x,y,b,a\n{lines}".encode()), "x", "y", latent=["a"])


def in_towns(count=3000, seed=0):
    """Three towns that move exposure and outcome, not in the order of their names; and the same as columns of 0 and
    1."""
    rng = np.random.default_rng(seed)
    town = rng.integers(3, size=count)
    x = (rng.random(count) < np.array([0.2, 0.8, 0.3])[town]).astype(int)
    y = x + np.array([0.0, 3.0, -2.0])[town] + rng.normal(size=count)
    lines = [f"{('Bonn', 'Trier', 'Ulm')[t]},{a},{b!r}" for t, a, b in zip(town, x, y.tolist(), strict=True)]
    flags = {"trier": (town == 1).astype(float), "ulm": (town == 2).astype(float)}
    return "\n".join(["z,x,y", *lines]).encode(), {"x": x.astype(float), "y": y} | flags


def test_text_of_a_few_kinds_is_adjusted_for_kind_by_kind():
    data, columns = in_towns()
    found, query = analyse(PLAIN, read_table(data), "x", "y"), Question("x", "y", ("trier", "ulm"))
    assert found.adjusted == ("z",) and found.covariates == ("z = Trier", "z = Ulm")
    assert "z is text with 3 categories; the reference is Bonn." in found.notes
    for method in METHODS.values():
        one, other = method(columns, query), by_method(found)[method(columns, query).method]
        assert (one.value, one.error) == pytest.approx((other.value, other.error), rel=1e-9)
    assert found.headline.low < 1 < found.headline.high and found.unadjusted.value > 2
    assert found.treated.value == pytest.approx(effect_on_arm(columns, query, 1).value)
    rows, question = question_rows(found, read_table(data), Question("x", "y", ("z",)))
    assert standardisation(rows, question) == by_method(found)["standardisation"]
    assert all(one.passed for one in refutations(found, read_table(data), np.random.default_rng(0)))
    assert json.loads(json.dumps(found.to_json(), allow_nan=False))["adjusted"] == ["z"]


def test_text_of_a_few_kinds_is_no_outcome_and_no_control():
    data, _ = in_towns(200)
    with pytest.raises(RowsError, match=r"z holds text with 3 values \(Bonn, Trier, Ulm\); choose one of them as the"):
        analyse(parse_graph("x -> z; x -> y"), read_table(data), "x", "z")
    assert analyse(parse_graph("z -> x; z -> y; x -> y"), read_table(data), "z", "y").arms == ("Bonn", "Trier", "Ulm")
    beside = analyse(parse_graph("x -> y; z"), read_table(data), "x", "y")
    assert len(refutations(beside, read_table(data), np.random.default_rng(0))) == 4
    given = parse_graph("i -> x; z -> i; z -> x; z -> y; x -> y")
    more = b"\n".join(line + (b",i" if n == 0 else b",%d" % (n % 5)) for n, line in enumerate(data.split(b"\n")))
    found = analyse(given, read_table(more), "x", "y")
    assert found.identification.instruments[0].given == frozenset("z") and found.covariates == ("z = Trier", "z = Ulm")
    assert found.headline.method == "standardisation over cells" and "two-stage least squares" in by_method(found)
    between = analyse(parse_graph("dag { x -> z; z -> y; x <-> y }"), read_table(data), "x", "y")
    assert set(by_method(between)) == {"formula"}, "a front door takes numbers"


def test_what_the_graph_marks_as_adjusted_for_is_judged():
    rows = table_of(confounded())
    for node, output in (("z", "identifies"), ("late", "does not identify")):
        found = analyse(parse_graph(f"dag {{ {node} [a] z -> x; z -> y; x -> y; y -> late }}"), rows, "x", "y")
        assert (
            f"The graph marks {node} as adjusted for. According to the graph, this set {output} the effect."
            in found.notes
        )
        assert found.adjusted == ("z",)
    assert not any("marks" in note for note in analyse(PLAIN, rows, "x", "y").notes)


def test_kinds_that_no_row_has_any_more_need_no_column():
    data, _ = in_towns(300)
    gone = data.replace(b"Ulm,0,", b"Ulm,,").replace(b"Ulm,1,", b"Ulm,,").replace(b"Bonn,", b" Bonn ,")
    found = analyse(PLAIN, read_table(gone), "x", "y")
    assert found.covariates == ("z = Trier",) and found.dropped > 50
    assert "z is text with 2 categories; the reference is Bonn." in found.notes


def test_the_effect_on_each_arm_stands_beside_that_on_everybody():
    stones = analyse(STONES, table_of(kidney_stones()), "treatment_A", "success")
    output = stones.to_json()
    assert output["treated"]["value"] == pytest.approx(0.047964, abs=5e-7)
    assert output["untreated"]["value"] == pytest.approx(0.059378, abs=5e-7)
    rows = confounded()
    found = analyse(PLAIN, table_of(rows), "x", "y")
    assert (found.untreated, found.treated) == tuple(
        effect_on_arm(rows, Question("x", "y", ("z",)), arm) for arm in (0, 1)
    )
    slope = analyse(PLAIN, table_of(rows), "z", "y")
    assert slope.treated is None is slope.untreated and slope.to_json()["treated"] is None
    separated = analyse(PLAIN, table_of(rows | {"x": (rows["z"] > 0).astype(float)}), "x", "y")
    assert separated.treated.caveat == by_method(separated)["doubly robust"].caveat != ""


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e-99, 1e99])
def test_numbers_of_any_size_are_answered_and_those_beyond_are_refused(size):
    rows = confounded(400)
    plain = analyse(PLAIN, table_of(rows), "x", "y")
    for change, unit in (({"z": size * rows["z"]}, 1), ({"y": size * rows["y"]}, size)):
        found = analyse(PLAIN, table_of(rows | change), "x", "y")
        assert found.headline.value / unit == pytest.approx(plain.headline.value, rel=1e-6)
        assert found.headline.method == plain.headline.method and found.poor_overlap == plain.poor_overlap
        json.dumps(found.to_json(), allow_nan=False)
        with pytest.raises(RowsError, match="write it in another unit"):
            analyse(PLAIN, table_of(rows | {name: size**1.6 * rows[name] for name in change}), "x", "y")


def test_what_is_no_number_is_never_quoted_and_never_printed():
    good = Estimate("regression", 1.0, 0.1, 50)
    for value, error in ((float("nan"), 0.1), (1.0, float("inf")), (1.0, float("nan"))):
        assert headline_of((Estimate("doubly robust", value, error, 50), good)) == good
        assert headline_of((Estimate("doubly robust", value, error, 50),)) is None


def test_what_is_assumed_is_in_the_verdict_and_contradicted_by_rows_that_bend():
    z = np.random.default_rng(0).normal(size=2000)
    x = (np.random.default_rng(1).random(2000) < 1 / (1 + np.exp(-(z**2) + 1))).astype(float)
    bent = quick_analysis(PLAIN, table_of({"z": z, "x": x, "y": 2 * x + z**2}), "x", "y")
    assert bent.headline.method == "doubly robust" and bent.headline.low > 2.2 and bent.needs_cross_fitting
    held = "This holds if the outcome is linear in the covariates in each arm, or the log odds of the exposure are."
    assert f"{held} Caution: these rows contradict straight lines in the outcome's model (p < 0.001)" in verdict(bent)


def test_notes_on_separated_arms_agree_in_number():
    rows = confounded(400)
    two = parse_graph("z -> x; z -> y; w -> x; w -> y; x -> y")
    separated = rows | {"x": (rows["z"] > 0).astype(float), "w": np.arange(400) % 7}
    assert "z separates the arms of x: no rows are comparable." in analyse(PLAIN, table_of(separated), "x", "y").notes
    assert "w, z separate the arms of x: no rows are comparable." in analyse(two, table_of(separated), "x", "y").notes
    gaps = {
        "z": np.where(np.arange(400) < 9, rows["z"], np.nan),
        "w": np.where(np.arange(400) > 7, 1.0 * separated["w"], np.nan),
    }
    found = analyse(parse_graph("x -> y; w; z"), table_of(rows | gaps), "x", "y")
    assert "The graph could not be checked: only 1 row has a value in every column." in found.notes


def test_covariates_that_separate_the_arms_or_are_constant_are_noted():
    rows = confounded()
    separated = analyse(PLAIN, table_of(rows | {"x": (rows["z"] > 0).astype(float)}), "x", "y")
    assert any("separates the arms of x" in one for one in separated.notes) and separated.poor_overlap > 0.9
    rare = rows | {"x": (np.random.default_rng(0).random(2000) < 0.002).astype(float)}
    assert not any("separate" in one for one in analyse(PLAIN, table_of(rare), "x", "y").notes)
    steep = analyse(PLAIN, table_of(drawn(STEEP)[1]), "x", "y").notes
    assert any("were clipped to the range 0.01 to 0.99" in one for one in steep) and not any(
        "separate" in one for one in steep
    )
    flat = analyse(PLAIN, table_of(rows | {"z": np.ones(2000)}), "x", "y")
    assert (
        flat.poor_overlap is None
        and flat.adjusted == ()
        and any("Not adjusted for, because constant in these rows: z" in one for one in flat.notes)
    )
    assert flat.headline.value == pytest.approx(flat.unadjusted.value)


def headline(rows, graph=PLAIN):
    found = analyse(graph, table_of(rows), "x", "y")
    return found, None if found.headline is None else found.headline.method


def test_no_number_is_quoted_where_a_covariate_is_the_exposure():
    rows = confounded(400)
    found, name = headline(rows | {"z": rows["x"]})
    assert name is None and "inverse propensity weighting" in by_method(found)
    assert "separate the arms, so no rows are comparable" in verdict(found)


def test_no_number_by_propensities_is_quoted_where_arms_are_separated_or_many_chances_clipped():
    rng = np.random.default_rng(0)
    for chance, why in (
        (lambda z: z > 0, "separate the arms, so no rows"),
        (lambda z: 1 / (1 + np.exp(-5 * z)), "of the propensity scores had to be clipped"),
    ):
        held = 0
        for _ in range(60):
            z = rng.normal(size=400)
            x = (rng.random(400) < chance(z)).astype(float)
            found, name = headline({"z": z, "x": x, "y": x + z + rng.normal(size=400)})
            held += found.headline.low < 1 < found.headline.high
            output, _, number = verdict(found).partition(". Instead: ")
            assert name == "regression" and "method: regression" in number and why in output
            assert output.startswith("Caution: the doubly robust estimate is not reported, because ")
            assert number.startswith("x = 1 instead of 0 changes y by "), "the warning comes first"
        assert held >= 53, "with the lines straight, regression holds"
    found, name = headline(confounded())
    assert name == "doubly robust" and verdict(found).startswith("x = 1 instead of 0 changes y by ")


def test_an_arm_of_few_rows_is_answered_by_regression():
    rows = confounded(300) | {"x": (np.arange(300) < 6).astype(float)}
    found, name = headline(rows)
    assert name == "regression" and "not reported, because only 6 rows have x = 1. Instead" in verdict(found)
    assert "and the effect is the same for everybody" in verdict(found)


INSTRUMENT = "z = bernoulli(0.5)\nhidden u = normal(0, 1)\nx = {}*z + u + normal(0, 1)\ny = x + 2*u"


def test_a_weak_instrument_is_shown_and_not_quoted():
    graph, rows = drawn(INSTRUMENT.format(0.02), 500)
    found, name = headline(rows, graph)
    shown = by_method(found)["two-stage least squares"]
    assert name is None and "z is a weak instrument (F = " in shown.remarks
    assert verdict(found).startswith("These columns give no reliable estimate") and shown.caveat in verdict(found)
    graph, rows = drawn("z = bernoulli(0.5)\nx = bernoulli(0.5)\ny = bernoulli(0.2 + 0.5*x)", 500)
    found, name = headline(rows, parse_graph("dag { z -> x; x -> y; x <-> y }"))
    assert (
        name is None and "it lies between" in verdict(found) and "There is no estimate: z is a weak" in verdict(found)
    )


def test_what_an_instrument_or_a_linear_front_door_assumes_is_in_the_verdict():
    graph, rows = drawn(INSTRUMENT.format(2))
    found, name = headline(rows, graph)
    assert name == "two-stage least squares"
    assert "is not identified in general; this holds if the effect is the same for everybody" in verdict(found)
    napkin = parse_graph("dag { w -> z; z -> x; x -> y; w <-> x; w <-> y }")
    w, z, noise, more = np.random.default_rng(0).normal(size=(4, 1000))
    rows = {"w": w, "z": w + z, "x": w + z + w + noise, "y": w + more}
    found, name = headline(rows, napkin)
    assert found.identification.kind == "formula" and name == "two-stage least squares"
    assert "This holds if the effect is the same for everybody" in verdict(found)
    graph, rows = drawn(SMOKING)
    straight = analyse(graph, table_of(rows), "s", "c")
    assert "This holds if relations are linear and there are no interactions" in verdict(straight)


def test_an_estimate_outside_its_bounds_is_noted():
    """Few follow z, yet y goes up with z by as much as x does: z must have moved y by another way."""
    z, i = np.repeat([0.0, 1.0], 200), np.tile(np.arange(200), 2)
    rows = {"z": z, "x": (i < 40 + 60 * z).astype(float), "y": (i % 10 < 2 + 5 * z).astype(float)}
    found = headline(rows, parse_graph("dag { z -> x; x -> y; x <-> y }"))[0]
    assert found.headline.value == pytest.approx(
        0.5 / 0.3
    ) and "But this contradicts the bounds of the effect" in verdict(found)
    honest = rows | {"y": rows["x"]}
    assert "contradicts the bounds" not in verdict(headline(honest, parse_graph("dag { z -> x; x -> y; x <-> y }"))[0])


def test_a_method_that_fails_is_noted_and_the_others_stay():
    rows = confounded(200)
    twin = parse_graph("z -> x; z -> y; x -> y; w -> x; w -> y")
    found = analyse(twin, table_of(rows | {"w": 2 * rows["z"]}), "x", "y")
    assert found.headline is None and set(by_method(found)) == {"inverse propensity weighting"}
    assert sum("No estimate by" in one and "linearly dependent" in one for one in found.notes) == 3
    assert "are linearly dependent or constant here; leave one out" in verdict(found)
    once = np.zeros(200)
    once[:1] = rows["x"][:1] = 1  # w is constant in the arm of 0
    found = analyse(twin, table_of(rows | {"w": once}), "x", "y")
    assert {"regression", "inverse propensity weighting"} == set(
        by_method(found)
    ) and found.headline.method == "regression"


def test_refutation_of_repeats_the_headline():
    rows = table_of(confounded())
    assert all(one.passed for one in refutations(analyse(PLAIN, rows, "x", "y"), rows, np.random.default_rng(0)))
    for text, x, y in (
        (SMOKING, "s", "c"),
        ("z = bernoulli(0.5)\nhidden u = normal(0, 1)\nx = 2*z + u + normal(0, 1)\ny = x + 2*u", "x", "y"),
    ):
        graph, columns = drawn(text)
        found = analyse(graph, table_of(columns), x, y)
        tries = {one.name: one for one in refutations(found, table_of(columns), np.random.default_rng(0))}
        assert tries["random subset of 80 %"].value == pytest.approx(found.headline.value, abs=found.headline.error)
        assert tries["random common cause added"].passed
    with pytest.raises(EstimateError, match="no estimate to refute"):
        refutations(analyse(parse_graph("x <-> y; z"), rows, "x", "y"), rows, np.random.default_rng(0))


def test_an_outcome_that_is_the_exposure_is_noted():
    rows = confounded()
    output = verdict(analyse(PLAIN, table_of(rows | {"y": 2 * rows["x"]}), "x", "y"))
    assert "x determines y exactly in these rows: are they the same quantity?" in output
    assert "determines" not in verdict(analyse(PLAIN, table_of(rows), "x", "y"))


def test_how_strong_a_missing_cause_must_be_is_part_of_the_verdict():
    found = analyse(STONES, table_of(kidney_stones()), "treatment_A", "success")
    low, high = found.headline.means
    assert found.sensitivity.e_value == pytest.approx(e_value(high / low))
    assert found.to_json()["sensitivity"]["e_value_limit"] == 1.0, "the interval holds no effect"
    assert found.sensitivity.robustness_value == robustness_value(found.data, found.question)
    assert found.to_json()["sensitivity"]["robustness_value"] == found.sensitivity.robustness_value
    assert f"{found.sensitivity.e_value:.2f} with both" in found.sensitivity.summary
    assert analyse(PLAIN, table_of(confounded()), "x", "y").sensitivity.e_value is None, "the outcome is no risk"


def test_it_prints_itself_as_plain_data():
    output = analyse(STONES, table_of(kidney_stones()), "treatment_A", "success").to_json()
    again = json.loads(json.dumps(output, allow_nan=False))
    assert again == output and again["headline"] == "standardisation over cells"
    assert {one["method"]: one["value"] for one in again["estimates"]}["doubly robust"] == pytest.approx(0.053671, 1e-4)


@pytest.mark.parametrize(
    "change, options, error, said",
    [
        ({"x": np.ones(2000)}, {}, EstimateError, "The exposure x is the same in every row"),
        ({"y": np.ones(2000)}, {}, EstimateError, "The outcome y is the same in every row"),
        ({"x": np.full(2000, np.nan)}, {}, RowsError, "No row has a value"),
        ({}, {"mapping": {"z": "age"}}, RowsError, "no column called age for z"),
        ({}, {"mapping": {"q": "x"}}, GraphError, "no node called q"),
        ({}, {"mapping": {"z": "x"}}, RowsError, "would both be the column x"),
        ({}, {"latent": ["x"]}, GraphError, "exposure x is latent"),
        ({}, {"latent": ["q"]}, GraphError, "no node called q"),
    ],
)
def test_questions_that_cannot_be_answered_get_one_sentence(change, options, error, said):
    with pytest.raises(error, match=said):
        analyse(PLAIN, table_of(confounded() | change), "x", "y", **options)


def test_an_exposure_without_a_column_is_refused():
    rows = confounded()
    del rows["x"]
    with pytest.raises(RowsError, match=r"The exposure x has no column; choose one\. The columns are z, y\."):
        analyse(PLAIN, table_of(rows), "x", "y")
