"""The tools must see what they are for: a number that changed, and a sentence that a person reads."""

from __future__ import annotations

from pathlib import Path

import pytest
import visible_sentences
from compare_commits import LEFT_OUT, differences

SOURCE = '''"""A docstring is not on the screen."""
import streamlit as st
import typer

NAMES = {"a": "the first of all", "b": "Train"}
st.button("run", key="not for people", help=f"Runs {NAMES} again.")
st.radio("mode", ("slow", "fast" if NAMES else "lazy"))
bar(hovertemplate="<b>%{x}</b> frame widths<extra></extra>")


def command(n: "not a text for people" = 1):
    """What a command does is in its help."""


def _f(x):
    """Nor is this one."""
    raise ValueError("There is nothing " "to run.")
'''


def test_an_equal_number_is_no_difference_and_another_is() -> None:
    old = {"command": {"error": 0.25, "steps": [1, float("nan")], "drop": {"mean": 2, "clips": 3}, "note": "words"}}
    assert list(differences(old, old)) == []
    renamed = {"command": {"error": 0.25, "steps": [1, float("nan")], "drop": {"mean": 2, "n": 3}, "note": "others"}}
    assert list(differences(old, renamed)) == []
    changed = {"command": {"error": 0.25, "steps": [1 + 1e-15], "drop": {"mean": 2, "n": 4}}}
    assert list(differences(old, changed)) == [
        f"command/steps/0: 1 became {1 + 1e-15}",
        "command/steps/1: nan is missing",
        "command/drop/clips: 3 became 4",
    ]


def test_only_what_differs_from_run_to_run_is_left_out() -> None:
    old = {"command": dict.fromkeys((*LEFT_OUT, "flops_per_frame"), 1)}
    assert list(differences(old, {"command": {}})) == ["command/flops_per_frame: 1 is missing"]


def test_every_text_on_a_screen_is_listed_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visible_sentences, "HOUSE", tmp_path)
    (tmp_path / "page.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "view.js").write_text('// a comment of it\nlabel.textContent = "Draw a line";\n', encoding="utf-8")
    (tmp_path / "story.txt").write_text("title: A small story\n", encoding="utf-8")
    (tmp_path / "report.jinja").write_text("<p>{{ x }} Adjusted for {% y %}</p>\n", encoding="utf-8")
    assert [str(one).split("\t") for one in visible_sentences.sentences([tmp_path])] == [
        ["page.py:5", "text", "the first of all"],
        ["page.py:5", "text", "Train"],
        ["page.py:6", "screen", "run"],
        ["page.py:6", "screen", "Runs {...} again."],
        ["page.py:7", "screen", "mode"],
        ["page.py:7", "screen", "slow"],
        ["page.py:7", "screen", "fast"],
        ["page.py:7", "screen", "lazy"],
        ["page.py:8", "screen", "frame widths"],
        ["page.py:12", "help", "What a command does is in its help."],
        ["page.py:17", "error", "There is nothing to run."],
        ["report.jinja:1", "template", "Adjusted for"],
        ["story.txt:1", "story", "title: A small story"],
        ["view.js:2", "javascript", "Draw a line"],
    ]
