"""What nodes are called on the page, alone and in the sentences of core."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dashboard.kit.text import escape_markdown


@dataclass(frozen=True)
class Labels:
    """Labels of nodes; a node without one has its own name, with blanks for underscores."""

    nodes: Iterable[str]
    labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, node: str) -> str:
        """Returns the label of a node, safe in Markdown."""
        name = self.labels.get(node, node.replace("_", " "))
        return (
            escape_markdown(name) if set(name) & set("[]<>") else name
        )  # in Markdown that could be a picture from elsewhere

    def relabel(self, sentence: str) -> str:
        """Returns a sentence with the label of each node that it names."""
        called = {node: self.label(node) for node in self.nodes if self.label(node) != node}
        if not called:
            return sentence
        longest_first = "|".join(re.escape(node) for node in sorted(called, key=len, reverse=True))
        return re.sub(rf"(?<!\w)(?:{longest_first})(?!\w)", lambda found: called[found[0]], sentence)

    def set_text(self, nodes: Iterable[str]) -> str:
        return "{" + ", ".join(sorted(map(self.label, nodes))) + "}"
