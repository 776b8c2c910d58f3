"""Estimates on published tables are what was published, and intervals hold the truth as often as they say."""

import numpy as np
import pytest
from oracles import drawn, mean_at

from core.causal.estimation.adjustment import (
    METHODS,
    doubly_robust,
    effect_on_arm,
    overlap,
    regression,
    standardisation,
    weighting,
)
from core.causal.estimation.bootstrap import bootstrap_interval
from core.causal.estimation.indirect import front_door, two_stages
from core.causal.estimation.question import EstimateError, Question
from core.causal.graphs.parsing import parse_graph
from core.causal.identification.estimand import Joint
from core.causal.identification.identify import identify
from core.causal.scm.interventions import Do
from core.causal.scm.model_text import parse_model


def spread_out(counts):
    """Rows from counts: ``{(values...): how many}`` to columns ``[n]``."""
    rows = np.repeat(np.array(list(counts), float), list(counts.values()), axis=0)
    return rows.T


def kidney_stones():
    """Charig et al. 1986, by way of Julious and Mullee 1994: treatment A or not, small stone or not, success."""
    cells = {(1, 1): (81, 87), (1, 0): (192, 263), (0, 1): (234, 270), (0, 0): (55, 80)}
    counts = {}
    for (treated, small), (good, all_of_them) in cells.items():
        counts[treated, small, 1], counts[treated, small, 0] = good, all_of_them - good
    return dict(zip(("A", "small", "success"), spread_out(counts), strict=True))


def test_kidney_stones():
    """Julious and Mullee 1994 after Charig et al. 1986. The delta method gives an error of 0.033586, so -0.01216 to
    0.11950. Ours is 1.03 % larger, 0.033931, since HC3 holds each row against a line drawn without it, and the quantile
    is that of t by the smaller arm, 1.9668 instead of 1.9600: -0.01306 to 0.12041, in all 1.4 % wider."""
    rows, question = kidney_stones(), Question("A", "success", ("small",))
    assert regression(rows, Question("A", "success")).value == pytest.approx(273 / 350 - 289 / 350)
    for method in (standardisation, weighting, METHODS["doubly robust"]):
        assert method(rows, question).value == pytest.approx(0.832546 - 0.778875, abs=2e-6), method.__name__
    found = standardisation(rows, question)
    shares = [(81 / 87, 87, 0.51), (192 / 263, 263, 0.49), (234 / 270, 270, 0.51), (55 / 80, 80, 0.49)]
    delta = sum(weight**2 * share * (1 - share) / count for share, count, weight in shares) ** 0.5
    assert delta == pytest.approx(0.033586, abs=5e-7)
    value = found.value
    assert (value - 1.959964 * delta, value + 1.959964 * delta) == pytest.approx((-0.01216, 0.11950), abs=5e-6)
    assert found.error / delta == pytest.approx(1.0103, abs=5e-5)
    assert (found.high - found.low) / (2 * 1.959964 * delta) == pytest.approx(1.0138, abs=5e-5)
    assert found.low < 0 < found.high, "the interval contains zero"


def test_kidney_stones_of_those_who_had_the_treatment_and_of_those_who_had_not():
    """By hand: the effect among small and among large stones, 0.064368 and 0.042538, in the mix of each arm."""
    rows, question = kidney_stones(), Question("A", "success", ("small",))
    treated, untreated, small, large = (
        *(effect_on_arm(rows, question, arm) for arm in (1, 0)),
        81 / 87 - 234 / 270,
        192 / 263 - 55 / 80,
    )
    by_hand = (87 * small + 263 * large) / 350, (270 * small + 80 * large) / 350
    assert (treated.value, untreated.value) == pytest.approx(by_hand, rel=1e-9)
    assert (treated.value, untreated.value) == pytest.approx((0.047964, 0.059378), abs=5e-7)
    assert treated.means[1] == pytest.approx(273 / 350) and untreated.means[0] == pytest.approx(289 / 350)
    assert (treated.value + untreated.value) / 2 == pytest.approx(standardisation(rows, question).value)


