"""Text in the notations of DAGitty, DOT and GML in, statements out.

A statement is a list of nodes with their attributes, or a chain of arrows between nodes or groups of nodes in braces.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from lark import Token, Tree, UnexpectedInput

from core.causal.graphs.graph import GraphError
from core.causal.graphs.syntax_errors import header_error, syntax_error
from core.grammar import Place, load_parser, place_of, token_at

KEYWORDS = ("node", "edge", "graph", "subgraph")  # words of DOT that are no names unless they stand in quotes
_PACKAGE = "core.causal.graphs"
_BLANKS = r"(?>\s|/\*.*?\*/|//[^\n]*|\#[^\n]*)*+"  # without backtracking, which would take exponential time
_IS_DOT = re.compile(rf"{_BLANKS}(?:strict\s+)?(?:di)?graph\b[^\[\];,=<>→←↔]*?\{{", re.DOTALL | re.IGNORECASE)
_IS_GML = re.compile(
    rf"{_BLANKS}(?:\w+\s+(?:\"[^\"]*\"|[-+.\d]+)\s+)*graph\s*\[\s*(?:[A-Za-z]\w*\s+[-+.\d\"]|(?:node|edge)\s*\[)"
)
_ARROWS = {"→": "->", "←": "<-", "↔": "<->"}
Attributes = dict[str, str | None]
START = Place(1, 1)


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        sides: The nodes on each side of its arrows; one side where there is no arrow.
        arrows: One fewer than sides: ``->``, ``<-`` or ``<->``.
        attributes: What stands in brackets, by its name in lower case; None where a word has no value.
        place: Where it begins.
    """

    sides: tuple[tuple[str, ...], ...]
    arrows: tuple[str, ...] = ()
    attributes: Attributes = field(default_factory=dict)
    place: Place = START


def read_statements(text: str) -> list[Statement]:
    """Returns what a text says, statement by statement.

    Raises:
        GraphError: The text can't be read; one sentence that names the place.
    """
    name = "gml" if _IS_GML.match(text) else "dot" if _IS_DOT.match(text) else "dagitty"
    try:
        tree = load_parser(_PACKAGE, name).parse(text)
    except UnexpectedInput as error:
        raise syntax_error(text, error) from error
    readers: dict[str, type[_GmlReader | _DagittyReader]] = {
        "gml": _GmlReader,
        "dot": _DotReader,
        "dagitty": _DagittyReader,
    }
    return readers[name](text).read(tree)


