"""Graphs come in and go out as text, and what is wrong with one is told by name."""

import itertools
import time
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import is_open, random_graph, simple_paths

from core.causal import CausalGraph, GraphError, parse_graph
from core.causal.graphs import parsing
from core.causal.graphs.writing import to_dagitty, to_dot


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
        "a → b\nc ← b",
        "a -> b # my arrow\nb -> c;# another",
        "digraph { rankdir = LR; a -> b -> c }",
        "digraph { {rank=same; a; b} a -> { rank = same b }; b -> c }",
        'a [URL="http://x"]\na -> b [label="] // # no end"]\nb -> c',
        "a,\nb, c\na -> b\n-> c",
        'a [latent="false"]; a -> b; b -> c // "',
        'digraph { a:n -> b:s; b:e:sw -> c; "a" [label=<<b>my word</b> again>, shape=box] }',
        "dag { a [adjusted]; b [a, latent=no]; a -> b; b -> c }",
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
    assert graph.latent == {"u", "U(heart rate,y)"} and graph.positions == {"heart rate": (-1.5, 2.0)}
    assert ("U(heart rate,y)", "y") in graph.edges and ("U(heart rate,y)", "heart rate") in graph.edges
    assert parse_graph("digraph { a [latent=true]; a -> b; b [latent=false] }").latent == {"a"}


def test_what_is_marked_as_adjusted_for_is_kept_and_as_selected_too():
    graph = parse_graph("dag { a [adjusted]; b [a,latent]; c [adjusted=false]; a -> b -> c }")
    assert graph.adjusted == {"a", "b"} and parse_graph(to_dagitty(graph)) == graph
    chosen = replace(graph, exposure="a", outcome="c")
    assert parse_graph(to_dot(chosen)) == parse_graph(to_dagitty(chosen)) == chosen
    for mark in ("selected", "s"):
        graph = parse_graph(f"dag {{ a -> b; b [{mark}] }}")
        assert graph.selected == {"b"} and parse_graph(to_dagitty(graph)) == parse_graph(to_dot(graph)) == graph
    assert parse_graph("dag { a -> b; b [selected=no] }").selected == frozenset()


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
        ("a -> b\nb -> c\nc -> a", "form a cycle: a -> b -> c -> a"),
        ("a -> a", "a can't be its own cause"),
        ("a -> b; a -> b", "The arrow a -> b appears twice"),
        ("a <-> a", "can't share a hidden cause with itself"),
        ("dag { a -> b", "Line 1, column 13: a brace is still open; close it with }"),
        ("a -> ", "Line 1, column 5: expected a node or {, not the end of the text"),
        ("a -- b", "Line 1, column 3: -- has no direction; use ->, <- or <->"),
        ("pdag { a -> b }", "Line 1, column 1: a pdag has edges without a direction; only a dag can be read"),
        ("hello { a -> b }", "Line 1, column 1: a graph begins with dag or digraph, not 'hello'"),
        ("a -> b ] c", "Line 1, column 8: expected a node, an arrow (->), { or [, not '] c'"),
        ("x" * 100_001, "more than 100,000 characters"),
        ("dag { a, b -> c }", "Line 1, column 12: an arrow can't stand beside a comma; write { a b } -> c"),
        ("a -> b, c", "Line 1, column 7: a comma can't stand here; it separates nodes"),
        ("a,\nb -> c", "Line 2, column 3: an arrow can't stand beside a comma"),
        ("a o-> b", "Line 1, column 3: o-> leaves the direction open"),
        ("a @-> b", "@-> leaves the direction open"),
        ("a o-o b", "o-o leaves the direction open"),
        ("a <-o b", "<-o leaves the direction open"),
        ("dag { a -> b } c -> d", "Line 1, column 16: 'c -> d' stands after the closing brace; put it inside"),
        ("a <-> b; b <-> a", "a <-> b appears twice"),
        ("dag { node [exposure]; node -> y }", 'write "node" in quotes'),
        ("a [exposure] -> b", "Line 1, column 14: attributes end a statement; describe"),
        ("a -> ; b", "Line 1, column 6: expected a node or {, not '; b'"),
        ("a -> {}", "Line 1, column 6: these braces hold no node"),
        ('a -> "b', "Line 1, column 6: this quotation mark is never closed; close it"),
        ("/* " * 30_000, "Line 1, column 1: this comment is never closed; close it with */"),
        ("; ".join(f"a{i} -> b{i}" for i in range(101)), "202 nodes and the limit is 200"),
        ("dag { x [exposre]; x -> y }", "Line 1, column 7: the attribute [exposre] is not known; did you mean exp"),
        ("dag { x [latnt, exposure]; x -> y }", "did you mean latent?"),
        ("dag { x [zzz]; x -> y }", "the attribute [zzz] is not known; use exposure, outcome or latent"),
        ("dag { x -> y [outcome] }", "[outcome] describes a node and stands after an arrow"),
        ("digraph { edge [dir=back]; a -> b }", "Line 1, column 11: dir turns every arrow; write the dir"),
        ('digraph { a:"left side" -> b }', "Line 1, column 11: the port after a: can't be read"),
    ],
)
def test_what_is_wrong_is_reported_in_one_sentence(text, said):
    with pytest.raises(GraphError) as error:
        parse_graph(text)
    assert said in str(error.value) and "\n" not in str(error.value) and str(error.value).endswith((".", "}", "?"))


