"""In a file or a pipe a training writes a line now and then: never nothing for long, never a line for each step."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from core.training.loop import Moment
from dashboard.commands.train_progress import Lines

REPOSITORY = Path(__file__).resolve().parents[2]


def moment(step: int, spent: float, left: float) -> Moment:
    return Moment(step, {"loss": 0.25}, {"skill": 0.5} if left == 0 else {}, spent, left)


def clock(*seconds: float) -> Callable[[], float]:
    times = iter(seconds)
    return lambda: next(times)


def test_each_stage_has_a_first_and_a_last_line_and_one_every_ten_seconds() -> None:
    written: list[str] = []
    lines = Lines("jepa", written.append, clock(0, 1, 2, 3, 12, 13, 14, 24, 25))
    for done, total in ((16, 640), (32, 640), (640, 640), (16, 8000), (32, 8000)):  # at 0, 1, 2, 3 and 12 s
        lines.show_clips(done, total)
    for shown in (moment(1, 1, 59), moment(2, 2, 58), moment(3, 12, 48), moment(4, 60, 0)):  # 13, 14, 24 and 25 s
        lines.show_step(shown)
    assert written == [
        "training clips: 16 of 640",
        "training clips: 640 of 640",
        "training clips: 16 of 8000",
        "jepa: 0.017 of 1 min  step 1  loss 0.2500",
        "jepa: 0.2 of 1 min  step 3  loss 0.2500",
        "jepa: 1 of 1 min  step 4  loss 0.2500  skill 0.500",
        "jepa: saving the model and what belongs to it",
    ]


def test_a_pipe_gets_lines_and_no_bars() -> None:
    code = """
from core.training.loop import Moment
from dashboard.commands.train_progress import display
with display("jepa") as shown:
    shown.show_clips(8, 8)
    shown.show_step(Moment(1, {"loss": 0.25}, {}, 30.0, 30.0))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "training clips: 8 of 8",
        "jepa: 0.5 of 1 min  step 1  loss 0.2500",
    ]
