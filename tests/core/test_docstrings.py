"""A public function says what it returns, the shapes of its arrays and the errors it raises: a reader of a notebook has
nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.paths import SAMPLE_DATA

HOUSE = SAMPLE_DATA.parent
FILES = sorted((HOUSE / "core").rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef
ARRAY = re.compile(r"\b(ndarray|Tensor)\b")
SHAPE = re.compile(r"\w*\s?\[[^\[\]]*\]``")  # such as ``uint8 [B, T, H, W, 3]``; ``[...]`` is any shape


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


def annotations(function: Function) -> Iterator[str]:
    """The annotations of a function's parameters and of what it returns, as text."""
    given = function.args
    named = (*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg)
    for one in (*(argument.annotation for argument in named if argument), function.returns):
        if one:
            yield ast.unparse(one)


def lacks_shapes(function: Function) -> bool:
    """Whether a function takes or returns arrays, and its docstring gives no shape. Without a docstring of its own, it
    relies on the protocol that it fits."""
    text = ast.get_docstring(function)
    return bool(text and any(map(ARRAY.search, annotations(function))) and not SHAPE.search(text))


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
        if lacks_shapes(function):
            found.append(f"{place} takes or returns arrays, but gives no shape such as ``float32 [N, D]``")
    return found


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ('def f(x: np.ndarray): "The mean of rows."', True),
        ('def f(x: np.ndarray): "The mean of rows ``[N, D]``."', False),
        ('def f(x: np.ndarray): "The mean of rows [see below]."', True),
        ('def f(*, x: Mapping[str, np.ndarray]): "The rows."', True),
        ('def f(**x: torch.Tensor): "The rows."', True),
        ('async def f() -> tuple[torch.Tensor, int]: "The rows."', True),
        ('def f(x: int) -> "TensorBoard": "The rows."', False),
        ("def f(x: np.ndarray): return x", False),
    ],
)
def test_a_missing_shape_is_found_wherever_an_array_comes_in_or_goes_out(text: str, lacks: bool) -> None:
    (function,) = ast.parse(text).body
    assert isinstance(function, Function)
    assert lacks_shapes(function) == lacks


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_public_functions_say_what_they_return_their_shapes_and_their_errors(path: Path) -> None:
    assert missing(path) == []
