"""The PC algorithm: the equivalence class of graphs that conditional independences allow (Spirtes, Glymour and Scheines
2000), with a skeleton that does not depend on the order of columns (Colombo and Maathuis 2014). Independence is tested
by partial correlations, which assumes linear relations."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.causal.estimation.question import EstimateError
from core.statistics import fisher_z, partial_correlation

MOST_COLUMNS = 50
_SAME = 1 - 1e-9  # the correlation of columns that differ in units only


@dataclass(frozen=True)
class Pattern:
    """A partially directed graph (CPDAG): arrows, and lines whose direction is undecided.

    Attributes:
        nodes: Names.
        arrows: Directed edges, as (cause, effect).
        lines: Undirected edges.
        complete: Whether the search ended in time; if not, there may be too many edges.
    """

    nodes: tuple[str, ...]
    arrows: frozenset[tuple[str, str]]
    lines: frozenset[frozenset[str]]
    complete: bool = True

    @property
    def adjacent(self) -> frozenset[frozenset[str]]:
        """Pairs of nodes with an arrow or a line between them."""
        return self.lines | {frozenset(arrow) for arrow in self.arrows}


Independent = Callable[[str, str, tuple[str, ...]], bool]
_SepSets = dict[frozenset[str], frozenset[str]]  # what separates each pair of nodes


def pc(
    nodes: Iterable[str],
    independent: Independent,
    seconds: float = 10.0,
    report: Callable[[float], None] = lambda share: None,
) -> Pattern:
    """The pattern that PC finds.

    Args:
        independent: Whether two nodes are independent given others.
        seconds: The time limit for tests.
        report: Receives the share of that time that has passed; an exception that it raises ends the search.
    """
    names, start = tuple(nodes), time.monotonic()

    def is_late() -> bool:
        elapsed = time.monotonic() - start
        report(min(1.0, elapsed / seconds) if seconds > 0 else 1.0)
        return elapsed > seconds

    adjacent, sepsets, complete = _skeleton(names, independent, is_late)
    arrows = _colliders(names, adjacent, sepsets)
    lines = adjacent - {frozenset(arrow) for arrow in arrows}
    return apply_meek_rules(Pattern(names, frozenset(arrows), frozenset(lines), complete))


def check_columns(columns: Mapping[str, np.ndarray]) -> None:
    """Refuse columns, each ``[N]``, that allow no discovery.

    Raises:
        EstimateError: There are fewer than 2 or more than 50, a constant one, or too few rows.
    """
    if not 2 <= len(columns) <= MOST_COLUMNS:
        raise EstimateError(f"Discovery takes 2 to {MOST_COLUMNS} columns, not {len(columns)}; choose some.")
    for name, column in columns.items():
        if len(column) < 10:
            raise EstimateError(f"Discovery needs many more rows than {len(column)}.")
        if column.std() <= 1e-12 * float(np.abs(column).max()):
            raise EstimateError(f"{name} is the same in every row; leave it out.")


def check_distinct(columns: Mapping[str, np.ndarray]) -> None:
    """Refuse columns, each ``[N]``, that are the same in other units: given one, the other is independent of
    everything.

    Raises:
        EstimateError: Two columns are perfectly correlated.
    """
    names, same = list(columns), np.abs(np.corrcoef(list(columns.values()))) > _SAME
    for one, other in np.argwhere(np.triu(same, 1)):
        raise EstimateError(f"{names[one]} and {names[other]} are the same except for units; leave one of them out.")


def partial_correlation_test(columns: Mapping[str, np.ndarray], level: float) -> Independent:
    """A test of independence on columns ``[N]``: whether the partial correlation is not significant at a ``level``."""
    from scipy.special import ndtri

    place = {name: i for i, name in enumerate(columns)}
    correlations = np.corrcoef(np.stack(list(columns.values())))
    count, limit = len(next(iter(columns.values()))), float(ndtri(1 - level / 2))

    def independent(one: str, other: str, given: tuple[str, ...]) -> bool:
        freedom = count - len(given) - 3
        if freedom < 1:
            return False
        chosen = [place[one], place[other], *(place[name] for name in given)]
        correlation = partial_correlation(correlations[np.ix_(chosen, chosen)])
        return np.isnan(correlation) or abs(fisher_z(correlation, freedom)) <= limit

    return independent


def apply_meek_rules(pattern: Pattern) -> Pattern:
    """The pattern with every line directed whose other direction would create a cycle or a new collider (Meek 1995,
    rules 1 to 4)."""
    arrows, lines = set(pattern.arrows), set(pattern.lines)
    adjacent = pattern.adjacent
    while forced := next((one for one in _directions(lines) if _is_forced(one, arrows, lines, adjacent)), None):
        lines.discard(frozenset(forced))
        arrows.add(forced)
    return Pattern(pattern.nodes, frozenset(arrows), frozenset(lines), pattern.complete)


def _skeleton(
    names: tuple[str, ...], independent: Independent, is_late: Callable[[], bool]
) -> tuple[set[frozenset[str]], _SepSets, bool]:
    """Pairs that nothing separates, the separating sets of the others, and whether the search ended in time."""
    adjacent = {frozenset(pair) for pair in itertools.combinations(names, 2)}
    sepsets: _SepSets = {}
    for size in range(len(names) - 1):
        near = {name: sorted(n for pair in adjacent if name in pair for n in pair if n != name) for name in names}
        if all(len(others) <= size for others in near.values()):
            break
        for one, other in itertools.permutations(names, 2):
            pair = frozenset((one, other))
            if pair not in adjacent:
                continue
            for given in itertools.combinations([name for name in near[one] if name != other], size):
                if is_late():
                    return adjacent, sepsets, False
                if independent(one, other, given):
                    adjacent.discard(pair)
                    sepsets[pair] = frozenset(given)
                    break
    return adjacent, sepsets, True


def _colliders(names: tuple[str, ...], adjacent: set[frozenset[str]], sepsets: _SepSets) -> set[tuple[str, str]]:
    """Arrows into colliders: nodes adjacent to two others that are separated without them."""
    arrows: set[tuple[str, str]] = set()
    for middle in names:
        near = [name for name in names if frozenset((name, middle)) in adjacent]
        for one, other in itertools.combinations(near, 2):
            pair = frozenset((one, other))
            if pair in adjacent or middle in sepsets.get(pair, frozenset([middle])):
                continue
            if (middle, one) not in arrows and (middle, other) not in arrows:  # of two that conflict the first stays
                arrows |= {(one, middle), (other, middle)}
    return arrows


def _directions(lines: set[frozenset[str]]) -> list[tuple[str, str]]:
    """Both directions of each line."""
    pairs = [(one, other) for one, other in sorted(map(sorted, lines))]
    return [pair for one, other in pairs for pair in ((one, other), (other, one))]


def _is_forced(
    arrow: tuple[str, str],
    arrows: set[tuple[str, str]],
    lines: set[frozenset[str]],
    adjacent: frozenset[frozenset[str]],
) -> bool:
    """Whether Meek's rules direct a line this way."""
    tail, head = arrow

    def line(one: str, other: str) -> bool:
        return frozenset((one, other)) in lines

    def near(one: str, other: str) -> bool:
        return frozenset((one, other)) in adjacent

    into_tail = [one for one, end in arrows if end == tail]
    into_head = [one for one, end in arrows if end == head]
    if any(not near(one, head) for one in into_tail):  # rule 1
        return True
    if any((tail, one) in arrows for one in into_head):  # rule 2
        return True
    beside = [one for one in into_head if line(tail, one)]
    if any(not near(one, other) for one, other in itertools.combinations(beside, 2)):  # rule 3
        return True
    return any(  # rule 4
        line(tail, far) and not near(far, head)
        for one in into_head
        if near(tail, one)
        for far, end in arrows
        if end == one
    )
