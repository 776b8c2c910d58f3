"""Documentation is worth its space only while it is true: every path and every link in it leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import draw_architecture
import pytest

HOUSE = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*(HOUSE / "docs").glob("*.md"), HOUSE / "README.md"])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-")
        for line in re.findall(r"^#+ (.*)", text, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif not target.startswith(("http:", "https:")):
            assert (path.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_is_named_exists(path: Path) -> None:
    named = re.findall(
        r"`((?:core|dashboard|pages|tests|docs|sample_data)/[\w./-]+)`", path.read_text(encoding="utf-8")
    )
    assert [name for name in named if not (HOUSE / name).exists()] == []


def test_the_picture_shows_the_imports_as_they_are() -> None:
    assert draw_architecture.PICTURE.read_text(encoding="utf-8") == draw_architecture.draw(draw_architecture.rooms())


def test_packages_say_that_they_have_types() -> None:
    assert all((HOUSE / package / "py.typed").exists() for package in ("core", "dashboard"))
