"""Direct and indirect effects: identified after Pearl, and estimated by the mediation formula, against known truth."""

import numpy as np
import pytest

from core.causal import analyse, parse_graph
from core.causal.analysis.verdict import verdict
from core.causal.estimation.mediation import natural_effects
from core.causal.estimation.question import Question
from core.causal.identification.direct_effects import direct_effects
from core.causal.tables.rows import table_of

MEDIATED = "c -> x; c -> m; c -> y; x -> m -> y; x -> y"


def drawn(seed=0, rows=4000, interaction=0.5, binary=True):
    """Natural direct effect 1 + interaction * mean of m without x (0.3), natural indirect effect 0.8 * 2."""
    rng = np.random.default_rng(seed)
    c, a, b, d = rng.normal(size=(4, rows))
    x = (c + a > 0).astype(float) if binary else c + a
    m = 0.3 + 2 * x + c + b
    return {"c": c, "x": x, "m": m, "y": x + 0.8 * m + interaction * x * m + c + d}


def test_the_mediation_formula_gives_the_simulated_effects():
    direct, indirect = natural_effects(drawn(rows=20_000), Question("x", "y", ("c",)), ["m"])
    assert direct.low < 1.15 < direct.high and direct.high - direct.low < 0.2
    assert indirect.low < 1.6 < indirect.high and indirect.high - indirect.low < 0.2


@pytest.mark.parametrize("binary", [True, False])
def test_the_intervals_hold_the_truth_as_often_as_they_say(binary):
    held, truth = np.zeros(2), np.array([1 + 0.5 * 0.3, 1.6])
    for seed in range(300):
        rows = drawn(seed, 300, binary=binary)
        found = natural_effects(rows, Question("x", "y", ("c",)), ["m"])
        shift = 0.0 if binary else rows["x"].mean()  # natural effects of a continuous exposure begin at its mean
        exact = truth + np.array([2 * 0.5 * shift, 2 * 0.5 * shift]) * (not binary)
        held += [one.low <= value <= one.high for one, value in zip(found, exact, strict=True)]
    assert (held / 300 > 0.9).all(), held / 300


def test_several_mediators_are_one_indirect_path():
    rng = np.random.default_rng(3)
    x = (rng.normal(size=20_000) > 0).astype(float)
    one, two, noise = rng.normal(size=(3, 20_000))
    m1, m2 = x + one, 0.5 * x + two
    rows = {"x": x, "m1": m1, "m2": m2, "y": 2 * x + m1 - m2 + noise}
    direct, indirect = natural_effects(rows, Question("x", "y"), ["m1", "m2"])
    assert direct.low < 2 < direct.high and indirect.low < 0.5 < indirect.high


@pytest.mark.parametrize(
    "text, mediators, given, reason, door",
    [
        (MEDIATED, ("m",), {"c"}, "", {"c", "m"}),
        ("x -> m -> y; x -> y", ("m",), set(), "", {"m"}),
        ("x -> m -> y; x -> y; w -> m; w -> y", ("m",), {"w"}, "", {"m", "w"}),
        ("x -> m -> y; x -> y; m <-> y", ("m",), None, "m <- U(m,y) -> y stays open", None),
        ("x -> m -> y; x -> y; x -> l; l -> m; l -> y", ("m", "l"), set(), "", {"m", "l"}),
        ("x -> l; l -> m; l <-> y; x -> m -> y; x -> y", ("m",), None, "stays open, and x affects l", None),
        ("x -> m -> y; x -> y; m [latent]", ("m",), None, "m was not measured", None),
        ("x -> k -> m -> y; m [latent]", ("k",), set(), "", {"k"}),
        ("x -> m -> y; x -> y; x <-> m", ("m",), None, "x <- U(m,x) -> m stays open", {"m"}),
        ("x -> m -> y; x -> y; x -> s; s [selected]", ("m",), None, "x affects the selection", {"m"}),
    ],
)
def test_what_identifies_them_or_which_path_stays_open(text, mediators, given, reason, door):
    found = direct_effects(parse_graph(text), "x", "y")
    assert set(found.mediators) == set(mediators) and reason in found.reason
    assert (found.given, found.door) == (given, door)


def test_where_no_path_is_indirect_there_is_nothing_to_split():
    assert direct_effects(parse_graph("z -> x; z -> y; x -> y"), "x", "y") is None
    assert direct_effects(parse_graph("y -> x"), "x", "y") is None


def test_the_analysis_gives_them_and_says_what_they_need():
    rows = drawn()
    found = analyse(parse_graph(MEDIATED), table_of(rows), "x", "y")
    assert [one.method for one in found.direct] == ["natural direct effect", "natural indirect effect"]
    assert [one.value for one in found.direct] == [
        one.value for one in natural_effects(rows, Question("x", "y", ("c",)), ["m"])
    ]
    assert "(through m) are identified given {c}." in " ".join(found.notes) and verdict(found)
    door = analyse(parse_graph("x -> m -> y; x -> y; x <-> m"), table_of(rows), "x", "y")
    assert [one.method for one in door.direct] == ["direct effect"]
    assert "adjusting for {m} gives the direct effect" in " ".join(door.notes)
