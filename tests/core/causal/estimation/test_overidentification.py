"""Several instruments at once: the estimate, its strength, and Hansen's test of one against the other."""

import numpy as np
import pytest

from core.causal import analyse, parse_graph
from core.causal.estimation.indirect import overidentification, two_stages
from core.causal.estimation.question import Question
from core.causal.tables.rows import table_of

QUESTION = Question("x", "y")


def drawn(seed, rows=1000, leak=0.0, spread=False):
    """Two instruments of an exposure with a hidden cause; the effect is 1. ``leak`` is the second's own effect."""
    rng = np.random.default_rng(seed)
    z1, z2, hidden, a, b = rng.normal(size=(5, rows))
    x = z1 + 0.7 * z2 + hidden + a
    return {"z1": z1, "z2": z2, "x": x, "y": x + 2 * hidden + leak * z2 + b * (1 + spread * np.abs(z1))}


def by_hand(rows):
    """Two-stage least squares and Sargan's statistic as textbooks write them (Wooldridge 2010, section 6.2.2)."""
    ones = np.ones(len(rows["x"]))
    tools, columns = np.column_stack([ones, rows["z1"], rows["z2"]]), np.column_stack([ones, rows["x"]])
    fitted = tools @ np.linalg.lstsq(tools, columns, rcond=None)[0]
    coefficients = np.linalg.lstsq(fitted, rows["y"], rcond=None)[0]
    residuals = rows["y"] - columns @ coefficients
    explained = tools @ np.linalg.lstsq(tools, residuals, rcond=None)[0]
    return coefficients[1], len(ones) * (explained @ explained) / (residuals @ residuals), tools, columns, residuals


def test_the_estimate_is_that_of_the_textbook_and_more_precise_than_with_one_instrument():
    rows = drawn(0)
    both, one = two_stages(rows, QUESTION, ["z1", "z2"]), two_stages(rows, QUESTION, ["z1"])
    assert both.value == pytest.approx(by_hand(rows)[0], rel=1e-9) and both.error < one.error
    assert both.low < 1 < both.high and "Hansen's J" in both.note and not both.caveat
    assert "Hansen" not in one.note, "one instrument tests nothing"


def test_hansens_statistic_is_near_sargans_with_equal_variances_and_does_not_depend_on_units():
    rows = drawn(1, 20_000, leak=0.05)
    _, sargan, tools, columns, residuals = by_hand(rows)
    statistic, p_value = overidentification(tools, columns, rows["y"], residuals)
    assert statistic == pytest.approx(sargan, rel=0.1) and 0 < p_value < 1
    large = two_stages({name: column * 1e6 + 5 for name, column in rows.items()}, QUESTION, ["z1", "z2"])
    assert large.note == two_stages(rows, QUESTION, ["z1", "z2"]).note


@pytest.mark.parametrize("spread", [False, True])
def test_the_test_has_its_size_also_with_unequal_variances(spread):
    p_values = []
    for seed in range(600):
        rows = drawn(seed, 400, spread=spread)
        _, _, tools, columns, residuals = by_hand(rows)
        p_values.append(overidentification(tools, columns, rows["y"], residuals)[1])
    share = np.mean(np.array(p_values) < 0.05)
    assert 0.03 < share < 0.075, "within three standard errors of 5 %"


def test_instruments_that_contradict_one_another_are_not_quoted():
    found = two_stages(drawn(2, leak=0.7), QUESTION, ["z1", "z2"])
    assert "the instruments z1, z2 contradict one another (Hansen's J" in found.caveat


def test_the_analysis_uses_all_instruments_with_their_controls():
    graph = parse_graph("z1 -> x; z2 -> x; k -> y; x -> y; x <-> y")
    rows = drawn(3) | {"k": np.random.default_rng(9).normal(size=1000)}
    rows["y"] = rows["y"] + 3 * rows["k"]
    found = analyse(graph, table_of(rows), "x", "y")
    assert found.headline.value == two_stages(rows, Question("x", "y", ("k",)), ["z1", "z2"]).value
    assert found.headline.error < two_stages(rows, QUESTION, ["z1", "z2"]).error
    gaps = analyse(graph, table_of(rows | {"z2": np.where(rows["k"] > 0, np.nan, rows["z2"])}), "x", "y")
    assert gaps.rows == 1000 and gaps.headline.value == two_stages(rows, Question("x", "y", ("k",)), ["z1"]).value


def test_the_conditional_instrument_of_a_common_cause_gives_the_effect():
    rng = np.random.default_rng(4)
    a, hidden, one, two, three = rng.normal(size=(5, 5000))
    b = a + one
    x = a + hidden + two
    rows = {"a": a, "b": b, "x": x, "y": 0.5 * x + b + 2 * hidden + three}
    found = analyse(parse_graph("a -> x; a -> b -> y; x -> y; x <-> y"), table_of(rows), "x", "y").headline
    assert found.method == "two-stage least squares" and found.low < 0.5 < found.high and found.high - found.low < 0.4