def test_effects_on_an_arm_hold_the_truth_as_often_as_they_say():
    model = parse_model("a = normal(0, 1)\nx = bernoulli(sigmoid(a))\ny = 2*x + x*a + a + normal(0, 1)")
    noise = model.draw_noise(400_000, np.random.default_rng(0))
    a, x = (model.simulate(noise).values[name] for name in "ax")
    for arm in (0, 1):
        truth = 2 + a[x == arm].mean()
        found = [effect_on_arm(drawn(model, 500, seed), Question("x", "y", ("a",)), arm) for seed in range(500)]
        assert 0.92 <= np.mean([one.low < truth < one.high for one in found]) <= 0.975
        assert abs(np.mean([one.value for one in found]) - truth) < 0.03


def test_table_1_1_of_the_primer():
    """Pearl, Glymour and Jewell 2016, table 1.1 has the same counts, as of men and women, and prints 0.832 and 0.7818.
    Exact are 0.832546 and 0.778875: the book first rounds 234/270 to 0.87 and 55/80 to 0.69."""
    found = standardisation(kidney_stones(), Question("A", "success", ("small",)))
    assert found.means == pytest.approx((6231 / 8000, 634983 / 762700), rel=1e-9)
    assert found.means == pytest.approx((0.778875, 0.832546), abs=5e-7)
    with_drug = round(81 / 87, 2) * 357 / 700 + round(192 / 263, 2) * 343 / 700
    without = round(234 / 270, 2) * 0.51 + round(55 / 80, 2) * 0.49
    assert with_drug == pytest.approx(0.832, abs=5e-4) and without == pytest.approx(0.7818, abs=5e-5)
    assert found.value == pytest.approx(0.0537, abs=5e-5)


def test_berkeley_1973():
    """Bickel, Hammel and O'Connell 1975, counts as in R's UCBAdmissions, in the mix of departments of all."""
    admitted = {
        "A": (512, 825, 89, 108),
        "B": (353, 560, 17, 25),
        "C": (120, 325, 202, 593),
        "D": (138, 417, 131, 375),
        "E": (53, 191, 94, 393),
        "F": (22, 373, 24, 341),
    }
    counts = {}
    for place, (men, of_men, women, of_women) in enumerate(admitted.values()):
        counts[1, place, 1], counts[1, place, 0] = men, of_men - men
        counts[0, place, 1], counts[0, place, 0] = women, of_women - women
    man, place, success = spread_out(counts)
    rows = {"man": man, "success": success} | {f"d{i}": (place == i).astype(float) for i in range(1, 6)}
    assert regression(rows, Question("man", "success")).value == pytest.approx(0.141645, abs=1e-6)
    found = standardisation(rows, Question("man", "success", tuple(f"d{i}" for i in range(1, 6))))
    assert found.means == pytest.approx((0.429955, 0.387319), abs=5e-7)  # women, men
    assert found.value == pytest.approx(-0.042637, abs=1e-6)
    plain = standardisation(rows, Question("man", "success")).means
    assert plain == pytest.approx((557 / 1835, 1198 / 2691), rel=1e-9)
    assert plain == pytest.approx((0.303542, 0.445188), abs=5e-7)


def joint_of(names, chances):
    return Joint(names, np.array(chances, float))


def test_the_front_door_of_the_primer():
    """Pearl, Glymour and Jewell 2016, table 3.1, by the formula that ID finds."""
    table = np.zeros((2, 2, 2))  # smoking, tar, cancer
    table[1, 1], table[1, 0], table[0, 1], table[0, 0] = (323, 57), (18, 2), (1, 19), (38, 342)
    formula = identify(parse_graph("dag { s -> t; t -> c; s <-> c }"), "s", "c").formula
    joint = joint_of(("s", "t", "c"), table / table.sum())
    assert mean_at(formula, joint, "c", {"s": 1}) == pytest.approx(0.5475)
    assert mean_at(formula, joint, "c", {"s": 0}) == pytest.approx(0.5025)
    counts = {(s, t, c): int(table[s, t, c]) for s in (0, 1) for t in (0, 1) for c in (0, 1)}
    rows = dict(zip(("s", "t", "c"), spread_out(counts), strict=True))
    assert standardisation(rows, Question("s", "c")).means == pytest.approx((361 / 400, 59 / 400)), (
        "naive: 0.9025, 0.1475"
    )
    found = front_door(rows, Question("s", "c"), ("t",))
    assert found.means == pytest.approx((0.5025, 0.5475)) and found.value == pytest.approx(0.045)


