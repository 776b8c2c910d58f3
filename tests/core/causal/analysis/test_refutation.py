"""Outcomes that an exposure can't move are controls: those that the graph names, or those that a person chooses."""

import numpy as np
import pytest

from core.causal.analysis.analyse import analyse
from core.causal.analysis.refutation import check_controls, negative_controls, refutations
from core.causal.graphs.graph import GraphError
from core.causal.graphs.parsing import parse_graph
from core.causal.tables.read_csv import read_table
from core.causal.tables.rows import table_of

WIDE = parse_graph("z -> x; z -> y; x -> y; z -> w; v; u -> x; u -> t; y -> late; x -> side")


def wide(count=400):
    """Rows of that graph, and their analysis."""
    rng = np.random.default_rng(0)
    z, u, v = rng.normal(size=(3, count))
    x = z + u + rng.normal(size=count)
    y = z + x + rng.normal(size=count)
    w, t, side, late = z + rng.normal(size=count), u + rng.normal(size=count), x + u, y + v
    table = table_of({"z": z, "x": x, "y": y, "w": w, "v": v, "t": t, "side": side, "late": late})
    return table, analyse(WIDE, table, "x", "y")


def test_an_outcome_that_can_not_be_moved_is_a_negative_control():
    """By the graph, w listens to z alone; in the rows a hidden cause ties it to the exposure, and the control fails."""
    graph = parse_graph("z -> x; z -> y; x -> y; z -> w")
    rng = np.random.default_rng(0)
    z, u = rng.normal(size=(2, 2000))
    x = z + u + rng.normal(size=2000)
    for tie in (0.0, 1.0):
        rows = {"z": z, "x": x, "y": z + x + rng.normal(size=2000), "w": z + tie * u + rng.normal(size=2000)}
        found = analyse(graph, table_of(rows), "x", "y")
        control = refutations(found, table_of(rows), rng)[-1]
        assert control.name == "w as negative control" and control.passed == (tie == 0)


def tried(found, table, controls=None):
    tries = refutations(found, table, np.random.default_rng(0), controls=controls)
    return [one.name.removesuffix(" as negative control") for one in tries[4:]]


def test_where_the_front_door_is_quoted_there_are_no_controls():
    """Adjusting is possible by the graph, but in these rows z leaves nothing of x: only the front door has a number."""
    rng = np.random.default_rng(0)
    z, q = rng.normal(size=(2, 500))
    x = 2 * z
    m = x + rng.normal(size=500)
    table = table_of({"z": z, "q": q, "x": x, "m": m, "y": m + z + rng.normal(size=500)})
    found = analyse(parse_graph("z -> x; z -> y; x -> m; m -> y; q"), table, "x", "y")
    assert found.headline.method == "front door" and negative_controls(found, table) == ()
    assert refutations(found, table, rng)
    with pytest.raises(GraphError, match="identified by adjustment"):
        check_controls(found, table, ["q"])


def test_controls_are_those_of_the_graph_or_those_that_are_chosen():
    table, found = wide()
    assert negative_controls(found, table) == ("w", "v") == tuple(tried(found, table))
    assert tried(found, table, ["v"]) == ["v"] and tried(found, table, []) == []
    assert tried(found, table, ["v", "w", "v"]) == ["v", "w"]


@pytest.mark.parametrize(
    "node, why",
    [
        ("x", "x is not a negative control: it is the exposure; choose from w, v."),
        ("z", "z is not a negative control: it is adjusted for"),
        ("late", "late is not a negative control: according to the graph, x may affect it"),
        (
            "t",
            "t is not a negative control: according to the graph, it is associated with x although x does not affect",
        ),
        ("u", "u is not a negative control: it has no column"),
        ("ww", "no node called ww; did you mean w?"),
    ],
)
def test_what_is_no_control_is_refused_and_reported_why(node, why):
    table, found = wide()
    for ask in (check_controls, tried):
        with pytest.raises(GraphError) as raised:
            ask(found, table, ["v", node])
        assert why in str(raised.value)


def test_columns_of_words_or_of_one_value_are_no_controls():
    lines = "\n".join(f"{i % 2},{i % 3},{'abcdefghijklmn'[i % 14]},1,{i % 7}" for i in range(60))
    table = read_table(f"x,y,words,flat,good\n{lines}".encode())
    found = analyse(parse_graph("x -> y; words; flat; good"), table, "x", "y")
    assert negative_controls(found, table) == ("good",)
    for node, why in (("words", "words holds text"), ("flat", "it is the same in every row; choose from good.")):
        with pytest.raises(GraphError, match=why):
            check_controls(found, table, [node])


def test_where_nothing_is_adjusted_for_there_are_no_controls():
    rng = np.random.default_rng(0)
    table = table_of({name: rng.normal(size=100) for name in ("x", "m", "y", "w")})
    found = analyse(parse_graph("dag { x -> m -> y; x <-> y; w }"), table, "x", "y")
    assert negative_controls(found, table) == ()
    with pytest.raises(
        GraphError,
        match="w is not a negative control: negative controls need an effect that is identified by adjustment",
    ):
        check_controls(found, table, ["w"])
