"""Text in the notations of DAGitty, DOT and GML in, statements out.

A statement is a list of nodes with their attributes, or a chain of arrows between nodes or groups of statements in
braces.
"""

from __future__ import annotations

import re

from lark import Token, Tree, UnexpectedInput

from core.causal.graphs.gml import gml_statements
from core.causal.graphs.graph import GraphError
from core.causal.graphs.side_by_side import check_words
from core.causal.graphs.spelling import comma_list
from core.causal.graphs.statements import Attributes, Reading, Statement, visible
from core.causal.graphs.syntax_errors import header_error, syntax_error
from core.grammar import Place, load_parser, place_of, token_at

KEYWORDS = ("node", "edge", "graph", "subgraph")  # words of DOT that are no names unless they stand in quotes
_PACKAGE = "core.causal.graphs"
_DEEPEST = 20  # groups within groups
_BLANKS = (  # without backtracking, which would take exponential time
    r"(?>[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|/\*.*?\*/|//[^\n]*|\#[^\n]*)*+"
)
_IS_DOT = re.compile(rf"{_BLANKS}(?:strict\s+)?(?:di)?graph\b[^\[\];,=<>→←↔]*?\{{", re.DOTALL | re.IGNORECASE)
_IS_GML = re.compile(
    rf"{_BLANKS}(?:\w+\s+(?:\"[^\"]*\"|[-+.\d]+)\s+)*graph\s*\[\s*(?:[A-Za-z]\w*\s+[-+.\d\"]|(?:node|edge)\s*\[)"
)
_WORDS_OF_HEADS = ("dag", "digraph", "graph", "strict", "pdag", "flowchart")


def read_notation(text: str) -> Reading:
    """Returns what a text in one of the three notations says.

    Raises:
        GraphError: The text can't be read; one sentence that names the place.
    """
    name = "gml" if _IS_GML.match(text) else "dot" if _IS_DOT.match(text) else "dagitty"
    try:
        tree = load_parser(_PACKAGE, name).parse(text)
    except UnexpectedInput as error:
        raise syntax_error(text, error) from error
    if name == "gml":
        return Reading(tuple(gml_statements(tree)), "GML")
    return (_DotReader if name == "dot" else _DagittyReader)(text).read(tree)


class _DagittyReader:
    """Reads the tree of ``dagitty.lark``."""

    notation = "DAGitty's notation"

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Statement] = []
        self.mentions: list[tuple[Token, bool]] = []  # of nodes, in order, and whether in a list
        self.depth = 0
        self.in_list = False  # whether in braces that hold nodes alone

    def read(self, tree: Tree) -> Reading:
        if tree.data == "no_header":
            raise header_error(token_at(tree))
        statements = [one for one in tree.children if isinstance(one, Tree)]
        for statement in statements:
            self._statement(statement)
        has_head = isinstance(tree.children[0], Token) if tree.children else False
        if not has_head:
            self._check_head(statements)
        remarks = check_words(self.text, self.mentions)
        quoted = dict.fromkeys(self._unquoted(token) for token, _ in self.mentions if token.type == "QUOTED")
        if quoted:
            remarks = (f"Quoted, and so read as one name each: {comma_list(list(quoted))}.", *remarks)
        return Reading(tuple(self.found), self.notation if has_head else "lines of arrows", has_head, remarks)

    def _check_head(self, statements: list[Tree]) -> None:
        """Refuse a word such as ``digraph`` that begins no graph because no brace follows it."""
        if not self.mentions or statements[0].data != "item":
            return
        token = self.mentions[0][0]
        if token.type == "NAME" and token.lower() in _WORDS_OF_HEADS:
            raise GraphError(f"{place_of(token)}: {token} begins a graph; write braces after it: {token} {{ x -> y }}.")

    def _statement(self, tree: Tree) -> None:
        match tree.data:
            case "setting":
                return
            case "defaults":
                self._check_defaults(tree)
            case "item":
                side, *attributes = tree.children
                if names := self._side(side):
                    self.found.append(Statement((names,), (), self._attributes(attributes), place_of(tree)))
            case "chain":
                self.found.append(self._chain(tree))
            case _:
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
            name = self._name(tree)
            return (name,) if name else ()
        return self._group(tree)

    def _group(self, tree: Tree) -> tuple[str, ...]:
        """The nodes of a group, each once; what is said of them is added to the statements."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise GraphError(f"{place_of(tree)}: more than {_DEEPEST} braces are open; write the groups one by one.")
        begin, outside = len(self.found), self.in_list
        statements = [one for one in tree.children if isinstance(one, Tree)]
        self.in_list = all(one.data != "chain" for one in statements)
        for statement in statements:
            self._statement(statement)
        self.depth, self.in_list = self.depth - 1, outside
        said = self.found[begin:]
        names = tuple(dict.fromkeys(name for one in said for side in one.sides for name in side))
        if not names:
            raise GraphError(f"{place_of(tree)}: these braces hold no node; write the names of nodes in them.")
        return names

    def _name(self, node: Tree) -> str:
        token = token_at(node)
        self.mentions.append((token, self.in_list))
        return self._unquoted(token) if token.type == "QUOTED" else visible(token)

    def _unquoted(self, token: Token) -> str:
        return _unquoted(token)

    def _attributes(self, trees: list[Tree]) -> Attributes:
        found: Attributes = {}
        for tree in trees:
            for attribute in tree.children:
                parts = [part for part in attribute.children if isinstance(part, Token)]
                key, *value = (
                    _unquoted(part) if part.type == "STRING" else visible(part)
                    for part in parts
                    if part.type != "EQUALS"
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
    r"""Reads the tree of ``dot.lark``: a name ends before the colon of a port, and ``\n`` in it is a blank."""

    notation = "DOT"

    def _name(self, node: Tree) -> str:
        token = token_at(node)
        self.mentions.append((token, self.in_list))
        if token.type == "QUOTED":
            return self._unquoted(token)
        name, _, port = visible(token).partition(":")
        if ":" in token and not port:
            raise GraphError(f"{place_of(token)}: the port after {token} can't be read; leave it and the colon out.")
        return name

    def _unquoted(self, token: Token) -> str:
        r"""The name; empty for ``"\n"``, which pydot writes where a line ends."""
        if r"\n" not in token:
            return _unquoted(token)
        return _unquoted(token.update(value=re.sub(r"(?<!\\)((?:\\\\)*)\\n", r"\1 ", token))).strip()


def _arrow(token: Token) -> str:
    """Returns ``->``, ``<-`` or ``<->``, however the arrow is drawn."""
    left, right = token[0] in "<←↔⟵⟷⇐⇔", token[-1] in ">→↔⟶⟷⇒⇔"
    return "<" * left + "-" + ">" * right


def _unquoted(token: Token) -> str:
    body = token[1:-1]
    return re.sub(r"\\(.)", r"\1", body, flags=re.DOTALL) if token.startswith('"') else body


def _refused(tree: Tree) -> GraphError:
    """Returns the error for a rule that stands for what is refused."""
    token = token_at(tree, -1)
    place = place_of(token)
    mark = str(token).strip()
    place = Place(place.line, place.column + len(token) - len(token.lstrip()))
    if token.type == "OPEN_END":
        return GraphError(f"{place}: {mark} leaves the direction open; write a -> b or a <-> b.")
    return GraphError(f"{place}: {mark} has no direction; use ->, <- or <->.")
