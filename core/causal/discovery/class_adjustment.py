"""Adjustment in a class of graphs: sets that are valid in every graph that a pattern (CPDAG) stands for.

Perkovic, Textor, Kalisch and Maathuis 2018 (generalised adjustment criterion): every possibly directed path to the
outcome begins with an arrow out of the exposure; no node of the set may descend from such a path; and the set blocks
the other paths, which is the same in every graph of the class.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from core.causal.discovery.pc import Pattern
from core.causal.estimation.adjustment import regression
from core.causal.estimation.question import EstimateError, Question
from core.causal.graphs.graph import CausalGraph
from core.causal.identification.adjustment_sets import backdoor_graph, separators
from core.causal.tables.rows import Columns

_MOST_SETS = 50


@dataclass(frozen=True)
class ClassAdjustment:
    """How an effect is identified in all graphs of a class at once.

    Attributes:
        exposure, outcome: Nodes.
        sets: Minimal adjustment sets, the smallest first; empty if none is valid in every graph.
        is_possible: Whether a path can be directed from the exposure to the outcome; if not, the effect is 0.
        undecided: A line at the exposure on which the effect depends, as (exposure, neighbour); None if there is none.
    """

    exposure: str
    outcome: str
    sets: tuple[frozenset[str], ...]
    is_possible: bool
    undecided: tuple[str, str] | None

    @property
    def summary(self) -> str:
        """The answer in one sentence."""
        x, y = self.exposure, self.outcome
        listed = " or ".join("{" + ", ".join(sorted(one)) + "}" for one in self.sets) or "nothing"
        if self.undecided is not None:
            line = " - ".join(self.undecided)
            return (
                f"The graphs of this class disagree on the effect of {x} on {y}: the line {line} has no direction; an "
                "experiment or knowledge must decide it."
            )
        if not self.is_possible:
            test = f"; adjusting for {listed} must give 0" if self.sets else ""
            return f"In every graph of this class the effect of {x} on {y} is 0{test}."
        if not self.sets:
            return f"No adjustment set identifies the effect of {x} on {y} in every graph of this class."
        return f"In every graph of this class, adjusting for {listed} identifies the effect of {x} on {y}."


def adjust_in_class(pattern: Pattern, exposure: str, outcome: str) -> ClassAdjustment:
    """The adjustment sets that are valid in every graph of a class.

    Raises:
        EstimateError: Exposure and outcome are the same, or no graph has the pattern's arrows and colliders.
    """
    if exposure == outcome:
        raise EstimateError(f"Exposure and outcome are both {exposure}; choose two different columns.")
    graph = member(pattern)
    forward = _forward(pattern)
    beyond = _reach(forward, forward[exposure] - {exposure}, {exposure})
    backward = {node: {one for one in pattern.nodes if node in forward[one]} for node in pattern.nodes}
    between = beyond & _reach(backward, {outcome}, {exposure})
    lines = [node for node in sorted(between & forward[exposure]) if frozenset((exposure, node)) in pattern.lines]
    if lines:
        return ClassAdjustment(exposure, outcome, (), True, (exposure, lines[0]))
    forbidden = _reach(forward, between, set()) | {exposure, outcome}
    backdoor = backdoor_graph(graph, exposure, outcome).directed
    allowed = set(pattern.nodes) - forbidden
    found = itertools.islice(separators(backdoor, exposure, outcome, set(), allowed), _MOST_SETS)
    sets = {one for one in found if one is not None}
    minimal = {one for one in sets if not any(other < one for other in sets)}
    ordered = tuple(sorted(minimal, key=lambda one: (len(one), sorted(one))))
    return ClassAdjustment(exposure, outcome, ordered, bool(between), None)


def effect_in_class(found: ClassAdjustment, columns: Columns) -> str:
    """The estimate by the first set in one sentence; empty if there is no set.

    Args:
        columns: By name, float64 ``[rows]``.

    Raises:
        EstimateError: Columns are linearly dependent, or there are too few rows.
    """
    if not found.sets:
        return ""
    given = tuple(sorted(found.sets[0]))
    one = regression(columns, Question(found.exposure, found.outcome, given))
    way = f"Adjusted for {', '.join(given)}" if given else "Not adjusted"
    return (
        f"{way}, one more unit of {found.exposure} changes {found.outcome} by {one.value:.3g} (95 % interval "
        f"{one.low:.3g} to {one.high:.3g}; regression). This holds only if the class holds the true graph."
    )


def member(pattern: Pattern) -> CausalGraph:
    """A graph of the class: the lines are directed without a cycle and without a new collider (Dor and Tarsi 1992).

    Raises:
        EstimateError: There is none, as after tests that contradict one another.
    """
    arrows, lines, left = set(pattern.arrows), set(pattern.lines), set(pattern.nodes)
    adjacent = {node: {one for pair in pattern.adjacent if node in pair for one in pair - {node}} for node in left}
    while left:
        sink = next((node for node in sorted(left) if _is_sink(node, arrows, lines, adjacent, left)), None)
        if sink is None:
            raise EstimateError(
                "No graph fits these arrows and lines: the tests of independence contradict one another."
            )
        for line in [line for line in lines if sink in line]:
            lines.discard(line)
            arrows.add((next(iter(line - {sink})), sink))
        left.discard(sink)
    return CausalGraph(pattern.nodes, tuple(sorted(arrows)))


def _is_sink(
    node: str,
    arrows: set[tuple[str, str]],
    lines: set[frozenset[str]],
    adjacent: dict[str, set[str]],
    left: set[str],
) -> bool:
    """Whether all lines at a node can point to it: it has no effect, and its neighbours by lines are adjacent to all of
    its other neighbours."""
    if any(cause == node and effect in left for cause, effect in arrows):
        return False
    near = adjacent[node] & left
    by_lines = {one for one in near if frozenset((one, node)) in lines}
    return all(near - {one} <= adjacent[one] for one in by_lines)


def _forward(pattern: Pattern) -> dict[str, set[str]]:
    """The nodes that an edge may lead to, by node."""
    found: dict[str, set[str]] = {node: set() for node in pattern.nodes}
    for cause, effect in pattern.arrows:
        found[cause].add(effect)
    for line in pattern.lines:
        one, other = line
        found[one].add(other)
        found[other].add(one)
    return found


def _reach(steps: dict[str, set[str]], start: Iterable[str], avoided: set[str]) -> set[str]:
    """The nodes that steps reach from some nodes, these included, without the avoided ones."""
    found, waiting = set(start) - avoided, list(set(start) - avoided)
    while waiting:
        more = steps[waiting.pop()] - avoided - found
        found |= more
        waiting += more
    return found
