"""Causal graphs out as text, in the notations of DAGitty and DOT."""

from __future__ import annotations

import re

from core.causal.graphs.graph import CausalGraph
from core.causal.graphs.notations import KEYWORDS


def to_dagitty(graph: CausalGraph) -> str:
    """Returns the graph in DAGitty's notation, which ``parse_graph`` reads back."""
    lines = []
    for node in graph.nodes:
        attributes = _roles(graph, node)
        if node in graph.positions:
            attributes.append('pos="{:g},{:g}"'.format(*graph.positions[node]))
        lines.append(quote_name(node) + (f" [{','.join(attributes)}]" if attributes else ""))
    lines += [f"{quote_name(cause)} -> {quote_name(effect)}" for cause, effect in graph.edges]
    return "dag {\n" + "\n".join(lines) + "\n}\n"


def to_dot(graph: CausalGraph) -> str:
    """Returns the graph in DOT, which ``parse_graph`` reads back; Graphviz chooses the positions."""
    lines = []
    for node in graph.nodes:
        attributes = [f"{role}=true" for role in _roles(graph, node)] + ['style="dashed"'] * (node in graph.latent)
        lines.append(f"  {quote_name(node)}" + (f" [{', '.join(attributes)}]" if attributes else "") + ";")
    lines += [f"  {quote_name(cause)} -> {quote_name(effect)};" for cause, effect in graph.edges]
    return "digraph {\n" + "\n".join(lines) + "\n}\n"


def quote_name(name: str) -> str:
    """Returns a name as it must be written: in quotes unless it is a plain word."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name) and name.lower() not in KEYWORDS:
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _roles(graph: CausalGraph, node: str) -> list[str]:
    """Returns the words that say what a node is."""
    holds = {
        "exposure": node == graph.exposure,
        "outcome": node == graph.outcome,
        "latent": node in graph.latent,
        "adjusted": node in graph.adjusted,
        "selected": node in graph.selected,
        "categorical": node in graph.categorical,
    }
    return [role for role, is_so in holds.items() if is_so]
