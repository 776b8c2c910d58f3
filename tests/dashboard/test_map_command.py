"""`worldscope map` reads a file as the Embeddings page does and says the same."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.embedding.files import read_embeddings
from core.embedding.summary import EmbeddingSummary
from core.results import from_json
from dashboard.cli import main

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(RNG.normal(size=(20, 6)), columns=[f"e{i}" for i in range(6)]).assign(year=2001, name="a")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def call(*arguments: str) -> tuple[str, str]:
        monkeypatch.setattr("sys.argv", ["worldscope", *arguments])
        try:
            main()
        except SystemExit as end:
            assert end.code in (0, 2, None)
        captured = capsys.readouterr()
        return captured.out, captured.err

    return call


def test_the_command_prints_what_core_returns(run, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    FRAME.to_csv(file, index=False)
    table = read_embeddings(file.read_bytes())
    out = run("map", str(file))[0].splitlines()
    assert out[: 1 + len(table.notes)] == ["20 rows of 6 dimensions.", *table.notes]
    summary = from_json(EmbeddingSummary, json.loads(run("map", str(file), "--json")[0]))
    assert summary.notes == table.notes and summary.columns == {"year": "text", "name": "text"}
    assert summary.explained[0] > summary.explained[1] > 0 and summary.finding.state in ("healthy", "suspicious")


def test_every_guess_can_be_changed_and_what_is_wrong_is_one_sentence(run, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    FRAME.to_csv(file, index=False)
    assert "(2 columns) (your choice)" in run("map", str(file), "--columns", "e0:e1")[0]
    assert run("map", str(file), "--columns", "nose")[1].startswith(
        "worldscope: There is no column 'nose' in this file"
    )
    assert "must be one of comma" in run("map", str(file), "--separator", "dot")[1]


def test_rows_are_saved_with_their_map_and_open_again(run, tmp_path: Path) -> None:
    file, metadata = tmp_path / "vectors.tsv", tmp_path / "metadata.tsv"
    np.savetxt(file, FRAME.to_numpy()[:, :6].astype(float), delimiter="\t")
    metadata.write_text("\n".join(f"label {i}" for i in range(20)) + "\n")
    for out in (tmp_path / "out.parquet", tmp_path / "out.zip"):
        run("map", str(file), "--metadata", str(metadata), "--out", str(out))
        again = read_embeddings(out.read_bytes())
        assert again.vectors.shape == (20, 6) and again.columns["label"][3] == "label 3"
    assert "projection_x" in pd.read_parquet(io.BytesIO((tmp_path / "out.parquet").read_bytes())).columns
    assert "name it out.parquet" in run("map", str(file), "--out", str(tmp_path / "out.npy"))[1]


def test_maps_searches_neighbours_and_series_from_the_command_line(run, tmp_path: Path) -> None:
    names = [f"step-{step}.csv" for step in (9, 10)]
    for name in names:
        FRAME.assign(label=["a", "b"] * 10).to_csv(tmp_path / name, index=False)
    file = str(tmp_path / names[0])
    summary = json.loads(run("map", file, "--where", "label=a", "--distance", "cosine", "--json")[0])
    assert summary["protocol"]["rows"] == 10 and summary["notes"][-2].startswith("Shown are the 10 of 20 rows")
    assert summary["notes"][-1] == "Distances are cosine: 1 - the cosine of the angle, whatever the lengths are."
    assert "along the line from the mean of label=a (10)" in run("map", file, "--from", "label=a", "--to", "label=b")[0]
    near = tmp_path / "near.csv"
    run("map", file, "--neighbours", str(near), "--count", "3")
    assert len(pd.read_csv(near)) == 60
    lines = run("map", str(tmp_path / names[1]), file)[0].splitlines()
    assert "no checkpoint is collapsed" in lines[0] and [line.split(":")[0] for line in lines[2:]] == names
