"""Arithmetic as a tree: read from text by ``expression.lark``, and written as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from core.grammar import accepted_terminals, at_end, expected, found_at, load_parser, place_of_error

if TYPE_CHECKING:
    import lark

_DEEPEST = 400  # levels of a tree
_CONSTANTS = {"True": True, "False": False}
_WORDS = {  # what the terminals are called in messages
    "_IS": "=",
    "NUMBER": "a number",
    "NAME": "a name",
    "LPAR": "(",
    "TIMES": "an operator",
    "COMPARE": "an operator",
    "RPAR": ")",
    "COMMA": "a comma",
}
_FOREIGN = tuple("'\"[]=!&|^~@:;?,.$`\\")  # characters of other languages


class ExpressionError(ValueError):
    """One plain sentence: what can't be read in an expression."""


@dataclass(frozen=True)
class Number:
    """A number, as it was written: an int, a float or a bool."""

    value: float


@dataclass(frozen=True)
class Name:
    """A variable."""

    name: str


@dataclass(frozen=True)
class Dial:
    """A number that a slider sets; it must be replaced before the tree is evaluated."""

    name: str


@dataclass(frozen=True)
class Sign:
    """A plus or a minus before a tree."""

    sign: str
    operand: Tree


@dataclass(frozen=True)
class Binary:
    """Two trees joined by an arithmetic operator or a comparison."""

    operator: str
    left: Tree
    right: Tree


@dataclass(frozen=True)
class Call:
    """A function of some trees."""

    function: str
    arguments: tuple[Tree, ...]


Tree = Number | Name | Dial | Sign | Binary | Call


@lru_cache(2048)
def parse_tree(text: str) -> Tree:
    """Returns the tree of an expression; it may call functions that are not arithmetic, such as ``normal``.

    Raises:
        ExpressionError: The text can't be read; names the column and what was expected.
    """
    return _built(_parsed(text, "start"))


@lru_cache(2048)
def parse_definition(text: str) -> tuple[str, Tree, bool]:
    """Returns the parts of a line such as ``hidden wind = uniform(0, 1)``: the name, the tree, whether it is hidden.

    Raises:
        ExpressionError: The line can't be read; names the column and what was expected.
    """
    *hidden, name, tree = cast("list[Any]", _parsed(text, "definition").children)
    return _name(name), _built(tree), bool(hidden)


def _parsed(text: str, start: str) -> lark.Tree:
    from lark import UnexpectedInput

    try:
        return load_parser("core.causal.scm", "expression", start).parse(text)
    except UnexpectedInput as error:
        place = place_of_error(text, error)
        wanted, found = expected(error, _WORDS), found_at(text, place)
        if "_IS" in accepted_terminals(error):
            found += "; write for example y = 2*x + normal(0, 1)"
        elif not at_end(error) and text.split("\n")[place.line - 1][place.column - 1 :].startswith(_FOREIGN):
            wanted = "arithmetic with numbers, names and + - * / % **"
        raise ExpressionError(f"Column {place.column}: expected {wanted}, not {found}.") from error


def walk(tree: Tree) -> Iterator[Tree]:
    """Gives a tree and all its parts, in the order of the text."""
    yield tree
    for part in children(tree):
        yield from walk(part)


def set_dials(tree: Tree, dials: Mapping[str, Tree]) -> Tree:
    """Returns the tree with each dial replaced.

    Raises:
        ExpressionError: A dial has no value.
    """
    match tree:
        case Dial(name=name):
            if name not in dials:
                raise ExpressionError(f"There is no dial called {name[:40]}.")
            return dials[name]
        case Sign():
            return Sign(tree.sign, set_dials(tree.operand, dials))
        case Binary():
            return Binary(tree.operator, set_dials(tree.left, dials), set_dials(tree.right, dials))
        case Call():
            return Call(tree.function, tuple(set_dials(one, dials) for one in tree.arguments))
    return tree


def tree_text(tree: Tree) -> str:
    """Returns a tree as text, with as few brackets as its meaning needs."""
    return _text(tree, 0)


# How tightly each kind of tree binds, as in Python.
_COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 7)
_BINDS = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT, "**": _POWER}


def _text(tree: Tree, binding: int) -> str:
    """The text of a tree that stands where at least this binding is needed."""
    match tree:
        case Number(value=value):
            return repr(value).replace("inf", "1e309")
        case Name(name=name):
            return name
        case Dial(name=name):
            return f"{{{name}}}"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(_text(one, 0) for one in arguments)})"
        case Sign(sign=sign, operand=operand):
            return _in_brackets(f"{sign}{_text(operand, _SIGN)}", binding > _SIGN)
    own = _BINDS.get(tree.operator, _COMPARISON)
    left, right = (own + 1, own) if tree.operator == "**" else (own, own + 1)
    if own == _COMPARISON:
        left = right = own + 1
    text = f"{_text(tree.left, left)} {tree.operator} {_text(tree.right, right)}"
    return _in_brackets(text, own < binding)


def _in_brackets(text: str, needed: bool) -> str:
    return f"({text})" if needed else text


def _built(tree: lark.Tree, depth: int = 0) -> Tree:
    """Returns what lark found as a tree of ours."""
    if depth > _DEEPEST:
        raise ExpressionError("This expression is nested too deeply; break it up.")
    parts: list[Any] = tree.children  # tokens and trees, as the grammar has them
    match tree.data:
        case "number":
            return Number(_number(parts[0]))
        case "name":
            name = _name(parts[0])
            return Number(_CONSTANTS[name]) if name in _CONSTANTS else Name(name)
        case "dial":
            return Dial(_name(parts[0]))
        case "sign":
            return Sign(str(parts[0]), _built(parts[1], depth + 1))
        case "call":
            return Call(_name(parts[0]), tuple(_built(one, depth + 1) for one in parts[1:]))
    left, sign, right = parts
    return Binary(str(sign), _built(left, depth + 1), _built(right, depth + 1))


def _name(token: lark.Token) -> str:
    """Returns a name with equal letters in equal codes."""
    if not token.isidentifier() or token == "None":
        raise ExpressionError(f"Column {token.column}: {str(token)[:40]!r} is not a name.")
    return unicodedata.normalize("NFKC", str(token))


def _number(text: str) -> float:
    if re.fullmatch(r"0[xXbBoO]\w+", text):
        return int(text, 0)
    if re.search("[.eE]", text):
        return float(text)
    try:
        return int(text)
    except ValueError as error:  # Python reads at most 4,300 digits
        raise ExpressionError(f"{text[:8]}... is too large a number; write at most 1e308.") from error


def children(tree: Tree) -> tuple[Tree, ...]:
    """Returns the parts of a tree, in the order of the text."""
    match tree:
        case Sign(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return left, right
        case Call(arguments=arguments):
            return arguments
    return ()
