"""Rows that are selected by a node: which sets still give the effect, which paths the selection opens, for whom it
holds."""

import itertools

import numpy as np
import pytest
from oracles import is_open, random_graph, simple_paths

from core.causal import analyse, identify, parse_graph
from core.causal.analysis.verdict import verdict
from core.causal.identification.selection import selection_notes
from core.causal.tables.rows import table_of


@pytest.mark.parametrize(
    "text, sets, note",
    [
        ("x -> s; w -> s; w -> y; x -> y; s [selected]", [{"w"}], "The selection opens x -> s <- w -> y"),
        ("x -> s; x -> y; s [selected]", [set()], "the effect is that on everybody"),
        ("z -> x; z -> y; x -> y; v -> s; s [selected]", [{"z"}], "the effect is that on everybody"),
        ("w -> s; w -> y; x -> y; s [selected]", [set()], "among the selected rows alone"),
        ("x -> y; y -> s; s [selected]", [], "depends on y or on what lies between x and y"),
        ("x -> m -> y; m -> s; s [selected]", [], "no adjustment of selected rows gives the effect"),
        ("x -> s; u -> s; u -> y; x -> y; u [latent]; s [selected]", [], "The selection opens x -> s <- u -> y"),
        ("a -> x; a -> s; b -> s; b -> y; x -> y; s [selected]", [{"a"}, {"b"}], "opens x <- a -> s <- b -> y"),
    ],
)
def test_sets_are_valid_under_the_selection_and_what_it_opens_is_named(text, sets, note):
    graph = parse_graph(text)
    found = identify(graph, "x", "y")
    assert sorted(map(sorted, found.sets)) == sorted(map(sorted, sets))
    assert (found.kind == "not recoverable from selected rows") == (not sets)
    assert note in " ".join(selection_notes(graph, "x", "y"))
    assert found.reasons["s"] == "the rows are selected by it, so it is conditioned on"


@pytest.mark.parametrize("seed", range(4))
def test_the_sets_are_those_that_trying_all_finds(seed):
    rng, tried = np.random.default_rng(seed), 0
    while tried < 25:
        plain = random_graph(rng, 6)
        names = [str(node) for node in rng.permutation(plain.observed)]
        if len(names) < 4 or not plain.causal_nodes(*names[:2]):
            continue
        x, y, s = names[:3]
        graph = parse_graph(
            "dag {" + ";".join(plain.nodes) + ";" + ";".join(map(" -> ".join, plain.edges)) + f"; {s} [s] }}"
        )
        graph = graph.with_latent(plain.latent)
        causal = graph.causal_nodes(x, y)
        forbidden = graph.descendants(causal) | {x}
        free = [node for node in graph.nodes if node not in forbidden | graph.latent | {s, y}]
        edges = set(graph.edges)
        paths = [p for p in simple_paths(graph, x, y) if not all(step in edges for step in itertools.pairwise(p))]
        valid = {
            frozenset(some)
            for size in range(len(free) + 1)
            for some in itertools.combinations(free, size)
            if s not in forbidden | {y} and not any(is_open(graph, path, {*some, s}) for path in paths)
        }
        minimal = {one for one in valid if not any(other < one for other in valid)}
        assert set(identify(graph, x, y, seconds=9).sets) == minimal
        tried += bool(valid)


def test_the_estimate_among_selected_rows_is_right_where_the_naive_one_is_not():
    rng = np.random.default_rng(0)
    w, a, b, c = rng.normal(size=(4, 40_000))
    x = (a > 0).astype(float)
    y, kept = x + 2 * w + b, 2 * x + w + c > 1
    table = table_of({"x": x[kept], "w": w[kept], "y": y[kept]})
    graph = parse_graph("x -> s; w -> s; w -> y; x -> y; s [selected]")
    found = analyse(graph, table, "x", "y")
    assert found.headline.low < 1 < found.headline.high and found.unadjusted.high < 0.7
    assert not any("latent" in note for note in found.notes)
    lost = analyse(parse_graph("x -> y; y -> s; w -> y; s [selected]"), table, "x", "y")
    assert lost.headline is None and verdict(lost).startswith("No adjustment of the selected rows identifies")
