"""PC finds just what independences tell, interventions tell the rest, and NOTEARS lives off the order of variances."""

import itertools

import numpy as np
import pytest
from oracles import is_open, random_graph, simple_paths

from core.causal.discovery.discover import (
    discover,
    intervene,
    linear_model,
    numeric_columns,
    observe,
    score,
    standardised,
    user_rows,
)
from core.causal.discovery.notears import notears, varsortability
from core.causal.discovery.pc import Pattern, apply_meek_rules, partial_correlation_test, pc
from core.causal.estimation.question import EstimateError
from core.causal.graphs.graph import CausalGraph, GraphError
from core.causal.graphs.parsing import parse_graph
from core.causal.scm.interventions import Do
from core.causal.scm.model_text import parse_model
from core.causal.tables.read_csv import read_table
from core.causal.tables.rows import RowsError, table_of


def straight(seed, size=8, chance=0.3):
    """A linear model with unit noises and weights of 0.5 to 2 either way, as in Zheng et al. 2018."""
    draw, lines = np.random.default_rng(seed), []
    for i in range(size):
        terms = [f"{draw.choice([-1, 1]) * draw.uniform(0.5, 2):.3f}*v{j}" for j in range(i) if draw.random() < chance]
        lines.append(f"v{i} = " + " + ".join([*terms, "normal(0, 1)"]))
    return parse_model("\n".join(lines))


def rows_of(model, count=3000, seed=0):
    return observe(model, count, np.random.default_rng(seed))


def colliders(edges):
    """Pairs that tie in a node without being joined: with the skeleton they fix what can be told (Verma and Pearl)."""
    return {
        (frozenset((a, b)), c)
        for a, c in edges
        for b, d in edges
        if c == d and a != b and (a, b) not in edges and (b, a) not in edges
    }


def true_pattern(graph):
    """By trying every direction of every arrow: what all graphs with the same independences share."""
    options, want = [], colliders(graph.edges)
    for turned in itertools.product((False, True), repeat=len(graph.edges)):
        edges = tuple((b, a) if turn else (a, b) for (a, b), turn in zip(graph.edges, turned, strict=True))
        if colliders(edges) == want:
            try:
                options.append(set(CausalGraph(graph.nodes, edges).edges))
            except GraphError:
                continue
    return set.intersection(*options)


def test_with_perfect_tests_pc_finds_what_all_equivalent_graphs_share():
    draw, checked = np.random.default_rng(0), 0
    while checked < 150:
        graph = random_graph(draw, 6)
        if graph.latent or len(graph.edges) > 9:
            continue

        def independent(one, other, given, graph=graph):
            return not any(is_open(graph, path, set(given)) for path in simple_paths(graph, one, other))

        found = pc(graph.nodes, independent)
        assert found.adjacent == {frozenset(edge) for edge in graph.edges} and found.complete
        assert found.arrows == true_pattern(graph), graph.edges
        checked += 1


def test_a_chain_stays_open_and_a_collider_does_not():
    chain = discover(rows_of(parse_model("a = normal(0, 1)\nb = a + normal(0, 1)\nc = b + normal(0, 1)")))
    assert not chain.arrows and chain.lines == {frozenset("ab"), frozenset("bc")}
    tie = discover(rows_of(parse_model("a = normal(0, 1)\nb = normal(0, 1)\nc = a + b + normal(0, 1)")))
    assert tie.arrows == {("a", "c"), ("b", "c")} and not tie.lines


@pytest.mark.parametrize(
    "arrows, lines, wanted",
    [
        ("ab", ["bc"], "bc"),  # rule 1: else a collider at b
        ("ab bc", ["ac"], "ac"),  # rule 2: else a cycle
        ("cb db", ["ab", "ac", "ad"], "ab"),  # rule 3
        ("dc cb", ["ab", "ad", "ac"], "ab"),  # rule 4
    ],
)
def test_the_rules_of_meek(arrows, lines, wanted):
    """Meek 1995, figure 1."""
    known = frozenset(tuple(arrow) for arrow in arrows.split())
    pattern = apply_meek_rules(Pattern(tuple("abcd"), known, frozenset(map(frozenset, lines))))
    assert tuple(wanted) in pattern.arrows and pattern.arrows - known == {tuple(wanted)}


def test_the_fourth_rule_is_silent_where_its_ends_are_joined():
    known = frozenset({("d", "c"), ("c", "b"), ("d", "b")})
    found = apply_meek_rules(Pattern(tuple("abcd"), known, frozenset(map(frozenset, ("ab", "ac", "ad")))))
    assert frozenset("ab") in found.lines


def test_too_few_rows_can_tell_no_independence():
    rows = {name: np.random.default_rng(0).normal(size=(5, 6))[i] for i, name in enumerate("abcde")}
    independent = partial_correlation_test(rows, 0.01)
    assert independent("a", "b", ()) and not independent("a", "b", ("c", "d", "e"))


