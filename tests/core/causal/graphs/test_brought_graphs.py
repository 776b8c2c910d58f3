"""Graphs as people bring them from other programs and from their own heads: read, and said how; or refused with the
place and with what to write."""

import json

import networkx as nx
import pytest

from core.causal import GraphError, parse_graph
from core.causal.graphs import notations

CONFOUNDED = {("family income", "smoking"), ("family income", "cancer"), ("smoking", "cancer")}


def edges(text):
    return set(parse_graph(text).edges)


def notes(text):
    return " ".join(parse_graph(text).notes)


@pytest.mark.parametrize("pair", ["''", "‘’", "“”", "„“", "``", "´´", "«»", "»«", "‹›", "‚‘", "””", "’’", '""', "‛’"])
@pytest.mark.parametrize("head", ["", "dag {", "digraph {"])
def test_a_name_in_quotes_of_any_kind_is_one_name(pair, head):
    name = f"{pair[0]}family income{pair[1]}"
    text = f"{head}\nsmoking <- {name} -> cancer\nsmoking -> cancer\n" + "}" * bool(head)
    assert edges(text) == CONFOUNDED
    assert "Quoted, and so read as one name each: family income." in notes(text)


@pytest.mark.parametrize(
    "text",
    [
        "smoking <- family income -> cancer",
        "dag { smoking <- family income -> cancer }",
        "dag {\nfamily income -> smoking\nfamily income -> cancer\nsmoking -> cancer\n}",
        "family income -> smoking\nfamily size -> smoking",
        "smoking -> lung cancer\nlung cancer -> death",
        "age at onset -> death",
        "vitamin D -> bone\nsun -> bone",
        "income (k$) -> smoking",
        "digraph { subgraph cluster { family income -> smoking } }",
    ],
)
def test_a_name_of_several_words_without_quotes_is_refused_with_its_place(text):
    with pytest.raises(GraphError, match=r"^Line \d+, column \d+: .* may be one name or two; write .* in quotes"):
        parse_graph(text)


def test_statements_side_by_side_are_two_and_those_that_could_be_one_name_are_named():
    assert edges("dag { z -> x z -> y x -> y }") == {("z", "x"), ("z", "y"), ("x", "y")}
    assert len(edges("dag { smoking -> cancer age -> smoking age -> cancer cancer [outcome] }")) == 3
    assert parse_graph("dag { smoking cancer age smoking -> cancer age -> cancer }").nodes[2] == "age"
    assert "y and z stand side by side and are read as two nodes." in notes("dag { x -> y z -> x }")
    assert "side by side" not in notes("dag { z -> x z -> y x -> y }")


@pytest.mark.parametrize("mark", ["\u2060", "\u200b", "\ufeff", "\u00ad", "\u200e"])
def test_an_invisible_character_outside_quotes_separates_nothing_and_is_counted(mark):
    text = f"{mark}dag {{ {mark}smo{mark}king{mark} -> {mark}cancer; cancer [out{mark}come] }}"
    graph = parse_graph(text)
    assert graph.nodes == ("smoking", "cancer") and graph.outcome == "cancer"
    assert "6 invisible characters in the text are ignored." in graph.notes
    assert edges(f"a{mark}\tb\nb\t{mark}c") == {("a", "b"), ("b", "c")}


CHAIN = {("a", "b"), ("a", "c"), ("b", "c")}
DRAWN = nx.DiGraph(sorted(CHAIN))
WEIGHTED = nx.DiGraph([("a", "b", {"w": 1}), ("a", "c"), ("b", "c")])
IGRAPH = """Creator "igraph" graph [ directed 1
node [ id 0 name "a" ] node [ id 1 name "b" ] node [ id 2 name "c" ]
edge [ source 0 target 1 ] edge [ source 0 target 2 ] edge [ source 1 target 2 ] ]"""


