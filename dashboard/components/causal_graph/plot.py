"""What the causal graph shows, and where its nodes stand. Needs no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.causal.graphs.graph import CausalGraph, GraphError
from core.causal.scm.intervention_text import argument_of, kind_of, make_intervention
from core.causal.scm.interventions import Intervention, ReplaceMechanism

_UNREADABLE = "The drawn graph cannot be read; undo the last step."
_FARTHEST = 30.0  # columns or rows; larger places are in other units


@dataclass(frozen=True)
class Knob:
    """How a node can be changed: between which values, in which steps, and what it is changed by at first."""

    low: float
    high: float
    step: float
    start: float


@dataclass(frozen=True)
class GraphPlot:
    """A graph as a person sees it.

    Attributes:
        graph: The graph.
        labels: What nodes are called on the screen; a node without a label has its own name.
        roles: ``exposure`` and ``outcome`` by node.
        knobs: For each node that can be changed, by the kind of intervention: ``do``, ``shift`` or ``chance``.
        mechanisms: For each node whose mechanism can be replaced, the text of its own mechanism.
        interventions: The interventions by node.
        captions: A short line under each node's name.
        descriptions: The same at length.
        changed: The nodes whose caption differs from that without interventions.
    """

    graph: CausalGraph
    labels: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    knobs: Mapping[str, Mapping[str, Knob]] = field(default_factory=dict)
    mechanisms: Mapping[str, str] = field(default_factory=dict)
    interventions: Mapping[str, Intervention] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()

    @property
    def packed(self) -> dict:
        """Plain data for the browser."""
        places = layout(self.graph)
        nodes = [
            {
                "id": node,
                "label": self.labels.get(node, node.replace("_", " ")),
                "x": places[node][0],
                "y": places[node][1],
                "hidden": node in self.graph.latent,
                "role": self.roles.get(node, ""),
                "knobs": {kind: vars(knob) for kind, knob in self.knobs.get(node, {}).items()},
                "mechanism": self.mechanisms.get(node),
                "act": _act(self.interventions.get(node)),
                "caption": self.captions.get(node, ""),
                "description": self.descriptions.get(node, ""),
                "changed": node in self.changed,
                "adjusted": node in self.graph.adjusted,
            }
            for node in self.graph.nodes
        ]
        return {"nodes": nodes, "edges": [list(edge) for edge in self.graph.edges]}


def _act(one: Intervention | None) -> dict | None:
    """An intervention as plain data; for a replaced mechanism also the nodes that it reads."""
    if one is None:
        return None
    heard = list(one.mechanism.parents) if isinstance(one, ReplaceMechanism) else []
    return {"kind": kind_of(one), "by": argument_of(one), "heard": heard}


def intervention_from(plot: GraphPlot, data: object) -> tuple[str, Intervention | None] | None:
    """The intervention that a browser sends: the node, and what is done to it; None as the second if the node is left
    to its causes again.

    Returns None for an intervention that is impossible on this graph, such as one on a node of a graph shown before.

    Raises:
        MechanismError, ExpressionError: A typed mechanism cannot be read.
    """
    if not isinstance(data, dict):
        return None
    node, kind, by = data.get("node"), data.get("kind"), data.get("by")
    if not isinstance(node, str) or node not in plot.knobs:
        return None
    if by is None:
        return node, None
    if not isinstance(kind, str):
        return None
    knob = plot.knobs[node].get(kind)
    match by:
        case str() if kind == "replace" and node in plot.mechanisms:
            return node, make_intervention(node, kind, by)
        case int() | float() if knob is not None:
            return node, make_intervention(node, kind, min(knob.high, max(knob.low, float(by))))
    return None


def graph_from(data: object) -> CausalGraph:
    """The graph that a browser sends.

    Raises:
        GraphError: The data is no graph, or not a possible one: its arrows form a cycle, for example.
    """
    if not isinstance(data, dict):
        raise GraphError(_UNREADABLE)
    try:
        nodes = [(str(node["id"]), float(node["x"]), float(node["y"]), node) for node in data["nodes"]]
        edges = tuple((str(cause), str(effect)) for cause, effect in data["edges"])
    except (TypeError, KeyError, ValueError) as error:
        raise GraphError(_UNREADABLE) from error
    role = {node.get("role"): name for name, _, _, node in nodes}
    return CausalGraph(
        tuple(name for name, *_ in nodes),
        edges,
        frozenset(name for name, _, _, node in nodes if node.get("hidden")),
        role.get("exposure"),
        role.get("outcome"),
        {name: (x, y) for name, x, y, _ in nodes},
        frozenset(name for name, _, _, node in nodes if node.get("adjusted")),
    )


def layout(graph: CausalGraph) -> dict[str, tuple[float, float]]:
    """Columns from causes to effects and rows with few crossings, ``(x, y)`` counted from 0; the graph's own places if
    it has them all, scaled to columns and rows."""
    if graph.nodes and set(graph.positions) >= set(graph.nodes):
        return _given_places(graph)
    columns = _columns(graph)
    rows = {node: float(i) for column in columns for i, node in enumerate(column)}
    for sweep in range(8):
        forward = sweep % 2 == 0
        for column in columns if forward else reversed(columns):
            column.sort(key=lambda node: _middle(graph, rows, node, forward))
            rows |= {node: float(i) for i, node in enumerate(column)}
    tallest = max((len(column) for column in columns), default=1)
    return {
        node: (float(x), (tallest - len(column)) / 2 + y)
        for x, column in enumerate(columns)
        for y, node in enumerate(column)
    }


def _columns(graph: CausalGraph) -> list[list[str]]:
    """Each node one column after the last of its causes; a root just before the first of its effects."""
    at: dict[str, int] = {}
    order = _order(graph)
    for node in order:
        at[node] = 1 + max((at[parent] for parent in graph.parents(node)), default=-1)
    for node in reversed(order):
        effects = [at[effect] for cause, effect in graph.edges if cause == node]
        if not graph.parents(node) and effects:
            at[node] = min(effects) - 1
    columns: list[list[str]] = [[] for _ in range(1 + max(at.values(), default=-1))]
    for node in graph.nodes:
        columns[at[node]].append(node)
    return columns


def _order(graph: CausalGraph) -> list[str]:
    import networkx as nx

    return list(nx.lexicographical_topological_sort(graph.directed, key=graph.nodes.index))


def _middle(graph: CausalGraph, rows: Mapping[str, float], node: str, forward: bool) -> float:
    """Mean row of a node's neighbours on the side that a sweep comes from."""
    near = [cause if forward else effect for cause, effect in graph.edges if (effect if forward else cause) == node]
    return sum(rows[other] for other in near) / len(near) if near else rows[node]


def _given_places(graph: CausalGraph) -> dict[str, tuple[float, float]]:
    """Where the graph says that its nodes stand. As it is where that is in columns and rows; other units, such as
    pixels or DAGitty's, are brought to that."""
    spans = [
        (min(values), max(values)) for values in zip(*(graph.positions[node] for node in graph.nodes), strict=True)
    ]
    widest = max(high - low for low, high in spans)
    if all(low >= 0 and high <= _FARTHEST for low, high in spans) and (widest >= 1 or len(graph.nodes) == 1):
        return {node: graph.positions[node] for node in graph.nodes}
    scale = len(graph.nodes) ** 0.5 / widest if widest > 0 else 0.0
    return {
        node: tuple((value - low) * scale for value, (low, _) in zip(graph.positions[node], spans, strict=True))
        for node in graph.nodes
    }