def test_pc_is_right_on_straight_models_and_units_do_not_matter():
    scores = []
    for seed in range(8):
        model = straight(seed)
        rows = rows_of(model)
        found = discover(rows)
        assert discover(standardised(rows)) == found == discover({n: 7 * c - 3 for n, c in rows.items()})
        scores.append(score(found, model.graph))
    assert np.mean([one.precision for one in scores]) > 0.9 and np.mean([one.recall for one in scores]) > 0.8


def test_interventions_direct_what_seeing_leaves_open():
    model = parse_model(
        "a = normal(0, 1)\nb = a + normal(0, 1)\nc = b + normal(0, 1)\nd = -c + normal(0, 1)\ne = b + normal(0, 1)"
    )
    rows = rows_of(model)
    before = discover(rows)
    assert score(before, model.graph).undecided == 4
    every = [intervene(model, before, rows, 500, np.random.default_rng(seed)) for seed in range(40)]
    ends = [score(steps[-1].after, model.graph) for steps in every]
    assert sum((one.correct, one.reversed, one.extra, one.undecided) == (4, 0, 0, 0) for one in ends) >= 38
    assert {len(steps) for steps in every} == {1}, "what follows from the first needs no second"
    steps = every[1]
    assert steps[0].node == "b" and set(steps[0].directed) == {("a", "b"), ("b", "c"), ("b", "e")}
    assert intervene(model, before, rows, 500, np.random.default_rng(1)) == steps
    assert len(intervene(model, before, rows, 500, np.random.default_rng(1), most=0)) == 0


def test_an_effect_on_the_spread_alone_is_seen():
    model = parse_model("a = normal(0, 1)\nb = normal(0, 1)\nc = a*b + normal(0, 0.3)")
    rows = rows_of(model)
    open_pair = Pattern(("a", "c"), frozenset(), frozenset([frozenset("ac")]))
    for names in (("a", "c"), ("c", "a")):
        (step,) = intervene(
            model, Pattern(names, open_pair.arrows, open_pair.lines), rows, 1000, np.random.default_rng(0)
        )
        assert step.directed == (("a", "c"),) and step.node == names[0]


def test_a_switch_is_set_to_a_value_that_it_has():
    model = parse_model("a = bernoulli(0.3)\nb = 2*a + normal(0, 1)")
    (step,) = intervene(model, discover(rows_of(model)), rows_of(model), 500, np.random.default_rng(0))
    assert step.directed == (("a", "b"),)
    never = parse_model("a = bernoulli(0.3)\nb = 5*(a > 1.1) + normal(0, 1)")
    pattern = Pattern(("a", "b"), frozenset(), frozenset([frozenset("ab")]))
    (step,) = intervene(never, pattern, rows_of(never), 500, np.random.default_rng(0))
    assert step.directed == (("b", "a"),)


def test_what_is_hidden_is_not_seen():
    model = parse_model("hidden u = normal(0, 1)\na = u + normal(0, 1)\nb = u + normal(0, 1)")
    rows = rows_of(model)
    assert set(rows) == {"a", "b"} and discover(rows).adjacent == {frozenset("ab")}
    assert (rows_of(model)["a"] == rows["a"]).all()
    assert (observe(model, 5, np.random.default_rng(0), Do("a", 3.0))["a"] == 3).all()


def test_notears_finds_arrows_by_their_variances_and_loses_them_with_the_units():
    """Reisach et al. 2021: on standardised data it no longer knows the direction."""
    raw, plain = [], []
    for seed in range(5):
        model = straight(seed)
        rows = rows_of(model)
        raw.append(score(notears(rows), model.graph))
        plain.append(score(notears(standardised(rows), threshold=0.1), model.graph))
    edges = sum(one.edges for one in raw)
    assert sum(one.correct for one in raw) > 0.9 * edges and sum(one.reversed + one.extra for one in raw) <= 0.1 * edges
    assert sum(one.correct for one in plain) < 0.6 * edges


def test_notears_finds_the_weights_that_least_squares_has():
    rows = rows_of(parse_model("a = normal(0, 1)\nb = 2*a + normal(0, 1)"), 5000)
    assert notears(rows).arrows == {("a", "b")} and not notears(rows).lines
    assert notears(rows, threshold=2.5).arrows == frozenset() == notears(rows, sparsity=50.0).arrows


def test_notears_never_gives_a_cycle():
    for seed in range(6):
        rows = {f"v{i}": column for i, column in enumerate(np.random.default_rng(seed).normal(size=(5, 40)))}
        found = notears(rows, sparsity=0.0, threshold=0.0)
        CausalGraph(found.nodes, tuple(found.arrows))


