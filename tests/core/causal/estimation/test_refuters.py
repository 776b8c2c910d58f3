"""Refuters pass what is right, catch what is broken, and do not confirm: with a hidden cause they pass as well."""

import numpy as np
import pytest
from oracles import drawn

from core.causal.estimation.adjustment import doubly_robust, regression, standardisation
from core.causal.estimation.question import Question
from core.causal.estimation.refuters import negative_control, refute
from core.causal.estimation.sensitivity import e_value, robustness_value, sensitivity, with_hidden_confounder
from core.causal.graphs.parsing import parse_graph
from core.causal.identification.implications import check_implications, implied_independences
from core.causal.scm.model_text import parse_model

MODEL = parse_model("a = normal(0, 1)\nx = bernoulli(sigmoid(a))\ny = x + a + normal(0, 1)\nw = normal(0, 1)")


def people(count=2000, seed=0):
    return drawn(MODEL, count, seed)


@pytest.mark.parametrize("method", [regression, doubly_robust])
def test_a_right_estimate_passes_and_so_does_one_with_a_hidden_confounder(method):
    for covariates in (("a",), ()):
        tries = refute(people(), Question("x", "y", covariates), method, np.random.default_rng(0))
        assert len(tries) == 4 and all(one.passed for one in tries), [one.name for one in tries if not one.passed]


def test_a_method_that_finds_what_is_not_there_fails():
    def hopeful(rows, question):
        found = regression(rows, question)
        return type(found)("hopeful", found.value + 1.0, found.error, found.rows)

    tries = {one.name: one.passed for one in refute(people(), Question("x", "y"), hopeful, np.random.default_rng(0))}
    assert not tries["placebo exposure (shuffled)"] and not tries["dummy outcome (random)"]


def test_standard_errors_that_are_too_small_fail():
    def sure(rows, question):
        found = regression(rows, question)
        return type(found)("sure", found.value, found.error / 3, found.rows)

    tries = [refute(people(seed=i), Question("x", "y", ("a",)), sure, np.random.default_rng(i)) for i in range(5)]
    assert not any({one.name: one.passed for one in found}["dummy outcome (random)"] for found in tries)


def test_a_refuter_that_few_rows_do_not_allow_is_left_out():
    rows = {name: column[:30] for name, column in people().items()} | {"x": np.arange(30) % 10 == 0}
    rows["x"] = rows["x"].astype(float)
    for seed in range(5):
        tries = refute(rows, Question("x", "y", ("a",)), doubly_robust, np.random.default_rng(seed))
        assert {"dummy outcome (random)"} <= {one.name for one in tries}


def test_what_fits_without_error_can_hardly_be_shaken():
    x = np.arange(40.0)
    assert robustness_value({"x": x, "y": 2 * x}, Question("x", "y")) > 0.999


def test_a_confounder_as_strong_as_the_robustness_value_brings_the_effect_to_zero():
    """Cinelli and Hazlett 2020: that is what it means."""
    rows, question = people(), Question("x", "y", ("a",))
    value = robustness_value(rows, question)
    assert 0 < value < 1 and with_hidden_confounder(rows, question, value, value) == pytest.approx(0.0, abs=1e-9)
    assert with_hidden_confounder(rows, question, 0.0, 0.5) == pytest.approx(regression(rows, question).value)


def test_leaving_out_a_cause_biases_by_what_the_formula_says():
    """The bound is exact for the cause that was left out, with its own partial R²."""
    rows = people(count=5000)
    full, short = (regression(rows, Question("x", "y", covariates)).value for covariates in (("a",), ()))

    def left(name, given):
        design = np.column_stack([np.ones(5000), *(rows[g] for g in given)])
        return rows[name] - design @ np.linalg.lstsq(design, rows[name], rcond=None)[0]

    of_exposure = np.corrcoef(left("x", []), left("a", []))[0, 1] ** 2
    of_outcome = np.corrcoef(left("y", ["x"]), left("a", ["x"]))[0, 1] ** 2
    assert with_hidden_confounder(rows, Question("x", "y"), of_exposure, of_outcome) == pytest.approx(full)
    assert short > full


def test_e_values_that_were_published():
    """VanderWeele and Ding 2017: 3.9 gives 7.26 (their first example), either way round."""
    assert e_value(3.9) == pytest.approx(7.26, abs=0.005) == e_value(1 / 3.9)
    assert e_value(1.0) == 1.0
    assert e_value(1.8) == pytest.approx(3.0, abs=0.005), "the limit of its interval, 1.8 to 8.7"


RISK = parse_model("a = bernoulli(0.4)\nx = bernoulli(0.3 + 0.4*a)\ny = bernoulli(0.1 + 0.15*x + 0.2*a)")
RATIO = (0.1 + 0.15 + 0.08) / (0.1 + 0.08)


@pytest.mark.parametrize("method", [standardisation, doubly_robust])
def test_the_interval_of_a_risk_ratio_holds_it_as_often_as_it_says(method):
    found = [method(drawn(RISK, 600, seed), Question("x", "y", ("a",))) for seed in range(600)]
    assert 0.93 <= np.mean([one.ratio[0] < RATIO < one.ratio[1] for one in found]) <= 0.97
    spread = np.std([np.log(one.means[1] / one.means[0]) for one in found])
    assert np.mean([np.log(one.ratio[1] / one.ratio[0]) for one in found]) == pytest.approx(2 * 1.96 * spread, rel=0.07)


