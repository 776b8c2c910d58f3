"""Three rungs, three numbers: what is seen, what is done and what is imagined are told apart on the same units."""

import numpy as np
import pytest

from core.causal.scm.counterfactuals import formula, unit_counterfactual
from core.causal.scm.interventions import Do, Randomise, Shift
from core.causal.scm.ladder import (
    association_curve,
    average_effect,
    category_shares,
    curve_points,
    effect_on_shares,
    intervention_curve,
    matching_units,
    mean_of,
)
from core.causal.scm.mechanisms import MechanismError
from core.causal.scm.model_text import parse_model
from core.causal.scm.true_effects import stratified_noise
from core.causal.stories.shipped import STORIES


def units_of(name, count=20_000, **dials):
    model = STORIES[name].model(dials)
    return model, model.simulate(model.draw_noise(count, np.random.default_rng(0)))


def imagined(name, seen, *interventions, **dials):
    return unit_counterfactual(STORIES[name].model(dials), seen, interventions, np.random.default_rng(0))


def test_joe_by_the_book():
    """Pearl, Glymour and Jewell 2016, 4.2.3: seen 1.36, done 0.8, imagined 1.9 (and 1.05, 1.95 for encouragement)."""
    model, units = units_of("joe", 200_000)
    joe = dict(STORIES["joe"].unit)
    # Among those near 2 more lie below it than above, so the mean is a little less than at 2 itself.
    assert association_curve(units, "homework", "score", [2.0])[0].value == pytest.approx(1.34, abs=0.04)
    assert intervention_curve(model, units.noise, "homework", "score", [2.0])[0].value == pytest.approx(0.8, abs=0.02)
    found = imagined("joe", joe, Do("homework", 2))
    assert [step.noise for step in found.nodes] == ["0.5", "0.75", "0.75"]
    assert found.of("score").counterfactual == pytest.approx(1.9) and found.of("score").seen == pytest.approx(1.5)
    assert found.of("homework").intervention == Do("homework", 2) and found.of("score").intervention is None
    for value, score in ((0, 1.05), (1, 1.95)):
        assert imagined("joe", joe, Do("encouragement", value)).of("score").counterfactual == pytest.approx(score)


def test_what_is_alike_seen_and_done_need_not_be_alike_imagined():
    """Nothing to be seen or done tells the two mechanisms apart; each single unit does (notes of Pearl 2009, 1.4.4)."""
    means = []
    for kinds in (0, 1):
        model, units = units_of("coin", kinds=kinds)
        seen = [mean.value for mean in association_curve(units, "drug", "recovers", [0, 1])]
        done = [mean.value for mean in intervention_curve(model, units.noise, "drug", "recovers", [0, 1])]
        means.append([*seen, *done])
    assert np.allclose(means, 0.5, atol=0.02)
    patient = {"drug": 1.0, "recovers": 1.0}
    without = [imagined("coin", patient, Do("drug", 0), kinds=kinds).of("recovers").counterfactual for kinds in (0, 1)]
    assert without == [1.0, 0.0]


@pytest.mark.parametrize("name", STORIES)
def test_left_alone_a_unit_is_what_it_was(name):
    """Consistency; also where what is hidden has to be guessed."""
    model, units = units_of(name, 50)
    for row in range(5):
        whole = {node: float(column[row]) for node, column in units.values.items()}
        for seen in (whole, {node: value for node, value in whole.items() if node not in model.latent}):
            found = imagined(name, seen)
            assert all(found.of(node).counterfactual == pytest.approx(value, abs=1e-9) for node, value in seen.items())
            assert found.effective is None or len(seen) < len(whole)


def test_what_is_uncertain_of_a_unit_is_reported_as_a_chance():
    found = imagined("treatment", {"severity": 0.0, "treated": 0.0, "recovers": 0.0, "days_ill": 0.0}, Do("treated", 1))
    step, chance = found.of("recovers"), 1 / (1 + np.exp(-0.8))
    assert step.is_uncertain and step.noise == "at least 0.5"
    assert step.counterfactual == pytest.approx((chance - 0.5) / 0.5, abs=1e-12), "of those who would not, now would"