def test_places_are_read_as_numbers_are_written_and_left_out_where_they_are_none():
    for written, place in (("1e-05,2", (1e-5, 2)), ("+1,-2.", (1, -2)), (".5, 3E2!", (0.5, 300))):
        assert parse_graph(f'dag {{ a [pos="{written}"] a -> b }}').positions == {"a": place}
    for written in ("1.2.3,4", ".,1", "1,2.3.4", "1e999,2", "inf,nan", "1", ""):
        assert parse_graph(f'dag {{ a [pos="{written}"] a -> b }}').positions == {}
    assert parse_graph('a [label="pos=1,2"]').positions == {}


def test_nodes_may_be_called_as_words_of_the_notation_are():
    names = ("node", "edge", "graph", "subgraph", "o", "@", "a=b", "x, y", "a//b", "#1", "]")
    graph = CausalGraph(names, tuple(itertools.pairwise(names)), frozenset(names[:3]), "o", "]")
    for written in (to_dagitty(graph), to_dot(graph)):
        again = parse_graph(written)
        assert (again.nodes, again.edges, again.latent) == (graph.nodes, graph.edges, graph.latent)
    assert (again := parse_graph(to_dagitty(graph))).exposure == "o" and again.outcome == "]"
    assert parse_graph("o -> b; a -> o -> c").edges == (("o", "b"), ("a", "o"), ("o", "c"))


def test_two_nodes_share_one_hidden_cause_however_the_arrow_is_written():
    assert parse_graph("b <-> a").latent == parse_graph("a ↔ b").latent == {"U(a,b)"}


def test_a_port_is_no_part_of_a_name_and_a_name_with_a_colon_is_no_port():
    for text in ("digraph { a:n -> b:s }", 'strict digraph G { "a":n -> "b":f0:s }'):
        assert parse_graph(text).nodes == ("a", "b")
    assert parse_graph('digraph { "a:n" -> b }').nodes == ("a:n", "b")
    assert parse_graph("a:n -> b; a:s -> b").nodes == ("a:n", "b", "a:s"), "only DOT has ports"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000))
def test_what_information_flows_to_is_what_networkx_does_not_separate(seed):
    rng = np.random.default_rng(seed)
    graph = random_graph(rng)
    given, mute = ({node for node in graph.nodes if rng.random() < 0.3} for _ in range(2))
    start = str(rng.choice(graph.nodes))
    cut = graph.without(edge for edge in graph.edges if edge[0] in mute)
    for other in set(graph.nodes) - {start}:
        separate = other in given or nx.is_d_separator(cut.directed, {start}, {other}, given - {start, other})
        assert (other in graph.d_connected(start, given - {start}, mute)) == (not separate)
        assert graph.is_d_separated(start, other, given - {start}) == (
            other not in graph.d_connected(start, given - {start})
        )


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10_000))
def test_an_open_path_is_one_and_there_is_one_where_information_flows(seed):
    rng = np.random.default_rng(seed)
    graph = random_graph(rng, 7)
    names = [str(name) for name in rng.permutation(graph.nodes)]
    one, other, given_ = names[0], names[1], set(names[2 : 2 + int(rng.integers(0, len(names) - 1))])
    path = graph.open_path(one, other, given_)
    assert bool(path) != graph.is_d_separated(one, other, given_)
    if path:
        assert list(path) in list(simple_paths(graph, one, other)) and is_open(graph, path, given_)


def test_groups_that_are_too_large_are_refused_before_they_are_joined():
    left, right, fewer = (" ".join(f"{side}{i}" for i in range(n)) for side, n in (("a", 300), ("b", 300), ("c", 180)))
    joined = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsing._Builder, "_join", lambda *arguments: joined.append(arguments))
        with pytest.raises(GraphError, match="600 nodes and the limit is 200"):
            parse_graph(f"{{{left}}} -> {{{right}}}")
        with pytest.raises(GraphError, match="more than 19,900 arrows"):
            parse_graph(f"{{{fewer}}} -> {{{fewer}}}")
    assert not joined


def test_a_typo_is_reported_by_name():
    graph = parse_graph("smoking -> tar -> cancer")
    with pytest.raises(GraphError, match=r"no node called smokng; did you mean smoking\?"):
        graph.check_node("smokng")
    with pytest.raises(GraphError, match=r"no node called zzz; the nodes are smoking, tar, cancer\."):
        graph.check_node("zzz")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='abo@->{};[]<"=, →\n#/*', max_size=40))
def test_no_text_ever_breaks_the_reader(text):
    try:
        parse_graph(text)
    except GraphError as error:
        assert len(str(error)) < 400


