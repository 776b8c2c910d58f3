"""Text as people copy it: in quotation marks, with escapes of a programming language, or with a head of Mermaid."""

from __future__ import annotations

import re

_WRAPPED = re.compile(
    r"""\s*(?:[A-Za-z_]\w*\s*=\s*)?(?:dagitty\(\s*)?(?:r|f|u)?("{3}|'{3}|"|')(.*)\1\s*\)?\s*;?\s*""",
    re.DOTALL | re.IGNORECASE,
)
_GRAPH = re.compile(r"\s*(?:strict\b|(?:di)?graph\b|dag\b|pdag\b)", re.IGNORECASE)
_QUOTED = r'"(?:[^"\\]|\\.)*+(?:"|$)'
_ESCAPE = re.compile(rf"{_QUOTED}|\\([nrt])", re.DOTALL)
_MERMAID = re.compile(r"\s*(?:graph|flowchart)[ \t]+(?:TB|TD|BT|RL|LR)\b[ \t]*;?")
_BREAKS = {"n": "\n", "r": "", "t": "\t"}


def clean_text(text: str) -> tuple[str, tuple[str, ...]]:
    r"""Returns a graph's text without what surrounds it in a program, and what was done to it, in sentences.

    A text in quotation marks, as a programming language writes it, loses them; ``\n`` outside names in quotes becomes a
    line break.
    """
    remarks = []
    if (found := _WRAPPED.fullmatch(text)) and _is_graph(found[2], found[1]):
        text = found[2]
        remarks.append("The quotation marks around the whole text are left out.")
        if len(found[1]) == 1:
            text = text.replace(f"\\{found[1]}", found[1])
    if "\\" in text:
        unescaped = _ESCAPE.sub(lambda part: _BREAKS[part[1]] if part[1] else part[0], text)
        if unescaped != text:
            text = unescaped
            remarks.append("\\n is read as a line break.")
    if found := _MERMAID.match(text):
        text = "\n" * found[0].count("\n") + text[found.end() :]
    return text, tuple(remarks)


def _is_graph(text: str, quotes: str) -> bool:
    """Whether what stands in quotation marks is a graph and not a name."""
    if _GRAPH.match(text.replace("\\n", "\n").replace("\\t", "\t")):
        return True
    return quotes not in text and "->" in text
