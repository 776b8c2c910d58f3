"""What the causal graph shows, and where its nodes stand. Needs no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.causal.graphs.graph import CausalGraph, GraphError
from core.causal.scm.intervention_text import argument_of, kind_of, make_intervention
from core.causal.scm.interventions import Intervention, ReplaceMechanism

_FARTHEST = 30.0  # columns or rows; larger places are in other units


@dataclass(frozen=True)
class Knob:
    """Between which values a node can be changed, in which steps, and what it is changed by at first."""

    low: float
    high: float
    step: float
    start: float


@dataclass(frozen=True)
class GraphPlot:
    """A graph as a person sees it.

    Attributes:
        graph: What is shown.
        labels: What nodes are called; their own names where nothing is said.
        roles: ``exposure`` and ``outcome`` by node.
        knobs: For each node that can be acted on, by the kind of intervention: ``set``, ``shift`` or ``chance``.
        lines: For each node that can be made to ``listen`` to something else, what it listens to by itself.
        doing: What is done, by node.
        told: A line under each node's name.
        spelled: The same at length.
        changed: The nodes whose line differs from what is seen.
    """

    graph: CausalGraph
    labels: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    knobs: Mapping[str, Mapping[str, Knob]] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    doing: Mapping[str, Intervention] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    spelled: Mapping[str, str] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()

    @property
    def packed(self) -> dict:
        """Plain data for the browser."""
        places = layout(self.graph)
        nodes = [
            {
                "id": node, "label": self.labels.get(node, node.replace("_", " ")), "x": places[node][0],
                "y": places[node][1], "hidden": node in self.graph.latent, "role": self.roles.get(node, ""),
                "knobs": {kind: vars(knob) for kind, knob in self.knobs.get(node, {}).items()},
                "mechanism": self.lines.get(node), "act": _act(self.doing.get(node)),
                "caption": self.told.get(node, ""), "description": self.spelled.get(node, ""),
                "changed": node in self.changed, "adjusted": node in self.graph.adjusted,
            }
            for node in self.graph.nodes
        ]  # fmt: skip
        return {"nodes": nodes, "edges": [list(edge) for edge in self.graph.edges]}


def _act(one: Intervention | None) -> dict | None:
    """Plain data; of a node that listens to something else also what it hears."""
    if one is None:
        return None
    heard = list(one.mechanism.parents) if isinstance(one, ReplaceMechanism) else []
    return {"kind": kind_of(one), "by": argument_of(one), "heard": heard}


def acted(plot: GraphPlot, data: object) -> tuple[str, Intervention | None] | None:
    """What a person has done, as a browser sends it: to which node, and what; None as the second where it is left to
    its causes again. None for what can't be done on this graph, such as a node of one that was shown before.

    Raises:
        MechanismError, ExpressionError: A line can't be read.
    """
    if not isinstance(data, dict) or data.get("node") not in plot.knobs:
        return None
    node, kind, by = data["node"], data.get("kind"), data.get("by")
    knob = plot.knobs[node].get(kind)
    match by:
        case None:
            return node, None
        case str() if kind == "listen" and node in plot.lines:
            return node, make_intervention(node, kind, by)
        case int() | float() if knob is not None:
            return node, make_intervention(node, kind, min(knob.high, max(knob.low, float(by))))
    return None


def drawn(data: object) -> CausalGraph:
    """The graph that a browser sends.

    Raises:
        GraphError: It is none, or what was drawn can't be: arrows in a circle, for example.
    """
    try:
        nodes = [(str(node["id"]), float(node["x"]), float(node["y"]), node) for node in data["nodes"]]
        edges = tuple((str(cause), str(effect)) for cause, effect in data["edges"])
    except (TypeError, KeyError, ValueError) as error:
        raise GraphError("What was drawn can't be read; undo the last step.") from error
    role = {node.get("role"): name for name, _, _, node in nodes}
    return CausalGraph(
        tuple(name for name, *_ in nodes), edges, frozenset(name for name, _, _, node in nodes if node.get("hidden")),
        role.get("exposure"), role.get("outcome"), {name: (x, y) for name, x, y, _ in nodes},
        frozenset(name for name, _, _, node in nodes if node.get("adjusted")),
    )  # fmt: skip


def layout(graph: CausalGraph) -> dict[str, tuple[float, float]]:
    """Columns from causes to effects and rows with few crossings, ``(x, y)`` counted from 0; the graph's own places if
    it has them all, scaled to columns and rows."""
    if graph.nodes and set(graph.positions) >= set(graph.nodes):
        return _own_places(graph)
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
    """Each node one column after the last of its causes; a root stands just before what first listens to it."""
    at: dict[str, int] = {}
    order = _order(graph)
    for node in order:
        at[node] = 1 + max((at[parent] for parent in graph.parents(node)), default=-1)
    for node in reversed(order):
        heard = [at[effect] for cause, effect in graph.edges if cause == node]
        if not graph.parents(node) and heard:
            at[node] = min(heard) - 1
    columns: list[list[str]] = [[] for _ in range(1 + max(at.values(), default=-1))]
    for node in graph.nodes:
        columns[at[node]].append(node)
    return columns


def _order(graph: CausalGraph) -> list[str]:
    import networkx as nx

    return list(nx.lexicographical_topological_sort(graph.directed, key=graph.nodes.index))


def _middle(graph: CausalGraph, rows: Mapping[str, float], node: str, forward: bool) -> float:
    """Where a node's neighbours stand on the side that a sweep comes from."""
    near = [cause if forward else effect for cause, effect in graph.edges if (effect if forward else cause) == node]
    return sum(rows[other] for other in near) / len(near) if near else rows[node]


def _own_places(graph: CausalGraph) -> dict[str, tuple[float, float]]:
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
