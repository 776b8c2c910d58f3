"""Causal graphs as text: the notation of DAGitty and that of DOT, in and out.

DAGitty: ``dag { x [exposure]; y [outcome]; u [latent]; u -> x; x -> y; x <-> y }``. DOT: ``digraph { x -> y }`` with
``[latent=true]``, or plain ``x -> y`` lines. An arrow with two heads stands for a latent common cause.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from itertools import pairwise

from core.causal.graphs.graph import MAX_NODES, CausalGraph, GraphError
from core.causal.graphs.notation import Statement, quoted, read_statements
from core.causal.graphs.spelling import suggestion

MAX_CHARACTERS = 100_000
_MOST_EDGES = MAX_NODES * (MAX_NODES - 1) // 2  # without a circle there can't be more
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_PLACE = re.compile(rf"\s*({_NUMBER})\s*,\s*({_NUMBER})\s*!?\s*", re.ASCII)
_ROLES = {"exposure": {"exposure", "e", "source"}, "outcome": {"outcome", "o", "target"}}
_NO = ("false", "no", "0")
_LATENT = {"latent", "unobserved", "l", "u"}
_ADJUSTED, _SELECTED = {"adjusted", "a"}, {"selected", "s"}
_WORDS = {*_LATENT, *_ROLES["exposure"], *_ROLES["outcome"], *_ADJUSTED, *_SELECTED}  # all of DAGitty's


def parse_graph(text: str) -> CausalGraph:
    """Read a graph.

    Raises:
        GraphError: One sentence: where the text can't be read, or what is wrong with the graph.
    """
    if len(text) > MAX_CHARACTERS:
        raise GraphError(f"This text has more than {MAX_CHARACTERS:,} characters; a graph needs far fewer.")
    statements = read_statements(text.removeprefix("\ufeff"))  # the mark that some editors begin a file with
    nodes = dict.fromkeys(name for statement in statements for side in statement.sides for name in side)
    if not nodes:
        raise GraphError("There is no node in this text; write for example: dag { x -> y }")
    CausalGraph(tuple(nodes), ())  # refuses too many nodes before groups of them are joined
    found = _Found(nodes)
    for statement in statements:
        _read(statement, found)
    return CausalGraph(
        tuple(found.nodes),
        tuple(found.edges),
        frozenset(found.latent),
        found.exposure,
        found.outcome,
        found.places,
        frozenset(found.adjusted),
    )


def to_dagitty(graph: CausalGraph) -> str:
    """The graph in DAGitty's notation."""
    lines = []
    for node in graph.nodes:
        words = _words(graph, node)
        if node in graph.places:
            words.append('pos="{:g},{:g}"'.format(*graph.places[node]))
        lines.append(quoted(node) + (f" [{','.join(words)}]" if words else ""))
    lines += [f"{quoted(cause)} -> {quoted(effect)}" for cause, effect in graph.edges]
    return "dag {\n" + "\n".join(lines) + "\n}\n"


def _words(graph: CausalGraph, node: str) -> list[str]:
    """What a graph says of a node."""
    said = {"exposure": node == graph.exposure, "outcome": node == graph.outcome, "latent": node in graph.latent}
    return [word for word, holds in (said | {"adjusted": node in graph.adjusted}).items() if holds]


def to_dot(graph: CausalGraph) -> str:
    """The graph in DOT, for Graphviz and others; they lay it out themselves."""
    lines = []
    for node in graph.nodes:
        words = [f"{word}=true" for word in _words(graph, node)] + ['style="dashed"'] * (node in graph.latent)
        lines.append(f"  {quoted(node)}" + (f" [{', '.join(words)}]" if words else "") + ";")
    lines += [f"  {quoted(cause)} -> {quoted(effect)};" for cause, effect in graph.edges]
    return "digraph {\n" + "\n".join(lines) + "\n}\n"


@dataclass
class _Found:
    """What has been read so far."""

    nodes: dict[str, None]  # in order
    edges: list[tuple[str, str]] = field(default_factory=list)
    shared: set[tuple[str, str]] = field(default_factory=set)  # pairs with a hidden cause, in alphabetical order
    latent: set[str] = field(default_factory=set)
    adjusted: set[str] = field(default_factory=set)
    exposure: str | None = None
    outcome: str | None = None
    places: dict[str, tuple[float, float]] = field(default_factory=dict)


def _read(statement: Statement, found: _Found) -> None:
    """Take in one statement: a node with what is said of it, or a chain of arrows."""
    _check_words(statement)
    way = statement.options.get("dir", "forward")
    if statement.arrows and way != "forward":
        raise GraphError(f"An arrow has dir={way}; write which way it points: a -> b, a <- b, or a <-> b for both.")
    for (left, right), arrow in zip(pairwise(statement.sides), statement.arrows, strict=True):
        if len(found.edges) + len(left) * len(right) > _MOST_EDGES:
            raise GraphError(f"This graph has more than {_MOST_EDGES:,} arrows; leave some out.")
        for cause in left:
            for effect in right:
                _join(cause, arrow, effect, found)
    if not statement.arrows:
        for name in statement.sides[0]:
            _describe(name, statement.options, found)


def _check_words(statement: Statement) -> None:
    """Refuse words without a value that nobody knows: a role with a slip in it must not go unheard."""
    for word in (word for word, value in statement.options.items() if value is None):
        if word not in _WORDS:
            hint = suggestion(word, (one for one in _WORDS if len(one) > 1), "there are exposure, outcome and latent.")
            raise GraphError(f"[{word[:40]}] says nothing that is known; {hint}")
        if statement.arrows:
            raise GraphError(f"[{word}] is said of nodes, and stands at an arrow here; say it of the node apart.")


def _join(left: str, arrow: str, right: str, found: _Found) -> None:
    if arrow == "<->":
        pair = (min(left, right), max(left, right))
        hidden = f"U({pair[0]},{pair[1]})"
        if left == right:
            raise GraphError(f"{left} can't share a hidden cause with itself; leave {left} <-> {right} out.")
        if pair in found.shared:
            raise GraphError(f"{pair[0]} <-> {pair[1]} is there twice; leave one out.")
        found.shared.add(pair)
        found.nodes.setdefault(hidden)
        found.latent.add(hidden)
        found.edges += [(hidden, left), (hidden, right)]
    else:
        found.edges.append((left, right) if arrow == "->" else (right, left))


def _describe(name: str, options: dict[str, str | None], found: _Found) -> None:
    """Take in what is said of a node in brackets."""
    words = {word for word, value in options.items() if (value or "").lower() not in _NO}
    if _SELECTED & words:
        raise GraphError(f"{name} is marked as selected: rows chosen by what they are can't be handled; take it out.")
    if _LATENT & words or ("observed" in options and "observed" not in words):  # observed=no, as DoWhy writes it
        found.latent.add(name)
    if _ADJUSTED & words:
        found.adjusted.add(name)
    for role, marks in _ROLES.items():
        if marks & words:
            before = getattr(found, role)
            if before not in (None, name):
                raise GraphError(f"Both {before} and {name} are called the {role}; there can be only one.")
            setattr(found, role, name)
    if place := _PLACE.fullmatch(options.get("pos") or ""):
        at = float(place[1]), float(place[2])
        if all(map(math.isfinite, at)):
            found.places[name] = at
