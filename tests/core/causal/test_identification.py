"""What identification says agrees with the definitions on thousands of random graphs, and with what is published."""

import numpy as np
import pytest
from oracles import Tables, adjustment_sets, can_be_identified, minimal, random_graph

from core.causal import GraphError, identify, parse_graph
from core.causal.estimand import Joint, told
from core.causal.identify import is_adjustment_set

GRAPHS = 5000


def questions(count, most=8, seed=0):
    """Random graphs, each with an exposure and an outcome that were measured."""
    rng = np.random.default_rng(seed)
    while count:
        graph = random_graph(rng, most)
        seen = list(graph.observed)
        if len(seen) < 2:
            continue
        x, y = sorted(rng.choice(seen, 2, replace=False))  # causes have the lower numbers
        if rng.random() < 0.05:
            x, y = y, x
        yield graph, str(x), str(y), rng
        count -= 1


def test_it_agrees_with_a_second_opinion_on_thousands_of_graphs():
    kinds = dict.fromkeys(("no causal path", "nothing needed", "adjustment", "formula", "not identifiable"), 0)
    for graph, x, y, _ in questions(GRAPHS):
        found = identify(graph, x, y)
        kinds[found.kind] += 1
        told = (graph.edges, sorted(graph.latent), x, y)
        if found.kind == "no causal path":
            assert y not in graph.descendants([x]), told
            continue
        valid = adjustment_sets(graph, x, y)
        assert found.complete and set(found.sets) == minimal(valid), told
        assert (found.kind == "nothing needed") == (frozenset() in valid), told
        assert (found.kind != "not identifiable") == can_be_identified(graph, x, y), told
        assert found.optimal is None or found.optimal in valid, told
        assert set(found.reasons) == set(graph.nodes) - {x, y}
    assert min(kinds.values()) > 50, f"every answer must occur: {kinds}"


def test_every_formula_gives_what_do_gives():
    """On random tables: the formula, of what is observed alone, against the model with the exposure set."""
    worked = 0
    for graph, x, y, rng in questions(1200, most=6, seed=1):
        found = identify(graph, x, y)
        if found.formula is None:
            continue
        model = Tables(graph, rng)
        names = graph.nodes
        hidden = tuple(i for i, name in enumerate(names) if name in graph.latent)
        seen = tuple(name for name in names if name not in graph.latent)
        joint = Joint(seen, model.joint({}).sum(axis=hidden))
        values = found.formula.evaluate(joint)
        for setting in (0, 1):
            true = model.joint({x: setting}).sum(axis=tuple(i for i, name in enumerate(names) if name != y))
            index = tuple(slice(None) if name == y else setting if name == x else 0 for name in values.names)
            assert values.array[index] == pytest.approx(true, abs=1e-9), (graph.edges, x, y, str(found.formula))
        worked += found.kind == "formula"
    assert worked > 10


@pytest.mark.parametrize(
    "text, x, y, sets",
    [
        # Pearl, Causality (2nd ed.), figure 3.4: the back-door example.
        (
            "X1 -> X3; X1 -> X4; X2 -> X4; X2 -> X5; X3 -> Xi; X4 -> Xi; X4 -> Xj; X5 -> Xj; Xi -> X6; X6 -> Xj",
            "Xi", "Xj", [{"X1", "X4"}, {"X2", "X4"}, {"X3", "X4"}, {"X4", "X5"}],
        ),
        # The M-graph (Greenland, Pearl and Robins 1999): adjusting for M does harm.
        ("dag { U1 -> X; U1 -> M; U2 -> M; U2 -> Y; X -> Y; U1 [latent]; U2 [latent] }", "X", "Y", [set()]),
        # Confounding, plainly.
        ("dag { Z -> X; Z -> Y; X -> Y }", "X", "Y", [{"Z"}]),
        # A mediator and a confounder of mediator and outcome.
        ("dag { X -> M; M -> Y; L -> M; L -> Y; X -> Y }", "X", "Y", [set()]),
    ],
)  # fmt: skip
def test_published_graphs_have_their_published_sets(text, x, y, sets):
    found = identify(parse_graph(text), x, y)
    assert {frozenset(one) for one in sets} == set(found.sets)


