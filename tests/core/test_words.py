"""Names in the code are the words of the field: none of the old private ones is left as part of an identifier."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from core.paths import SAMPLE_DATA

HOUSE = SAMPLE_DATA.parent
PARTS = ("core", "dashboard", "pages", "docs", "tests")
FORBIDDEN = (
    "told",
    "apart",
    "asked",
    "evening",
    "foretell",
    "unguarded",
    "lonely",
    "paint",
    "wake",
    "wish_of",
    "work_off",
    "work_out",
    "worked_out",
    "watched",
    "made_once",
    "rungs",
    "imagining",
    "refuting",
    "survey",
    "believes",
    "companions",
    "happenings",
)
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words(name: str) -> str:
    """The words of a name in snake case, with a mark at both ends and between them."""
    return "_" + "_".join(part.lower() for part in WORD.findall(name)) + "_"


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every identifier that a syntax tree makes or uses, with its line."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)) | ast.arg(arg=name):
                yield line, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield line, name
            case ast.alias(name=name, asname=alias):
                yield from ((line, part) for part in (*name.split("."), alias or ""))
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield line, name
            case ast.Global(names=several) | ast.Nonlocal(names=several):
                yield from ((line, name) for name in several)
            case ast.MatchClass(kwd_attrs=several):
                yield from ((line, name) for name in several)


def left(text: str) -> list[tuple[int, str]]:
    """Identifiers of a Python file with a forbidden word in them."""
    barred = [f"_{word}_" for word in FORBIDDEN]
    return [(line, name) for line, name in names(ast.parse(text)) if any(word in words(name) for word in barred)]


def test_a_word_is_found_as_part_of_any_name() -> None:
    text = (
        "class RungsView:\n    told = 1\n"
        "def _asked_of(apart, *, x): return f(worked_out=x.WATCHED)\nimport a.survey as b"
    )
    assert [name for _, name in left(text)] == [
        "RungsView",
        "_asked_of",
        "survey",
        "told",
        "apart",
        "worked_out",
        "WATCHED",
    ]
    assert left("painting = awake = untold = 'told'") == []


def test_no_old_word_is_left_as_an_identifier() -> None:
    found = [
        f"{path.relative_to(HOUSE)}:{line}: {name}"
        for part in PARTS
        for path in sorted((HOUSE / part).rglob("*.py"))
        for line, name in left(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_file_is_named_by_an_old_word() -> None:
    files = [path for part in PARTS for path in (HOUSE / part).rglob("*.py")]
    barred = [f"_{word}_" for word in FORBIDDEN]
    assert [path.name for path in files if any(word in words(path.stem) for word in barred)] == []
