"""No text from outside is Markdown: messages are a fixed sentence and values, and pages show errors by one function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.kit.text import escape_markdown, markdown_of

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = sorted([*REPOSITORY.glob("dashboard/**/*.py"), *REPOSITORY.glob("pages/*.py")])
MESSAGES = {"error", "warning", "info", "success", "toast", "exception"}  # of Streamlit
OURS = {"show_error", "show_warning", "show_info", "show_note"}
MARKDOWN = {"markdown", "caption", "write", "title", "header", "subheader"}
KIT = REPOSITORY / "dashboard" / "kit" / "messages.py"


def calls(path: Path) -> Iterator[tuple[str, str, ast.Call, set[str]]]:
    """Every call with an argument: its place, the name that is called, itself, and the errors that are caught there."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    caught = {
        id(inner): handler.name
        for handler in ast.walk(tree)
        if isinstance(handler, ast.ExceptHandler) and handler.name
        for inner in ast.walk(handler)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            place = f"{path.relative_to(REPOSITORY)}:{node.lineno}"
            yield place, name, node, {caught[id(node)]} if id(node) in caught else set()


def wrong_call(name: str, call: ast.Call, errors: set[str]) -> str:
    """What is wrong with a call that shows text; empty if nothing is."""
    first = call.args[0]
    if name in MESSAGES and isinstance(call.func, ast.Attribute):
        return "" if isinstance(first, ast.Constant) else f"use show_{name} of dashboard/kit/messages.py"
    if name in OURS:
        is_error = isinstance(first, ast.Name) and first.id in errors
        is_fixed = isinstance(first, ast.Constant | ast.Subscript)  # a table of sentences is fixed, too
        is_renamed = isinstance(first, ast.Call) and ast.unparse(first.func).endswith("labels.rename")
        return "" if is_error or is_fixed or is_renamed else "pass a fixed sentence and its values, or the error"
    if name in MARKDOWN:
        named = {node.id for node in ast.walk(first) if isinstance(node, ast.Name)}
        return "an error is not Markdown; use dashboard/kit/messages.py" if named & errors else ""
    return ""


def test_messages_are_fixed_sentences_with_values() -> None:
    checked = 0
    for path in SOURCES:
        if path == KIT:
            continue
        for place, name, call, errors in calls(path):
            assert not (wrong := wrong_call(name, call, errors)), f"{place}: {wrong}"
            checked += name in OURS
    assert checked > 25


@pytest.mark.parametrize(
    "code, is_right",
    [
        ("st.error(f'{name}')", False),
        ("st.info('Drop in a file.')", True),
        ("place.warning(text)", False),
        ("show_error(text)", False),
        ("show_error(f'{name}: wrong')", False),
        ("show_error('{file}: wrong', file=name)", True),
        ("try:\n    work()\nexcept ValueError as error:\n    show_error(error)", True),
        ("try:\n    work()\nexcept ValueError as error:\n    caption(f'no: {error}')", False),
    ],
)
def test_the_rule_finds_what_it_forbids(code: str, is_right: bool, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(globals(), "REPOSITORY", tmp_path)
    (tmp_path / "toy.py").write_text(code)
    found = [wrong_call(name, call, errors) for _, name, call, errors in calls(tmp_path / "toy.py")]
    assert any(found) is not is_right


def test_values_are_shown_as_they_stand_and_numbers_as_the_sentence_says() -> None:
    assert markdown_of("**{file}** has {count:,} rows", file="a*b_c", count=2000) == r"**a\*b\_c** has 2,000 rows"
    long = markdown_of("{name}", name="x" * 5000)
    assert len(long) < 1100 and long.endswith("...")
    assert markdown_of("{name}", name="![p](http://a)") != "![p](http://a)"


def test_a_graph_in_a_message_can_be_copied() -> None:
    shown = escape_markdown("write for example: dag { x -> y } or *this* a -> b")
    assert "`dag { x -> y }`" in shown and "\u2060" not in shown.split("`")[1]
    assert r"\*this\*" in shown
    assert escape_markdown("dag { `x` -> y }") == "``dag { `x` -> y }``"
    assert escape_markdown("a set {x, y}").startswith("a set {x, y"), "what is no graph is text"


def _page() -> None:
    from dashboard.kit.messages import show_error, show_info, show_note, show_warning

    show_error(ValueError("a [link](http://a) and $x^2$"))
    show_warning("{file}: {problem}", file=":material/home:", problem=ValueError("<b>no</b>"))
    show_info("Drop in a **file**.")
    show_note("{note}", note="# big")


def test_each_function_shows_its_kind_of_message() -> None:
    app = AppTest.from_function(_page).run()
    assert app.error[0].value == r"a \[link\](http:⁠//a) and \$x^2\$"
    assert app.warning[0].value == r"\:material/home:: \<b>no\</b>"
    assert app.info[0].value == "Drop in a **file**."
    assert app.markdown[0].value == r":small[\# big]"
