"""Lists every text that a person can see, with its file and line, to be read aloud.

    python tests/tools/visible_sentences.py [PATH ...] [--docstrings]

Python is read by its syntax tree: string literals of more than one word, single words that open with a capital letter
or are an argument of a Streamlit or Plotly call, help texts (also the docstrings of commands), errors and hover texts.
Formatted values stand as ``{...}``, tags are left out. JavaScript is read by its string literals, stories, the README
and ``docs`` by their paragraphs, model cards by their texts, templates and the Makefile by what stands outside
their code. ``--docstrings`` adds docstrings and comments. Each line is ``path:line<TAB>kind<TAB>text``.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
ROOTS = ("dashboard", "pages", "core", "sample_data", "README.md", "docs", "Makefile")
# Arguments that are names for the machine: widget keys, icons, colours, modes.
MACHINE = re.compile(
    r"key|icon|bind|type|width|height|mode|color|fill|dash|name_space|mime|"
    r"file_name|encoding|line_color|kind|position|anchor|xanchor|yanchor|hovermode|"
    r"symbol|method|select|dtype|group|suffix|prefix|vertical_alignment|"
    r"horizontal_alignment|gap"
)
TEXTS = re.compile(  # arguments that people read
    r"help|label|labels|title|alt|description|summary|text|unit|caption|note|message"
    r"|placeholder|hovertemplate|texttemplate|xaxis_title|yaxis_title"
)
SHOWN = re.compile(
    r"^(st|figure|fig|typer|progress|column|columns|left|right|place|box|head|row|bar|Option|Argument)\b"
)
PROSE = re.compile(r"[^\W\d_]{2,}[^\n]*\s[^\W\d_]+|[^\W\d_]+\s[^\n]*[^\W\d_]{2,}")
WORD = re.compile(r"^(?=.*[^\W\d_]{2})([A-Z][\w’'-]*|[^\[\]\\^$|?:=#]*\s[^\[\]\\^$|?=#]*)$")  # a title, or a unit
TAG = re.compile(r"<[/a-z][^<>]*>|%\{[^{}]*\}")
CODE = re.compile(  # style sheets, HTML, media types, selectors, links, options
    r"^\s*[.#@\w-]+\s*\{|^--\S*$|</?[a-z]+[ >]|\{\s*$|^\s*[a-z-]+:\s*[^ ]+;|^[\w.-]+/[\w.+-]+$|^[#.][\w-]+ |^\w+="
)
JAVASCRIPT = re.compile(
    r"//[^\n]*|/\*.*?\*/|(?P<text>\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)", re.DOTALL
)


@dataclass(frozen=True)
class Sentence:
    """A text, what kind of text it is, and where it stands."""

    path: Path
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(HOUSE)}:{self.line}\t{self.kind}\t{' '.join(self.text.split())}"


def literal(node: ast.expr) -> str | None:
    """The text of a string literal; formatted values stand as ``{...}``. None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{...}" for part in node.values)
    return None


class Reader(ast.NodeVisitor):
    """Collects the texts of one Python file."""

    def __init__(self, path: Path) -> None:
        self.path, self.found = path, list[Sentence]()
        self._kind, self._has_commands = "text", False

    def visit_Expr(self, node: ast.Expr) -> None:
        """A string that stands alone is a docstring."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        """Texts of errors."""
        self._within("error", node)

    def visit_Call(self, node: ast.Call) -> None:
        """Texts of calls: on the screen where Streamlit, Plotly or Typer shows them."""
        name = ast.unparse(node.func)
        shown = SHOWN.match(name) is not None and "cache_" not in name
        self.visit(node.func)
        for argument in node.args:
            self._argument(argument, shown)
        for keyword in node.keywords:
            if not MACHINE.fullmatch(keyword.arg or ""):
                self._argument(keyword.value, shown or TEXTS.fullmatch(keyword.arg or "") is not None)

    def visit_Constant(self, node: ast.Constant) -> None:
        """A text by itself."""
        self._add(node, False)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """A text with values in it, and the texts within those."""
        self._add(node, False)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """A function; the docstring of a command is its help text."""
        help_text = ast.get_docstring(node) if self._has_commands and not node.name.startswith("_") else None
        if help_text:
            self.found.append(Sentence(self.path, node.body[0].lineno, "help", help_text))
        self.generic_visit(node)

    def visit_Module(self, node: ast.Module) -> None:
        """A file; commands are the public functions where Typer is imported."""
        self._has_commands = any(isinstance(part, ast.Import) and part.names[0].name == "typer" for part in node.body)
        self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> None:
        """Annotations are no texts, but the help of an option stands in one."""
        if node.annotation is not None and "Annotated" in ast.unparse(node.annotation):
            self.visit(node.annotation)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """A value with its type: only the value may be a text."""
        if node.value is not None:
            self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Keys of data are no texts; what stands in ``Annotated`` may be."""
        self.visit(node.value)
        if not isinstance(node.slice, ast.Constant):
            self.visit(node.slice)

    def _argument(self, node: ast.expr, shown: bool) -> None:
        if shown and literal(node) is not None:
            self._add(node, True)
        elif shown and isinstance(node, (ast.List, ast.Tuple, ast.IfExp, ast.BoolOp)):
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.expr):
                    self._argument(part, part is not getattr(node, "test", None))
            return
        if not (shown and isinstance(node, ast.Constant)):
            self.visit(node)

    def _within(self, kind: str, node: ast.AST) -> None:
        before, self._kind = self._kind, kind
        self.generic_visit(node)
        self._kind = before

    def _add(self, node: ast.expr, shown: bool) -> None:
        text = TAG.sub("", literal(node) or "")
        words = text.replace("{...}", "x1")
        is_text = PROSE.search(words) or WORD.search(words) or (shown and re.search(r"[^\W\d_]{2}", text))
        if CODE.search(words) or not is_text:
            return
        one = Sentence(self.path, node.lineno, "screen" if shown else self._kind, text)
        if not any(s.line == one.line and s.text == one.text for s in self.found):
            self.found.append(one)


