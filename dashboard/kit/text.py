"""Text on pages: small lines, and text from people, files and links on its way into Markdown."""

from __future__ import annotations

import re

import streamlit as st

_LONGEST = 1_000  # characters of a text from outside that a page shows
_JOINER = "\u2060"  # stands between two characters and takes no room
_GRAPH = re.compile(r"(?:\b(?:dag|mag|pag|pdag|graph|digraph) )?\{[^{}]*[-<>]{2}[^{}]*\}")  # people copy it
_LIGATURES = re.compile(r"www(?=\.)|:(?=//)|@|-(?=[->])|[<>~](?=[-=])", re.IGNORECASE)  # links, arrows and dashes
_SIGNS = re.compile(r"(?<=\n)[-+#>=]|^[-+#>=]|[\\`*_\[\]<$~|&]|:(?=\w)")  # those that begin a line, and all others


def caption(text: str) -> None:
    """Show Markdown as a small line, with more contrast than ``st.caption`` has."""
    st.markdown(f":small[{text}]")


def escape_markdown(text: str) -> str:
    """Returns text that Markdown shows as it stands: a link must not bring pictures, other links or styles along. A
    graph becomes code, so that what people copy is the graph and nothing else."""
    parts, end = [], 0
    for graph in _GRAPH.finditer(text):
        parts += [_escape(text[end : graph.start()]), _code(graph[0])]
        end = graph.end()
    return "".join((*parts, _escape(text[end:])))


def markdown_of(sentence: str, /, **values: object) -> str:
    """Returns a sentence of ours with its values filled in: numbers as the sentence formats them, and any other value
    as text that stands as it is, cut to a thousand characters.

    Args:
        sentence: Markdown with a field for each value, such as ``{name}`` or ``{count:,}``.
        values: The values by field.
    """
    return sentence.format_map({name: one if _is_number(one) else _shown(str(one)) for name, one in values.items()})


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(text: str) -> str:
    return escape_markdown(text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ...")


def _escape(text: str) -> str:
    return _SIGNS.sub(r"\\\g<0>", _LIGATURES.sub(lambda match: match[0] + _JOINER, text))


def _code(text: str) -> str:
    """A code span, fenced by more backticks than the text holds in a row; a line break would end it in lists."""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{' '.join(text.split())}{space}{fence}"
