"""The examples run as they stand in the documentation, and print what they say they print."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.video import to_gif
from core.worlds import Drop, simulate

HOUSE = Path(__file__).resolve().parents[2]
EXAMPLES = HOUSE / "docs" / "examples"


def run(name: str, *arguments: object) -> list[str]:
    """The lines that an example prints."""
    command = [sys.executable, str(EXAMPLES / name), *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(HOUSE)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_example_is_run_here() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    assert [path.name for path in EXAMPLES.glob("*.py") if f'"{path.name}"' not in here] == []


def test_a_clip_is_forecast_and_what_has_learnt_is_closer_than_constant_velocity() -> None:
    head, _, *rows = run("forecast_a_clip.py")
    assert head == "drop, seed 2000023: position error in frame widths"
    baseline, *learned = (float(row.split()[-1]) for row in rows)
    assert len(learned) == 2
    assert all(0 < error < baseline / 2 for error in learned)


def test_a_folder_is_embedded(tmp_path: Path) -> None:
    videos = tmp_path / "videos"
    videos.mkdir()
    for seed in range(3):
        (videos / f"{seed}.gif").write_bytes(to_gif(simulate(Drop(), seed, frames=8).frames, 10.0))
    (videos / "broken.gif").write_bytes(b"GIF89a and nothing else")
    lines = run("embed_a_folder.py", videos, tmp_path / "out.parquet")
    assert lines[0].startswith("3 videos, 3 rows of ") and lines[0].endswith(" numbers in out.parquet")
    assert 1 <= float(lines[1].split()[2]) <= 3
    assert lines[2].startswith("broken.gif was left out: ")


def test_an_effect_is_estimated_and_not_refuted() -> None:
    first, *lines = run("estimate_an_effect.py")
    verdicts = ("passed", "FAILED")
    assert first == "Adjust for small_stone"
    estimates = {line[:28].strip(): float(line[28:].split()[0]) for line in lines if not line.startswith(verdicts)}
    raw, *adjusted = estimates.values()
    assert raw < 0 and len(adjusted) > 2
    assert all(value == pytest.approx(0.05, abs=0.02) for value in adjusted), "Simpson's paradox: the sign turns round"
    assert [line for line in lines if line.startswith("FAILED")] == []
