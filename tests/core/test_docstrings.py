"""A public function says what comes out of it, and which errors it raises: a reader of a notebook has nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.paths import SAMPLE_DATA

HOUSE = SAMPLE_DATA.parent
FILES = sorted((HOUSE / "core").rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef


def public(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Public functions of a module, and public methods of its public classes, with their names. Methods of protocols
    that only restate a property in ``Attributes`` and what is overloaded are left out."""
    for node in tree.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node.name, node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for part in node.body:
                if isinstance(part, Function) and not part.name.startswith("_"):
                    yield f"{node.name}.{part.name}", part


def raises(function: Function) -> set[str]:
    """Names of the errors that a function raises itself, by calling a class: not what it only passes on."""
    return {
        node.exc.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
        and node.exc.func.id.endswith("Error")
        and node.exc.func.id not in ("TypeError", "AssertionError", "NotImplementedError", "LookupError")
    }


def documented_elsewhere() -> set[str]:
    """Names of methods that some class of core documents, such as a protocol: those that fit it need not repeat it."""
    return {
        name.partition(".")[2]
        for path in FILES
        for name, function in public(ast.parse(path.read_text(encoding="utf-8")))
        if "." in name and ast.get_docstring(function)
    }


DOCUMENTED = documented_elsewhere()


def is_short(function: Function) -> bool:
    """Whether a function is one line that says itself what it gives."""
    return len(function.body) == 1 and len(ast.unparse(function.body[0])) < 80


def missing(path: Path) -> list[str]:
    """What is missing from the docstrings of a file."""
    found = []
    for name, function in public(ast.parse(path.read_text(encoding="utf-8"))):
        text = ast.get_docstring(function) or ""
        place = f"{path.name}:{function.lineno}: {name}"
        is_property = any(ast.unparse(one) in ("property", "cached_property") for one in function.decorator_list)
        if not (text or is_property or is_short(function) or name.partition(".")[2] in DOCUMENTED):
            found.append(f"{place} has no docstring")
        if (errors := raises(function)) and "Raises:" not in text and not is_property:
            found.append(f"{place} does not name {', '.join(sorted(errors))} under Raises")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_public_functions_say_what_they_give_and_what_they_raise(path: Path) -> None:
    assert missing(path) == []
