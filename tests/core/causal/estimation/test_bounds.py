"""Bounds are those that were published, hold every truth that fits, and are no wider than they must be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.causal.estimation.bounds import balke_pearl, causation_bounds, instrument_bounds, no_assumption_bounds
from core.causal.estimation.question import EstimateError, Question

QUESTION = Question("x", "y")


def spread_out(counts, names):
    rows = np.repeat(np.array(list(counts), float), list(counts.values()), axis=0)
    return dict(zip(names, rows.T, strict=True))


def test_manski_of_a_table():
    """P(y=1, x=1) = .3, P(y=1, x=0) = .1, P(x=1) = .5: from .3 - (.1 + .5) to .3 + .5 - .1 (Manski 1990)."""
    rows = spread_out({(1, 1): 3, (1, 0): 2, (0, 1): 1, (0, 0): 4}, "xy")
    found = no_assumption_bounds(rows, QUESTION)
    assert (found.low, found.high) == pytest.approx((-0.3, 0.7))


@given(st.integers(0, 10_000))
def test_without_assumptions_bounds_are_one_wide_and_hold_what_is_seen_and_nothing(seed):
    draw = np.random.default_rng(seed)
    rows = {"x": draw.integers(0, 2, 40).astype(float), "y": draw.uniform(2, 5, 40)}
    found = no_assumption_bounds(rows, QUESTION, 2, 5)
    assert found.high - found.low == pytest.approx(3.0) and found.low <= 0 <= found.high
    if 0 < rows["x"].sum() < 40:
        seen = rows["y"][rows["x"] == 1].mean() - rows["y"][rows["x"] == 0].mean()
        assert found.low <= seen <= found.high


def test_the_lipid_trial():
    """Balke and Pearl 1997, section 4: cholestyramine lowers cholesterol by 0.392 to 0.780."""
    table = np.array([[[0.919, 0.081], [0.0, 0.0]], [[0.315, 0.073], [0.139, 0.473]]])
    assert balke_pearl(table) == pytest.approx((0.392, 0.780))


def closed_form(t):
    """Balke and Pearl 1997, equations 5 and 6, with p[y, x, z]."""
    p = np.einsum("zxy->yxz", t)
    low = max(
        p[1, 1, 1] + p[0, 0, 0] - 1,
        p[1, 1, 0] + p[0, 0, 1] - 1,
        p[1, 1, 0] - p[1, 1, 1] - p[1, 0, 1] - p[0, 1, 0] - p[1, 0, 0],
        p[1, 1, 1] - p[1, 1, 0] - p[1, 0, 0] - p[0, 1, 1] - p[1, 0, 1],
        -p[0, 1, 1] - p[1, 0, 1],
        -p[0, 1, 0] - p[1, 0, 0],
        p[0, 0, 1] - p[0, 1, 1] - p[1, 0, 1] - p[0, 1, 0] - p[0, 0, 0],
        p[0, 0, 0] - p[0, 1, 0] - p[1, 0, 0] - p[0, 1, 1] - p[0, 0, 1],
    )
    high = min(
        1 - p[0, 1, 1] - p[1, 0, 0],
        1 - p[0, 1, 0] - p[1, 0, 1],
        -p[0, 1, 0] + p[0, 1, 1] + p[0, 0, 1] + p[1, 1, 0] + p[0, 0, 0],
        -p[0, 1, 1] + p[1, 1, 1] + p[0, 0, 1] + p[0, 1, 0] + p[0, 0, 0],
        p[1, 1, 1] + p[0, 0, 1],
        p[1, 1, 0] + p[0, 0, 0],
        -p[1, 0, 1] + p[1, 1, 1] + p[0, 0, 1] + p[1, 1, 0] + p[1, 0, 0],
        -p[1, 0, 0] + p[1, 1, 0] + p[0, 0, 0] + p[1, 1, 1] + p[1, 0, 1],
    )
    return low, high


def kinds_of_people(draw):
    """A random mixture of the 16 kinds, its table P(x, y | z) and its effect."""
    shares = draw.dirichlet(np.full(16, draw.choice([0.1, 1.0])))
    table, effect = np.zeros((2, 2, 2)), 0.0
    for kind, share in enumerate(shares):
        takes, becomes = (kind & 1, kind >> 1 & 1), (kind >> 2 & 1, kind >> 3 & 1)
        effect += share * (becomes[1] - becomes[0])
        for z in (0, 1):
            table[z, takes[z], becomes[takes[z]]] += share
    return table, effect


def test_instrument_bounds_hold_the_truth_and_agree_with_the_closed_form():
    draw = np.random.default_rng(0)
    for _ in range(60):
        table, effect = kinds_of_people(draw)
        low, high = balke_pearl(table)
        assert low - 1e-7 <= effect <= high + 1e-7
        assert (low, high) == pytest.approx(closed_form(table), abs=1e-7)


def test_a_contradicted_instrument_is_refused():
    """Pearl's inequality: P(x=0, y=1 | z=0) + P(x=0, y=0 | z=1) can't exceed 1."""
    counts = {(0, 0, 1): 90, (0, 1, 1): 10, (1, 0, 0): 90, (1, 1, 0): 10}
    with pytest.raises(EstimateError, match="contradict the instrument"):
        instrument_bounds(spread_out(counts, "zxy"), QUESTION, "z")


def test_chance_alone_does_not_contradict_a_true_instrument():
    """Hardly anybody takes it without encouragement: the frequencies then often break Pearl's inequality a little."""
    for seed in range(40):
        draw = np.random.default_rng(seed)
        z, y = draw.integers(0, 2, (2, 300)).astype(float)
        x = (draw.random(300) < np.where(z == 1, 0.5, 0.02)).astype(float)
        found = instrument_bounds({"z": z, "x": x, "y": y}, QUESTION, "z")
        assert -1 <= found.low <= found.high <= 1