def test_smoking_and_tar_agree_with_the_book_causality():
    """Pearl 2009, 3.3.3: 0.4525 and 0.4975."""
    table = np.zeros((2, 2, 2))
    for x in (0, 1):
        for z in (0, 1):
            tar = 0.95 if x == z else 0.05
            sick = {(0, 0): 0.10, (1, 0): 0.90, (0, 1): 0.05, (1, 1): 0.85}[x, z]
            table[x, z] = 0.5 * tar * np.array([1 - sick, sick])
    formula = identify(parse_graph("x -> z -> y; x <-> y"), "x", "y").formula
    joint = joint_of(("x", "z", "y"), table)
    assert [mean_at(formula, joint, "y", {"x": x}) for x in (1, 0)] == pytest.approx([0.4525, 0.4975])


def test_vitamin_a():
    """Sommer and Zeger 1991: by the offer as an instrument, -3.23 deaths in a thousand among those who take it."""
    counts = {
        (1, 1, 1): 12,
        (1, 1, 0): 9675 - 12,
        (1, 0, 1): 34,
        (1, 0, 0): 12094 - 9675 - 34,
        (0, 0, 1): 74,
        (0, 0, 0): 11588 - 74,
    }
    offered, taken, died = spread_out(counts)
    rows = {"offered": offered, "taken": taken, "died": died}
    assert 1000 * regression(rows, Question("offered", "died")).value == pytest.approx(-2.58, abs=0.005)
    assert regression(rows, Question("offered", "taken")).value == pytest.approx(0.79998, abs=5e-6), "compliance"
    found = two_stages(rows, Question("taken", "died"), ["offered"])
    assert 1000 * found.value == pytest.approx(-3.23, abs=0.005) and "weak" not in found.remarks


STORY = parse_model(
    "a = normal(0, 1)\nb = bernoulli(0.4)\nx = bernoulli(sigmoid(a - b))\ny = 2*x + a - 1.5*b + normal(0, 1)"
)


@pytest.mark.parametrize("name", METHODS)
def test_intervals_hold_the_truth_as_often_as_they_say(name):
    # With 400 rows weighting holds 92 % (1500 re-runs): its interval is for many.
    found = [METHODS[name](drawn(STORY, 1500, seed), Question("x", "y", ("a", "b"))) for seed in range(1000)]
    covered = np.mean([one.low < 2 < one.high for one in found])
    assert 0.93 <= covered <= 0.97 and abs(np.mean([one.value for one in found]) - 2) < 0.03
    without = METHODS[name](drawn(STORY, 4000, 0), Question("x", "y"))
    assert not without.low < 2 < without.high, "without its covariates the estimate is biased"


def test_doubly_robust_needs_only_one_of_its_models():
    """Propensities that are wrong, or regressions that are: either alone does no harm."""
    bent = parse_model("a = normal(0, 1)\nx = bernoulli(sigmoid(a))\ny = 2*x + a**2 + normal(0, 1)")
    wrong_line = METHODS["doubly robust"](drawn(bent, 40_000, 0), Question("x", "y", ("a",)))
    assert wrong_line.low < 2 < wrong_line.high
    odd = parse_model("a = normal(0, 1)\nx = bernoulli(0.2 + 0.6*(a**2 > 1))\ny = 2*x + a + normal(0, 1)")
    wrong_chance = METHODS["doubly robust"](drawn(odd, 40_000, 0), Question("x", "y", ("a",)))
    assert wrong_chance.low < 2 < wrong_chance.high


def test_the_front_door_finds_what_do_gives_in_a_straight_model():
    model = parse_model(
        "hidden u = normal(0, 1)\nx = u + normal(0, 1)\nm = 0.8*x + normal(0, 1)\nn = -0.5*x + normal(0, 1)\n"
        "y = m + 2*n + 3*u + normal(0, 1)"
    )
    found = [front_door(drawn(model, 500, seed), Question("x", "y"), ("m", "n")) for seed in range(300)]
    noise = model.draw_noise(10, np.random.default_rng(0))
    true = model.simulate(noise, Do("x", 1)).mean("y") - model.simulate(noise, Do("x", 0)).mean("y")
    assert true == pytest.approx(0.8 - 1.0)
    assert 0.92 <= np.mean([one.low < true < one.high for one in found]) <= 0.99


