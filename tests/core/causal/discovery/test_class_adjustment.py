"""Adjustment in the class of graphs that PC returns: what is valid in every graph of the class, by trying all."""

import itertools

import networkx as nx
import numpy as np
import oracles
import pytest

from core.causal.discovery.class_adjustment import adjust_in_class, effect_in_class, member
from core.causal.discovery.pc import Pattern, pc
from core.causal.estimation.question import EstimateError
from core.causal.graphs.graph import CausalGraph


def pattern_of(graph):
    """The pattern of a graph, by PC with a perfect test."""
    return pc(graph.nodes, lambda one, other, given: graph.is_d_separated(one, other, given))


def members(pattern):
    """Every graph of the class: all directions of the lines without a cycle and with the same colliders."""
    lines = [tuple(sorted(line)) for line in sorted(pattern.lines, key=sorted)]
    found = []
    for turned in itertools.product((False, True), repeat=len(lines)):
        edges = {*pattern.arrows, *((b, a) if turn else (a, b) for (a, b), turn in zip(lines, turned, strict=True))}
        drawn = nx.DiGraph(sorted(edges))
        drawn.add_nodes_from(pattern.nodes)
        if nx.is_directed_acyclic_graph(drawn):
            graph = CausalGraph(pattern.nodes, tuple(sorted(edges)))
            if pattern_of(graph) == pattern:
                found.append(graph)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_a_set_is_given_if_and_only_if_it_is_valid_in_every_graph_of_the_class(seed):
    rng, amenable = np.random.default_rng(seed), 0
    for _ in range(25):
        names = [f"v{i}" for i in range(int(rng.integers(3, 6)))]
        edges = tuple(pair for pair in itertools.combinations(names, 2) if rng.random() < 0.5)
        pattern = pattern_of(CausalGraph(tuple(names), edges))
        graphs = members(pattern)
        assert graphs and member(pattern) in graphs
        x, y = (str(name) for name in rng.permutation(names)[:2])
        found = adjust_in_class(pattern, x, y)
        if any(frozenset((x, y)) == line for line in pattern.lines):
            assert found.undecided is not None
        valid = set.intersection(*(oracles.adjustment_sets(graph, x, y) for graph in graphs))
        directed = {bool(graph.causal_nodes(x, y)) for graph in graphs}
        if found.undecided is not None or not found.is_possible:
            assert found.is_possible or directed == {False}
        if found.undecided is None:
            assert set(found.sets) == oracles.minimal(valid), (pattern, x, y)
            amenable += 1
        else:
            assert not valid or directed != {True}, (pattern, x, y)
    assert amenable > 5


def test_the_answer_is_one_sentence():
    chain = Pattern(("a", "b", "c"), frozenset(), frozenset([frozenset("ab"), frozenset("bc")]))
    assert "the line a - b has no direction" in adjust_in_class(chain, "a", "c").summary
    collider = pattern_of(CausalGraph(("a", "b", "x", "y"), (("a", "x"), ("b", "x"), ("x", "y"), ("b", "y"))))
    assert adjust_in_class(collider, "x", "y").summary == (
        "In every graph of this class, adjusting for {b} identifies the effect of x on y."
    )
    assert "the effect of y on a is 0; adjusting for" in adjust_in_class(collider, "y", "a").summary
    rng = np.random.default_rng(0)
    a, b, c, d = rng.normal(size=(4, 5000))
    columns = {"a": a, "b": b, "x": a + b + c, "y": 2 * (a + b + c) + 3 * b + d}
    assert "Adjusted for b, one more unit of x changes y by 1.98 (" in effect_in_class(
        adjust_in_class(collider, "x", "y"), columns
    )
    with pytest.raises(EstimateError, match="choose two different columns"):
        adjust_in_class(collider, "x", "x")
    square = frozenset(frozenset(pair) for pair in ("ab", "bc", "cd", "da"))
    with pytest.raises(EstimateError, match="No graph fits these arrows and lines"):
        adjust_in_class(Pattern(tuple("abcd"), frozenset(), square), "a", "c")