def test_thresholds_are_imagined_in_closed_form():
    """By hand: a unit with y = 0 under a chance of 0.3 has its part from 0.3 to 1; under 0.5, 0.2 / 0.7 of those turn.
    One with y = 1 under 0.8 has it below 0.8; under 0.6, 0.6 / 0.8 of those stay."""
    rise = parse_model("x = bernoulli(0.5)\ny = bernoulli(0.3 + 0.2*x)\nz = bernoulli(0.1 + 0.4*y)\nw = 10*z + y")
    found = unit_counterfactual(rise, {"x": 0.0, "y": 0.0, "z": 0.0, "w": 0.0}, (Do("x", 1),), np.random.default_rng(0))
    assert found.of("y").counterfactual == pytest.approx(2 / 7, abs=1e-12) and found.of("y").is_uncertain
    assert found.of("z").counterfactual == pytest.approx(2 / 7 * 0.4 / 0.9, abs=1e-12), "two thresholds in a row"
    assert found.of("w").counterfactual == pytest.approx(10 * 2 / 7 * 4 / 9 + 2 / 7, abs=1e-12), "both of one self"
    assert all(step.errors == (0, 0) for step in found.nodes) and not found.of("x").is_uncertain
    fall = parse_model("x = bernoulli(0.5)\ny = bernoulli(0.8 - 0.2*x)")
    found = unit_counterfactual(fall, {"x": 0.0, "y": 1.0}, (Do("x", 1),), np.random.default_rng(0))
    assert found.of("y").counterfactual == pytest.approx(0.75, abs=1e-12)
    back = unit_counterfactual(fall, {"x": 1.0, "y": 1.0}, (Do("x", 0),), np.random.default_rng(0))
    assert back.of("y").counterfactual == 1 and not back.of("y").is_uncertain, "none moves back"


def test_closed_form_and_draws_agree():
    """The same units, by each way that they can have come about and by playing drawn parts again."""
    model = parse_model(
        "a = normal(0, 1)\nb = bernoulli(sigmoid(a))\nc = bernoulli(sigmoid(a - 2*b))\nd = b + a*c + normal(0, 1)\n"
        "e = bernoulli(sigmoid(d - c))"
    )
    noise, rng = model.draw_noise(12, np.random.default_rng(1)), np.random.default_rng(2)
    units = model.simulate(noise)
    for row in range(12):
        seen = {node: float(column[row]) for node, column in units.values.items()}
        for doing in ((Do("a", 1.0),), (Shift("d", 1.5), Do("b", 1.0))):
            found = unit_counterfactual(model, seen, doing, rng)
            many = model.abduct({node: np.full(40_000, value) for node, value in seen.items()}, 1, rng)
            other = model.counterfactual(many, *doing)
            for node in model.order:
                assert found.of(node).counterfactual == pytest.approx(other.mean(node), abs=0.02), (row, node)


def test_what_was_drawn_tells_its_error_and_a_choice_its_kinds():
    """Two kinds alike likely, then exp(1) to 1 for the second: of those of the first kind, some must have gone over."""
    model = parse_model("x = bernoulli(0.5)\nc = choice(1, exp(x))\nn = c + normal(0, 1)")
    found = unit_counterfactual(model, {"x": 0.0, "c": 0.0, "n": 0.3}, (Do("x", 1),), np.random.default_rng(0))
    step, stayed = found.of("c"), 2 / (1 + np.e)  # Gumbel-max: a kind whose odds fell keeps what is left of them
    assert [was for was, _ in step.shares] == [1, 0] and found.of("x").shares == ()
    assert step.shares[0][1] == pytest.approx(stayed, abs=4 * step.errors[1]) and 0 < step.errors[1] < 0.004
    assert sum(would for _, would in step.shares) == pytest.approx(1)
    assert step.errors[0] == 0 and not step.is_unknown


