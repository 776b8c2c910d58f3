"""What can be done to a model from outside: interventions as data, on one node each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.causal.graph import CausalGraph
from core.causal.mechanisms import Mechanism, MechanismError


@dataclass(frozen=True)
class Set:
    """do(node = value): whatever its parents say."""

    node: str
    value: float


@dataclass(frozen=True)
class Shift:
    """The node is what it would have been, and so much more."""

    node: str
    by: float


@dataclass(frozen=True)
class Replace:
    """The node listens to something else from now on. It keeps its own noise where that is of the same kind; else its
    noise is drawn anew."""

    node: str
    mechanism: Mechanism


@dataclass(frozen=True)
class Randomise:
    """The node is drawn by chance: 1 with a probability, else 0; whatever its parents say."""

    node: str
    chance: float


Intervention = Set | Shift | Replace | Randomise


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
        if isinstance(one, (Set, Shift)) and not np.isfinite(one.value if isinstance(one, Set) else one.by):
            raise MechanismError(f"{one.node} must be changed by a number.")
        found[one.node] = one
    return found
