"""``worldscope evaluate recognition`` prints and stores what ``measure_recognition`` finds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.evaluation import attentive, recognition_result
from core.models import registry
from core.models.shipped import RANDOM


def test_what_is_printed_and_stored_is_what_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command
) -> None:
    tiny = recognition_result.RecognitionProtocol(learn=2, test=2, seeds=(0,))
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))
    monkeypatch.setattr(attentive, "_FEWEST", 5)
    monkeypatch.setattr(registry, "recognisers", lambda: (RANDOM,))
    monkeypatch.setattr(recognition_result, "RecognitionProtocol", lambda: tiny)
    for arguments in (["--json"], ["--out", str(tmp_path)]):
        code, output, _ = command("evaluate", "recognition", *arguments)
        assert code == 0
        found = json.loads(output if "--json" in arguments else (tmp_path / "recognition.json").read_text())
        assert found["protocol"]["learn"] == 2 and list(found["models"]) == ["random", "raw-pixels"]
    assert found["provenance"]["command"] == "worldscope evaluate recognition"
    assert output.startswith("\nWrote ")
