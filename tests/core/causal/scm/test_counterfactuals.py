"""One unit of which only a part is known: all that the rest can have been is weighed, exactly where it can be."""

import numpy as np
import pytest

from core.causal.graphs.graph import GraphError
from core.causal.scm.counterfactuals import unit_counterfactual
from core.causal.scm.interventions import Do, Randomise, ReplaceMechanism, Shift
from core.causal.scm.mechanisms import MechanismError
from core.causal.scm.model_text import parse_mechanism, parse_model
from core.causal.stories.shipped import STORIES

SQUAD = parse_model("U = bernoulli(0.6)\nW = bernoulli(0.3)\nA = max(U, W)\nB = U\nD = max(A, B)")
CHAIN = parse_model(
    "a = bernoulli(0.4)\nb = bernoulli(0.2 + 0.5*a)\nc = bernoulli(0.9 - 0.3*a*b)\nd = a + b + c\n"
    "e = bernoulli(0.2*d + 0.1)\nf = 2*e - c + normal(0, 1)"
)


def imagined(model, seen, *doing):
    return unit_counterfactual(model, seen, doing, np.random.default_rng(0))


@pytest.mark.parametrize(
    "change, said",
    [
        (Do("c", 0.5), "categories 0 to 2"),
        (Do("c", 3), "categories 0 to 2"),
        (Shift("c", 1), "can't be shifted"),
        (ReplaceMechanism("c", parse_mechanism("normal(0, 1)")), "write choice"),
        (ReplaceMechanism("c", parse_mechanism("choice(1, 2)")), "as many weights"),
    ],
)
def test_a_choice_stays_one_of_its_kinds(change, said):
    model = parse_model("x = bernoulli(0.5)\nc = choice(1, 1 + x, 2)")
    with pytest.raises(MechanismError, match=said):
        imagined(model, {"x": 1, "c": 2}, change)
    for possible in (Do("c", 1), Randomise("c", 0.5), ReplaceMechanism("c", parse_mechanism("choice(3, 2, 1)"))):
        assert sum(share for _, share in imagined(model, {"x": 1, "c": 2}, possible).of("c").shares) == pytest.approx(1)


def test_the_noisy_firing_squad_is_exact():
    """Pearl 2009, 7.1.2: dead; had rifleman A not fired, he would be alive with q(1-p) / (1-(1-q)(1-p)) = 1/6."""
    found = imagined(SQUAD, {"D": 1}, Do("A", 0))
    assert 1 - found.of("D").counterfactual == pytest.approx(1 / 6, abs=1e-12) and found.of("D").is_uncertain
    assert found.of("U").seen == pytest.approx(0.6 / 0.72, abs=1e-12) and found.of("U").is_unknown
    assert found.of("U").errors == (0, 0) and found.of("U").noise == "unknown"
    assert (
        found.effective is None
        and found.ways == 3
        and "3 combinations of unknown values" in found.summary()
        and "exact" in found.summary()
    )


def test_what_follows_from_what_is_known_is_known():
    found = imagined(SQUAD, {"B": 1}, Do("U", 0))
    assert found.of("U").seen == 1 and not found.of("U").is_unknown and found.of("B").counterfactual == 0
    assert found.of("D").counterfactual == pytest.approx(0.3, abs=1e-12), "by W, of which nothing was seen"
    assert imagined(SQUAD, {"U": 1, "W": 0, "A": 1, "B": 1, "D": 1}).summary() == "", "everything is known"


@pytest.mark.parametrize("seen", [{}, {"e": 1}, {"f": 0.7}, {"b": 0, "d": 1}, {"a": 1, "f": -1.0}], ids=str)
@pytest.mark.parametrize(
    "doing",
    [
        (Do("b", 1),),
        (Shift("d", 1), Randomise("a", 0.3)),
        (ReplaceMechanism("e", parse_mechanism("bernoulli(0.8*a)")),),
        (ReplaceMechanism("d", parse_mechanism("bernoulli(0.5*c)")),),
        (ReplaceMechanism("f", parse_mechanism("d + normal(0, 2)")),),
    ],
    ids=lambda doing: "+".join(f"{type(one).__name__}.{one.node}" for one in doing),
)
def test_all_ways_weighed_are_what_many_guesses_tend_to(seen, doing):
    """Likelihood weighting, which knows nothing of closed forms, with what was not seen drawn from its causes."""
    if "f" not in seen:
        seen = {**seen, "f": 0.7}  # a node of many values that was not seen is guessed
    found, units = imagined(CHAIN, seen, *doing), CHAIN.abduct(seen, 400_000, np.random.default_rng(1))
    other = CHAIN.counterfactual(units, *doing)
    assert found.effective is None
    for node in CHAIN.order:
        for value, drawn in ((found.of(node).seen, units), (found.of(node).counterfactual, other)):
            spread = np.sqrt(np.average((drawn.values[node] - drawn.mean(node)) ** 2, weights=drawn.weights))
            assert value == pytest.approx(drawn.mean(node), abs=5 * spread / np.sqrt(units.effective) + 1e-9), node


