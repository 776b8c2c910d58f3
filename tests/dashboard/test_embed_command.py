"""``worldscope embed`` writes what a model makes of videos, says what was left out, and refuses in one sentence."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.embedding.embed import embed
from core.models.registry import load, representation_named
from core.video import read_video, to_gif
from core.worlds import Drop, simulate


@pytest.fixture
def run(tmp_path: Path, command):
    """Runs the command on a folder of two videos and a note: its code, and what it says and complains of."""
    for seed in (1, 2):
        (tmp_path / f"drop {seed}.gif").write_bytes(to_gif(simulate(Drop(), seed=seed, frames=12).frames, 10.0))
    (tmp_path / "damaged.gif").write_bytes(b"GIF89a and no more")
    return partial(command, "embed", str(tmp_path))


def test_the_file_holds_what_the_model_makes_of_each_video(run, tmp_path: Path) -> None:
    out = tmp_path / "rows.parquet"
    code, output, complaints = run("--out", str(out), "--model", "random")
    assert code == 0 and "24 rows from 2 videos" in output and "Skipped damaged.gif: " in complaints
    rows, model = pd.read_parquet(out), load("random")
    assert rows["clip"].tolist() == 12 * ["drop 1.gif"] + 12 * ["drop 2.gif"]
    video = read_video((tmp_path / "drop 2.gif").read_bytes(), size=model.size, fps=model.fps)
    assert np.allclose(np.stack(rows["embedding"][12:]), embed(model, [video]).vectors, atol=1e-5)
    assert rows[["projection_x", "projection_y"]].std().min() > 0


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--out", "rows.csv"], "parquet"),
        (["--out", "rows.parquet", "--model", "nobody"], "nobody"),
        (["--out", "rows.parquet", "--points", "words"], "words"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(run, arguments: list[str], said: str) -> None:
    code, output, complaints = run(*arguments)
    assert code == 2 and not output.strip() and said in complaints and complaints.strip().count("\n") == 0


def test_an_unknown_model_is_refused_with_those_that_represent_clips() -> None:
    with pytest.raises(ValueError, match=r"'nonsense' is not known; choose one of .*jepa") as refusal:
        representation_named("nonsense")
    assert "copy-last" not in str(refusal.value)
    with pytest.raises(ValueError, match="'copy-last' does not represent clips"):
        representation_named("copy-last")
