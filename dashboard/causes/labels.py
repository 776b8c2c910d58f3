"""What nodes are called on the page, alone and in the sentences of core."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from dashboard.kit.text import escape_markdown


@dataclass(frozen=True)
class Labels:
    """Labels of nodes; a node without one has its own name, with blanks for underscores."""

    nodes: Iterable[str]
    labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, node: str) -> str:
        """Returns the label of a node, safe in Markdown."""
        return escape_markdown(self._plain(node))

    def relabel(self, sentence: str) -> str:
        """Returns a sentence with the label of each node that it names, safe in Markdown: it may also name columns and
        values of a table."""
        return escape_markdown(self._replace(sentence, self._plain))

    def rename(self, error: Exception) -> Exception:
        """Returns an error whose sentence has the label of each node that it names, as plain text."""
        return ValueError(self._replace(str(error), self._plain))

    def set_text(self, nodes: Iterable[str]) -> str:
        """Returns a set of nodes by their labels, safe in Markdown."""
        return "{" + ", ".join(sorted(map(self.label, nodes))) + "}"

    def _plain(self, node: str) -> str:
        return self.labels.get(node, node.replace("_", " "))

    def _replace(self, sentence: str, name_of: Callable[[str], str]) -> str:
        called = {node: name_of(node) for node in self.nodes if name_of(node) != node}
        if not called:
            return sentence
        longest_first = "|".join(re.escape(node) for node in sorted(called, key=len, reverse=True))
        return re.sub(rf"(?<!\w)(?:{longest_first})(?!\w)", lambda found: called[found[0]], sentence)