@pytest.mark.parametrize(
    "text, notation",
    [
        ("a b\na c\nb c", "a list of edges"),
        ("a,b\na,c\nb,c\n", "a list of edges"),
        ("a\tb\na\tc\nb\tc", "a list of edges"),
        ("a; b\na; c\nb; c", "a list of edges"),
        ("source,target,weight\na,b,0.5\na,c,1\nb,c,-2", "a list of edges"),
        ("from to\na b\na c\nb c", "a list of edges"),
        ("# my edges\na b 0.5\na c 1e-3\nb c 2", "a list of edges"),
        ("\n".join(nx.generate_edgelist(DRAWN)), "a list of edges"),
        ("\n".join(nx.generate_edgelist(WEIGHTED)), "a list of edges"),
        ("\n".join(nx.generate_adjlist(DRAWN)), "an adjacency list"),
        ("#graph.adjlist\n# GMT Tue Dec  1\n#\na b c\nb c\nc\n", "an adjacency list"),
        ("\n".join(nx.generate_multiline_adjlist(DRAWN)), "an adjacency list"),
        ("a E @0.1,0.2\nb 1 @-1.5,0\nc O @1,1\n\na b c @0.5,0.5\nb c", "DAGitty's old notation"),
        ("a E\nb 1\nc O\n\na b c\nb c", "DAGitty's old notation"),
        ('[("a", "b"), ("a", "c"), ("b", "c")]', "pairs"),
        ("DiscreteBayesianNetwork([('a', 'b'), ('a', 'c'), ('b', 'c')])", "pairs"),
        ("edges = [['a','b'],\n ['a','c'],\n ['b','c'],\n]", "pairs"),
        ("[('a', 'b', {'weight': 2}), ('a', 'c', {}), ('b', 'c', {})]", "pairs"),
        (json.dumps([["a", "b"], ["a", "c"], ["b", "c"]]), "pairs"),
        (json.dumps(nx.node_link_data(DRAWN, edges="links")), "JSON"),
        (json.dumps(nx.to_dict_of_lists(DRAWN)), "lists of effects by their cause"),
        ("[a][b|a][c|a:b]", "a model string of bnlearn"),
        ("Graph Nodes:\na;b;c\n\nGraph Edges:\n1. a --> b\n2. a --> c\n3. c <-- b\n", "the printout of Tetrad"),
        ("graph TD\n  a --> b\n  a --> c; b --> c", "lines of arrows"),
        ("flowchart LR\na-->b\na==>c\nb-->c", "lines of arrows"),
        ("a –> b; a —> c; c <– b", "lines of arrows"),
        ("a => b\na ⇒ c\nb ⟶ c", "lines of arrows"),
        ("a⟶b\na→c\nc←b", "lines of arrows"),
        ("digraph {\\n\\ta -> b;\\n\\ta -> c;\\n b -> c;\\n}", "DOT"),
        ('"digraph { a -> b; a -> \\"c\\"; b -> c }"', "DOT"),
        ("graph = '''dag {\na -> {b c}\nb -> c\n}'''", "DAGitty's notation"),
        ('dagitty("dag { a -> b; a -> c; b -> c }")', "DAGitty's notation"),
        ('digraph { subgraph cluster_0 { label="one"; node [style=filled]; a -> b } b -> c; a -> c }', "DOT"),
        ("digraph { a -> subgraph s { b c }; b -> c }", "DOT"),
        ("digraph { subgraph { rank=same; a; b } a -> b -> c a -> c }", "DOT"),
        ("digraph { a -> { b -> { c } }; a -> c }".replace("a -> c", "rank=same"), "DOT"),
        ('strict digraph  {\na;\nb;\nc;\na -> b  [key=0];\na -> c  [key=0];\nb -> c  [key=0];\n"\\n";\n}\n', "DOT"),
        ("dag { {a [exposure] b} -> {c [outcome]}; a -> b }", "DAGitty's notation"),
        (IGRAPH, "GML"),
    ],
)
def test_other_notations_are_read_and_said(text, notation):
    graph = parse_graph(text)
    assert set(graph.edges) == CHAIN and set(graph.nodes) == {"a", "b", "c"}
    assert graph.notes[0] == graph.notes[0].strip() and f"The graph is read as {notation}" in graph.notes[0]
    assert "3 nodes, 3 arrows" in graph.notes[0]


def test_the_old_notation_of_dagitty_has_roles_places_and_encoded_names():
    nodes = "E E @-2.2,-1.5\nD O @1.4,-1.46\nfamily%20income A @0,0\nU U @1,1"
    graph = parse_graph(nodes + "\n\nE D\nfamily%20income E D\nU D")
    assert (graph.exposure, graph.outcome, graph.latent) == ("E", "D", {"U"})
    assert graph.adjusted == {"family income"} and graph.positions["E"] == (-2.2, -1.5)


def test_cells_of_an_edge_list_may_hold_blanks_and_quotes():
    assert edges("family income,smoking\nsmoking,cancer") == {("family income", "smoking"), ("smoking", "cancer")}
    assert edges('"income, family" smoking\nsmoking cancer')  # a comma in quotes separates nothing
    assert ("income, family", "smoking") in edges('"income, family",smoking\nsmoking,cancer')
    assert ("O'Brien", "it's") in edges("O'Brien,it's\nit's,x")
    assert "such as a weight, is not used" in notes("a,b,0.5\nb,c,1")
    assert "The first line is read as a header." in notes("cause,effect\na,b")
    assert edges("from to\nto x") == {("from", "to"), ("to", "x")}, "a name that is used below is no head"


