"""``worldscope identify`` prints what the graph lets one know, and refuses in one sentence with exit code 2."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from core.causal import identify, parse_graph

BACK_DOOR = "dag { x [exposure]; y [outcome]; z -> x; z -> y; x -> y }"


@pytest.fixture
def run(tmp_path: Path, command):
    """Runs the command on a graph, given as text: its code, and what it says and complains of."""

    def running(graph: str, *arguments: str) -> tuple[int, str, str]:
        (tmp_path / "graph.txt").write_text(graph, encoding="utf-8")
        return command("identify", str(tmp_path / "graph.txt"), *arguments)

    return running


def test_the_answer_is_that_of_the_library_in_words_and_as_json(run) -> None:
    code, out, _ = run(BACK_DOOR, "--json")
    said = identify(parse_graph(BACK_DOOR), "x", "y").to_json() | {"notes": list(parse_graph(BACK_DOOR).notes)}
    assert code == 0 and json.loads(out) == json.loads(json.dumps(said))
    code, out, _ = run(BACK_DOOR)
    assert (
        code == 0
        and "Adjusting for any one of these sets identifies the effect of x on y:\n  {z} (smallest variance)" in out
    )
    assert "z: it is required: every adjustment set contains it" in out


def test_what_is_latent_can_be_named_and_each_answer_has_words_of_its_own(run) -> None:
    assert "can't be identified" in run(BACK_DOOR, "--latent", "z")[1]
    assert "Front-door sets: {m}" in run("dag { x -> m m -> y u [latent] u -> x u -> y }", "-x", "x", "-y", "y")[1]
    assert "Instrument: i" in run("dag { i -> x x -> y x <-> y }", "-x", "x", "-y", "y")[1]
    assert "the effect is 0" in run("dag { x -> z y -> z }", "-x", "x", "-y", "y")[1]
    assert "Nothing needs to be adjusted for" in run("dag { x -> y }", "-x", "x", "-y", "y")[1]


def test_what_the_graph_marks_as_adjusted_for_is_judged(run) -> None:
    marked = BACK_DOOR.replace("z ->", "z [a] z ->", 1)
    assert "marks z as adjusted for. According to the graph, this set identifies the effect." in run(marked)[1]
    late = "dag { x [exposure]; y [outcome]; m [adjusted]; x -> m -> y }"
    assert "marks m as adjusted for. According to the graph, this set does not identify the effect." in run(late)[1]
    assert "marks" not in run(BACK_DOOR)[1]


def test_how_the_text_was_read_is_said(run) -> None:
    out = run("smoking,cancer\n'family income',smoking\n'family income',cancer", "-x", "smoking", "-y", "cancer")[1]
    assert "{family income}" in out and "The graph is read as a list of edges" in out
    said = json.loads(run("E1 E\nE2 E\nY O\n\nE1 Y\nE2 Y", "--json")[1])
    assert said["exposure"] == "E1" and any("E1, E2 are marked as exposures" in note for note in said["notes"])


def test_a_typo_in_an_arrow_is_reported_since_it_makes_a_node_of_its_own(run) -> None:
    out = run("dag { x [exposure]; y [outcome]; age -> x; ag -> y; x -> y }")[1]
    assert out.endswith("\nage and ag are two nodes; if one of them is a typo, spell both the same way.\n")
    ties = "dag { a [exposure]; b [outcome]; a -> b; a <-> b; a <-> bb }"
    assert "U(" not in "".join(line for line in run(ties)[1].splitlines() if "two nodes" in line), "named by itself"


@pytest.mark.parametrize(
    "graph, arguments, said",
    [
        ("dag { x -> y y -> x }", ("-x", "x", "-y", "y"), "These arrows form a cycle: x -> y -> x"),
        (BACK_DOOR, ("-x", "w"), "There is no node called w; the nodes are x, y, z."),
        (BACK_DOOR, ("--latent", "q"), "There is no node called q"),
        (BACK_DOOR, ("--latent", "x"), "The exposure x is latent"),
        (BACK_DOOR, ("-x", "y"), "choose two different nodes"),
        ("dag { x [exposre]; x -> y }", ("-y", "y"), "did you mean exposure?"),
        ("smoking <- family income -> cancer", ("-x", "smoking", "-y", "cancer"), "may be one name or two"),
        ("digraph { x -> y [dir=back] }", ("-x", "x", "-y", "y"), "write its direction"),
        ("dag { x -> y }", (), "Name the exposure and the outcome"),
        ("", (), "no node"),
        (BACK_DOOR, ("--seconds", "nan"), "must be 0 seconds or more"),
        (BACK_DOOR, ("--seconds", "-1"), "must be 0 seconds or more, not -1"),
    ],
)
def test_what_cannot_be_answered_gets_one_sentence_and_code_2(run, graph, arguments, said) -> None:
    code, out, output = run(graph, *arguments)
    assert code == 2 and out == "" and said in output and re.fullmatch(r"worldscope: [^\n]+\n", output)


def test_a_file_that_is_not_there_or_no_text_gets_one_sentence_and_code_2(tmp_path, command) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\xff\xfe")
    for name, said in (("none.txt", "No such file or directory"), ("picture.png", "picture.png is not a text file")):
        code, out, complaints = command("identify", str(tmp_path / name))
        assert code == 2 and out == "" and said in complaints and complaints.count("\n") == 1


def test_the_formula_is_that_of_the_library_and_says_what_it_leaves_open(run) -> None:
    for graph in (BACK_DOOR, "x -> y", "w -> z; z -> x; x -> y; w <-> x; w <-> y", "x -> m; m -> y; x <-> y"):
        found = identify(parse_graph(graph), "x", "y").to_json()
        out = run(graph, "-x", "x", "-y", "y")[1]
        assert f"\n{found['formula']}\n" in out and f"z: {found['reasons'].get('z')}" in out + "z: None"
        assert out.count("for any value of z") == ("w ->" in graph)


def test_what_was_left_when_the_time_was_up_is_reported(run) -> None:
    for each, rest in (
        ("a{0} -> x; a{0} -> b{0}; b{0} -> y", "x -> y"),
        ("x -> a{0}; a{0} -> b{0}; b{0} -> y", "x <-> y"),
    ):
        graph = "; ".join(each.format(i) for i in range(12)) + "; " + rest
        out = run(graph, "-x", "x", "-y", "y", "--seconds", "0")[1]
        assert out.count("(there may be more: the search ran out of time)") == 1
    assert "there may be more" not in run("\ufeff" + BACK_DOOR)[1]