def test_guesses_differ_and_tell_their_error():
    model = parse_model("hidden u = normal(0, 1)\ny = u + normal(0, 1)")
    found = unit_counterfactual(model, {"y": 1.0}, (), np.random.default_rng(0))
    step = found.of("u")  # half of what was seen, with half the variance
    assert step.is_unknown and step.seen == pytest.approx(0.5, abs=4 * step.errors[0])
    assert step.errors[0] == pytest.approx(np.sqrt(0.5 / found.effective), rel=0.05)


def test_units_match_exactly_or_nearly_and_a_curve_spans_the_observed_values():
    _, units = units_of("ab-test")
    assert (units.values["holiday"][matching_units(units, {"holiday": 1})] == 1).all()
    near = units.values["sales"][matching_units(units, {"sales": 1.0})]
    assert np.ptp(near) <= 0.5 * units.values["sales"].std() and len(near) > 500
    assert curve_points(units.values["holiday"]).tolist() == [0, 1] and len(curve_points(units.values["sales"])) == 21
    assert mean_of(np.array([])).units == 0 and np.isnan(mean_of(np.array([])).value)


def test_the_average_effect_compares_1_with_0():
    for name, true in (("smoking", 0.45), ("joe", 0.4), ("ice-cream", 0.0)):
        model, units = units_of(name, 500)
        assert average_effect(model, units.noise, STORIES[name].exposure, STORIES[name].outcome) == pytest.approx(true)


def test_the_effect_on_a_binary_outcome_has_no_noise_of_its_own():
    """Ten units of each cause give its exact effect; drawn outcomes could be tenths only."""
    model = parse_model("z = bernoulli(0.5)\nx = bernoulli(0.5)\ny = bernoulli(0.1 + 0.37*x*z)")
    noise = {**model.draw_noise(20, np.random.default_rng(0)), "z": np.repeat([0.2, 0.8], 10)}
    assert average_effect(model, noise, "x", "y") == pytest.approx(0.185, abs=1e-12)
    assert average_effect(model, noise, "y", "y") == 1, "what is set is no chance"


def test_of_a_choice_the_share_of_each_kind_moves():
    """By the weights 1 to e^x to 2, on average over z: given z, they are 1 to e^(x+z) to 2."""
    model = parse_model("z = bernoulli(0.5)\nx = bernoulli(0.2 + 0.6*z)\nc = choice(1, exp(x + z), 2)")
    noise = {**model.draw_noise(20, np.random.default_rng(0)), "z": np.repeat([0.2, 0.8], 10)}
    shares = [np.mean([np.array([1, np.exp(x + z), 2]) / (3 + np.exp(x + z)) for z in (0, 1)], axis=0) for x in (0, 1)]
    assert effect_on_shares(model, noise, "x", "c") == pytest.approx(shares[1] - shares[0], abs=1e-12)
    broken = parse_model("x = bernoulli(0.5)\nw = log(x)\nc = choice(1, exp(x), 2 + 0*w)")
    assert np.isnan(effect_on_shares(broken, broken.draw_noise(9, np.random.default_rng(0)), "x", "c")).all()


def test_shares_of_kinds_come_with_their_errors():
    found = category_shares(np.repeat([0.0, 2.0], [25, 75]), 3)
    assert [share.value for share in found] == [0.25, 0, 0.75] and found[1].units == 100
    assert found[0].error == pytest.approx(np.sqrt(0.25 * 0.75 / 99))