INTERACTING = parse_model(
    "hidden u = bernoulli(0.5)\nx = bernoulli(0.02 + 0.5*u)\nm = bernoulli(0.02 + 0.48*x)\ny = 4*m*u + normal(0, 1)"
)


def test_the_front_door_holds_where_the_mediators_effect_depends_on_the_hidden_cause():
    """4 * 0.5 * (0.5 - 0.02) = 0.96; straight lines give 1.64."""
    found = front_door(drawn(INTERACTING, 50_000, 0), Question("x", "y"), ("m",))
    assert found.low < 0.96 < found.high and found.error < 0.04 and found.remarks == ""
    assert found.means == pytest.approx((0.04, 1.0), abs=0.06)
    many = [front_door(drawn(INTERACTING, 800, seed), Question("x", "y"), ("m",)) for seed in range(300)]
    assert 0.91 <= np.mean([one.low < 0.96 < one.high for one in many]) <= 0.99


def test_the_front_door_is_the_formula_where_values_are_few():
    rows = drawn(INTERACTING, 3000, 1)
    table = np.zeros((2, 2, 2))
    big = (rows["y"] > 0.5).astype(int)
    np.add.at(table, (rows["x"].astype(int), rows["m"].astype(int), big), 1)
    formula = identify(parse_graph("dag { x -> m; m -> y; x <-> y }"), "x", "y").formula
    joint = joint_of(("x", "m", "y"), table / table.sum())
    exact = tuple(mean_at(formula, joint, "y", {"x": x}) for x in (0, 1))
    found = front_door(rows | {"y": big.astype(float)}, Question("x", "y"), ("m",))
    assert found.means == pytest.approx(exact) and found.value == pytest.approx(exact[1] - exact[0])


def test_a_linear_front_door_says_what_it_assumes():
    rows = drawn(INTERACTING, 800, 0)
    smooth = front_door(rows | {"m": rows["m"] + np.linspace(0, 0.1, 800)}, Question("x", "y"), ("m",))
    assert "relations are linear and there are no interactions" in smooth.assumption and smooth.note == ""
    sparse = rows | {"m": np.where(np.arange(800) == 0, 2.0, rows["m"])}
    assert (
        "linear, because some combinations of m and x have too few rows"
        in front_door(sparse, Question("x", "y"), ("m",)).note
    )


@pytest.mark.parametrize("tie", [-0.9, 0.9])
def test_the_front_doors_error_knows_that_mediators_move_together(tie):
    found = []
    for seed in range(400):
        u, noise, one, other, last = np.random.default_rng(seed).normal(size=(5, 200))
        x = u + noise
        rows = {"x": x, "m": x + one, "n": x + tie * one + np.sqrt(1 - tie**2) * other}
        rows["y"] = rows["m"] + rows["n"] + 2 * u + last
        found.append(front_door(rows, Question("x", "y"), ("m", "n")))
    assert 0.92 <= np.mean([one.low < 2 < one.high for one in found]) <= 0.98


def few_treated(count, treated, seed, of_outcome):
    rng = np.random.default_rng(seed)
    c = rng.normal(size=count)
    return {"c": c, "x": (np.arange(count) < treated).astype(float), "y": of_outcome(rng, c)}


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize(
    "count, treated, of_outcome, truth",
    [
        (40, 4, lambda rng, c: c + rng.normal(size=40), 0),
        (500, 5, lambda rng, c: (rng.random(500) < 0.1).astype(float), 0),  # mostly five zeros
        (500, 15, lambda rng, c: (rng.random(500) < 0.1).astype(float), 0),
        (40, 15, lambda rng, c: c + rng.normal(size=40), 0),
    ],
)
def test_intervals_from_few_rows_are_not_too_narrow(name, count, treated, of_outcome, truth):
    rows = (few_treated(count, treated, seed, of_outcome) for seed in range(200))
    found = [METHODS[name](some, Question("x", "y", ("c",))) for some in rows]
    assert np.mean([one.low <= truth <= one.high for one in found]) > 0.92


