"""Lists of edges and of neighbours in, statements out: text that has no arrows, in which a line is an edge or a node
with its effects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from core.causal.graphs.graph import GraphError
from core.causal.graphs.statements import Reading, Statement, visible
from core.grammar import Place

_QUOTED = (  # at the beginning of a word
    r"(?<![^\s,;|(\[{])(?:\"(?:[^\"\\]|\\.)*+\"|'[^'\n]*+'|[‘’‚‛][^‘’‚‛\n]*+[‘’‛]|[“”„‟][^“”„‟\n]*+[“”‟]|"
    r"[`´][^`´\n]*+[`´]|«[^«»\n]*+»|»[^«»\n]*+«|‹[^‹›\n]*+›)"
)
_CELL = re.compile(rf"{_QUOTED}|[^\s]+")
_DICT = r"\{\s*(?:['\"][^{}<>\[\]]*:[^{}<>]*)?\}[ \t]*$"
_DATA = re.compile(_DICT)  # what networkx writes after an edge
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$")
_HEADS = {
    ("source", "target"),
    ("from", "to"),
    ("cause", "effect"),
    ("parent", "child"),
    ("src", "dst"),
    ("start", "end"),
    ("tail", "head"),
    ("node1", "node2"),
    ("exposure", "outcome"),
}
_FLAGS = {"1": None, "E": "exposure", "O": "outcome", "U": "latent", "L": "latent", "A": "adjusted", "S": "selected"}
_AT = re.compile(r"@\s*([-+.\deE]+)\s*,\s*([-+.\deE]+)")
_NOT_A_LIST = re.compile(r"->|<-|--|=>|[–—−]>|[→←↔⟶⟵⟷⇒⇐⇔]|[\[\]{}<>=~]|/\*|(?<=\s)[o@]-[o@](?=\s)")
_HEAD = re.compile(r"\s*(?:strict|(?:di)?graph|p?dag|mag|pag)\b[^{\n]*+\s*\{", re.IGNORECASE)


@dataclass(frozen=True)
class _Line:
    """The cells of a line that holds any."""

    number: int
    cells: tuple[str, ...]

    @property
    def place(self) -> Place:
        return Place(self.number, 1)


def read_list(text: str) -> Reading | None:
    """Returns what a list of edges or neighbours says; None for text in another notation.

    Raises:
        GraphError: The text is a list that can't be read, or holds no arrow at all.
    """
    if reading := _old_dagitty(text):
        return reading
    body = re.sub(_QUOTED, "", re.sub(rf"(?m)(?:^|\s)(?:#|//).*$|{_DICT}", "", text))
    if _HEAD.match(text) or _NOT_A_LIST.search(body):
        return None
    lines = _lines(text)
    if not lines:
        return None
    if len(lines) == len(lines[0].cells) == 1:
        return None  # one node
    listed = len(lines) == 1 and (len(lines[0].cells) != 2 or bool(re.search("[,;|]", text)))
    if listed or all(len(line.cells) == 1 for line in lines):
        raise GraphError(
            f"{lines[0].place}: there is no arrow in this text, so it says nothing about causes; write for "
            "example x -> y."
        )
    if _is_matrix(lines):
        raise GraphError("This looks like an adjacency matrix without names; write a line x -> y for each arrow.")
    return _counted_neighbours(lines) or _edges(lines) or _neighbours(lines)


def _lines(text: str) -> list[_Line]:
    """The cells of each line, without comments; the separator is that of the first line that has one."""
    rows = [re.sub(r"(?:^|\s)(?:#|//).*$", "", visible(row)).strip() for row in text.splitlines()]
    bare = [re.sub(_QUOTED, "", _DATA.sub("", row)) for row in rows]
    separator = next((mark for mark in ("\t", ",", ";", "|") if _separates(mark, bare)), None)
    cells = _splitter(separator)
    return [_Line(i, tuple(cells(row))) for i, row in enumerate(rows, 1) if row]


def _separates(mark: str, rows: list[str]) -> bool:
    """Whether a character separates the cells of every line but those of one cell."""
    counts = [row.rstrip(",;" if mark in ",;" else "").count(mark) for row in rows if row]
    return any(counts) and all(counts)


def _splitter(separator: str | None) -> Callable[[str], Iterator[str]]:
    mark = re.escape(separator or "")
    cell = re.compile(rf"\s*(?:{_QUOTED}\s*(?={mark}|$)|[^{mark}]+)") if separator else _CELL

    def split(row: str) -> Iterator[str]:
        data = _DATA.search(row)
        row = row[: data.start()] if data else row
        yield from (_unquoted(part.strip()) for part in cell.findall(row) if part.strip())
        if data:
            yield data[0].strip()

    return split


def _unquoted(cell: str) -> str:
    return cell[1:-1] if len(cell) > 1 and re.fullmatch(_QUOTED, cell) else cell


def _edges(lines: list[_Line]) -> Reading | None:
    """Two names in each line, maybe with a weight or a head above; None if lines differ."""
    first = tuple(cell.lower() for cell in lines[0].cells[:2])
    is_head = first in _HEADS and len(lines) > 1 and not _is_named_later(lines)
    body = lines[1:] if is_head else lines
    width = len(lines[0].cells)
    has_more = any(len(line.cells) > 2 for line in body)
    for line in body:
        rest = line.cells[2:]
        if len(line.cells) < 2 and has_more:
            return None
        if rest and not (is_head and len(line.cells) <= width) and not all(_is_extra(cell) for cell in rest):
            return None
    remarks = ("The first line is read as a header.",) * is_head
    if has_more:
        remarks += ("What follows the two names of a line, such as a weight, is not used.",)
    statements = tuple(_statement(line, line.cells[:2]) for line in body)
    return Reading(statements, "a list of edges, cause first and effect second in each line", True, remarks)


def _is_extra(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell) or cell.startswith("{"))


def _is_named_later(lines: list[_Line]) -> bool:
    """Whether a name of the first line is also in another, so that it is a node."""
    names = set(lines[0].cells[:2])
    return any(names & set(line.cells[:2]) for line in lines[1:])


def _statement(line: _Line, names: tuple[str, ...]) -> Statement:
    sides = tuple((name,) for name in names)
    return Statement(sides, ("->",) * (len(sides) - 1), {}, line.place)


def _counted_neighbours(lines: list[_Line]) -> Reading | None:
    """The adjacency list of networkx with several lines: a node and the number of its effects, then a line for each."""
    statements, left, cause = list[Statement](), 0, ""
    for line in lines:
        if left:
            if not all(cell.startswith("{") for cell in line.cells[1:]):
                return None
            statements.append(_statement(line, (cause, line.cells[0])))
            left -= 1
        else:
            if len(line.cells) != 2 or not line.cells[1].isdecimal():
                return None
            cause, left = line.cells[0], int(line.cells[1])
            statements.append(_statement(line, (cause,)))
    return None if left else Reading(tuple(statements), _NEIGHBOURS)


_NEIGHBOURS = "an adjacency list, a cause and then its effects"


def _neighbours(lines: list[_Line]) -> Reading:
    """A node and its effects in each line. Every node must begin a line, as networkx writes it: else a sentence in
    words would be a graph."""
    heads = {line.cells[0] for line in lines}
    for line in lines:
        for name in line.cells[1:]:
            if name not in heads:
                raise GraphError(
                    f"{line.place}: {len(line.cells)} words stand here without an arrow; write x -> y for each arrow, "
                    f"or, in an adjacency list, a line for each node, {name} too."
                )
    statements = [Statement(((line.cells[0],),), (), {}, line.place) for line in lines]
    statements += [
        Statement(((line.cells[0],), line.cells[1:]), ("->",), {}, line.place) for line in lines if len(line.cells) > 1
    ]
    return Reading(tuple(statements), _NEIGHBOURS)


def _is_matrix(lines: list[_Line]) -> bool:
    """Whether the lines are a square of zeros and ones."""
    size = len(lines)
    return size > 1 and all(len(line.cells) == size and set(line.cells) <= {"0", "1"} for line in lines)


def _old_dagitty(text: str) -> Reading | None:
    """DAGitty's notation before version 2: each node with a letter for its role and a position; a blank line; then each
    node with its effects. None for other text."""
    parts = re.split(r"\n[ \t\r]*\n\s*", visible(text).strip(), maxsplit=1)
    statements, names = list[Statement](), set()
    for number, row in enumerate(parts[0].splitlines(), 1):
        words = _AT.sub("", row).split()
        if len(words) != 2 or words[1].upper() not in _FLAGS:
            return None
        name, role, at = unquote(words[0]), _FLAGS[words[1].upper()], _AT.search(row)
        attributes = {role: None} if role else {}
        names.add(name)
        position = {"pos": f"{at[1]},{at[2]}"} if at else {}
        statements.append(Statement(((name,),), (), attributes | position, Place(number, 1)))
    if len(parts) == 1 and "@" not in text:
        return None
    offset = len(statements) + 1
    for number, row in enumerate(parts[1].splitlines() if len(parts) > 1 else (), offset + 1):
        words = [unquote(word) for word in _AT.sub("", row).split()]
        if unknown := next((word for word in words if word not in names), None):
            if "@" not in parts[0]:
                return None
            raise GraphError(f"Line {number}: {unknown} is not among the nodes above the blank line; add it there.")
        if len(words) > 1:
            statements.append(Statement(((words[0],), tuple(words[1:])), ("->",), {}, Place(number, 1)))
    return Reading(tuple(statements), "DAGitty's old notation")
