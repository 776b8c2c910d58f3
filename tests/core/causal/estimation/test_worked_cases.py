"""Cases worked by hand, or published, that need more than one part of the whole: each names its source."""

import itertools

import numpy as np
import pytest
from oracles import mean_at

from core.causal.estimation.bounds import causation_bounds
from core.causal.estimation.question import EstimateError
from core.causal.graphs.parsing import parse_graph
from core.causal.identification.estimand import Joint
from core.causal.identification.identify import identify
from core.causal.scm.interventions import Do
from core.causal.scm.ladder import average_effect
from core.causal.scm.model_text import parse_model
from core.causal.scm.true_effects import stratified_noise

MANY = 200_000


def squad(p, q):
    """Pearl 2009, 7.1.2: the court orders with p, rifleman A is nervous with q and fires by himself then."""
    return parse_model(f"hidden U = bernoulli({p})\nhidden W = bernoulli({q})\nA = max(U, W)\nB = U\nD = max(A, B)")


@pytest.mark.parametrize(
    "evidence, by_hand",
    [
        ({"D": 1}, lambda p, q: q * (1 - p) / (1 - (1 - p) * (1 - q))),  # Pearl 2009, (7.8); all others by hand alike
        ({"A": 1}, lambda p, q: q * (1 - p) / (1 - (1 - p) * (1 - q))),  # he dies if and only if A fires
        ({"D": 1, "B": 0}, lambda p, q: 1.0),  # there was no order, so that A alone killed him
        ({"B": 0}, lambda p, q: 1.0),
        ({"B": 1}, lambda p, q: 0.0),  # there was one, so that B fires anyway
        ({"A": 1, "B": 1}, lambda p, q: 0.0),
        ({"D": 0}, lambda p, q: 1.0),  # he lives as it is
        ({"W": 1}, lambda p, q: 1 - p),  # nerves tell nothing of the order
        ({"W": 0, "D": 1}, lambda p, q: 0.0),
        ({}, lambda p, q: 1 - p),  # nothing known is the second rung
    ],
)
@pytest.mark.parametrize("p, q", [(0.6, 0.3), (0.1, 0.5), (0.5, 0.05)])
def test_had_rifleman_a_not_fired_given_what_little_is_known(evidence, by_hand, p, q):
    model = squad(p, q)
    units = model.abduct({node: np.array([float(value)]) for node, value in evidence.items()}, MANY, rng())
    alive = 1 - model.counterfactual(units, Do("A", 0)).mean("D")
    assert alive == pytest.approx(by_hand(p, q), abs=0.006)
    assert alive == by_hand(p, q) or 0 < by_hand(p, q) < 1, "what is certain is certain"


# Chances of the arrowhead x -> m <- u, x -> y <- u, m -> y: of m by (x, u), of y by (x, u, m). All numbers are ours.
U, M = 0.3, {(0, 0): 0.2, (0, 1): 0.9, (1, 0): 0.6, (1, 1): 0.7}
Y = dict(zip(itertools.product((0, 1), repeat=3), (0.1, 0.3, 0.2, 0.9, 0.4, 0.5, 0.3, 0.95), strict=True))


def mean_y(x, m_of):
    """E[y] by hand where y hears x, and m comes about as under ``m_of``."""
    return sum(
        (U if u else 1 - U) * (M[m_of, u] if m else 1 - M[m_of, u]) * Y[x, u, m]
        for u, m in itertools.product((0, 1), repeat=2)
    )


def arrowhead():
    m = "if_(x, if_(u, {}, {}), if_(u, {}, {}))".format(*(M[at] for at in ((1, 1), (1, 0), (0, 1), (0, 0))))
    y = "if_(x, if_(u, if_(m, {}, {}), if_(m, {}, {})), if_(u, if_(m, {}, {}), if_(m, {}, {})))".format(
        *(Y[at] for at in itertools.product((1, 0), repeat=3))
    )
    return parse_model(f"x = bernoulli(0.4)\nu = bernoulli({U})\nm = bernoulli({m})\ny = bernoulli({y})")