class _DagittyReader:
    """Reads the tree of ``dagitty.lark``."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, tree: Tree) -> list[Statement]:
        if tree.data == "no_header":
            raise header_error(token_at(tree))
        found = (self._statement(one) for one in tree.children if isinstance(one, Tree))
        return [statement for statement in found if statement is not None]

    def _statement(self, tree: Tree) -> Statement | None:
        match tree.data:
            case "setting":
                return None
            case "defaults":
                self._check_defaults(tree)
                return None
            case "item":
                side, *attributes = tree.children
                return Statement((self._side(side),), (), self._attributes(attributes), place_of(tree))
            case "chain":
                return self._chain(tree)
        raise _refused(tree)

    def _chain(self, tree: Tree) -> Statement:
        sides = [one for one in tree.children if isinstance(one, Tree) and one.data != "attributes"]
        attributes = [one for one in tree.children if isinstance(one, Tree) and one.data == "attributes"]
        arrows = (_arrow(one) for one in tree.children if isinstance(one, Token))
        return Statement(tuple(map(self._side, sides)), tuple(arrows), self._attributes(attributes), place_of(tree))

    def _side(self, tree: Tree | Token) -> tuple[str, ...]:
        if isinstance(tree, Token):
            return (str(tree),)
        if tree.data == "node":
            return (self._name(tree),)
        names = tuple(self._name(one) for one in tree.children if isinstance(one, Tree) and one.data == "node")
        if not names:
            raise GraphError(f"{place_of(tree)}: these braces hold no node; write the names of nodes in them.")
        return names

    def _name(self, node: Tree) -> str:
        token = token_at(node)
        return _unquoted(token) if token.type == "QUOTED" else str(token)

    def _attributes(self, trees: list[Tree]) -> Attributes:
        found: Attributes = {}
        for tree in trees:
            for attribute in tree.children:
                parts = [part for part in attribute.children if isinstance(part, Token)]
                key, *value = (
                    _unquoted(part) if part.type == "STRING" else str(part) for part in parts if part.type != "EQUALS"
                )
                has_value = any(part.type == "EQUALS" for part in parts)
                found[key.lower()] = (value[0] if value else "") if has_value else None
        return found

    def _check_defaults(self, tree: Tree) -> None:
        word, attributes = str(tree.children[0]), self._attributes(tree.children[1:])
        if {"latent", "exposure", "outcome"} & set(attributes):
            raise GraphError(
                f'{place_of(tree)}: {word} [...] applies to every {word}; write "{word}" in quotes if it is the '
                "name of a node."
            )
        if attributes.get("dir", "forward") != "forward":
            raise GraphError(
                f"{place_of(tree)}: dir turns every arrow; write the direction of each: a -> b, a <- b or a <-> b."
            )


class _DotReader(_DagittyReader):
    """Reads the tree of ``dot.lark``: a name ends before the colon of a port."""

    def _name(self, node: Tree) -> str:
        token = token_at(node)
        if token.type == "QUOTED":
            return _unquoted(token)
        name, _, port = str(token).partition(":")
        if ":" in token and not port:
            raise GraphError(f"{place_of(token)}: the port after {token} can't be read; leave it and the colon out.")
        return name


class _GmlReader:
    """Reads the tree of ``gml.lark``."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, tree: Tree) -> list[Statement]:
        graph = next(value for key, value, _ in _pairs(tree) if key == "graph")
        pairs = _pairs(graph) if isinstance(graph, Tree) else []
        if not any(key == "directed" and value == "1" for key, value, _ in pairs):
            raise GraphError("This GML graph is undirected; write directed 1 after graph [ if its edges are arrows.")
        nodes = [(_values(value), place) for key, value, place in pairs if key == "node"]
        names = {values.get("id", ""): values.get("label") or values.get("id", "") for values, _ in nodes}
        found = [
            Statement((((values.get("label") or values.get("id", "")),),), (), {**values}, place)
            for values, place in nodes
        ]
        for key, value, place in pairs:
            if key == "edge":
                ends = _values(value)
                for role in ("source", "target"):
                    if ends.get(role) not in names:
                        raise GraphError(f"{place}: the {role} of this edge is not the id of a node.")
                found.append(Statement(((names[ends["source"]],), (names[ends["target"]],)), ("->",), {}, place))
        return found


def _pairs(tree: Tree) -> list[tuple[str, str | Tree, Place]]:
    """Keys in lower case, values and places of a list."""
    found = []
    for pair in tree.children:
        key, value = pair.children
        if isinstance(value, Token):
            value = html.unescape(value[1:-1]) if value.type == "STRING" else str(value)
        found.append((str(key).lower(), value, place_of(key)))
    return found


def _values(tree: str | Tree) -> dict[str, str]:
    """Plain values of a list by key; ``graphics [x 1 y 2]`` gives ``pos``."""
    if not isinstance(tree, Tree):
        return {}
    found = {key: value for key, value, _ in _pairs(tree) if isinstance(value, str)}
    for key, value, _ in _pairs(tree):
        if key == "graphics" and isinstance(value, Tree):
            graphics = _values(value)
            found["pos"] = f"{graphics.get('x', '')},{graphics.get('y', '')}"
    return found


def _arrow(token: Token) -> str:
    """Returns ``->``, ``<-`` or ``<->``, however long the arrow is drawn."""
    return _ARROWS.get(str(token)) or re.sub("-+", "-", token)


def _unquoted(token: Token) -> str:
    body = token[1:-1]
    return re.sub(r"\\(.)", r"\1", body, flags=re.DOTALL) if token.startswith('"') else body


def _refused(tree: Tree) -> GraphError:
    """Returns the error for a rule that stands for what is refused."""
    token = token_at(tree, -1)
    place = place_of(token)
    if tree.data == "no_subgraph":
        return GraphError(f"{place}: subgraphs can't be read; write their nodes and arrows outside.")
    mark = str(token).strip()
    place = Place(place.line, place.column + len(token) - len(token.lstrip()))
    if token.type == "OPEN_END":
        return GraphError(f"{place}: {mark} leaves the direction open; write a -> b or a <-> b.")
    return GraphError(f"{place}: {mark} has no direction; use ->, <- or <->.")
