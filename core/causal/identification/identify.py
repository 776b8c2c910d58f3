"""Can an effect be worked out from what is observed, and how? Adjustment, front-door, instruments, and the rest by ID.

The graphical rules: Shpitser, VanderWeele and Robins 2010 (adjustment criterion, complete), van der Zander, Liskiewicz
and Textor 2019 (separators), Henckel, Perkovic and Maathuis 2022 (the set of least variance), Pearl 2009 (front-door),
Shpitser and Pearl 2006 (ID, complete).
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import networkx as nx

from core.causal.graphs.graph import CausalGraph, GraphError
from core.causal.graphs.spelling import near_duplicates
from core.causal.identification.estimand import Expression, adjusted, names_in, told
from core.causal.identification.id_algorithm import Hedge, identified, leanest
from core.causal.identification.mediators import front_doors
from core.causal.identification.reasons import reasons_of

NO_PATH, NOTHING_NEEDED, ADJUSTMENT, FORMULA, NOT_IDENTIFIABLE = (
    "no causal path", "nothing needed", "adjustment", "formula", "not identifiable"
)  # fmt: skip
_MOST_INSTRUMENTS = 8


@dataclass(frozen=True)
class Instrument:
    """A node that moves the exposure and the outcome only through it, given others. With it, effects that are the same
    for everybody, or those of people who follow it, can be estimated; the mean effect in general can't."""

    node: str
    given: frozenset[str]


@dataclass(frozen=True)
class Identification:
    """What can be done.

    Attributes:
        exposure, outcome: What was asked.
        kind: ``no causal path`` (the graph says that the effect is 0), ``nothing needed``, ``adjustment`` (for any of
            ``sets``), ``formula`` (not by adjustment, but so) or ``not identifiable``.
        sets: Minimal adjustment sets, the smallest first; the empty set alone where nothing is needed.
        complete: Whether these are all of them, and all front doors where there are none: the search has a time budget.
        optimal: The adjustment set of least variance; None where some of it is latent, or no set works.
        front_door: Minimal sets of mediators by which Pearl's front-door formula works, the smallest first; where
            adjustment works as well, one of them.
        instruments: What could serve as one.
        formula: The effect in terms of what is observed, by the first of ``sets`` where there are any; None where there
            is none.
        hedge: Where it can't be identified: the nodes that stand in the way.
        reasons: For each node but exposure and outcome, what adjusting for it would do.
    """

    exposure: str
    outcome: str
    kind: str
    sets: tuple[frozenset[str], ...]
    complete: bool
    optimal: frozenset[str] | None
    front_door: tuple[frozenset[str], ...]
    instruments: tuple[Instrument, ...]
    formula: Expression | None
    hedge: Hedge | None
    reasons: dict[str, str]

    @property
    def needs_formula(self) -> bool:
        """Whether it takes the whole formula to get the effect."""
        return self.kind == FORMULA and self.formula is not None and not self.front_door

    @property
    def in_formula(self) -> frozenset[str]:
        """The nodes that the formula mentions."""
        return frozenset() if self.formula is None else names_in(self.formula, bound=True)

    def to_json(self) -> dict:
        """Plain data: sets as sorted lists, the formula as text."""
        return {
            "exposure": self.exposure, "outcome": self.outcome, "kind": self.kind,
            "sets": [sorted(one) for one in self.sets], "complete": self.complete,
            "optimal": None if self.optimal is None else sorted(self.optimal),
            "front_door": [sorted(one) for one in self.front_door],
            "instruments": [{"node": one.node, "given": sorted(one.given)} for one in self.instruments],
            "formula": self.formula and told(self.formula, self.exposure, self.outcome),
            "hedge": self.hedge and {"nodes": sorted(self.hedge.nodes), "root": sorted(self.hedge.root)},
            "reasons": self.reasons,
        }  # fmt: skip


