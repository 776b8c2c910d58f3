"""Sentences for text that is no causal graph: the place, what stands there, and what was expected."""

from __future__ import annotations

import re

from lark import Token, UnexpectedInput

from core.causal.graphs.graph import GraphError
from core.grammar import accepted_terminals, at_end, expected, found_at, place_of, place_of_error

_SHOWN = 40  # characters of a name in a message
_QUOTES = {'"': '"', "'": "'", "‘": "’", "“": "”", "„": "“", "`": "`", "´": "´", "«": "»", "»": "«", "‹": "›", "›": "‹"}
_WORDS = {  # what the terminals are called in messages
    "NAME": "a node",
    "_CLOSE": "}",
    "ARROW": "an arrow (->)",
    "EQUALS": "=",
    "KEY": "an attribute",
    "VALUE": "a value",
    "STRING": "a quoted text",
    "NUMBER": "a number",
    "OPEN": "{",
    "LSQB": "[",
    "RSQB": "]",
}


def syntax_error(text: str, error: UnexpectedInput) -> GraphError:
    """Returns one sentence: the place, what stands there, and what was expected."""
    before = (getattr(error, "token_history", None) or [None])[-1]
    if before is not None and before.type == "OTHER_HEADER":
        return header_error(before)
    place = place_of_error(text, error)
    rest = "" if at_end(error) else text.split("\n")[place.line - 1][place.column - 1 :]
    options = accepted_terminals(error)
    hint = _character_hint(rest) or _structure_hint(rest, options, before)
    return GraphError(f"{place}: {hint or f'expected {expected(error, _WORDS)}, not {found_at(text, place)}.'}")


def _character_hint(rest: str) -> str:
    """Returns what is wrong with the character that a text begins with; empty if it has its place in the notation."""
    if rest[:1] == "~":
        return "'~' is not an arrow; write x -> y for each cause x of y."
    if rest.startswith("/*"):
        return "this comment is never closed; close it with */."
    if rest[:1] in tuple(_QUOTES):
        return f"this quotation mark is never closed; close it with {_QUOTES[rest[0]]}."
    if rest and rest[0] not in "-[]{};,=<>:" and not re.match(r"\S*\w", rest):
        return f"{rest.split()[0][:_SHOWN]!r} is not a name; put it in quotes if it is meant as one."
    return ""


def _structure_hint(rest: str, options: set[str], before: Token | None) -> str:
    """Returns what is wrong with the order of a text's parts, for mistakes that people make."""
    if rest.startswith(","):
        return "a comma can't stand here; it separates nodes, as in { a, b } -> c."
    if re.match("->|<-|[→←↔]", rest):
        if before is not None and before.type == "RSQB":
            return "attributes end a statement; describe each node in a statement of its own."
        if {"OPEN", "COMMA"} <= options:
            return "an arrow can't stand beside a comma; write { a b } -> c, or one line for each arrow."
    if not rest and "_CLOSE" in options:
        return "a brace is still open; close it with }."
    if options and options <= {"$END", "SEMICOLON"}:
        return f"{rest.rstrip()[:_SHOWN]!r} stands after the closing brace; put it inside."
    return ""


def header_error(token: Token) -> GraphError:
    """The error for a text that starts with another word than a graph does."""
    place, word = place_of(token), token.split("{")[0].split()[0]
    if word.lower() in ("pdag", "mag", "pag"):
        return GraphError(f"{place}: a {word.lower()} has edges without a direction; only a dag can be read.")
    return GraphError(f"{place}: a graph begins with dag or digraph, not {word[:_SHOWN]!r}.")
