"""What identification says agrees with the definitions on thousands of random graphs, and with what is published."""

import itertools

import numpy as np
import pytest
from oracles import Tables, adjustment_sets, can_be_identified, front_door_sets, minimal, random_graph

from core.causal import GraphError, identify, parse_graph
from core.causal.identification.adjustment_sets import is_adjustment_set
from core.causal.identification.estimand import Joint, equation, names_in
from core.causal.identification.id_algorithm import Hedge, id_formula

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
        case = (graph.edges, sorted(graph.latent), x, y)
        if found.kind == "no causal path":
            assert y not in graph.descendants([x]), case
            continue
        valid = adjustment_sets(graph, x, y)
        assert found.complete and set(found.sets) == minimal(valid), case
        assert (found.kind == "nothing needed") == (frozenset() in valid), case
        assert (found.kind != "not identifiable") == can_be_identified(graph, x, y), case
        assert found.optimal is None or found.optimal in valid, case
        assert set(found.reasons) == set(graph.nodes) - {x, y}
    assert min(kinds.values()) > 50, f"every answer must occur: {kinds}"


def test_every_formula_gives_what_do_gives():
    """On random tables: the formula, of what is observed alone, against the model with the exposure set, whatever value
    has what the formula leaves open; and the same of ID's where adjustment works as well."""
    worked = left_open = 0
    for graph, x, y, rng in questions(1200, most=6, seed=1):
        found = identify(graph, x, y)
        if found.formula is None:
            continue
        model = Tables(graph, rng)
        names = graph.nodes
        hidden = tuple(i for i, name in enumerate(names) if name in graph.latent)
        seen = tuple(name for name in names if name not in graph.latent)
        joint = Joint(seen, model.joint({}).sum(axis=hidden))
        general = id_formula(graph, x, y)
        assert not isinstance(general, Hedge)
        for formula, setting, other in itertools.product((found.formula, general), (0, 1), (0, 1)):
            values = formula.evaluate(joint)
            true = model.joint({x: setting}).sum(axis=tuple(i for i, name in enumerate(names) if name != y))
            index = tuple(slice(None) if name == y else setting if name == x else other for name in values.names)
            assert values.array[index] == pytest.approx(true, abs=1e-9), (graph.edges, x, y, str(formula))
            assert set(values.names) == names_in(formula) <= names_in(formula, bound=True)
        worked += found.kind == "formula"
        left_open += bool(names_in(general) - {x, y})
    assert worked > 10 and left_open > 10


@pytest.mark.parametrize(
    "text, x, y, sets",
    [
        # Pearl, Causality (2nd ed.), figure 3.4: the back-door example.
        (
            "X1 -> X3; X1 -> X4; X2 -> X4; X2 -> X5; X3 -> Xi; X4 -> Xi; X4 -> Xj; X5 -> Xj; Xi -> X6; X6 -> Xj",
            "Xi",
            "Xj",
            [{"X1", "X4"}, {"X2", "X4"}, {"X3", "X4"}, {"X4", "X5"}],
        ),
        # The M-graph (Greenland, Pearl and Robins 1999): adjusting for M does harm.
        ("dag { U1 -> X; U1 -> M; U2 -> M; U2 -> Y; X -> Y; U1 [latent]; U2 [latent] }", "X", "Y", [set()]),
        # Confounding, plainly.
        ("dag { Z -> X; Z -> Y; X -> Y }", "X", "Y", [{"Z"}]),
        # A mediator and a confounder of mediator and outcome.
        ("dag { X -> M; M -> Y; L -> M; L -> Y; X -> Y }", "X", "Y", [set()]),
    ],
)
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
    assert "causal path" in reasons["m"] and "descendant of a node on a causal path" in reasons["d"]
    assert "descendant of the outcome" in reasons["c"] and "required" in reasons["z"]
    assert "only through x" in reasons["i"]
    assert "not measured" in reasons["u"]
    harm = parse_graph("dag { a -> x; a -> m; b -> m; b -> y; x -> y }")
    assert "collider between a and b" in identify(harm, "x", "y").reasons["m"]
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
        == equation(found.formula, "x", "y")
        == "P(y | do(x)) = Σ_{m} P(m | x) [Σ_{x′} P(x′) P(y | m, x′)]"
    )
    plain = identify(parse_graph("dag { z -> x z -> y x -> y }"), "x", "y")
    assert equation(plain.formula, "x", "y") == "P(y | do(x)) = Σ_{z} P(z) P(y | x, z)"


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
            soft = any(words in reason for words in ("costs precision", "not required", "neither required nor harmful"))
            if soft:
                tried += 1
                assert valid, (graph, node)
                assert all(one | {node} in valid for one in minimal(valid)), (graph, node, reason)
    assert tried > 100


