"""Interventions on a model as data: each changes one node from outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.causal.graphs.graph import CausalGraph
from core.causal.scm.mechanisms import Categorical, Mechanism, MechanismError


@dataclass(frozen=True)
class Do:
    """do(node = value): the node has this value, whatever its causes are."""

    node: str
    value: float


@dataclass(frozen=True)
class Shift:
    """The node has the value that it would have, plus a number."""

    node: str
    by: float


@dataclass(frozen=True)
class ReplaceMechanism:
    """The node follows another mechanism. It keeps its noise if the new mechanism has noise of the same kind; otherwise
    new noise is drawn."""

    node: str
    mechanism: Mechanism


@dataclass(frozen=True)
class Randomise:
    """The node is drawn at random, whatever its causes are: 1 with a probability, else 0."""

    node: str
    chance: float


Intervention = Do | Shift | ReplaceMechanism | Randomise


def by_node(graph: CausalGraph, interventions: Iterable[Intervention]) -> dict[str, Intervention]:
    """Returns the interventions by the node that each changes.

    Raises:
        GraphError: An intervention names no node of the graph.
        MechanismError: Two change one node, a value is not a finite number, or a chance is not from 0 to 1.
    """
    found: dict[str, Intervention] = {}
    for one in interventions:
        graph.check_node(one.node)
        if one.node in found:
            raise MechanismError(f"{one.node} has two interventions; keep one.")
        if isinstance(one, Randomise) and not 0 <= one.chance <= 1:
            raise MechanismError(f"A probability must be from 0 to 1, not {one.chance:g}.")
        if isinstance(one, (Do, Shift)) and not np.isfinite(one.value if isinstance(one, Do) else one.by):
            raise MechanismError(f"{one.node} must get a finite number.")
        found[one.node] = one
    return found


def check_category(one: Intervention, mechanism: Mechanism) -> None:
    """Refuse an intervention that takes a categorical node out of its categories. ``Model.simulate`` allows it, because
    do() may set a node to a value that it never has by itself; but then there are no shares to show.

    Args:
        one: The intervention.
        mechanism: The node's own mechanism.

    Raises:
        MechanismError: Says what is possible instead.
    """
    if not isinstance(mechanism, Categorical):
        return
    count = len(mechanism.weights)
    match one:
        case Do(value=value) if value not in range(count):
            raise MechanismError(f"{one.node} has the categories 0 to {count - 1}; set it to one of these.")
        case Shift():
            raise MechanismError(f"{one.node} has {count} categories and can't be shifted; set it to one of them.")
        case ReplaceMechanism(mechanism=new) if not (isinstance(new, Categorical) and len(new.weights) == count):
            raise MechanismError(f"{one.node} has {count} categories; write choice(...) with as many weights.")