def test_even_noise_is_a_node_s_own_and_knows_nothing_of_the_others():
    model = parse_model(
        "a = normal(0, 1)\nb = uniform(0, 1)\nc = laplace(0, 1)\nd = bernoulli(0.3)\ne = choice(1, 2, 3)"
    )
    values = model.simulate(stratified_noise(model, 50_000, np.random.default_rng(0))).values
    means = {node: values[node].mean() for node in "abcd"}
    assert means == pytest.approx({"a": 0, "b": 0.5, "c": 0, "d": 0.3}, abs=1e-6)
    assert [values[node].std() for node in "abc"] == pytest.approx([1, 1 / np.sqrt(12), 1], abs=2e-3)
    assert [np.mean(values["e"] == kind) for kind in range(3)] == pytest.approx([1 / 6, 1 / 3, 1 / 2], abs=0.01)
    assert np.abs(np.corrcoef([values[node] for node in "abcde"]) - np.eye(5)).max() < 0.02


def test_mechanisms_are_reported_as_they_were_written():
    model = parse_model("x = normal(0, 1)\nz = normal(3, 1)\ny = 2*x + normal(1, 2)\nb = bernoulli(0.2*x)\nd = x*z")
    formulas = [formula(model.mechanisms[node]) for node in ("x", "z", "y", "b", "d")]
    assert formulas == ["noise", "3 + noise", "2 * x + 1 + noise", "1 if noise < 0.2 * x", "x * z"]


def test_guesses_that_do_not_fit_make_nothing_a_chance():
    """The coin that cures one kind of patient: one who took the drug and recovered would not have without it."""
    found = imagined("coin", {"drug": 1.0, "recovers": 1.0}, Do("drug", 0), kinds=1)
    assert (found.of("kind").counterfactual, found.of("recovers").counterfactual) == (0, 0)
    assert not found.of("kind").is_uncertain and not found.of("recovers").is_uncertain


def test_values_that_are_none_in_guesses_that_do_not_fit_spoil_no_mean():
    model = parse_model("hidden u = normal(0, 1)\ny = sqrt(u) + normal(0, 1)")
    found = unit_counterfactual(model, {"y": 1.0}, (), np.random.default_rng(0))
    assert found.of("y").counterfactual == pytest.approx(1.0) and found.of("u").counterfactual > 0.3


def test_an_answer_says_how_well_its_guesses_fit():
    model = parse_model("hidden u = normal(0, 1)\ny = u + normal(0, 0.01)")
    near = unit_counterfactual(model, {"y": 0.0}, (), np.random.default_rng(0))
    assert near.summary().startswith("The unknown values were sampled") and near.effective > 100
    with pytest.raises(MechanismError, match="effective size of 40,000 samples is 2, too small for an answer"):
        unit_counterfactual(model, {"y": 3.8}, (), np.random.default_rng(0))
    assert imagined("joe", dict(STORIES["joe"].unit)).summary() == ""


def test_one_unit_left_to_chance_has_a_chance():
    model = parse_model("x = normal(0, 1)\ny = x + normal(0, 1)")
    found = unit_counterfactual(model, {"x": 1.0, "y": 1.0}, (Randomise("x", 0.3),), np.random.default_rng(0))
    assert found.of("x").counterfactual == pytest.approx(0.3, abs=0.04) and found.of("x").is_uncertain
    assert found.of("y").counterfactual == pytest.approx(found.of("x").counterfactual), "nothing else of it changed"


def test_what_is_no_number_is_no_effect_and_is_not_imagined():
    model = parse_model("a = uniform(1, 2)\nb = log(a) + normal(0, 1)")
    noise = model.draw_noise(50, np.random.default_rng(0))
    assert np.isnan(average_effect(model, noise, "a", "b"))
    with pytest.raises(MechanismError, match="b is not a number"):
        unit_counterfactual(model, {"a": 1.5, "b": 0.0}, (Do("a", 0),), np.random.default_rng(0))


def test_two_nodes_left_to_chance_have_nothing_in_common():
    model = parse_model("x = normal(0, 1)\nz = normal(0, 1)\ny = x + z")
    units = model.simulate(model.draw_noise(5000, np.random.default_rng(0)), Randomise("x", 0.5), Randomise("z", 0.5))
    assert abs(np.corrcoef(units.values["x"], units.values["z"])[0, 1]) < 0.06