def identify(
    graph: CausalGraph, exposure: str, outcome: str, latent: Iterable[str] = (), seconds: float = 2.0
) -> Identification:
    """Find out whether and how the effect of ``exposure`` on ``outcome`` can be worked out from what is observed.

    Args:
        latent: Nodes that nobody has measured, besides those that the graph calls so.
        seconds: The most that may be spent on listing sets. The first is found at once: with 0 seconds it is all that
            is looked for, and ``complete`` tells whether there may be more.

    Raises:
        GraphError: A node is not there, is latent where it must be observed, or both are the same; no such time.
    """
    if not 0 <= seconds < math.inf:
        raise GraphError(f"The time for listing sets must be 0 seconds or more, not {seconds:g}.")
    graph = graph.with_latent(latent)
    check_question(graph, exposure, outcome)
    named, until = (graph, exposure, outcome), time.monotonic() + seconds
    never = forbidden(*named)
    if not graph.causal_nodes(exposure, outcome):
        reasons = reasons_of(*named, never, (), {})
        return Identification(exposure, outcome, NO_PATH, (), True, None, (), (), None, None, reasons)
    sets, complete = _listed(_minimal_sets(*named), until)
    instruments = tuple(itertools.islice(_instruments(*named), _MOST_INSTRUMENTS))
    if sets:
        kind, formula = ADJUSTMENT if sets[0] else NOTHING_NEEDED, adjusted(exposure, outcome, sets[0])
        doors, _ = _listed(front_doors(*named), 0.0)
        optimal, reasons = _optimal(*named), reasons_of(*named, never, sets, {})
        return Identification(
            exposure, outcome, kind, sets, complete, optimal, doors, instruments, formula, None, reasons
        )
    found = identified(*named)
    doors, complete = _listed(front_doors(*named), until)
    hedge, formula = (found, None) if isinstance(found, Hedge) else (None, leanest(*named, found))
    kind = FORMULA if hedge is None else NOT_IDENTIFIABLE
    reasons = reasons_of(*named, never, (), _uses(formula, doors, instruments))
    return Identification(exposure, outcome, kind, (), complete, None, doors, instruments, formula, hedge, reasons)


def check_question(graph: CausalGraph, exposure: str, outcome: str) -> None:
    """Refuse what can't be asked.

    Raises:
        GraphError: Says why.
    """
    for name, role in ((exposure, "exposure"), (outcome, "outcome")):
        graph.check_node(name)
        if name in graph.latent:
            raise GraphError(f"The {role} {name} is latent; it must be something that was measured.")
    if exposure == outcome:
        raise GraphError(f"Exposure and outcome are both {exposure}; choose two different nodes.")


def backdoor_graph(graph: CausalGraph, exposure: str, outcome: str) -> CausalGraph:
    """The proper back-door graph: without the first arrow of every causal path."""
    causal = graph.causal_nodes(exposure, outcome)
    return graph.without((exposure, node) for node in causal)


def forbidden(graph: CausalGraph, exposure: str, outcome: str) -> set[str]:
    """What may not be adjusted for whatever else is: the exposure, causal paths, and what descends from them."""
    return graph.descendants(graph.causal_nodes(exposure, outcome)) | {exposure}


def is_adjustment_set(graph: CausalGraph, exposure: str, outcome: str, nodes: Iterable[str]) -> bool:
    """Whether adjusting for some nodes gives the effect, by the adjustment criterion."""
    chosen = set(nodes)
    if chosen & (forbidden(graph, exposure, outcome) | {outcome} | graph.latent):
        return False
    return backdoor_graph(graph, exposure, outcome).is_d_separated(exposure, outcome, chosen)


def marked_told(graph: CausalGraph, exposure: str, outcome: str) -> tuple[str, ...]:
    """What to tell of the nodes that the graph marks as adjusted for, in a sentence; none where it marks none."""
    if not graph.adjusted:
        return ()
    right = is_adjustment_set(graph, exposure, outcome, graph.adjusted)
    told = "the effect is found so" if right else "the effect is not found so"
    return (f"The graph marks as adjusted for: {', '.join(sorted(graph.adjusted))}; by the graph {told}.",)


