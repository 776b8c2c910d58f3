"""Causal graphs from text, in the notations of DAGitty, DOT and GML.

DAGitty: ``dag { x [exposure]; y [outcome]; u [latent]; u -> x; x -> y; x <-> y }``. DOT: ``digraph { x -> y }`` with
``[latent=true]``. GML: as networkx and DoWhy write it. Plain lines ``x -> y`` are read too. An arrow with two heads
stands for a latent common cause.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from core.causal.graphs.graph import MAX_NODES, CausalGraph, GraphError
from core.causal.graphs.spelling import suggestion

if TYPE_CHECKING:
    from core.causal.graphs.notations import Statement

MAX_CHARACTERS = 100_000
_MAX_EDGES = MAX_NODES * (MAX_NODES - 1) // 2  # an acyclic graph has no more
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_POSITION = re.compile(rf"\s*({_NUMBER})\s*,\s*({_NUMBER})\s*!?\s*", re.ASCII)
_ROLES = {"exposure": {"exposure", "e", "source"}, "outcome": {"outcome", "o", "target"}}
_FALSE = ("false", "no", "0")
_LATENT = {"latent", "unobserved", "l", "u"}
_ADJUSTED, _SELECTED = {"adjusted", "a"}, {"selected", "s"}
_KNOWN = {*_LATENT, *_ROLES["exposure"], *_ROLES["outcome"], *_ADJUSTED, *_SELECTED}  # DAGitty's words


def parse_graph(text: str) -> CausalGraph:
    """Returns the graph that a text describes.

    Raises:
        GraphError: The text can't be read, or the graph is not a causal graph; one sentence, with the place.
    """
    from core.causal.graphs.notations import read_statements  # which needs lark

    if len(text) > MAX_CHARACTERS:
        raise GraphError(f"This text has more than {MAX_CHARACTERS:,} characters; a graph needs far fewer.")
    statements = read_statements(text.removeprefix("\ufeff"))  # some editors begin a file with this mark
    nodes = dict.fromkeys(name for statement in statements for side in statement.sides for name in side)
    if not nodes:
        raise GraphError("There is no node in this text; write for example: dag { x -> y }")
    CausalGraph(tuple(nodes), ())  # refuses too many nodes before groups of them are joined
    builder = _Builder(nodes)
    for statement in statements:
        builder.add(statement)
    return builder.graph()


@dataclass
class _Builder:
    """A graph while its statements are read."""

    nodes: dict[str, None]  # in order
    edges: list[tuple[str, str]] = field(default_factory=list)
    shared: set[tuple[str, str]] = field(default_factory=set)  # pairs with a hidden cause, in alphabetical order
    latent: set[str] = field(default_factory=set)
    adjusted: set[str] = field(default_factory=set)
    roles: dict[str, str] = field(default_factory=dict)  # node by role
    positions: dict[str, tuple[float, float]] = field(default_factory=dict)

    def graph(self) -> CausalGraph:
        return CausalGraph(
            tuple(self.nodes),
            tuple(self.edges),
            frozenset(self.latent),
            self.roles.get("exposure"),
            self.roles.get("outcome"),
            self.positions,
            frozenset(self.adjusted),
        )

    def add(self, statement: Statement) -> None:
        """Add one statement: nodes with their attributes, or a chain of arrows."""
        _check_attributes(statement)
        for (left, right), arrow in zip(pairwise(statement.sides), statement.arrows, strict=True):
            if len(self.edges) + len(left) * len(right) > _MAX_EDGES:
                raise GraphError(f"This graph has more than {_MAX_EDGES:,} arrows; leave some out.")
            for cause in left:
                for effect in right:
                    self._join(cause, arrow, effect)
        if not statement.arrows:
            for name in statement.sides[0]:
                self._describe(name, statement)

    def _join(self, left: str, arrow: str, right: str) -> None:
        if arrow != "<->":
            self.edges.append((left, right) if arrow == "->" else (right, left))
            return
        pair = (min(left, right), max(left, right))
        hidden = f"U({pair[0]},{pair[1]})"
        if left == right:
            raise GraphError(f"{left} can't share a hidden cause with itself; leave out {left} <-> {right}.")
        if pair in self.shared:
            raise GraphError(f"{pair[0]} <-> {pair[1]} appears twice; leave one out.")
        self.shared.add(pair)
        self.nodes.setdefault(hidden)
        self.latent.add(hidden)
        self.edges += [(hidden, left), (hidden, right)]

    def _describe(self, name: str, statement: Statement) -> None:
        """Add the attributes of a node."""
        attributes = statement.attributes
        words = {word for word, value in attributes.items() if (value or "").lower() not in _FALSE}
        if words & _SELECTED:
            raise GraphError(
                f"{statement.place}: {name} is marked as selected, and selection is not supported; remove the mark."
            )
        if words & _LATENT or ("observed" in attributes and "observed" not in words):  # DoWhy writes observed=no
            self.latent.add(name)
        if words & _ADJUSTED:
            self.adjusted.add(name)
        for role, marks in _ROLES.items():
            if words & marks and self.roles.setdefault(role, name) != name:
                raise GraphError(
                    f"{statement.place}: both {self.roles[role]} and {name} are marked as the {role}; mark only one."
                )
        if position := _POSITION.fullmatch(attributes.get("pos") or ""):
            at = float(position[1]), float(position[2])
            if all(map(math.isfinite, at)):
                self.positions[name] = at


def _check_attributes(statement: Statement) -> None:
    """Refuse words that nobody knows, such as a misspelt role, and roles or directions at an arrow."""
    for word in (word for word, value in statement.attributes.items() if value is None):
        if word not in _KNOWN:
            hint = suggestion(word, (one for one in _KNOWN if len(one) > 1), "use exposure, outcome or latent.")
            raise GraphError(f"{statement.place}: the attribute [{word[:40]}] is not known; {hint}")
        if statement.arrows:
            raise GraphError(
                f"{statement.place}: [{word}] describes a node and stands after an arrow; "
                "write it in a statement of its own."
            )
    direction = statement.attributes.get("dir", "forward")
    if statement.arrows and direction != "forward":
        raise GraphError(
            f"{statement.place}: this arrow has dir={direction}; write its direction as a -> b, a <- b or a <-> b."
        )
