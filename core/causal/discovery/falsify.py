"""Whether rows speak for a graph: does it fit better than the same arrows between shuffled names?

Eulig, Mastakouri, Blöbaum, Hardt and Janzing 2023, *Toward falsifying causal graphs using a permutation-based test*.
They test each node's independence of what does not descend from it, given its parents; here it is one independence for
each pair of measured nodes that can be separated (``core.causal.identification.implications``), so that hidden causes
are allowed.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from core.causal.discovery.pc import partial_correlation_test
from core.causal.estimation.question import EstimateError
from core.causal.graphs.graph import CausalGraph
from core.causal.identification.implications import SIGNIFICANCE, implied
from core.causal.tables.rows import Columns

SHUFFLED = 500  # graphs, unless there are fewer orders of the names


@dataclass(frozen=True)
class Falsification:
    """How a graph does against graphs with the same arrows between shuffled names.

    Attributes:
        demands: How many independences each of them demands.
        broken: How many of its own the rows contradict at 5 %.
        shuffled: The same for each of the others.
        alike: How many of the others demand what the graph says anyway: no rows tell them from it.
    """

    demands: int
    broken: int
    shuffled: tuple[int, ...]
    alike: int

    @property
    def chance(self) -> float:
        """The share of all graphs, this one among them, that are contradicted no more often than it is."""
        return self._share(sum(one <= self.broken for one in self.shuffled))

    @property
    def least(self) -> float:
        """The smallest share to be expected where the graph is right, since some graphs demand the same."""
        return self._share(self.alike)

    def told(self) -> str:
        """What it comes to, in sentences."""
        as_good, others = sum(one <= self.broken for one in self.shuffled), len(self.shuffled)
        told = (
            f"The rows contradict {self.broken} of the {self.demands} demands of this graph, and "
            f"{np.mean(self.shuffled):.1f} on average of graphs with the same arrows between shuffled names. {as_good} "
            f"of {others} do as well or better (p = {self.chance:.3f})."
        )
        if self.least > SIGNIFICANCE:
            alike = "1 of them demands" if self.alike == 1 else f"{self.alike} of them demand"
            return f"{told} But {alike} the same: no rows could tell whether it beats chance."
        if self.chance > SIGNIFICANCE:
            return f"{told} So it fits no better than chance: these rows don't speak for it."
        return f"{told} So it fits better than chance, which does not make it right."

    def _share(self, others: int) -> float:
        return (1 + others) / (1 + len(self.shuffled))


def falsify(
    graph: CausalGraph, rows: Columns, rng: np.random.Generator, report: Callable[[float], None] = lambda share: None
) -> Falsification:
    """Hold a graph and 500 graphs with the same arrows between shuffled names against rows; where names have fewer
    orders, all of them.

    Args:
        rows: Columns by node, none the same in every row. What is not among them keeps its place.
        report: Is told the share that is done, again and again; what it raises ends the work.

    Raises:
        EstimateError: The graph demands nothing of these rows.
    """
    most = len(next(iter(rows.values()), ())) - 4  # nodes that so many rows can hold still
    demands = [demand for demand in implied(graph) if {*demand[:2], *demand[2]} <= set(rows) and len(demand[2]) <= most]
    if not demands:
        raise EstimateError(
            "The graph demands nothing that these rows could contradict, so there is nothing to compare."
        )
    independent = functools.cache(partial_correlation_test(rows, SIGNIFICANCE))
    separated = functools.cache(graph.is_d_separated)
    names = [node for node in graph.observed if node in rows]
    orders = list(_orders(names, rng))
    broken, alike = [], 0
    for done, order in enumerate(orders, 1):
        asked = [_renamed(demand, dict(zip(names, order, strict=True))) for demand in demands]
        broken.append(sum(not independent(*demand) for demand in asked))
        alike += all(separated(*demand) for demand in asked)
        report(done / len(orders))
    own = sum(not independent(*_renamed(demand, {})) for demand in demands)
    return Falsification(len(demands), own, tuple(broken), alike)


def _orders(names: list[str], rng: np.random.Generator) -> Iterator[tuple[str, ...]]:
    """Other orders of the names: all, or as many as are drawn."""
    if math.factorial(len(names)) <= SHUFFLED:
        yield from itertools.islice(itertools.permutations(names), 1, None)
    else:
        for _ in range(SHUFFLED):
            yield tuple(names[i] for i in rng.permutation(len(names)))


def _renamed(demand: tuple[str, str, tuple[str, ...]], new: dict[str, str]) -> tuple[str, str, tuple[str, ...]]:
    """A demand with other names, in alphabetical order."""
    one, other, given = demand
    low, high = sorted(new.get(node, node) for node in (one, other))
    return low, high, tuple(sorted(new.get(node, node) for node in given))
