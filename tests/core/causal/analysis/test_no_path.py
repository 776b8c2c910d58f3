"""Where no directed path leads from the exposure to the outcome, adjusting must give 0, which tests the graph."""

import numpy as np
import pytest

from core.causal import analyse, identify, parse_graph
from core.causal.analysis.verdict import verdict
from core.causal.tables.rows import table_of

ICE_CREAM = "temperature -> ice_cream; temperature -> swimming; swimming -> drownings"


def rows(leak=0.0, seed=0, count=3000):
    rng = np.random.default_rng(seed)
    temperature, a, b, c = rng.normal(size=(4, count))
    ice_cream, swimming = temperature + a, temperature + b
    drownings = swimming + leak * ice_cream + c
    return {"temperature": temperature, "ice_cream": ice_cream, "swimming": swimming, "drownings": drownings}


def test_the_sets_are_given_with_an_estimate_near_0():
    graph = parse_graph(ICE_CREAM)
    found = identify(graph, "ice_cream", "drownings")
    assert found.kind == "no causal path" and set(found.sets) == {frozenset(["temperature"]), frozenset(["swimming"])}
    assert "must give 0, which tests the graph" in found.zero_test
    answer = analyse(graph, table_of(rows()), "ice_cream", "drownings")
    assert answer.headline.low < 0 < answer.headline.high and abs(answer.headline.value) < 0.1
    assert answer.unadjusted.low > 0.3 and answer.attribution is None
    said = verdict(answer)
    assert said.startswith("No directed path leads from ice_cream to drownings: the graph says that the effect is 0.")
    assert "adjusted for {swimming}" in said and "the rows do not contradict the graph" in said


def test_rows_that_contradict_the_graph_are_reported():
    said = verdict(analyse(parse_graph(ICE_CREAM), table_of(rows(leak=0.3)), "ice_cream", "drownings"))
    assert "does not contain 0, so the rows contradict the graph" in said


@pytest.mark.parametrize(
    "text, sets, said",
    [
        ("x -> z; y -> z", [set()], "The estimate, not adjusted, is"),
        ("y -> x", [], "no adjustment set separates them"),
        ("x <-> y", [], "no adjustment set separates them"),
        ("y -> m -> x", [{"m"}], "adjusted for {m}"),
        ("c -> x; c -> y; x -> z; y -> z", [{"c"}], "adjusted for {c}"),
    ],
)
def test_what_separates_them_is_adjusted_for(text, sets, said):
    graph, rng = parse_graph(text), np.random.default_rng(1)
    found = identify(graph, "x", "y")
    assert found.kind == "no causal path" and list(map(set, found.sets)) == sets
    assert set(found.reasons) == set(graph.nodes) - {"x", "y"} and all(found.reasons.values())
    answer = analyse(graph, table_of({node: rng.normal(size=100) for node in graph.observed}), "x", "y")
    assert said in verdict(answer)


def test_a_binary_exposure_gets_all_methods():
    columns = rows()
    columns["ice_cream"] = (columns["ice_cream"] > 0).astype(float)
    answer = analyse(parse_graph(ICE_CREAM), table_of(columns), "ice_cream", "drownings")
    assert answer.headline.method == "doubly robust" and answer.headline.low < 0 < answer.headline.high
