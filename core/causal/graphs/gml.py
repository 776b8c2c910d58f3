"""Graph Modelling Language in, statements out."""

from __future__ import annotations

import html

from lark import Token, Tree

from core.causal.graphs.graph import GraphError
from core.causal.graphs.statements import Statement
from core.grammar import Place, place_of


def gml_statements(tree: Tree) -> list[Statement]:
    """Returns what the tree of ``gml.lark`` says. A node is called by its label, else by its name, else by its id.

    Raises:
        GraphError: The graph is undirected, or an edge has no such node.
    """
    graph = next(value for key, value, _ in _pairs(tree) if key == "graph")
    pairs = _pairs(graph) if isinstance(graph, Tree) else []
    if not any(key == "directed" and value == "1" for key, value, _ in pairs):
        raise GraphError("This GML graph is undirected; write directed 1 after graph [ if its edges are arrows.")
    nodes = [(_values(value), place) for key, value, place in pairs if key == "node"]
    names = {values.get("id", ""): _name_of(values) for values, _ in nodes}
    found = [Statement(((_name_of(values),),), (), {**values}, place) for values, place in nodes]
    for key, value, place in pairs:
        if key == "edge":
            ends = _values(value)
            for role in ("source", "target"):
                if ends.get(role) not in names:
                    raise GraphError(f"{place}: the {role} of this edge is not the id of a node.")
            found.append(Statement(((names[ends["source"]],), (names[ends["target"]],)), ("->",), {}, place))
    return found


def _name_of(values: dict[str, str]) -> str:
    return values.get("label") or values.get("name") or values.get("id", "")


def _pairs(tree: Tree) -> list[tuple[str, str | Tree, Place]]:
    """Keys in lower case, values and places of a list."""
    found = []
    for pair in tree.children:
        key, value = pair.children
        if isinstance(value, Token):
            value = html.unescape(value[1:-1]) if value.type == "STRING" else str(value)
        found.append((str(key).lower(), value, place_of(key)))
    return found


def _values(tree: str | Tree) -> dict[str, str]:
    """Plain values of a list by key; ``graphics [x 1 y 2]`` gives ``pos``."""
    if not isinstance(tree, Tree):
        return {}
    found = {key: value for key, value, _ in _pairs(tree) if isinstance(value, str)}
    for key, value, _ in _pairs(tree):
        if key == "graphics" and isinstance(value, Tree):
            graphics = _values(value)
            found["pos"] = f"{graphics.get('x', '')},{graphics.get('y', '')}"
    return found