def noticed(graph: CausalGraph, exposure: str, outcome: str) -> tuple[str, ...]:
    """What to tell of a graph for which there is no table, in sentences: what it marks, and names that may be typos."""
    return (*marked_told(graph, exposure, outcome), *near_duplicates(graph.observed))


def _listed(found: Iterable[frozenset[str] | None], until: float) -> tuple[tuple[frozenset[str], ...], bool]:
    """What is found until the time is up, the smallest first, and whether that is all. One is waited for."""
    sets: set[frozenset[str]] = set()
    for one in found:
        sets |= set() if one is None else {one}
        if sets and time.monotonic() > until:
            return _ordered(sets), False
    return _ordered(sets), True


def _minimal_sets(graph: CausalGraph, exposure: str, outcome: str) -> Iterator[frozenset[str] | None]:
    """Minimal adjustment sets as they are found, the first at once; None for a step that found none."""
    apart = backdoor_graph(graph, exposure, outcome).directed
    allowed = set(graph.nodes) - forbidden(graph, exposure, outcome) - {outcome} - graph.latent
    for separator in _separators(apart, exposure, outcome, set(), allowed):
        minimal = separator is not None and nx.is_minimal_d_separator(apart, exposure, outcome, set(separator))
        yield separator if minimal else None


def _uses(
    formula: Expression | None, doors: Iterable[frozenset[str]], instruments: Iterable[Instrument]
) -> dict[str, str]:
    """What nodes are good for, though not to be adjusted for."""
    uses = {node: ["a front door goes through it"] for node in sorted(frozenset().union(*doors))}
    for node in sorted(names_in(formula, bound=True)) if formula is not None else ():
        uses.setdefault(node, []).append("it stands in the formula")
    for one in instruments:
        uses.setdefault(one.node, []).append("it can serve as an instrument")
        for node in sorted(one.given):
            uses.setdefault(node, []).append(f"the instrument {one.node} needs it")
    return {node: "; ".join(told) for node, told in uses.items()}


def _separators(
    apart: nx.DiGraph, one: str, other: str, within: set[str], allowed: set[str]
) -> Iterator[frozenset[str] | None]:
    """Separators that hold all of ``within`` and nothing but ``allowed``, each followed by those with and those without
    one of its nodes; None where a branch has none. Every minimal one is among them."""
    found = nx.find_minimal_d_separator(apart, {one}, {other}, included=within, restricted=allowed)
    if found is None:
        yield None
        return
    yield frozenset(found)
    open_nodes = sorted(found - within)
    if open_nodes:
        yield from _separators(apart, one, other, within, allowed - {open_nodes[0]})
        yield from _separators(apart, one, other, within | {open_nodes[0]}, allowed)


def _ordered(sets: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    return tuple(sorted(sets, key=lambda nodes: (len(nodes), sorted(nodes))))


def _optimal(graph: CausalGraph, exposure: str, outcome: str) -> frozenset[str] | None:
    """Parents of the causal nodes that may be adjusted for: no valid set gives less variance (Henckel et al. 2022)."""
    causal = graph.causal_nodes(exposure, outcome)
    parents = set().union(*(graph.parents(node) for node in causal)) - forbidden(graph, exposure, outcome)
    usable = not parents & graph.latent and is_adjustment_set(graph, exposure, outcome, parents)
    return frozenset(parents) if usable else None


def _instruments(graph: CausalGraph, exposure: str, outcome: str) -> Iterator[Instrument]:
    """Nodes that could serve as instruments, each with a set that it needs (Brito and Pearl 2002). What listens to the
    exposure is left out: by the letter it can be one, but only where adjustment works as well."""
    apart = backdoor_graph(graph, exposure, outcome)
    late = graph.descendants([exposure, outcome])
    for node in graph.observed:
        if node in late or node == outcome:
            continue
        allowed = set(graph.observed) - late - graph.descendants([node]) - {outcome}
        given = nx.find_minimal_d_separator(apart.directed, {node}, {outcome}, restricted=allowed)
        if given is not None and not graph.is_d_separated(node, exposure, given):
            yield Instrument(node, frozenset(given))