def test_a_small_arm_gets_a_note_and_only_regression_may_be_quoted():
    rows = few_treated(40, 4, 0, lambda rng, c: c + rng.normal(size=40))
    for name, method in METHODS.items():
        found = method(rows, Question("x", "y", ("c",)))
        assert "only 4 rows have x = 1" in found.remarks and (found.caveat == "") == (name == "regression")
    assert "only 1 row has x = 1" in regression(rows | {"x": np.eye(40)[0]}, Question("x", "y", ("c",))).note
    enough = few_treated(40, 10, 0, lambda rng, c: c + rng.normal(size=40))
    found = METHODS["doubly robust"](enough, Question("x", "y", ("c",)))
    assert found.caveat == found.note == "" and "rows have" not in found.remarks


def test_regression_says_what_it_assumes():
    assumed = "assumes that the outcome is linear in the exposure and the covariates, and the effect is the same for"
    assert regression(drawn(STORY, 50, 0), Question("x", "y", ("a",))).remarks == f"{assumed} everybody"


def test_doubly_robust_says_what_it_assumes_if_relations_can_be_nonlinear():
    rng = np.random.default_rng(0)
    z = rng.normal(size=2000)
    x = (rng.random(2000) < 1 / (1 + np.exp(-(z**2) + 1))).astype(float)
    question = Question("x", "y", ("z",))
    bent = doubly_robust({"x": x, "y": 2 * x + z**2, "z": z}, question)
    assert abs(bent.value - 2) > 0.5 and "linear" in bent.assumption, "neither of its models is right here"
    weighed = weighting({"x": x, "y": 2 * x + z**2, "z": z}, question)
    assert (
        abs(weighed.value - 2) > 0.5
        and weighed.assumption == "the log odds of the exposure are linear in the covariates"
    )
    two = (z > 0).astype(float)
    for method in (doubly_robust, weighting):
        assert method({"x": x, "y": 2 * x + two, "z": two}, question).assumption == ""


@pytest.mark.parametrize("of_covariate, of_outcome", [(1e-16, 1), (1e99, 1e-99), (1e-99, 1e99)])
@pytest.mark.filterwarnings("error")
def test_units_change_no_answer_however_large_or_small(of_covariate, of_outcome):
    rows = drawn(STORY, 800, 0)
    other = rows | {"a": of_covariate * rows["a"], "y": of_outcome * rows["y"]}
    for method in (*METHODS.values(), lambda rows, question: effect_on_arm(rows, question, 1)):
        one, two = (method(some, Question("x", "y", ("a", "b"))) for some in (rows, other))
        assert (two.value / of_outcome, two.error / of_outcome) == pytest.approx((one.value, one.error), rel=1e-6)
        assert two.note == one.note
    one, two = (regression(some, Question("a", "y")) for some in (rows, other))
    assert two.error / of_outcome * of_covariate == pytest.approx(one.error), "1e-99 and 1e99 together, and no overflow"
    one, two = (two_stages(some, Question("b", "y"), ["a"]) for some in (rows, other))
    assert (two.error / of_outcome, two.note) == (pytest.approx(one.error), one.note)
    for x, between in (("x", "b"), ("a", "b")):
        one, two = (front_door(some, Question(x, "y"), (between,)) for some in (rows, other))
        scale = of_outcome / (of_covariate if x == "a" else 1)
        assert (two.value / scale, two.error / scale) == pytest.approx((one.value, one.error), rel=1e-6)


@pytest.mark.parametrize("shift", [1.7e9, -1e11])
def test_columns_far_from_zero_are_not_called_constant(shift):
    rows = drawn(STORY, 500, 0)
    moved = rows | {"a": shift + 1000 * rows["a"]}
    for method in METHODS.values():
        near, far = (method(some, Question("x", "y", ("a", "b"))) for some in (rows, moved))
        assert (far.value, far.error) == pytest.approx((near.value, near.error), rel=1e-4)
    near, far = (regression(some, Question("a", "y", ("b",))) for some in (rows, moved))
    assert 1000 * far.value == pytest.approx(near.value, rel=1e-4)
    near, far = (two_stages(some, Question("b", "y"), ["a"]) for some in (rows, moved))
    assert far.value == pytest.approx(near.value, rel=1e-3)
    near, far = (front_door(some, Question("b", "y"), ("a",)) for some in (rows, moved))
    assert far.value == pytest.approx(near.value, rel=1e-4)


