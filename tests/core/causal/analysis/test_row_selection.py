"""What is adjusted for must not choose the rows."""

import numpy as np

from core.causal.analysis.analyse import analyse
from core.causal.graphs.parsing import parse_graph
from core.causal.tables.rows import table_of

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
    assert any("more rows would be dropped" in note for note in found.notes)


def test_the_set_of_least_variance_is_used_where_it_costs_no_rows():
    assert analyse(GRAPH, table_of(drawn()), "x", "y").adjusted == ("c",)


def test_an_instrument_of_two_other_values_bounds_the_effect_as_well():
    rng = np.random.default_rng(0)
    z, u = rng.integers(0, 2, (2, 4000)).astype(float)
    x = (rng.random(4000) < 0.1 + 0.5 * z + 0.3 * u).astype(float)
    y = (rng.random(4000) < 0.2 + 0.3 * x + 0.4 * u).astype(float)
    graph = parse_graph("dag { z -> x -> y x <-> y }")
    plain, other = (analyse(graph, table_of({"z": column, "x": x, "y": y}), "x", "y") for column in (z, z + 1))
    assert other.bounds == plain.bounds and len(other.bounds) == 2
    assert "z has two values: 1 is coded as 0 and 2 as 1." in other.notes
