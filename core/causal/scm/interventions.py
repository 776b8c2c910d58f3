"""What can be done to a model from outside: interventions as data, on one node each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.causal.graphs.graph import CausalGraph
from core.causal.scm.mechanisms import Categorical, Mechanism, MechanismError


@dataclass(frozen=True)
class Do:
    """do(node = value): whatever its parents say."""

    node: str
    value: float


@dataclass(frozen=True)
class Shift:
    """The node is what it would have been, and so much more."""

    node: str
    by: float


@dataclass(frozen=True)
class ReplaceMechanism:
    """The node listens to something else from now on. It keeps its own noise where that is of the same kind; else its
    noise is drawn anew."""

    node: str
    mechanism: Mechanism


@dataclass(frozen=True)
class Randomise:
    """The node is drawn by chance: 1 with a probability, else 0; whatever its parents say."""

    node: str
    chance: float


Intervention = Do | Shift | ReplaceMechanism | Randomise


def by_node(graph: CausalGraph, interventions: Iterable[Intervention]) -> dict[str, Intervention]:
    """Each intervention by the node that it is on.

    Raises:
        GraphError: One is on no node of the graph.
        MechanismError: A node is changed twice, or by no number; or a chance is none.
    """
    found: dict[str, Intervention] = {}
    for one in interventions:
        graph.check_node(one.node)
        if one.node in found:
            raise MechanismError(f"{one.node} is changed twice; change it once.")
        if isinstance(one, Randomise) and not 0 <= one.chance <= 1:
            raise MechanismError(f"A chance must be from 0 to 1, not {one.chance:g}.")
        if isinstance(one, (Do, Shift)) and not np.isfinite(one.value if isinstance(one, Do) else one.by):
            raise MechanismError(f"{one.node} must be changed by a number.")
        found[one.node] = one
    return found


def check_category(one: Intervention, own: Mechanism) -> None:
    """Refuse what would make one of some kinds none of them. ``Model.play`` does it all the same, as do() may set a
    node to what it could never be by itself; but then there are no shares to tell.

    Args:
        own: How the node comes about.

    Raises:
        MechanismError: Says what can be done instead.
    """
    if not isinstance(own, Categorical):
        return
    kinds = len(own.weights)
    match one:
        case Do(value=value) if value not in range(kinds):
            raise MechanismError(f"{one.node} is one of the kinds 0 to {kinds - 1}; set it to one of these.")
        case Shift():
            raise MechanismError(f"{one.node} is one of {kinds} kinds, which can't be shifted; set it to one of them.")
        case ReplaceMechanism(mechanism=new) if not (isinstance(new, Categorical) and len(new.weights) == kinds):
            raise MechanismError(f"{one.node} is one of {kinds} kinds; write choice(...) with as many weights.")