def test_a_collider_that_invalidates_a_set_is_named():
    reasons = identify(parse_graph("dag { z->x z->y a->x a->m b->m b->y x->y }"), "x", "y").reasons
    assert "collider between a and b: adjusting for it besides z opens a path" in reasons["m"]
    bow = identify(parse_graph("dag { u [latent] w->x w->y z->x x->y u->x u->y }"), "x", "y").reasons
    alike = "no adjustment set identifies the effect: even if one adjusts for all nodes, x <- u -> y stays open"
    assert (bow["w"], bow["z"]) == (alike, f"{alike}; it can serve as an instrument")
    given = identify(parse_graph("w -> z; w -> y; z -> x; x -> y; x <-> y"), "x", "y").reasons
    assert given["w"] == f"{alike.replace('<- u ->', '<- U(x,y) ->')}; z can serve as an instrument only given it"


def test_front_doors_are_those_of_the_criterion():
    """On random graphs: all that are minimal; where adjustment works as well, one of them."""
    several = besides = 0
    for graph, x, y, _ in questions(2500, most=7, seed=3):
        found = identify(graph, x, y)
        expected = minimal(front_door_sets(graph, x, y)) if graph.causal_nodes(x, y) else set()
        if found.sets:
            assert len(found.front_door) == bool(expected) and set(found.front_door) <= expected, (graph, x, y)
            besides += bool(expected)
        else:
            assert found.complete and set(found.front_door) == expected, (graph, x, y)
            several += len(expected) > 1 or any(len(one) > 1 for one in expected)
    assert several > 5 and besides > 5


def test_no_front_door_is_larger_than_need_be():
    """b and c together, or a alone; a and b are one too many."""
    found = identify(parse_graph("x -> b; x -> c; b -> a; c -> a; a -> y; x <-> y"), "x", "y")
    assert found.front_door == (frozenset("a"), frozenset("bc"))


@pytest.mark.parametrize("rest", ["x <-> y", "z -> x; z -> y"])
def test_twenty_parallel_mediators_are_found_together_at_once(rest):
    """More than a million subsets, of which all but the whole fail."""
    names = [f"m{i}" for i in range(20)]
    text = "; ".join(f"x -> {name}; {name} -> y" for name in names)
    found = identify(parse_graph(f"{text}; {rest}"), "x", "y")
    assert found.complete and found.front_door == (frozenset(names),)


@pytest.mark.parametrize(
    "each, rest", [("a{0} -> x; a{0} -> b{0}; b{0} -> y", "x -> y"), ("x -> a{0}; a{0} -> b{0}; b{0} -> y", "x <-> y")]
)
def test_the_first_set_comes_at_once_and_is_not_passed_off_as_all(each, rest):
    """Of 2^14 sets, with no time at all; and no harm is seen in what stands in for it."""
    text = "; ".join(each.format(i) for i in range(14)) + "; " + rest
    found = identify(parse_graph(text), "x", "y", seconds=0.0)
    (first,) = found.sets or found.front_door
    assert not found.complete and sorted(node[1:] for node in first) == sorted(map(str, range(14)))
    assert found.kind == ("adjustment" if found.sets else "formula")


def test_what_a_formula_leaves_open_is_named():
    """Verma's graph (Verma and Pearl 1990; Tian and Pearl 2002), and the napkin (Pearl and Mackenzie 2018)."""
    verma = id_formula(parse_graph("a -> b; b -> c; c -> d; b <-> d"), "c", "d")
    assert equation(verma, "c", "d") == "P(d | do(c)) = Σ_{b} P(b | a) P(d | a, b, c), for any value of a"
    napkin = identify(parse_graph("w -> z; z -> x; x -> y; w <-> x; w <-> y"), "x", "y")
    assert napkin.to_json()["formula"].endswith(", for any value of z") and names_in(napkin.formula) == {"x", "y", "z"}
    assert all("it appears in the formula" in napkin.reasons[node] for node in "zw")


def test_where_adjustment_works_the_formula_is_that_of_the_first_set():
    """The algorithm would sum over w as well, which the graph has no need of."""
    found = identify(parse_graph("w -> z; z -> x; z -> y; w -> y; x -> y"), "x", "y")
    assert found.sets == (frozenset("z"),)
    assert found.to_json()["formula"] == "P(y | do(x)) = Σ_{z} P(z) P(y | x, z)"
    nothing = identify(parse_graph("x -> m; m -> y; l -> m; l -> y"), "x", "y")
    assert nothing.to_json()["formula"] == "P(y | do(x)) = P(y | x)"