@pytest.mark.parametrize(
    "text, said",
    [
        ("smoking causes cancer", "Line 1, column 1: there is no arrow in this text"),
        ("smoking\ncancer\nage", "there is no arrow in this text"),
        ("smoking, cancer, age", "there is no arrow in this text"),
        ("smoking; cancer", "there is no arrow in this text"),
        ("x [exposure]\ny [outcome]", "there is no arrow in this text"),
        ("age smoking cancer\nsmoking cancer", "Line 1, column 1: 3 words stand here without an arrow; write x -> y"),
        ("0 1 1\n0 0 1\n0 0 0", "looks like an adjacency matrix"),
        ("digraph\nx -> y", "Line 1, column 1: digraph begins a graph; write braces after it"),
        ("y ~ x + z", "Line 1, column 3: '~' is not an arrow; write x -> y"),
        ("<graphml></graphml>", "This is XML"),
        ('{"a": 1}', "This JSON holds no graph"),
        ('{"nodes": [{"id": "a"}], "edges": [{"source": "a", "target": "b"}]}', "leads to or from b"),
        ("Graph Nodes:\na;b\n\nGraph Edges:\n1. a --- b\n", "Line 5: --- has no direction"),
        ("Graph Nodes:\na;b\n\nGraph Edges:\n1. a o-> b\n", "Line 5: o-> has no direction"),
        ("a E @0,0\nb O @1,1\n\na c", "Line 4: c is not among the nodes"),
        ("dag { x [exposure] -> y }", "attributes end a statement"),
        ("digraph { subgraph { a -- b } }", "Line 1, column 24: -- has no direction"),
        ("a -> " + "{" * 40 + "b" + "}" * 40, "more than 20 braces are open"),
    ],
)
def test_what_is_no_graph_is_refused_with_what_to_write(text, said):
    with pytest.raises(GraphError) as error:
        parse_graph(text)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_a_graph_of_loose_nodes_is_one_only_in_braces_and_says_so():
    assert parse_graph("dag { x y }").edges == () and "No arrow leads to or from x, y." in notes("dag { x y }")
    assert "No arrow leads to or from c." in notes("a -> b; c")


def test_the_first_of_several_exposures_is_used_and_that_is_said():
    graph = parse_graph("dag { E1 [exposure]; E2 [exposure]; Y [outcome]; W -> E1; W -> E2; W -> Y; E1 -> Y; E2 -> Y }")
    assert (graph.exposure, graph.outcome) == ("E1", "Y")
    assert "E1, E2 are marked as exposures; the question is about E1 alone" in " ".join(graph.notes)


@pytest.mark.parametrize("unit", ["a -> b;", "a [x=1] ", "{a} ", "a, b\n-> c\n", "-> "])
def test_text_with_too_many_marks_is_refused_before_the_work(unit, monkeypatch):
    monkeypatch.setattr(notations, "load_parser", lambda *_: pytest.fail("the work began"))
    with pytest.raises(GraphError, match="more than 25,000 names and marks"):
        parse_graph("dag {" + unit * (90_000 // len(unit)))


@pytest.mark.parametrize(
    "text",
    [
        "a;" * 45_000,
        "{" * 24_000,
        '"' + '\\"' * 45_000,
        "a\n" * 45_000,
        "a b\n" * 22_000,
        "(" * 90_000,
        " " * 90_000 + "x -> y",
        "[a]" * 30_000,
        "'" * 90_000,
        "Graph Nodes:\n" + "a b - " * 15_000,
        "x" + "\u2060" * 90_000,
        "/* " * 30_000,
        "x -> y //" + " /*" * 30_000,
    ],
)
def test_long_text_ends(text):
    try:
        assert parse_graph(text).nodes
    except GraphError as error:
        assert len(str(error)) < 300


@pytest.mark.parametrize(
    "text, nodes, edges_",
    [
        (
            "dag{'carry matches' [latent] cancer [outcome] smoking -> 'carry matches' [beta=0.2] smoking -> cancer "
            "[beta=0.5] 'carry matches' -> cancer }",
            {"carry matches", "cancer", "smoking"},
            3,
        ),
        ("institutions -> political-inequality", {"institutions", "political-inequality"}, 1),
        ('digraph "f" {\n\tN0 [shape=record,label="{entry}"];\n\tN0 -> N1;\n"\\n";\n}', {"N0", "N1"}, 1),
        (
            'graph [ directed 1 node [ id 0 label "a" label2 "one\ntwo" ] node [ id -1 label "b" ] edge [ source 0 '
            "target -1 ] ]",
            {"a", "b"},
            1,
        ),
        ("di_edges = [('A', 'B'), ('B', 'Y')]", {"A", "B", "Y"}, 2),
        ('digraph { U[observed="no"]; U->X; U->Y; X->Y }', {"U", "X", "Y"}, 3),
    ],
)
def test_texts_of_public_bug_reports_are_read(text, nodes, edges_):
    graph = parse_graph(text)
    assert set(graph.nodes) == nodes and len(graph.edges) == edges_