def test_an_instrument_narrows_what_nothing_assumed_leaves_open():
    counts = {(0, 0, 0): 919, (0, 0, 1): 81, (1, 0, 0): 315, (1, 0, 1): 73, (1, 1, 0): 139, (1, 1, 1): 473}
    rows = spread_out(counts, "zxy")
    free, by_offer = no_assumption_bounds(rows, QUESTION), instrument_bounds(rows, QUESTION, "z")
    assert (by_offer.low, by_offer.high) == pytest.approx((0.392, 0.780))
    assert free.low < by_offer.low and by_offer.high < free.high and "shares no cause" in by_offer.assumption


def test_the_drug_on_trial():
    """Tian and Pearl 2000 (also Pearl 2009, 9.3.4): an experiment of .016 and .014, seen .002 and .028: it was the
    drug, with certainty."""
    seen = np.array([[0.486, 0.014], [0.499, 0.001]])
    found = causation_bounds(seen, (0.014, 0.016))
    assert found.necessity == pytest.approx((1.0, 1.0))
    assert found.sufficiency == pytest.approx((0.001 / 0.486, 0.015 / 0.486))


def test_probabilities_of_causation_without_confounding():
    """P(y | x) = .7 and P(y | x') = .2: known if monotone, else bounds (Tian and Pearl 2000)."""
    seen = np.array([[0.4, 0.1], [0.15, 0.35]])
    known = causation_bounds(seen, monotone=True)
    assert known.necessity_and_sufficiency == pytest.approx((0.5, 0.5)) and known.sufficiency == pytest.approx(
        (0.625, 0.625)
    )
    assert known.necessity == pytest.approx((5 / 7, 5 / 7))
    free = causation_bounds(seen)
    assert free.necessity_and_sufficiency == pytest.approx((0.5, 0.7)) and free.necessity == pytest.approx((5 / 7, 1.0))


def test_probabilities_of_causation_are_no_wider_than_they_must_be():
    """Against a linear programme over the eight kinds of people (x, y without x, y with x): the bounds are sharp."""
    from scipy.optimize import linprog

    draw, kinds = np.random.default_rng(0), list(np.ndindex(2, 2, 2))
    meets = [
        [float(x == a and (with_it if x else without) == b) for x, without, with_it in kinds]
        for a in (0, 1)
        for b in (0, 1)
    ]
    meets += [[float(without) for _, without, _ in kinds], [float(with_it) for _, _, with_it in kinds]]
    for _ in range(60):
        shares = draw.dirichlet(np.full(8, 0.5))
        target = np.array(meets) @ shares
        found = causation_bounds(target[:4].reshape(2, 2), (target[4], target[5]))
        for name, who, whole in (
            ("necessity_and_sufficiency", (0, 1), 1.0),
            ("necessity", (1,), target[3]),
            ("sufficiency", (0,), target[0]),
        ):
            if whole < 1e-3:
                continue
            aim = np.array([float(not without and with_it and x in who) for x, without, with_it in kinds])
            ends = [sign * linprog(sign * aim, A_eq=meets, b_eq=target).fun / whole for sign in (1, -1)]
            assert getattr(found, name) == pytest.approx(ends, abs=1e-6), name


@given(st.integers(0, 100_000))
def test_probabilities_of_causation_hold_the_truth(seed):
    """Of a random population in which what one takes may go with what becomes of one."""
    shares = np.random.default_rng(seed).dirichlet(np.ones(8)).reshape(2, 2, 2)  # x, y without, y with
    seen = np.array([[shares[0, 0].sum(), shares[0, 1].sum()], [shares[1, :, 0].sum(), shares[1, :, 1].sum()]])
    found = causation_bounds(seen, (shares[:, 1].sum(), shares[:, :, 1].sum()))
    both = shares[:, 0, 1].sum()
    for (low, high), true in (
        (found.necessity_and_sufficiency, both),
        (found.necessity, shares[1, 0, 1] / seen[1, 1]),
        (found.sufficiency, shares[0, 0, 1] / seen[0, 0]),
    ):
        assert low - 1e-9 <= true <= high + 1e-9


@pytest.mark.parametrize(
    "rows, said",
    [
        ({"x": [0, 1, 2], "y": [0, 1, 1]}, "x has values other than 0 and 1"),
        ({"x": [0, 1, 1], "y": [0, 1, 3]}, "y has values outside 0 to 1"),
    ],
)
def test_unsuitable_columns_are_refused(rows, said):
    with pytest.raises(EstimateError, match=said):
        no_assumption_bounds({name: np.array(column, float) for name, column in rows.items()}, QUESTION)


def test_contradictory_numbers_are_refused():
    seen = np.array([[0.4, 0.1], [0.15, 0.35]])
    with pytest.raises(EstimateError, match=r"do\(x = 1\)\) = 0.1 contradicts"):
        causation_bounds(seen, (0.2, 0.1))
    with pytest.raises(EstimateError, match="never prevents"):
        causation_bounds(seen[::-1], monotone=True)
    with pytest.raises(EstimateError, match="add up to 1"):
        causation_bounds(seen * 2)
    with pytest.raises(EstimateError, match="the same in every row"):
        instrument_bounds({name: np.array([0.0, 1.0]) * (name != "z") for name in "zxy"}, QUESTION, "z")