def of_python(path: Path, docstrings: bool) -> Iterator[Sentence]:
    """Texts of a Python file."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    reader = Reader(path)
    reader.visit(tree)
    yield from reader.found
    if not docstrings:
        return
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and (docstring := ast.get_docstring(node)):
            yield Sentence(path, node.body[0].lineno, "docstring", docstring)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and PROSE.search(token.string):
            yield Sentence(path, token.start[0], "comment", token.string)


def of_javascript(path: Path, docstrings: bool) -> Iterator[Sentence]:
    """Texts of a JavaScript file."""
    text = path.read_text(encoding="utf-8")
    for match in JAVASCRIPT.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        found = match["text"]
        if found is None:
            if docstrings and PROSE.search(match[0]):
                yield Sentence(path, line, "comment", match[0])
            continue
        shown = re.sub(r"\$\{[^{}]*\}", "{...}", found[1:-1])
        words = shown.replace("{...}", "x1")
        if (PROSE.search(words) or re.search(r"^[A-Z][a-z]+(-[a-z]+)*$", words)) and not re.search(
            r"^use strict$|px |^[\w./-]+$|[;{]$", shown
        ):
            yield Sentence(path, line, "javascript", shown)


def of_paragraphs(path: Path) -> Iterator[Sentence]:
    """Paragraphs of a text file; code blocks are left out."""
    line, kind = 1, "story" if path.suffix == ".txt" else "page"
    for index, block in enumerate(re.split(r"(```.*?```|\n\s*\n)", path.read_text(encoding="utf-8"), flags=re.DOTALL)):
        if index % 2 == 0 and PROSE.search(block):
            yield Sentence(path, line + len(block) - len(block.lstrip("\n")), kind, block)
        line += block.count("\n")


def of_template(path: Path) -> Iterator[Sentence]:
    """Texts of a template or the Makefile: what stands outside tags, styles, placeholders and rules."""
    text = path.read_text(encoding="utf-8")
    code = r"@?echo \"(.*?)\"" if path.name == "Makefile" else r"(?:^|>|[%}]\}|-->)([^<>{}%]+)"
    for match in re.finditer(
        code, re.sub(r"<style>.*?</style>", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)
    ):
        if re.search(r"[^\W\d_]{2}", match[1]):
            yield Sentence(path, text.count("\n", 0, match.start(1)) + 1, "template", match[1])


def of_json(path: Path) -> Iterator[Sentence]:
    """Texts of a model card or a result: names of what was measured, titles, notes."""
    seen = set()

    def walk(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            for key, part in value.items():
                yield key
                yield from walk(part)
        elif isinstance(value, list):
            for part in value:
                yield from walk(part)
        elif isinstance(value, str):
            yield value

    for text in walk(json.loads(path.read_text(encoding="utf-8"))):
        if PROSE.search(text) and text not in seen:
            seen.add(text)
            yield Sentence(path, 1, "data", text)


def sentences(paths: Iterable[Path], docstrings: bool = False) -> Iterator[Sentence]:
    """Every text below some paths."""
    for root in paths:
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        for path in files:
            if path.suffix == ".py":
                yield from of_python(path, docstrings)
            elif path.suffix in (".js", ".mjs", ".ts"):
                yield from of_javascript(path, docstrings)
            elif path.suffix in (".jinja", ".html") or path.name == "Makefile":
                yield from of_template(path)
            elif path.suffix in (".txt", ".md"):
                yield from of_paragraphs(path)
            elif path.suffix == ".json" and path.is_relative_to(HOUSE / "sample_data"):
                yield from of_json(path)


def main() -> None:
    """Print the texts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, default=[HOUSE / root for root in ROOTS])
    parser.add_argument("--docstrings", action="store_true", help="docstrings and comments as well")
    options = parser.parse_args()
    for one in sentences([path.resolve() for path in options.paths], options.docstrings):
        print(one)


if __name__ == "__main__":
    main()
