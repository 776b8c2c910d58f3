"""The PC algorithm: which arrows independences leave possible (Spirtes, Glymour and Scheines 2000; the order of columns
does not matter for the skeleton: Colombo and Maathuis 2014). Independence is tested by Fisher's z: straight lines."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.causal.estimation.question import EstimateError
from core.statistics import fisher_z, partial_correlation

MOST_COLUMNS = 50
_ALIKE = 1 - 1e-9  # a correlation of what says the same


@dataclass(frozen=True)
class Pattern:
    """What is known of a graph: arrows whose direction is known, and lines whose direction is not.

    Attributes:
        nodes: Names.
        arrows: Pairs of a cause and what listens to it.
        lines: Pairs of which one listens to the other; which is not known.
        complete: Whether the time was enough; else there may be too many of both.
    """

    nodes: tuple[str, ...]
    arrows: frozenset[tuple[str, str]]
    lines: frozenset[frozenset[str]]
    complete: bool = True

    @property
    def joined(self) -> frozenset[frozenset[str]]:
        """Pairs that an arrow or a line joins."""
        return self.lines | {frozenset(arrow) for arrow in self.arrows}


Independent = Callable[[str, str, tuple[str, ...]], bool]
_Apart = dict[frozenset[str], frozenset[str]]


def pc(
    nodes: Iterable[str], independent: Independent, seconds: float = 10.0,
    report: Callable[[float], None] = lambda share: None,
) -> Pattern:  # fmt: skip
    """The pattern that independences leave.

    Args:
        independent: Whether two nodes are independent given others.
        seconds: The most that may be spent on tests.
        report: Is told the share of that time that is gone, again and again; what it raises ends the search.
    """
    names, began = tuple(nodes), time.monotonic()

    def up() -> bool:
        gone = time.monotonic() - began
        report(min(1.0, gone / seconds) if seconds > 0 else 1.0)
        return gone > seconds

    joined, apart, complete = _skeleton(names, independent, up)
    arrows = _colliders(names, joined, apart)
    lines = joined - {frozenset(arrow) for arrow in arrows}
    return closed(Pattern(names, frozenset(arrows), frozenset(lines), complete))


def check_columns(columns: Mapping[str, np.ndarray]) -> None:
    """Refuse columns among which no arrows can be sought.

    Raises:
        EstimateError: Fewer than two or more than 50, a constant one, or too few rows.
    """
    if not 2 <= len(columns) <= MOST_COLUMNS:
        raise EstimateError(f"Arrows are sought among 2 to {MOST_COLUMNS} columns, not {len(columns)}; choose some.")
    for name, column in columns.items():
        if len(column) < 10:
            few = "There is only 1 row" if len(column) == 1 else f"There are only {len(column)} rows"
            raise EstimateError(f"{few}; arrows need many more.")
        if column.std() <= 1e-12 * float(np.abs(column).max()):
            raise EstimateError(f"{name} is the same in every row; leave it out.")


def check_apart(columns: Mapping[str, np.ndarray]) -> None:
    """Refuse columns that say the same: given one, the other is independent of everything.

    Raises:
        EstimateError: Names two.
    """
    names, alike = list(columns), np.abs(np.corrcoef(list(columns.values()))) > _ALIKE
    for one, other in np.argwhere(np.triu(alike, 1)):
        raise EstimateError(f"{names[one]} and {names[other]} say the same, but for units; leave one of them out.")


def partial_correlation_test(columns: Mapping[str, np.ndarray], chance: float) -> Independent:
    """A test of partial correlations: independent unless so large a one comes about with less than ``chance``."""
    from scipy.special import ndtri

    place = {name: i for i, name in enumerate(columns)}
    together = np.corrcoef(np.stack(list(columns.values())))
    count, limit = len(next(iter(columns.values()))), float(ndtri(1 - chance / 2))

    def independent(one: str, other: str, given: tuple[str, ...]) -> bool:
        freedom = count - len(given) - 3
        if freedom < 1:
            return False
        chosen = [place[one], place[other], *(place[name] for name in given)]
        left = partial_correlation(together[np.ix_(chosen, chosen)])
        return np.isnan(left) or abs(fisher_z(left, freedom)) <= limit

    return independent


def closed(pattern: Pattern) -> Pattern:
    """The same with every line directed whose other direction would make a cycle or a collider that is not there
    (Meek 1995, rules 1 to 4)."""
    arrows, lines = set(pattern.arrows), set(pattern.lines)
    joined = pattern.joined
    while turned := next((arrow for arrow in _open(lines) if _must(arrow, arrows, lines, joined)), None):
        lines.discard(frozenset(turned))
        arrows.add(turned)
    return Pattern(pattern.nodes, frozenset(arrows), frozenset(lines), pattern.complete)


def _skeleton(names: tuple[str, ...], independent: Independent, up: Callable[[], bool]):
    """Pairs that nothing separates, what separates the others, and whether the time was enough."""
    joined = {frozenset(pair) for pair in itertools.combinations(names, 2)}
    apart: _Apart = {}
    for size in range(len(names) - 1):
        near = {name: sorted(n for pair in joined if name in pair for n in pair if n != name) for name in names}
        if all(len(others) <= size for others in near.values()):
            break
        for one, other in itertools.permutations(names, 2):
            pair = frozenset((one, other))
            if pair not in joined:
                continue
            for given in itertools.combinations([name for name in near[one] if name != other], size):
                if up():
                    return joined, apart, False
                if independent(one, other, given):
                    joined.discard(pair)
                    apart[pair] = frozenset(given)
                    break
    return joined, apart, True


def _colliders(names: tuple[str, ...], joined: set[frozenset[str]], apart: _Apart) -> set[tuple[str, str]]:
    """Arrows into nodes that tie two others together although they did not separate them."""
    arrows: set[tuple[str, str]] = set()
    for middle in names:
        near = [name for name in names if frozenset((name, middle)) in joined]
        for one, other in itertools.combinations(near, 2):
            pair = frozenset((one, other))
            if pair in joined or middle in apart.get(pair, frozenset([middle])):
                continue
            if (middle, one) not in arrows and (middle, other) not in arrows:  # of two that clash the first stays
                arrows |= {(one, middle), (other, middle)}
    return arrows


def _open(lines: set[frozenset[str]]) -> list[tuple[str, str]]:
    return [pair for line in sorted(map(sorted, lines)) for pair in itertools.permutations(line)]


def _must(arrow: tuple[str, str], arrows: set, lines: set, joined: frozenset) -> bool:
    """Whether Meek's rules direct a line this way."""
    tail, head = arrow

    def line(one: str, other: str) -> bool:
        return frozenset((one, other)) in lines

    def near(one: str, other: str) -> bool:
        return frozenset((one, other)) in joined

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
        line(tail, far) and not near(far, head) for one in into_head if near(tail, one)
        for far, end in arrows if end == one
    )  # fmt: skip
