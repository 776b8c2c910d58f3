"""``worldscope estimate`` prints the numbers that the analysis has, writes reports, and refuses in one sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from core.causal.analysis.analyse import analyse
from core.causal.graphs.parsing import parse_graph
from core.causal.stories.shipped import kidney_stones
from core.causal.tables.rows import table_of

GRAPH = """dag { treatment_A [exposure]; success [outcome]
small_stone -> treatment_A; small_stone -> success; treatment_A -> success }"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """The kidney stones as a table, and their graph."""
    columns = kidney_stones()
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(f"{value:g}" for value in row) for row in rows)]
    (tmp_path / "stones.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "graph.txt").write_text(GRAPH, encoding="utf-8")
    return str(tmp_path / "stones.csv"), str(tmp_path / "graph.txt")


def test_it_prints_what_the_analysis_says(files, command) -> None:
    table, graph = files
    code, out, _ = command("estimate", table, "--graph", graph, "--json")
    expected = analyse(parse_graph(GRAPH), table_of(kidney_stones()), "treatment_A", "success").to_json()
    assert code == 0 and json.loads(out) == expected | {"refutations": []}
    code, out, _ = command("estimate", table, "--graph", graph, "-x", "treatment_A", "-y", "success", "--refute")
    assert (
        code == 0
        and "would be 0.832546; if it were 0 for everybody, 0.778875." in out
        and "The interval contains 0" in out
    )
    code, output, _ = command("estimate", table, "--graph", graph, "--refute", "--json")
    assert code == 0 and [one["passed"] for one in json.loads(output)["refutations"]] == [True] * 4
    assert re.search(
        r"passed  placebo exposure \(shuffled\): -?[\d.]+ ± [\d.]+ standard errors \(expected: no effect: 0 ± 1 ",
        out,
    )
    assert re.search(r"on the treated \(ATT\) +0\.04796 ", out) and re.search(
        r"on the untreated \(ATU\) +0\.05938 ", out
    )
    assert (
        "Was treatment_A the cause of success? The bounds use the means under intervention from the standardisation"
        in out
    )
    assert re.search(r"sufficiency, PNS\): 5.4 % to [\d.]+ %; under monotonicity, 5.4 %\n", out)
    assert "None can confirm one" in out and out.count("passed") == 4
    assert re.search(r"^ +unadjusted +-0.04571", out, re.MULTILINE) and "700 rows are used and 0 were dropped." in out


def test_controls_are_chosen_one_by_one(files, command, tmp_path) -> None:
    table, _ = files
    lines = Path(table).read_text(encoding="utf-8").splitlines()
    more = [f"{line},{i % 2},{i % 3}" if i else f"{line},ward,weekday" for i, line in enumerate(lines)]
    (tmp_path / "more.csv").write_text("\n".join(more), encoding="utf-8")
    (tmp_path / "more.txt").write_text(GRAPH[:-1] + "; ward; weekday }", encoding="utf-8")
    query = (str(tmp_path / "more.csv"), "--graph", str(tmp_path / "more.txt"), "--refute", "--json")
    for chosen, names in (
        ((), {"ward", "weekday"}),
        (("weekday",), {"weekday"}),
        (("ward", "weekday"), {"ward", "weekday"}),
    ):
        _, out, _ = command("estimate", *query, *(part for node in chosen for part in ("--control", node)))
        tried = [one["name"] for one in json.loads(out)["refutations"]]
        assert {name.removesuffix(" as negative control") for name in tried if name.endswith("control")} == names
    for change, said in (
        (
            ("--control", "success"),
            "success is not a negative control: it is the outcome; choose from ward, weekday.",
        ),
        (("--control", "wart"), "no node called wart; did you mean ward?"),
    ):
        code, out, err = command("estimate", *query, *change)
        assert code == 2 and out == "" and said in err and err.count("\n") == 1
    code, _, err = command("estimate", *query[:3], "--control", "ward")
    assert code == 2 and "give --refute as well" in err


def test_columns_of_other_names_and_nodes_without_one(files, command, tmp_path) -> None:
    table, graph = files
    renamed = Path(table).read_text(encoding="utf-8").replace("treatment_A", "drug").replace("small_stone", "stone")
    (tmp_path / "renamed.csv").write_text(renamed, encoding="utf-8")
    _, out, _ = command(
        "estimate",
        str(tmp_path / "renamed.csv"),
        "--graph",
        graph,
        "--map",
        "treatment_A=drug, small_stone=stone",
        "--json",
    )
    assert json.loads(out)["mapping"] == {"treatment_A": "drug", "success": "success", "small_stone": "stone"}
    _, out, _ = command("estimate", table, "--graph", graph, "--latent", "small_stone")
    assert "is not identified; it lies between" in out and "bounds: no assumptions" in out


@pytest.mark.parametrize("name, begins", [("out.html", "<!doctype html>"), ("out.MD", "# What is the effect")])
def test_a_report_is_written(files, command, tmp_path, name, begins) -> None:
    table, graph = files
    code, _, _ = command("estimate", table, "--graph", graph, "--report", str(tmp_path / name))
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert code == 0 and text.startswith(begins) and "0.05367" in text and str(tmp_path) not in text


@pytest.mark.parametrize(
    "change, said",
    [
        (["--map", "small_stone"], "'small_stone' names no column"),
        (["--map", "small_stone=age"], "no column called age for small_stone"),
        (["-x", "treatmentA"], "did you mean treatment_A"),
        (["-x", "success"], "both success"),
        (["--report", "out.pdf"], "is an .html or .md file, not '.pdf'"),
        (["--latent", "nobody"], "no node called nobody"),
    ],
)
def test_bad_input_gets_one_sentence(files, command, change, said) -> None:
    table, graph = files
    code, out, err = command("estimate", table, "--graph", graph, *change)
    assert code == 2 and out == "" and said in err and re.fullmatch(r"worldscope: [^\n]+\n", err)


def test_files_that_cannot_be_used_get_one_sentence(files, command, tmp_path) -> None:
    table, graph = files
    (tmp_path / "plain.txt").write_text("a -> b", encoding="utf-8")
    (tmp_path / "empty.csv").write_bytes(b"")
    for arguments, said in (
        ([table, "--graph", str(tmp_path / "plain.txt")], "Name the exposure and the outcome"),
        ([str(tmp_path / "empty.csv"), "--graph", graph], "This file is empty"),
        ([str(tmp_path / "none.csv"), "--graph", graph], "No such file"),
        ([table, "--graph", str(tmp_path / "empty.csv")], "no node in this text"),
    ):
        code, out, err = command("estimate", *arguments)
        assert code == 2 and out == "" and said in err and err.count("\n") == 1


def test_refutation_of_nothing_loses_nothing(files, command, tmp_path) -> None:
    table, _ = files
    (tmp_path / "bow.txt").write_text("dag { u [latent] u -> treatment_A u -> success treatment_A -> success }")
    query = (table, "--graph", str(tmp_path / "bow.txt"), "-x", "treatment_A", "-y", "success")
    code, out, _ = command("estimate", *query, "--refute")
    assert code == 0 and "bounds" in out
    assert out == command("estimate", *query)[1].rstrip("\n") + "\n\nThere is no estimate to refute.\n"
    code, out, _ = command("estimate", *query, "--refute", "--json")
    assert code == 0 and json.loads(out)["refutations"] == [] and json.loads(out)["bounds"]


@pytest.mark.parametrize(
    "graph, z, said",
    [
        ("dag { z -> x x <-> y }", "{i}", "the graph says that the effect is 0"),
        ("dag { z -> x z -> y x -> y }", "{x}", "These columns give no reliable estimate of the effect"),
    ],
    ids=["no path", "a covariate that is the exposure"],
)
def test_without_an_estimate_the_rest_is_still_reported(command, tmp_path, graph, z, said) -> None:
    rows = [f"{z.format(i=i % 5, x=i % 2)},{i % 2},{i % 7}" for i in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(["z,x,y", *rows]))
    (tmp_path / "g.txt").write_text(graph)
    query = (str(tmp_path / "t.csv"), "--graph", str(tmp_path / "g.txt"), "-x", "x", "-y", "y", "--refute")
    code, out, err = command("estimate", *query)
    assert code == 0 and err == "" and said in out and out.endswith("\nThere is no estimate to refute.\n")


def test_an_effect_of_0_is_tested_and_the_outcome_is_no_control_of_itself(command, tmp_path) -> None:
    rows = [f"{i % 5},{i % 2},{i % 7}" for i in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(["z,x,y", *rows]))
    (tmp_path / "g.txt").write_text("dag { z -> x z -> y }")
    query = (str(tmp_path / "t.csv"), "--graph", str(tmp_path / "g.txt"), "-x", "x", "-y", "y", "--refute")
    out = command("estimate", *query)[1]
    assert "The interval contains 0, so the rows do not contradict the graph." in out
    assert "passed" in out and "y as negative control" not in out


def test_json_is_json_whatever_the_numbers_are(files, command, tmp_path) -> None:
    table, graph = files
    lines = Path(table).read_text(encoding="utf-8").splitlines()
    for power, code in (("e90", 0), ("e-90", 0), ("e160", 2), ("e-160", 2)):
        (tmp_path / "t.csv").write_text("\n".join([lines[0], *(line + power for line in lines[1:])]))
        found, out, err = command("estimate", str(tmp_path / "t.csv"), "--graph", graph, "--refute", "--json")
        assert found == code
        if code == 0:
            value = json.loads(out)["treated"]["value"]
            assert value / float("1" + power) == pytest.approx(0.047964, abs=5e-7)
        else:
            assert "success holds" in err and "write it in another unit" in err
