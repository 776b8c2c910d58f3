"""Graphs come in and go out as text, and what is wrong with one is told by name."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import random_graph

from core.causal import CausalGraph, GraphError, parse_graph
from core.causal.parsing import to_dagitty, to_dot


@pytest.mark.parametrize(
    "text",
    [
        "dag { a -> b; b -> c }",
        "dag {\na\nb\nc\na -> b\nb -> c\n}",
        "digraph { a -> b -> c; }",
        'digraph G {\n  rankdir=LR;\n  node [shape=circle];\n  a; b; c;\n  a -> b [label="x"];\n  b -> c;\n}',
        "a -> b\nb -> c",
        "a -> b; c <- b",
        'dag { bb="0,0,1,1"\n a [pos="0,0"] b [pos="1,0"] c [pos="2,0.5"]\n a -> b\n b -> c }',
        "# a comment\na -> b // and another\nb -> c /* and one\nmore */",
        "strict digraph { a -> b ; b -> { c } }",
    ],
)
def test_notations_in_use_are_read(text):
    graph = parse_graph(text)
    assert set(graph.nodes) == {"a", "b", "c"} and set(graph.edges) == {("a", "b"), ("b", "c")}
    assert not graph.latent


def test_what_is_said_of_nodes_is_taken_in():
    graph = parse_graph(
        'dag { "heart rate" [exposure,pos="-1.5,2"]; y [outcome]; u [latent]; u -> y; "heart rate" <-> y }'
    )
    assert graph.exposure == "heart rate" and graph.outcome == "y"
    assert graph.latent == {"u", "U(heart rate,y)"} and graph.places == {"heart rate": (-1.5, 2.0)}
    assert ("U(heart rate,y)", "y") in graph.edges and ("U(heart rate,y)", "heart rate") in graph.edges
    assert parse_graph("digraph { a [latent=true]; a -> b; b [latent=false] }").latent == {"a"}


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000))
def test_what_goes_out_comes_in_again(seed):
    graph = random_graph(np.random.default_rng(seed))
    for written in (to_dagitty(graph), to_dot(graph)):
        again = parse_graph(written)
        assert (again.nodes, set(again.edges), again.latent) == (graph.nodes, set(graph.edges), graph.latent)


def test_names_with_anything_in_them_survive():
    names = ("blood pressure", 'a "quoted" one', "x-1", "1st", "ä", "a;b", "back\\slash")
    graph = CausalGraph(names, tuple(itertools.pairwise(names)), frozenset([names[2]]))
    for written in (to_dagitty(graph), to_dot(graph)):
        again = parse_graph(written)
        assert (again.nodes, again.edges, again.latent) == (graph.nodes, graph.edges, graph.latent)


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "no node in this text"),
        ("dag { }", "no node in this text"),
        ("a -> b\nb -> c\nc -> a", "run in a circle: a -> b -> c -> a"),
        ("a -> a", "a can't be its own cause"),
        ("a -> b; a -> b", "The arrow a -> b is there twice"),
        ("a <-> a", "can't share a hidden cause with itself"),
        ("dag { a -> b", "A brace is open"),
        ("a -> ", "no arrow from one node to another"),
        ("a -- b", "use ->"),
        ("pdag { a -> b }", "no pdag"),
        ("hello { a -> b }", "begins with dag or digraph, not 'hello'"),
        ("dag { x [exposure]; y [exposure]; x -> y }", "Both x and y are called the exposure"),
        ("a -> b @ ] c", "can't be read as a graph"),
        ("x" * 100_001, "more than 100,000 characters"),
        ("; ".join(f"a{i} -> b{i}" for i in range(101)), "202 nodes and the limit is 200"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(text, said):
    with pytest.raises(GraphError) as error:
        parse_graph(text)
    assert said in str(error.value) and "\n" not in str(error.value) and str(error.value).endswith((".", "}"))


def test_a_typo_is_told_by_name():
    graph = parse_graph("smoking -> tar -> cancer")
    with pytest.raises(GraphError, match=r"no node called smokng; did you mean smoking\?"):
        graph.check_node("smokng")
    with pytest.raises(GraphError, match=r"no node called zzz; there are smoking, tar, cancer\."):
        graph.check_node("zzz")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='ab->{};[]<"=, \n#/*', max_size=40))
def test_no_text_ever_breaks_the_reader(text):
    try:
        parse_graph(text)
    except GraphError as error:
        assert len(str(error)) < 400


def test_setting_a_node_cuts_what_leads_into_it_alone():
    graph = parse_graph("z -> x; z -> y; x -> y; x -> w")
    assert set(graph.under_do(["x"]).edges) == {("z", "y"), ("x", "y"), ("x", "w")}
    assert graph.ancestors(["y"]) == {"x", "y", "z"} and graph.descendants(["x"]) == {"x", "y", "w"}
    assert not graph.separated("z", "w", []) and graph.separated("z", "w", ["x"])


@pytest.mark.parametrize(
    "text, edges",
    [
        ("a -> {b c}", "ab ac"),
        ("{a b} -> c", "ac bc"),
        ("dag { {a, b} -> {c; d}\n e -> a }", "ac ad bc bd ea"),
        ("digraph { x -> {y z}\n{x y} -> w w -> v }", "xy xz xw yw wv"),
        ("{a b} -> {c d} -> e", "ac ad bc bd ce de"),
        ("{ a -> b }", "ab"),
    ],
)
def test_groups_in_braces_stand_for_each_of_their_nodes(text, edges):
    assert set(parse_graph(text).edges) == {tuple(edge) for edge in edges.split()}