def test_front_door_and_instruments_are_found_where_nothing_else_works():
    smoking = identify(parse_graph("dag { u [latent]; u -> s; u -> c; s -> tar; tar -> c }"), "s", "c")
    assert smoking.kind == "formula" and smoking.sets == () and smoking.front_door == (frozenset(["tar"]),)
    assert "P(tar | s)" in str(smoking.formula)
    weak = identify(parse_graph("dag { z -> x; x -> y; x <-> y }"), "x", "y")
    assert weak.kind == "not identifiable" and [one.node for one in weak.instruments] == ["z"]
    assert {"x", "y"} <= weak.hedge.nodes
    nothing = identify(parse_graph("dag { y -> x }"), "x", "y")
    assert nothing.kind == "no causal path" and nothing.sets == ()


def test_each_node_that_must_not_be_adjusted_for_has_its_reason():
    graph = parse_graph("dag { z -> x; z -> y; x -> m; m -> y; m -> d; x -> c; y -> c; i -> x; u [latent]; u -> y }")
    reasons = identify(graph, "x", "y").reasons
    assert "causal path" in reasons["m"] and "listens to a node on a causal path" in reasons["d"]
    assert "listens to the outcome" in reasons["c"] and "needed" in reasons["z"]
    assert "at most through x" in reasons["i"]
    assert "nobody has measured" in reasons["u"]
    harm = parse_graph("dag { a -> x; a -> m; b -> m; b -> y; x -> y }")
    assert "collider of a and b" in identify(harm, "x", "y").reasons["m"]
    assert not is_adjustment_set(harm, "x", "y", ["m"]) and is_adjustment_set(harm, "x", "y", ["m", "a"])


@pytest.mark.parametrize(
    "x, y, said",
    [
        ("x", "x", "both x"),
        ("u", "y", "exposure u is latent"),
        ("x", "u", "outcome u is latent"),
        ("q", "y", "no node"),
    ],
)
def test_questions_that_make_no_sense_get_a_sentence(x, y, said):
    with pytest.raises(GraphError, match=said):
        identify(parse_graph("dag { u [latent]; u -> x; x -> y }"), x, y)


def test_what_a_sum_runs_over_is_not_taken_for_what_stands_outside():
    found = identify(parse_graph("dag { u [latent] u -> x u -> y x -> m -> y }"), "x", "y")
    assert (
        found.to_json()["formula"]
        == told(found.formula, "x", "y")
        == "P(y | do(x)) = Σ_{m} P(m | x) [Σ_{x′} P(x′) P(y | m, x′)]"
    )
    plain = identify(parse_graph("dag { z -> x z -> y x -> y }"), "x", "y")
    assert told(plain.formula, "x", "y") == "P(y | do(x)) = Σ_{z} P(z) P(y | x, z)"


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf")])
def test_a_time_that_means_nothing_is_refused(seconds):
    with pytest.raises(GraphError, match="must be 0 seconds or more"):
        identify(parse_graph("dag { z -> x z -> y x -> y }"), "x", "y", seconds=seconds)


def test_no_node_that_is_called_harmless_breaks_a_set():
    """On random graphs with latent nodes, by the oracle's own sets; and where no set works, none is recommended."""
    tried = 0
    for graph, x, y, _ in questions(600, most=7, seed=7):
        if not graph.causal_nodes(x, y):
            continue
        valid = adjustment_sets(graph, x, y)
        for node, reason in identify(graph, x, y).reasons.items():
            soft = any(words in reason for words in ("costs precision", "not needed", "neither needed nor harmful"))
            if soft:
                tried += 1
                assert valid, (graph, node)
                assert all(one | {node} in valid for one in minimal(valid)), (graph, node, reason)
    assert tried > 100


def test_a_collider_that_breaks_a_set_is_called_so():
    reasons = identify(parse_graph("dag { z->x z->y a->x a->m b->m b->y x->y }"), "x", "y").reasons
    assert "collider of a and b: adjusting for it besides z opens a path" in reasons["m"]
    bow = identify(parse_graph("dag { u [latent] w->x w->y z->x x->y u->x u->y }"), "x", "y").reasons
    assert bow["w"] == bow["z"] == "no adjustment gives the effect, with it or without it"