def test_a_weak_instrument_gets_a_caveat():
    for strength, weak in ((2.0, False), (0.02, True)):
        model = parse_model(
            f"z = normal(0, 1)\nhidden u = normal(0, 1)\nx = {strength}*z + u + normal(0, 1)\n"
            "y = x + 2*u + normal(0, 1)"
        )
        found = two_stages(drawn(model, 2000, 0), Question("x", "y"), ["z"])
        assert ("weak" in found.caveat) == weak == (
            "weak" in found.remarks
        ) and "F statistic of the first" in found.note
        assert weak or found.low < 1 < found.high


def test_a_bootstrap_is_as_wide_as_the_interval_and_repeats():
    rows, question = drawn(STORY, 600, 1), Question("x", "y", ("a", "b"))
    low, high = bootstrap_interval(rows, lambda some: regression(some, question), 300, np.random.default_rng(0))
    found = regression(rows, question)
    assert (high - low) / (found.high - found.low) == pytest.approx(1.0, abs=0.15)
    assert (low, high) == bootstrap_interval(
        rows, lambda some: regression(some, question), 300, np.random.default_rng(0)
    )


def test_a_bootstrap_can_be_followed_and_ended():
    rows, question, shares = drawn(STORY, 100, 1), Question("x", "y", ("a",)), []
    bootstrap_interval(rows, lambda some: regression(some, question), 8, np.random.default_rng(0), shares.append)
    assert shares == pytest.approx(np.arange(1, 9) / 8)

    def end(share):
        raise EstimateError("that will do")

    drawn_so_far = []

    def counted(some):
        drawn_so_far.append(some)
        return regression(some, question)

    with pytest.raises(EstimateError, match="that will do"):
        bootstrap_interval(rows, counted, 8, np.random.default_rng(0), end)
    assert len(drawn_so_far) == 1


def test_missing_overlap_is_noted():
    separated = parse_model("a = normal(0, 4)\nx = bernoulli(sigmoid(2*a))\ny = x + a + normal(0, 1)")
    share, rows = overlap(drawn(separated, 4000, 0), Question("x", "y", ("a",)))[1], drawn(separated, 4000, 0)
    assert share > 0.5 and "of the rows have poor overlap" in weighting(rows, Question("x", "y", ("a",))).note
    assert overlap(drawn(STORY, 4000, 0), Question("x", "y", ("a", "b")))[1] < 0.05


def test_what_allows_no_estimate_gets_one_sentence():
    rows = drawn(STORY, 50, 0)
    twice = rows | {"twin": 2 * rows["a"] + 1, "flat": np.ones(50)}
    for columns, question, said in (
        (twice, Question("x", "y", ("a", "twin")), "linearly dependent or constant"),
        (twice, Question("x", "y", ("flat",)), "linearly dependent or constant"),
        ({name: column[:3] for name, column in rows.items()}, Question("x", "y", ("a", "b")), "3 rows can't determine"),
        ({name: column[:1] for name, column in rows.items()}, Question("x", "y"), "1 row can't determine 2 columns;"),
    ):
        with pytest.raises(EstimateError, match=said):
            regression(columns, question)
    with pytest.raises(EstimateError, match="values other than 0 and 1; use regression"):
        weighting(rows, Question("a", "y", ("b",)))
    with pytest.raises(EstimateError, match="the same in every row"):
        weighting(rows | {"x": np.ones(50)}, Question("x", "y", ("b",)))


def test_separated_arms_converge_and_are_noted():
    a = np.linspace(-1, 1, 200)
    rows = {"a": a, "x": (a > 0).astype(float), "y": a}
    chance, share = overlap(rows, Question("x", "y", ("a",)))
    assert np.isfinite(chance).all() and share > 0.8