def test_setting_a_node_cuts_what_leads_into_it_alone():
    graph = parse_graph("z -> x; z -> y; x -> y; x -> w")
    assert set(graph.under_do(["x"]).edges) == {("z", "y"), ("x", "y"), ("x", "w")}
    assert graph.ancestors(["y"]) == {"x", "y", "z"} and graph.descendants(["x"]) == {"x", "y", "w"}
    assert not graph.is_d_separated("z", "w", []) and graph.is_d_separated("z", "w", ["x"])


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


@pytest.mark.parametrize("way", ["back", "both", "none"])
def test_an_arrow_that_is_turned_by_an_attribute_is_refused_and_not_read_forward(way):
    with pytest.raises(GraphError, match=f"this arrow has dir={way}; write its direction"):
        parse_graph(f"digraph {{ a -> b [dir={way}] }}")
    assert parse_graph("digraph { a -> b [dir=forward] }").edges == (("a", "b"),)


def test_the_mark_at_the_beginning_of_a_file_is_no_part_of_the_graph():
    assert parse_graph("\ufeffdag { a -> b }").edges == (("a", "b"),)


DOWHY = """graph[directed 1 node[id "Treatment" label "Treatment"] node[id "Outcome" label "Outcome"]
node[id "U" label "Unobserved Confounders" observed "no"] edge[source "Treatment" target "Outcome"]
edge[source "U" target "Treatment"] edge[source "U" target "Outcome"]]"""


def test_gml_is_read_as_dowhy_and_networkx_write_it():
    graph = parse_graph(DOWHY)
    assert graph.nodes == ("Treatment", "Outcome", "Unobserved Confounders")
    assert graph.latent == {"Unobserved Confounders"} and graph.edges[0] == ("Treatment", "Outcome")
    made = nx.DiGraph([("a", "b"), ("b", 'c "d"')])
    made.nodes["a"]["exposure"] = "yes"
    made.nodes["a"]["graphics"] = {"x": 1.5, "y": -2}
    again = parse_graph("\n".join(nx.generate_gml(made)))
    assert again.edges == (("a", "b"), ("b", 'c "d"')) and again.exposure == "a"
    assert again.positions == {"a": (1.5, -2)}


@pytest.mark.parametrize(
    "text, message",
    [
        (DOWHY.replace("directed 1", ""), "This GML graph is undirected; write directed 1"),
        (
            DOWHY.replace('source "U"', 'source "V"', 1),
            "Line 3, column 1: the source of this edge is not the id of a node",
        ),
        (DOWHY.replace("]]", "]"), "Line 3, column 70: expected an attribute or ], not the end of the text"),
        ("graph [ node [ id = 1 ] ]", "Line 1, column 19: expected a quoted text, a number or [, not '= 1 ] ]'"),
    ],
)
def test_gml_that_cannot_be_read_gets_a_sentence_with_the_place(text, message):
    with pytest.raises(GraphError) as error:
        parse_graph(text)
    assert message in str(error.value)


@pytest.mark.parametrize("quotes", ["''", "‘’", "“”", "``", "«»", '""'])
def test_a_name_in_any_quotes_is_one_name(quotes):
    graph = parse_graph(f"smoking <- {quotes[0]}family income{quotes[1]} -> cancer")
    assert set(graph.nodes) == {"smoking", "family income", "cancer"}


def test_an_apostrophe_is_part_of_a_name():
    assert parse_graph("O'Brien -> it’s").nodes == ("O'Brien", "it’s")


def test_long_arrows_are_arrows():
    assert parse_graph("a --> b <-- c").edges == (("a", "b"), ("c", "b"))
    assert parse_graph("a <--> b").latent == {"U(a,b)"}


def test_errors_count_lines_and_columns_of_the_text():
    with pytest.raises(GraphError, match=r"^Line 3, column 8: expected a node or {, not '; c'"):
        parse_graph("// first\ndag {\n  b -> ; c\n}".replace("\n}", ""))


@pytest.mark.parametrize("text", ["dag { a -> b }", "digraph { a -> b:n }", "digraph { a; b; a -> b }"])
def test_names_of_nodes_are_plain_strings(text):
    graph = parse_graph(text)
    assert {type(name) for name in (*graph.nodes, *graph.edges[0])} == {str}


@pytest.mark.parametrize("comment", ["/* a */ ", "// a\n"])
@pytest.mark.parametrize("before", ["", "dag ", "digraph "])
def test_many_comments_take_no_time(before, comment):
    text = f"{before}{200 * comment}{{ x -> y }}"
    began = time.monotonic()
    assert ("x", "y") in parse_graph(text).edges
    assert time.monotonic() - began < 5


def test_a_brace_in_a_comment_begins_no_graph():
    assert parse_graph("dag // {\n{ x -> y }").edges == (("x", "y"),)
    assert parse_graph("x -> w // see {y}\nz").nodes == ("x", "w", "z")
