"""The command names every model that it can train, and stops in one sentence at any other."""

from __future__ import annotations

import subprocess
import sys

from core.models.registry import trained_names
from core.training.shipped import plans


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from dashboard.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, env={"COLUMNS": "500", "PATH": ""}
    )


def test_the_help_lists_every_plan() -> None:
    assert trained_names() == tuple(plans())
    shown = command("train", "--help").stdout
    assert all(name in shown for name in plans())


def test_an_unknown_model_is_refused_in_one_sentence() -> None:
    done = command("train", "dreamer", "--minutes", "1")
    assert done.returncode == 2
    assert done.stderr.startswith("worldscope: There is no training plan called 'dreamer'; choose one of nearest, ")
    assert "Traceback" not in done.stderr
