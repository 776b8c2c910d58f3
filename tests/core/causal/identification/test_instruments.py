"""Instruments of a graph: none missing and none too many, against every set of controls; several of them at once."""

import numpy as np
import oracles
import pytest
from oracles import random_graph

from core.causal import identify, parse_graph
from core.causal.identification.instruments import instrument_set, instruments


@pytest.mark.parametrize("seed", range(6))
def test_instruments_are_those_that_trying_all_controls_finds(seed):
    rng, tried = np.random.default_rng(seed), 0
    while tried < 15:
        graph = random_graph(rng, 6)
        seen = [str(node) for node in rng.permutation(graph.observed)]
        if len(seen) < 3 or not graph.causal_nodes(*seen[:2]):
            continue
        valid = oracles.instruments(graph, *seen[:2])
        found = list(instruments(graph, *seen[:2]))
        assert {one.node for one in found} == set(valid), (graph, seen[:2])
        assert all(one.given in valid[one.node] for one in found)
        if together := instrument_set(graph, *seen[:2], found):
            for node in together.nodes:
                assert together.given in valid[node] and together.given | together.optional in valid[node]
        tried += bool(valid)


@pytest.mark.parametrize(
    "text, found",
    [
        ("a -> x; a -> b -> y; x -> y; x <-> y", {"a": {"b"}}),
        ("w -> z; w -> y; z -> x; x -> y; x <-> y", {"z": {"w"}, "w": None}),
        ("z -> x; z -> m -> k -> y; x -> y; x <-> y", {"z": {"k"}}),
        ("z -> x -> y; x <-> y; z <-> y", {}),
        ("z -> x -> c; x -> y; x <-> y; c <-> y", {"z": set()}),
        ("z <-> x; x -> m -> y; x <-> y", {"z": set()}),
    ],
)
def test_controls_may_descend_from_the_candidate_and_are_those_next_to_the_outcome(text, found):
    graph = parse_graph(text)
    got = {one.node: set(one.given) for one in instruments(graph, "x", "y")}
    for node, given in found.items():
        assert got.get(node) == given
    assert all(node in found or len(found) > 0 for node in got)


def test_several_instruments_serve_at_once_with_the_widest_controls():
    graph = parse_graph("z1 -> x; z2 -> x; c -> z2; c -> y; k -> y; k -> x; x -> y; x <-> y; x -> d")
    found = identify(graph, "x", "y").instrument_set
    assert (found.nodes, found.given, found.optional) == (("z1", "z2"), {"c"}, {"k"})
    weaker = identify(parse_graph("z -> m -> x; x -> y; x <-> y"), "x", "y").instrument_set
    assert weaker.nodes == ("z", "m") and not weaker.optional
    alone = identify(parse_graph("z -> x; z -> m; x -> y; x <-> y; k -> x"), "x", "y").instrument_set
    assert "m" not in alone.optional, "what the instrument affects takes away from its strength"
    assert identify(parse_graph("z -> x; x -> y; x <-> y; z -> y"), "x", "y").instrument_set is None
