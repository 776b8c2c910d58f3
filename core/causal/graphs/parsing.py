"""Causal graphs from text, in the notations of DAGitty, DOT and GML.

DAGitty: ``dag { x [exposure]; y [outcome]; u [latent]; u -> x; x -> y; x <-> y }``. DOT: ``digraph { x -> y }`` with
``[latent=true]``. GML: as networkx and DoWhy write it. Plain lines ``x -> y`` are read too. An arrow with two heads
stands for a latent common cause.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from core.causal.graphs.graph import MAX_NODES, CausalGraph, GraphError
from core.causal.graphs.lists import read_list
from core.causal.graphs.literals import read_literal
from core.causal.graphs.raw_text import clean_text
from core.causal.graphs.spelling import comma_list, suggestion
from core.causal.graphs.statements import INVISIBLE, Reading, Statement
from core.wording import count_of

MAX_CHARACTERS = 100_000
MAX_MARKS = 25_000  # names, arrows, brackets and other marks
_MAX_EDGES = MAX_NODES * (MAX_NODES - 1) // 2  # an acyclic graph has no more
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_POSITION = re.compile(rf"\s*({_NUMBER})\s*,\s*({_NUMBER})\s*!?\s*", re.ASCII)
_MARK = re.compile(r"/\*.*?(?:\*/|$)|//[^\n]*|\"(?:[^\"\\]|\\.)*+(?:\"|$)|[^\s;,=\[\]{}\"]++|[;,=\[\]{}]", re.DOTALL)
_ROLES = {"exposure": {"exposure", "e", "source"}, "outcome": {"outcome", "o", "target"}}
_FALSE = ("false", "no", "0")
_LATENT = {"latent", "unobserved", "l", "u"}
_ADJUSTED, _SELECTED = {"adjusted", "a"}, {"selected", "s"}
_CATEGORICAL = {"categorical"}
_KNOWN = {*_CATEGORICAL, *_LATENT, *_ROLES["exposure"], *_ROLES["outcome"], *_ADJUSTED, *_SELECTED}  # DAGitty's words


def parse_graph(text: str) -> CausalGraph:
    """Returns the graph that a text describes.

    Raises:
        GraphError: The text can't be read, or the graph is not a causal graph; one sentence, with the place.
    """
    if len(text) > MAX_CHARACTERS:
        raise GraphError(f"This text has more than {MAX_CHARACTERS:,} characters; a graph needs far fewer.")
    body, remarks = clean_text(text)
    reading = _read(body)
    statements = reading.statements
    nodes = dict.fromkeys(name for statement in statements for side in statement.sides for name in side)
    if not nodes:
        raise GraphError("There is no node in this text; write for example: dag { x -> y }")
    if len(nodes) > 1 and not reading.is_explicit and not any(statement.arrows for statement in statements):
        raise GraphError(
            f"{statements[0].place}: there is no arrow in this text, so it says nothing about causes; write for "
            "example x -> y."
        )
    CausalGraph(tuple(nodes), ())  # refuses too many nodes before groups of them are joined
    builder = _Builder(nodes)
    for statement in statements:
        builder.add(statement)
    graph = builder.graph()
    unseen = len(INVISIBLE.findall(body))
    ignored = (f"{count_of(unseen, 'invisible character')} in the text {'is' if unseen == 1 else 'are'} ignored.",)
    notes = (_summary(graph, reading.notation), *remarks, *reading.remarks, *ignored * bool(unseen))
    return replace(graph, notes=(*notes, *builder.notes, *_loose_nodes(graph)))


def _read(text: str) -> Reading:
    if reading := read_literal(text):
        return reading
    if sum(1 for _ in _MARK.finditer(text)) > MAX_MARKS:
        raise GraphError(f"This text has more than {MAX_MARKS:,} names and marks; a graph needs far fewer.")
    if reading := read_list(text):
        return reading
    from core.causal.graphs.notations import read_notation  # which needs lark

    return read_notation(text)


def _summary(graph: CausalGraph, notation: str) -> str:
    """How a text was read and what it holds."""
    hidden = sum(node.startswith("U(") and node in graph.latent for node in graph.nodes)
    parts = [count_of(len(graph.nodes) - hidden, "node"), count_of(len(graph.edges) - 2 * hidden, "arrow")]
    if hidden:
        parts.append(count_of(hidden, "arrow") + " with two arrowheads")
    return f"The graph is read as {notation}: {', '.join(parts)}."


def _loose_nodes(graph: CausalGraph) -> tuple[str, ...]:
    """A sentence on nodes without arrows; empty if there are none."""
    loose = [node for node in graph.nodes if not graph.directed.degree(node)]
    if len(graph.nodes) < 2 or not loose:
        return ()
    return (f"No arrow leads to or from {comma_list(loose)}.",)


@dataclass
class _Builder:
    """A graph while its statements are read."""

    nodes: dict[str, None]  # in order
    edges: list[tuple[str, str]] = field(default_factory=list)
    shared: set[tuple[str, str]] = field(default_factory=set)  # pairs with a hidden cause, in alphabetical order
    latent: set[str] = field(default_factory=set)
    adjusted: set[str] = field(default_factory=set)
    selected: set[str] = field(default_factory=set)
    roles: dict[str, dict[str, None]] = field(default_factory=dict)  # nodes in order by role
    categorical: set[str] = field(default_factory=set)
    positions: dict[str, tuple[float, float]] = field(default_factory=dict)

    def graph(self) -> CausalGraph:
        return CausalGraph(
            tuple(self.nodes),
            tuple(self.edges),
            frozenset(self.latent),
            next(iter(self.roles.get("exposure", ())), None),
            next(iter(self.roles.get("outcome", ())), None),
            self.positions,
            frozenset(self.adjusted),
            selected=frozenset(self.selected),
            categorical=frozenset(self.categorical),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on roles that several nodes have."""
        several = ((role, list(nodes)) for role, nodes in self.roles.items() if len(nodes) > 1)
        return tuple(
            f"{comma_list(nodes)} are marked as {role}s; the question is about {nodes[0]} alone, not about their joint "
            f"effect: choose another {role} for the others."
            if role == "exposure"
            else f"{comma_list(nodes)} are marked as {role}s; the question is about {nodes[0]}: choose another {role} "
            "for the others."
            for role, nodes in several
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
            self.selected.add(name)
        if words & _LATENT or ("observed" in attributes and "observed" not in words):  # DoWhy writes observed=no
            self.latent.add(name)
        if words & _ADJUSTED:
            self.adjusted.add(name)
        if words & _CATEGORICAL:
            self.categorical.add(name)
        for role, marks in _ROLES.items():
            if words & marks:
                self.roles.setdefault(role, {})[name] = None
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
