"""``worldscope evaluate recognition`` prints and stores what ``measure_recognition`` finds."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from core.evaluation import attentive, recognition
from dashboard import cli


def test_what_is_printed_and_stored_is_what_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = recognition.RecognitionProtocol(learn=2, test=2, seeds=(0,))
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))
    monkeypatch.setattr(attentive, "_FEWEST", 5)
    monkeypatch.setattr(recognition, "ASKED", ("random",))
    monkeypatch.setattr(recognition, "RecognitionProtocol", lambda: tiny)
    for arguments in (["--json"], ["--out", str(tmp_path)]):
        monkeypatch.setattr(sys, "argv", ["worldscope", "evaluate", "recognition", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code
        told = capsys.readouterr().out
        found = json.loads(told if "--json" in arguments else (tmp_path / "recognition.json").read_text())
        assert found["protocol"]["learn"] == 2 and list(found["models"]) == ["random", "raw-pixels"]
    assert found["provenance"]["command"] == "worldscope evaluate recognition"
    assert json.loads(capsys.readouterr().out or "{}") == {}
