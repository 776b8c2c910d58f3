"""What is adjusted for must not choose the rows."""

import numpy as np

from core.causal.parsing import parse_graph
from core.causal.problem import analyse
from core.causal.rows import table_of

GRAPH = parse_graph("dag { c -> y x -> y }")


def drawn(count=4000):
    rng = np.random.default_rng(0)
    c, x = rng.normal(size=count), rng.integers(0, 2, count).astype(float)
    return {"c": c, "x": x, "y": x + c + rng.normal(size=count)}


def test_a_covariate_that_is_not_needed_does_not_throw_rows_out():
    rows = drawn()
    rows["c"] = np.where(rows["y"] > 1, np.nan, rows["c"])
    found = analyse(GRAPH, table_of(rows), "x", "y")
    assert found.adjusted == () and found.dropped == 0 and found.headline.low < 1 < found.headline.high
    assert any("more rows would fall out" in note for note in found.notes)


def test_the_set_of_least_variance_is_used_where_it_costs_no_rows():
    assert analyse(GRAPH, table_of(drawn()), "x", "y").adjusted == ("c",)
