"""What must hold in every model, whatever its mechanisms: effectiveness, composition and consistency (Galles and Pearl
1998; Pearl 2009, 7.3.1), to the last bit where the noise is known, and to rounding where it was abducted."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import random_model

from core.causal.scm.expressions import Expression
from core.causal.scm.interventions import Do, Randomise, ReplaceMechanism, Shift
from core.causal.scm.mechanisms import Additive, Categorical, Threshold
from core.causal.scm.model_text import parse_model

KINDS = {
    "normal": "0.7*{0} + normal(0.1, 0.3)",
    "laplace": "sin({0}) + laplace(0, 2)",
    "uniform": "{0}**3 / 7 + uniform(-1, 3)",
    "no noise": "if_({0} > 0.1, exp({0} / 3), {0}**2)",
    "threshold": "bernoulli(sigmoid(0.3*{0}))",
    "choice": "choice(1, exp({0} / 3), 0.3 + abs({0}), 0.2)",
}
models = pytest.mark.parametrize("first, second", list(itertools.product(KINDS, KINDS)))
seeds = given(st.integers(0, 100_000))


def of_kinds(first, second):
    """x of one kind and y of another that listens to it, between a root and a node that hears all."""
    x, y = KINDS[first].format("root"), KINDS[second].format("x")
    return parse_model(f"root = normal(0, 1)\nx = {x}\ny = {y}\nall = root + x*y + normal(0, 0.1)")


def single(model, count, seed):
    """The noise of units, each alone."""
    noise = model.draw_noise(count, np.random.default_rng(seed))
    return [{node: column[i : i + 1] for node, column in noise.items()} for i in range(count)]


def same(one, other):
    """Every value, to the last bit."""
    return all(np.array_equal(one.values[node], other.values[node]) for node in one.values)


def check_consistency(model, noise):
    """Doing to a unit what it was anyway changes nothing: on each node, on any of them, and on all."""
    was = model.simulate(noise)
    seen = {node: float(column[0]) for node, column in was.values.items()}
    sets = [Do(node, value) for node, value in seen.items()]
    for doing in (*((one,) for one in sets), sets, sets[::2]):
        assert same(model.simulate(noise, *doing), was)


def check_composition(model, noise, doing):
    """While something is done, doing as well what comes of it on any other node changes nothing."""
    done = model.simulate(noise, doing)
    for node in set(model.mechanisms) - {doing.node}:
        assert same(model.simulate(noise, doing, Do(node, float(done.values[node][0]))), done)


@models
def test_consistency_is_exact_for_mechanisms_of_every_kind(first, second):
    model = of_kinds(first, second)
    for noise in single(model, 30, 0):
        check_consistency(model, noise)


@pytest.mark.parametrize("kind", ["threshold", "choice"])
@pytest.mark.parametrize("second", KINDS)
def test_consistency_is_exact_for_all_units_at_once_that_happened_to_be_so(kind, second):
    model = of_kinds(kind, second)
    noise = model.draw_noise(4000, np.random.default_rng(2))
    x = model.simulate(noise).values["x"]
    for value in np.unique(x):
        among = {node: column[x == value] for node, column in noise.items()}
        assert same(model.simulate(among, Do("x", float(value))), model.simulate(among))


@models
def test_composition_is_exact_for_mechanisms_of_every_kind_whatever_is_done(first, second):
    model = of_kinds(first, second)
    for noise in single(model, 8, 1):
        for doing in (
            Do("root", -1.3),
            Do("x", 1.0),
            Shift("x", 0.7),
            Randomise("x", 0.4),
            Do("y", 0.0),
            ReplaceMechanism("x", Additive(Expression("2 - root"), 0.5, "laplace")),
            ReplaceMechanism("x", Threshold(Expression("0.5"))),
        ):
            check_composition(model, noise, doing)


@settings(max_examples=100, deadline=None)
@seeds
def test_consistency_and_composition_are_exact_in_every_model(seed):
    model = random_model(seed)
    for noise in single(model, 3, seed):
        check_consistency(model, noise)
        for node in model.mechanisms:
            check_composition(model, noise, Do(node, 1.0))


@settings(max_examples=60, deadline=None)
@seeds
def test_effectiveness_is_exact_whatever_is_done_besides(seed):
    """What is set is so, also to what the node could never be by itself, in every unit."""
    model, draw = random_model(seed), np.random.default_rng(seed)
    noise, nodes = model.draw_noise(20, draw), list(model.mechanisms)
    for value in (0.0, 1.0, -7.25, 1e9, 0.1):
        node, other = draw.choice(nodes, 2, replace=False)
        for besides in ((), (Do(other, 2.0),), (Shift(other, -1.0),), (Randomise(other, 0.5),)):
            done = model.simulate(noise, Do(node, value), *besides)
            assert (done.values[node] == value).all()
            if isinstance(besides and besides[0], Do):
                assert (done.values[other] == 2.0).all()


@settings(max_examples=100, deadline=None)
@seeds
def test_units_that_are_imagined_left_alone_or_as_they_were_are_what_was_seen(seed):
    """Consistency of the third rung: noise is worked out from what was seen, so that rounding is all that may differ in
    numbers, and nothing may in what is of kinds; where all is done as it was seen, not even that."""
    model, draw = random_model(seed), np.random.default_rng(seed)
    seen = model.simulate(model.draw_noise(50, draw)).values
    abducted = model.abduct(seen, 1, draw)
    for row in range(0, 50, 10):
        one = model.abduct({node: column[row : row + 1] for node, column in seen.items()}, 1, draw)
        was = {node: float(column[row]) for node, column in seen.items()}
        for node, value in was.items():
            check_rounding(
                model, model.counterfactual(one, Do(node, value)).values, {k: np.array([v]) for k, v in was.items()}
            )
        all_done = model.counterfactual(one, *(Do(node, value) for node, value in was.items()))
        assert {node: float(column[0]) for node, column in all_done.values.items()} == was
    check_rounding(model, model.counterfactual(abducted).values, seen)


def check_rounding(model, found, seen):
    for node, mechanism in model.mechanisms.items():
        if isinstance(mechanism, Threshold | Categorical):
            assert np.array_equal(found[node], seen[node]), node
        else:
            assert found[node] == pytest.approx(seen[node], rel=1e-12, abs=1e-12), node


def test_the_random_models_have_every_kind_of_mechanism():
    kinds = {
        (type(one).__name__, one.noise_kind) for seed in range(60) for one in random_model(seed).mechanisms.values()
    }
    assert kinds == {
        *(("Additive", shape) for shape in ("normal", "uniform", "laplace", "none")),
        ("Threshold", "share"),
        ("Categorical", "Gumbel, 3 categories"),
    }