def test_what_was_not_measured_of_joe_is_guessed():
    """By hand (normal theory): of homework with mean 1/4 and variance 1, the score tells 0.4 * homework + noise = 1.15.
    So it was 1/4 + 0.4 / 1.16 * 1.05 in the mean, with variance 1 / 1.16; with 2 instead, 0.4 for each unit more."""
    found = imagined(STORIES["joe"].model(), {"encouragement": 0.5, "score": 1.5}, Do("homework", 2))
    homework, score = found.of("homework"), found.of("score")
    mean = 0.25 + 0.4 / 1.16 * 1.05
    assert homework.seen == pytest.approx(mean, abs=4 * homework.errors[0]) and homework.is_unknown
    assert homework.errors[0] == pytest.approx(np.sqrt(1 / 1.16 / found.effective), rel=0.05)
    assert score.counterfactual == pytest.approx(1.5 + 0.4 * (2 - mean), abs=4 * score.errors[1])
    assert not score.is_unknown and score.seen == 1.5 and "the effective sample size is" in found.summary()


def test_a_counterfactual_of_an_unknown_unit_is_an_intervention():
    for model in (SQUAD, STORIES["joe"].model()):
        node, outcome = model.order[2], model.order[-1]
        found = imagined(model, {}, Do(node, 0)).of(outcome)
        done = model.simulate(model.draw_noise(200_000, np.random.default_rng(1)), Do(node, 0)).mean(outcome)
        assert found.counterfactual == pytest.approx(done, abs=4 * found.errors[1] + 0.005)


def test_a_choice_that_was_not_seen_has_shares():
    """By Bayes: three to one for kind 1 before; the density of y at 1 is exp(1/2) times that at 0."""
    model = parse_model("c = choice(1, 3)\ny = c + normal(0, 1)")
    step = imagined(model, {"y": 1}).of("c")
    assert step.shares[1][0] == pytest.approx(3 * np.exp(0.5) / (1 + 3 * np.exp(0.5)), abs=0.01) and step.is_unknown


def test_an_intervention_says_what_is_done_to_a_node():
    doing = (Shift("d", 1), Randomise("a", 0.3))
    found = imagined(CHAIN, {"a": 1, "f": 0.5}, *doing)
    assert [found.of(node).intervention for node in "adb"] == [doing[1], doing[0], None]
    assert found.of("a").counterfactual == pytest.approx(0.3, abs=1e-12)


def test_a_shifted_unit_moves_by_so_much_and_a_new_mechanism_keeps_its_part():
    model = parse_model("x = normal(0, 1)\nz = normal(0, 1)\ny = 2*x + normal(0, 1)")
    seen = {"x": 1.0, "z": 3.0, "y": 2.5}  # y's own part is a half
    assert imagined(model, seen, Shift("x", 1)).of("y").counterfactual == pytest.approx(4.5)
    found = imagined(model, seen, ReplaceMechanism("y", parse_mechanism("z + normal(0, 1)")))
    assert found.of("y").counterfactual == pytest.approx(3.5) and not found.of("y").is_uncertain, "no guess at all"
    other = imagined(model, seen, ReplaceMechanism("y", parse_mechanism("z + uniform(0, 1)"))).of("y")
    assert other.counterfactual == pytest.approx(3.5, abs=4 * other.errors[1]) and other.is_uncertain, (
        "another noise, drawn anew"
    )


def test_what_can_not_have_been_is_refused():
    with pytest.raises(MechanismError, match="No sample of the unknown values fits"):
        imagined(SQUAD, {"A": 0, "B": 1})
    with pytest.raises(MechanismError, match="No sample of the unknown values fits"):
        imagined(parse_model("u = normal(0, 1)\ny = 2*u"), {"y": 1.0})
    with pytest.raises(MechanismError, match="D can't have been 0"):
        imagined(SQUAD, {"U": 1, "W": 0, "A": 1, "B": 1, "D": 0})
    with pytest.raises(GraphError, match="nobody"):
        imagined(SQUAD, {"nobody": 1})
    with pytest.raises(GraphError, match="form a cycle"):
        imagined(CHAIN, {"f": 0.5}, ReplaceMechanism("a", parse_mechanism("e")))