def test_varsortability():
    """Reisach et al. 2021, equation 1: 1 where variances grow along all paths, 0 where they shrink."""
    graph = parse_graph("a -> b; b -> c")
    rows = {name: scale * np.array([-1.0, 1.0]) for name, scale in (("a", 1), ("b", 2), ("c", 3))}
    assert varsortability(rows, graph) == 1.0
    assert varsortability({name: column / column.var() for name, column in rows.items()}, graph) == 0.0
    assert varsortability(standardised({n: np.tile(c, 5) for n, c in rows.items()}), graph) == 0.5
    assert varsortability(rows | {"c": rows["a"] * 1.5}, graph) == pytest.approx(2 / 3), "of a-b, b-c and a-c"
    assert np.isnan(varsortability(rows, parse_graph("dag { a; b }")))


def test_a_score_counts_arrows_that_are_right_turned_undecided_missed_and_invented():
    graph = parse_graph("a -> b; b -> c; c -> d; d -> e")
    lines = frozenset([frozenset("cd"), frozenset("be")])
    one = score(Pattern(tuple("abcde"), frozenset({("a", "b"), ("c", "b"), ("a", "d")}), lines), graph)
    assert (one.precision, one.recall, one.edges) == (0.6, 0.75, 4)
    assert (one.correct, one.reversed, one.undecided, one.missed, one.extra) == (1, 1, 1, 1, 2)
    assert np.isnan(score(Pattern(("a", "b"), frozenset(), frozenset()), graph).precision)


def test_columns_that_say_the_same_are_reported_by_name():
    rows = rows_of(straight(0))
    first = next(iter(rows))
    with pytest.raises(EstimateError, match=f"{first} and copy are the same except for units"):
        discover(rows | {"copy": 3 - 2 * rows[first]})


def test_time_that_is_up_is_reported():
    assert not discover(rows_of(straight(0)), seconds=0.0).complete


@pytest.mark.parametrize("method", [discover, standardised, notears])
def test_columns_among_which_nothing_can_be_sought_are_reported(method):
    a = np.arange(20.0)
    for columns, said in (
        ({"a": a}, "2 to 50 columns, not 1"),
        ({f"v{i}": a for i in range(51)}, "not 51"),
        ({"a": a[:1], "b": a[:1]}, "more rows than 1"),
        ({"a": a, "b": np.full(20, 0.1)}, "b is the same in every row"),
        ({"a": a[:5], "b": a[:5]}, "more rows than 5"),
    ):
        with pytest.raises(EstimateError, match=said):
            method(columns)


def test_small_units_make_no_column_constant():
    rows = rows_of(parse_model("a = normal(0, 1)\nb = normal(0, 1)\nc = a + b + normal(0, 1)"))
    assert discover({name: 1e-30 * column for name, column in rows.items()}) == discover(rows)


def test_the_search_can_be_followed_and_ended():
    shares = []
    discover(rows_of(straight(0)), seconds=1000.0, report=shares.append)
    assert len(shares) > 28 and shares == sorted(shares) and 0 <= shares[0] <= shares[-1] < 1

    def end(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        discover(rows_of(straight(0)), report=end)


def test_columns_of_ones_own_that_can_be_used_are_found_and_the_others_are_reported(monkeypatch):
    lines = "\n".join(f"{i % 7},{'no' if i % 2 else 'yes'},{'abc'[i % 3]},5,{i or ''}" for i in range(40))
    table = read_table(f"n,two,text,flat,gap\n{lines}".encode())
    names, output = numeric_columns(table)
    assert names == ("n", "two", "gap") and len(output) == 2
    assert "text holds text" in output[0] and output[1] == "Left out: flat is the same in every row."
    rows = user_rows(table, names)
    assert set(rows.columns) == set(names) and (len(rows), rows.dropped) == (39, 1)
    with pytest.raises(RowsError, match="text holds text"):
        user_rows(table, ["n", "text"])
    with pytest.raises(EstimateError, match="takes 2 to 30 columns, not 31"):
        user_rows(table_of({f"v{i}": [1.0] for i in range(31)}), [f"v{i}" for i in range(31)])
    monkeypatch.setattr("core.causal.discovery.discover.MOST_USER_ROWS", 38)
    with pytest.raises(EstimateError, match="at most 38 rows, not 39; use a sample"):
        user_rows(table, names)


def test_a_model_to_discover_has_straight_lines_and_no_cycle():
    models = [linear_model(8, 2.0, np.random.default_rng(seed)) for seed in range(60)]
    assert np.mean([len(model.graph.edges) for model in models]) == pytest.approx(8, abs=1)
    assert linear_model(8, 2.0, np.random.default_rng(3)) == models[3]
    with pytest.raises(ValueError, match="2 to 20 nodes, not 1"):
        linear_model(1, 1.0, np.random.default_rng(0))
