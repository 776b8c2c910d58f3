"""Graphs as programs write them, out of their literals and printouts: pairs of names in Python, JSON of networkx, the
model string of bnlearn, the printout of Tetrad and causal-learn."""

from __future__ import annotations

import json
import re

from core.causal.graphs.graph import GraphError
from core.causal.graphs.statements import Attributes, Reading, Statement, visible
from core.grammar import Place

_NAME = r"(?:\"((?:[^\"\\]|\\.)*+)\"|'((?:[^'\\]|\\.)*+)'|([^\s,'\"()\[\]{}]++))"
_PAIR = re.compile(rf"[(\[]\s*{_NAME}\s*,\s*{_NAME}\s*(?:,\s*(?:\{{[^{{}}]*\}}|[-+.\deE]+)\s*)?[)\]]")
_BRACKETS = re.compile(r"\s*(?:\w+\s*=\s*)?(?:[\w.]+\s*\(\s*)*[\[({]*+[\s,]*+[\])}]*+[\s;]*+")
_FACTORS = re.compile(r"\s*(?:\[[^\[\]|,()'\"]+(?:\|[^\[\]|,()'\"]+)?\]\s*)+")
_FACTOR = re.compile(r"\[([^\[\]|]+)(?:\|([^\[\]|]+))?\]")
_TETRAD = re.compile(r"\s*Graph Nodes:\s*\n", re.IGNORECASE)
_TETRAD_EDGE = re.compile(r"\s*(?:\d+\.\s+)?(\S.*?)\s+(<->|-->|<--|->|<-|\S*-\S*)\s+(\S+)(?:\s.*)?")
_ARROWS = {"-->": "->", "->": "->", "<--": "<-", "<-": "<-", "<->": "<->"}


def read_literal(text: str) -> Reading | None:
    """Returns what a literal or a printout of a program says; None for text in another notation.

    Raises:
        GraphError: It can't be read; one sentence.
    """
    start = text.lstrip()[:1]
    if start == "<":
        raise GraphError("This is XML, such as GraphML; save the graph as GML or DOT, or write x -> y for each arrow.")
    if _TETRAD.match(text):
        return _tetrad(text)
    if _FACTORS.fullmatch(text):
        return _factors(text)
    if start in ("{", "["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            return _json(found)
    return _pairs(text)


def _pairs(text: str) -> Reading | None:
    rest = _PAIR.sub("", text)
    if rest == text or not _BRACKETS.fullmatch(rest):
        return None
    found = []
    for pair in _PAIR.finditer(text):
        one, other = (visible(next(part for part in pair.groups()[i : i + 3] if part is not None)) for i in (0, 3))
        found.append(Statement(((one,), (other,)), ("->",)))
    return Reading(tuple(found), "pairs of a cause and its effect")


def _factors(text: str) -> Reading:
    found = []
    for factor in _FACTOR.finditer(text):
        node, causes = visible(factor[1]).strip(), visible(factor[2] or "").split(":")
        found.append(Statement(((node,),)))
        found += [Statement(((cause.strip(),), (node,)), ("->",)) for cause in causes if cause.strip()]
    return Reading(tuple(found), "a model string of bnlearn, [node|cause:cause]")


def _json(found: object) -> Reading:
    """A graph of networkx (``node_link_data``), lists of effects by cause, or a list of pairs."""
    if isinstance(found, list) and all(isinstance(one, list) and len(one) in (2, 3) for one in found):
        pairs = [(str(one[0]), str(one[1])) for one in found]
        return Reading(tuple(_arrow(*pair) for pair in pairs), "pairs of a cause and its effect")
    if isinstance(found, dict) and isinstance(nodes := found.get("nodes"), list):
        edges = found.get("edges", found.get("links"))
        if found.get("directed") is False:
            raise GraphError("This graph is undirected; set directed to true if its edges are arrows.")
        if isinstance(edges, list) and all(isinstance(one, dict) for one in (*nodes, *edges)):
            return _node_link(nodes, edges)
    if isinstance(found, dict) and all(isinstance(value, list | dict) for value in found.values()):
        statements = [Statement(((cause,),)) for cause in found]
        statements += [_arrow(cause, str(effect)) for cause, effects in found.items() for effect in effects]
        return Reading(tuple(statements), "lists of effects by their cause")
    raise GraphError(
        'This JSON holds no graph; write {"nodes": [{"id": "x"}, {"id": "y"}], "edges": [{"source": "x", "target": '
        '"y"}]}, or x -> y.'
    )


def _node_link(nodes: list[dict], edges: list[dict]) -> Reading:
    names = {str(node.get("id", node.get("name"))) for node in nodes}
    statements = []
    for node in nodes:
        words: Attributes = {
            str(key).lower(): str(value) for key, value in node.items() if isinstance(value, str | bool | int)
        }
        statements.append(Statement(((str(node.get("id", node.get("name"))),),), (), words))
    for edge in edges:
        ends = str(edge.get("source")), str(edge.get("target"))
        if unknown := next((end for end in ends if end not in names), None):
            raise GraphError(f"An edge of this graph leads to or from {unknown}, which is not among its nodes; add it.")
        statements.append(_arrow(*ends))
    return Reading(tuple(statements), "JSON with nodes and edges")


def _arrow(cause: str, effect: str) -> Statement:
    return Statement(((cause,), (effect,)), ("->",))


def _tetrad(text: str) -> Reading:
    head, _, tail = text.partition("Graph Edges:")
    names = [visible(name).strip() for name in re.split(r"[;,\n]", _TETRAD.sub("", head, count=1))]
    found = [Statement(((name,),)) for name in names if name]
    first = head.count("\n") + 1
    for number, row in enumerate(tail.splitlines(), first):
        if not row.strip() or re.match(r"\s*Graph (?:Node )?Attributes", row):
            if found and row.strip():
                break
            continue
        edge = _TETRAD_EDGE.fullmatch(visible(row))
        if edge is None or edge[2] not in _ARROWS:
            mark = edge[2] if edge else row.strip()[:40]
            raise GraphError(f"Line {number}: {mark} has no direction; write -->, <-- or <-> for it.")
        found.append(Statement(((edge[1],), (edge[3],)), (_ARROWS[edge[2]],), {}, Place(number, 1)))
    return Reading(tuple(found), "the printout of Tetrad and causal-learn")