def test_the_interval_of_a_plain_risk_ratio_is_that_of_katz():
    """Katz et al. 1978: by the counts alone."""
    rows = drawn(RISK, 4000)
    found = standardisation(rows, Question("x", "y"))
    risks, sizes = [rows["y"][rows["x"] == arm].mean() for arm in (0, 1)], np.bincount(rows["x"].astype(int))
    error = np.sqrt(sum((1 - risk) / (risk * size) for risk, size in zip(risks, sizes, strict=True)))
    middle = np.log(risks[1] / risks[0])
    assert np.log(found.ratio) == pytest.approx([middle - 1.96 * error, middle + 1.96 * error], rel=2e-3)


def test_only_an_outcome_that_is_a_risk_has_a_ratio():
    rows = drawn(RISK, 300)
    for y in (rows["y"] + rows["a"], np.where(rows["x"] == 1, rows["y"], 0.0)):
        assert doubly_robust(rows | {"y": y}, Question("x", "y")).ratio is None


@pytest.mark.parametrize("turned", [False, True], ids=["more", "less"])
def test_the_e_value_of_an_interval_is_that_of_its_limit_nearest_to_no_effect(turned):
    rows, query = drawn(RISK, 2000), Question("x", "y", ("a",))
    found = doubly_robust(rows | {"x": 1 - rows["x"]} if turned else rows, query)
    found_limit = sensitivity(rows, query, found)
    assert found_limit.e_value == e_value(found.means[1] / found.means[0]) > found_limit.e_value_limit
    assert found_limit.e_value_limit == e_value(found.ratio[1] if turned else found.ratio[0]) > 1
    assert (
        f"and of {found_limit.e_value_limit:.2f} for the interval to include no effect (E-value" in found_limit.summary
    )
    few = drawn(RISK, 60)
    unsure = sensitivity(few, query, doubly_robust(few, query))
    assert unsure.e_value > 1 == unsure.e_value_limit and "the interval already includes no effect" in unsure.summary
    assert sensitivity(rows, query, None).summary.endswith("Cinelli and Hazlett 2020).")


def test_the_implications_of_a_graph_are_found_and_tested():
    graph = parse_graph("a -> x; a -> y; x -> y; w")
    assert (
        implied_independences(graph) == [("a", "w", ()), ("w", "y", ()), ("w", "x", ())]
        or len(implied_independences(graph)) == 3
    )
    assert min(one.p_value for one in check_implications(graph, people())) > 0.001
    wrong = parse_graph("a -> x; x -> y; w")
    worst = check_implications(wrong, people())[0]
    assert {worst.first, worst.second} == {"a", "y"} and worst.given == ("x",) and worst.p_value < 1e-6
    hidden = parse_graph("dag { u [latent]; u -> a; u -> y; a -> x; x -> y }")
    assert all({"u"}.isdisjoint({one.first, one.second, *one.given}) for one in check_implications(hidden, people()))
    assert ("a", "y") not in [(one.first, one.second) for one in check_implications(hidden, people())], (
        "a hidden cause may tie them"
    )


def test_p_values_are_fair_if_the_graph_is_right():
    chances = [
        check_implications(parse_graph("dag { a; w }"), people(count=200, seed=seed))[0].p_value for seed in range(300)
    ]
    assert 0.02 < np.mean(np.array(chances) < 0.05) < 0.09


def test_a_change_by_rounding_error_is_no_change():
    rng = np.random.default_rng(0)
    x, z = (rng.random(400) < 0.5).astype(float), rng.normal(size=400)
    found = refute({"x": x, "y": x.copy(), "z": z}, Question("x", "y", ("z",)), doubly_robust, np.random.default_rng(1))
    assert all(one.passed for one in found if one.expected.startswith("the same effect"))
    assert sum(one.expected.startswith("the same effect") for one in found) == 2
    rows = {"x": x, "y": 1e6 * z, "z": z}  # nothing but rounding is left for x
    for seed in range(10):
        rng = np.random.default_rng(seed)
        z, x = rng.normal(size=200), (rng.random(200) < 0.5).astype(float)
        found = refute({"x": x, "y": 1e6 * z, "z": z}, Question("x", "y", ("z",)), regression, rng)
        assert all(one.passed for one in found if one.expected.startswith("the same effect"))
    control = negative_control(rows, Question("x", "y", ("z",)), regression)
    assert control.passed and abs(control.value) < 1


@pytest.mark.parametrize("size", [1e-50, 1e50])
def test_results_in_standard_errors_do_not_depend_on_units(size):
    def tries(rows):
        return refute(rows, Question("x", "y", ("a",)), regression, np.random.default_rng(0))

    plain, other = tries(people()), tries(people() | {"y": size * people()["y"]})
    assert [one.passed for one in other] == [one.passed for one in plain]
    assert other[0].value == pytest.approx(plain[0].value) and other[0].spread == pytest.approx(plain[0].spread)
    rows, question = people(), Question("x", "y", ("a",))
    assert robustness_value(rows | {"y": size * rows["y"]}, question) == pytest.approx(robustness_value(rows, question))


def test_refutation_reports_its_progress_and_can_be_ended():
    shares = []
    refute(people(count=100), Question("x", "y"), regression, np.random.default_rng(0), shares.append)
    assert shares == pytest.approx(np.arange(1, 81) / 80)

    def end(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refute(people(count=100), Question("x", "y"), regression, np.random.default_rng(0), end)
