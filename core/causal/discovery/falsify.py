"""Falsification of a graph: does it fit better than the same arrows between permuted nodes?

Eulig, Mastakouri, Blöbaum, Hardt and Janzing 2023, *Toward falsifying causal graphs using a permutation-based test*.
They test each node's independence of its non-descendants given its parents. Here it is one independence for each pair
of measured nodes that can be separated (``core.causal.identification.implications``), which allows hidden causes.
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
from core.causal.identification.implications import SIGNIFICANCE, implied_independences
from core.causal.tables.rows import Columns

MAX_PERMUTATIONS = 500  # all of them if there are fewer


@dataclass(frozen=True)
class Falsification:
    """A graph compared with graphs that have the same arrows between permuted nodes.

    Attributes:
        implications: How many independences each graph implies.
        contradicted: How many of those of this graph the rows contradict at the 5 % level.
        permuted: The same for each permuted graph.
        equivalent: How many permuted graphs imply only what this graph implies too: no rows can distinguish them.
    """

    implications: int
    contradicted: int
    permuted: tuple[int, ...]
    equivalent: int

    @property
    def p_value(self) -> float:
        """The share of all graphs, this one included, that are contradicted at most as often as it is."""
        return self._share(self._as_good)

    @property
    def smallest_p_value(self) -> float:
        """The smallest p-value that a right graph can have, since some permuted graphs imply the same."""
        return self._share(self.equivalent)

    @property
    def summary(self) -> str:
        """The result in sentences."""
        count = len(self.permuted)
        sentence = (
            f"The rows contradict {self.contradicted} of the {self.implications} independences that this graph "
            f"implies, and {np.mean(self.permuted):.1f} on average for graphs with the same arrows between permuted "
            f"nodes. They contradict {self._as_good} of these {count} graphs no more often (p = {self.p_value:.3f})."
        )
        if self.smallest_p_value > SIGNIFICANCE:
            return (
                f"{sentence} But {self.equivalent} of them {'implies' if self.equivalent == 1 else 'imply'} the same "
                "independences as this graph, so no rows could tell them from it."
            )
        if self.p_value > SIGNIFICANCE:
            return f"{sentence} So the graph fits no better than chance: these rows do not support its arrows."
        return f"{sentence} So the graph fits better than chance; that does not prove it right."

    @property
    def _as_good(self) -> int:
        return sum(one <= self.contradicted for one in self.permuted)

    def _share(self, others: int) -> float:
        return (1 + others) / (1 + len(self.permuted))


def falsify(
    graph: CausalGraph, rows: Columns, rng: np.random.Generator, report: Callable[[float], None] = lambda share: None
) -> Falsification:
    """Compare a graph with 500 graphs that have the same arrows between permuted nodes, or with all of them if there
    are fewer.

    Args:
        rows: Columns by node, none of them constant. Nodes without a column keep their place.
        report: Receives the share of the work that is done; an exception that it raises ends the work.

    Raises:
        EstimateError: The graph implies nothing that these rows could contradict.
    """
    most = len(next(iter(rows.values()), ())) - 4  # the largest conditioning set that so many rows allow
    implied = [one for one in implied_independences(graph) if {*one[:2], *one[2]} <= set(rows) and len(one[2]) <= most]
    if not implied:
        raise EstimateError("The graph has no implications that these rows could test, so there is nothing to compare.")
    independent = functools.cache(partial_correlation_test(rows, SIGNIFICANCE))  # permuted graphs repeat questions

    @functools.cache
    def separated(one: str, other: str, given: tuple[str, ...]) -> bool:
        return graph.is_d_separated(one, other, {*given, *graph.selected})

    names = [node for node in graph.observed if node in rows]
    orders = list(_permutations(names, rng))
    contradicted, equivalent = [], 0
    for done, order in enumerate(orders, 1):
        permuted = [_renamed(one, dict(zip(names, order, strict=True))) for one in implied]
        contradicted.append(sum(not independent(*one) for one in permuted))
        equivalent += all(separated(*one) for one in permuted)
        report(done / len(orders))
    own = sum(not independent(*_renamed(one, {})) for one in implied)
    return Falsification(len(implied), own, tuple(contradicted), equivalent)


def _permutations(names: list[str], rng: np.random.Generator) -> Iterator[tuple[str, ...]]:
    """Other orders of the names: all of them, or a random sample with repetition."""
    if math.factorial(len(names)) <= MAX_PERMUTATIONS:
        yield from itertools.islice(itertools.permutations(names), 1, None)
    else:
        for _ in range(MAX_PERMUTATIONS):
            yield tuple(names[i] for i in rng.permutation(len(names)))


def _renamed(implied: tuple[str, str, tuple[str, ...]], new: dict[str, str]) -> tuple[str, str, tuple[str, ...]]:
    """An independence between other nodes, in alphabetical order."""
    one, other, given = implied
    low, high = sorted(new.get(node, node) for node in (one, other))
    return low, high, tuple(sorted(new.get(node, node) for node in given))
