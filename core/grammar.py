"""Parsers from lark grammars, and errors that name the place in the text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Lark, Token, Tree, UnexpectedInput

_SHOWN = 30  # characters of the text in a message


@dataclass(frozen=True)
class Place:
    """A place in a text; lines and columns are counted from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}"


@cache
def load_parser(package: str, name: str, start: str = "start") -> Lark:
    """Returns the LALR parser of the grammar ``name.lark`` in a package; it is built once.

    Args:
        package: The package whose folder holds the grammar.
        name: The grammar's file name without its ending.
        start: The rule that the text must match as a whole.
    """
    from lark import Lark

    return Lark.open_from_package(package, f"{name}.lark", parser="lalr", start=start, maybe_placeholders=False)


def token_at(tree: Tree, index: int = 0) -> Token:
    """Returns the child of a tree at a place where the grammar has a token."""
    from lark import Token

    part = tree.children[index]
    assert isinstance(part, Token), f"{tree.data} has no token at {index}"
    return part


def place_of(part: Token | Tree) -> Place:
    """Returns where the text of a token or of a tree begins; trees must hold at least one token."""
    from lark import Tree

    while isinstance(part, Tree):
        part = part.children[0]
    return Place(part.line or 1, part.column or 1)


def place_of_error(text: str, error: UnexpectedInput) -> Place:
    """Returns where a text stops making sense: at its end where lark knows no other place."""
    if at_end(error):
        body = text.rstrip()
        return Place(body.count("\n") + 1, len(body) - (body.rfind("\n") + 1) + 1)
    return Place(error.line, error.column)


def at_end(error: UnexpectedInput) -> bool:
    """Whether the text ends too early."""
    token = getattr(error, "token", None)
    return token is not None and token.type == "$END"


def accepted_terminals(error: UnexpectedInput) -> set[str]:
    """Returns the names of the terminals that could stand at the place of an error."""
    names: Iterable[str] = ()
    for field in ("expected", "allowed", "accepts"):  # of the kinds of errors; the last one is the most exact
        names = getattr(error, field, None) or names
    return set(names)


def expected(error: UnexpectedInput, words: Mapping[str, str]) -> str:
    """Returns what could stand at the place of an error, such as ``a node or ;``.

    Args:
        error: What lark raises.
        words: What the grammar's terminals are called, by name and in the order to list them; others are left out.
    """
    names = accepted_terminals(error)
    found = list(dict.fromkeys(word for name, word in words.items() if name in names))
    return " or ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found) or "the end of the text"


def found_at(text: str, place: Place) -> str:
    """Returns the text that begins at a place, shortened and in quotes; ``the end of the text`` where there is none."""
    lines = text.split("\n")
    rest = lines[place.line - 1][place.column - 1 :].strip() if place.line <= len(lines) else ""
    if rest:
        return repr(rest[:_SHOWN] + ("..." if len(rest) > _SHOWN else ""))
    return "the end of the line" if any(line.strip() for line in lines[place.line :]) else "the end of the text"