def test_cladder_s_arrowhead_has_no_marginals_to_multiply():
    """The graph *arrowhead* of CLadder (Jin et al. 2023), whose answers on effects multiply the marginals of a node's
    parents (causalNLP/cladder, issue 15), though m and u are tied. Total effect by hand, by the formula of ID whether
    u is seen or not, and by doing; on the treated the same, as nothing listens to what moves x."""
    by_hand = mean_y(1, 1) - mean_y(0, 0)
    marginal = {x: U * M[x, 1] + (1 - U) * M[x, 0] for x in (0, 1)}
    multiplied = [
        sum(
            (U if u else 1 - U) * (marginal[x] if m else 1 - marginal[x]) * Y[x, u, m]
            for u, m in itertools.product((0, 1), repeat=2)
        )
        for x in (0, 1)
    ]
    assert abs(multiplied[1] - multiplied[0] - by_hand) > 0.03
    joint = np.zeros((2, 2, 2, 2))  # x, u, m, y
    for x, u, m, y in itertools.product((0, 1), repeat=4):
        share = (0.4 if x else 0.6) * (U if u else 1 - U) * (M[x, u] if m else 1 - M[x, u])
        joint[x, u, m, y] = share * (Y[x, u, m] if y else 1 - Y[x, u, m])
    for latent, seen in (
        ("", Joint(("x", "u", "m", "y"), joint)),
        ("u [latent]", Joint(("x", "m", "y"), joint.sum(1))),
    ):
        graph = parse_graph(f"dag {{ {latent} x -> m; u -> m; x -> y; u -> y; m -> y }}")
        formula = identify(graph, "x", "y").formula
        assert mean_at(formula, seen, "y", {"x": 1}) - mean_at(formula, seen, "y", {"x": 0}) == pytest.approx(by_hand)
    model = arrowhead()
    noise = stratified_noise(model, MANY, rng())
    assert average_effect(model, noise, "x", "y") == pytest.approx(by_hand, abs=0.003)
    treated = {node: column[model.simulate(noise).values["x"] == 1] for node, column in noise.items()}
    assert average_effect(model, treated, "x", "y") == pytest.approx(by_hand, abs=0.004)


def test_cladder_s_arrowhead_direct_and_indirect():
    """Natural effects (Pearl 2001) in the same graph: y under the other x while each unit keeps the m it would
    have had, and the other way round, by imagining unit by unit."""
    model = arrowhead()
    noise = stratified_noise(model, MANY, rng())
    m = {x: model.simulate(noise, Do("x", x)).values["m"] for x in (0, 1)}

    def mean(x, m_of):
        done = [model.simulate(noise, Do("x", x), Do("m", value)).values["y"] for value in (0, 1)]
        return np.where(m[m_of] == 1, done[1], done[0]).mean()

    assert mean(1, 0) - mean(0, 0) == pytest.approx(mean_y(1, 0) - mean_y(0, 0), abs=0.004)
    assert mean(0, 1) - mean(0, 0) == pytest.approx(mean_y(0, 1) - mean_y(0, 0), abs=0.004)
    assert mean(0, 0) == model.simulate(noise, Do("x", 0)).mean("y"), "composition"


def test_the_drug_on_trial_makes_no_sense_without_the_experiment():
    """Tian and Pearl 2000 (Pearl 2009, 9.3.4): by what was seen alone, the excess risk ratio is (.002 - .028) / .002 =
    -13, which is no probability; that the drug never prevents a death is contradicted, and the bounds say nothing."""
    seen = np.array([[0.486, 0.014], [0.499, 0.001]])
    with_it, without = seen[1, 1] / seen[1].sum(), seen[0, 1] / seen[0].sum()
    assert (with_it - without) / with_it == pytest.approx(-13)
    with pytest.raises(EstimateError, match="contradict that the exposure never prevents the outcome"):
        causation_bounds(seen, monotone=True)
    assert causation_bounds(seen).necessity == pytest.approx((0, 1)), "as if nothing were confounded"
    assert causation_bounds(seen, (0.014, 0.016), monotone=True).necessity == pytest.approx((1, 1))


def rng():
    return np.random.default_rng(0)
