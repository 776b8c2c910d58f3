"""``worldscope identify`` prints what ``core.causal.identify`` finds, and refuses in one sentence with code 2."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from core.causal import identify, parse_graph
from dashboard import cli

BACK_DOOR = "dag { x [exposure]; y [outcome]; z -> x; z -> y; x -> y }"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs the command on a graph, given as text: its code, and what it says and complains of."""

    def running(graph: str, *arguments: str) -> tuple[int, str, str]:
        (tmp_path / "graph.txt").write_text(graph, encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["worldscope", "identify", str(tmp_path / "graph.txt"), *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return running


def test_the_answer_is_that_of_the_library_in_words_and_as_json(run) -> None:
    code, out, _ = run(BACK_DOOR, "--json")
    assert code == 0 and json.loads(out) == json.loads(json.dumps(identify(parse_graph(BACK_DOOR), "x", "y").to_json()))
    code, out, _ = run(BACK_DOOR)
    assert code == 0 and "by adjusting for any of these sets:\n  {z} (least variance)" in out
    assert "z: it is needed: every set has it" in out


def test_what_is_latent_can_be_named_and_each_answer_has_words_of_its_own(run) -> None:
    assert "can't be worked out" in run(BACK_DOOR, "--latent", "z")[1]
    assert "By the front door: {m}" in run("dag { x -> m m -> y u [latent] u -> x u -> y }", "-x", "x", "-y", "y")[1]
    assert "Instrument: i" in run("dag { i -> x x -> y x <-> y }", "-x", "x", "-y", "y")[1]
    assert "the effect is 0" in run("dag { x -> z y -> z }", "-x", "x", "-y", "y")[1]
    assert "Nothing needs to be adjusted for" in run("dag { x -> y }", "-x", "x", "-y", "y")[1]


@pytest.mark.parametrize(
    "graph, arguments, said",
    [
        ("dag { x -> y y -> x }", ("-x", "x", "-y", "y"), "x"),
        (BACK_DOOR, ("-x", "w"), "w"),
        (BACK_DOOR, ("-x", "y"), "choose two different nodes"),
        ("dag { x -> y }", (), "Name the exposure and the outcome"),
        ("", (), "no node"),
        (BACK_DOOR, ("--seconds", "nan"), "must be 0 seconds or more"),
    ],
)
def test_what_cannot_be_asked_gets_one_sentence_and_code_2(run, graph, arguments, said) -> None:
    code, out, told = run(graph, *arguments)
    assert code == 2 and out == "" and said in told and "Traceback" not in told
