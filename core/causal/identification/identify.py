"""Whether and how an effect follows from what was measured: by adjustment, a front door, an instrument or a formula.

Adjustment: see ``adjustment_sets``. Front door: Pearl 2009. Formula: Shpitser and Pearl 2006 (ID, complete).
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.causal.graphs.graph import CausalGraph, GraphError
from core.causal.graphs.spelling import near_duplicates
from core.causal.identification.adjustment_sets import (
    forbidden_nodes,
    is_adjustment_set,
    minimal_adjustment_sets,
    optimal_adjustment_set,
)
from core.causal.identification.estimand import Expression, adjustment_formula, equation, names_in
from core.causal.identification.id_algorithm import Hedge, id_formula, simplified
from core.causal.identification.instruments import Instrument, InstrumentSet, instrument_set, instruments
from core.causal.identification.mediators import front_door_sets
from core.causal.identification.reasons import reasons_of
from core.causal.identification.selection import selection_notes

_MOST_INSTRUMENTS = 8


class Kind(StrEnum):
    """How an effect is identified."""

    NO_PATH = "no causal path"
    NOTHING_NEEDED = "nothing needed"
    ADJUSTMENT = "adjustment"
    FORMULA = "formula"
    NOT_IDENTIFIABLE = "not identifiable"
    SELECTED = "not recoverable from selected rows"


_SUMMARIES = {
    Kind.NO_PATH: "No directed path leads from {x} to {y}: the graph says that the effect is 0",
    Kind.NOTHING_NEEDED: "Nothing needs to be adjusted for: the association of {x} and {y} is the effect",
    Kind.ADJUSTMENT: "Adjusting for any one of these sets identifies the effect of {x} on {y}",
    Kind.FORMULA: "No adjustment set identifies the effect of {x} on {y}, but a formula does",
    Kind.NOT_IDENTIFIABLE: "The effect of {x} on {y} can't be identified from the measured variables",
    Kind.SELECTED: "No adjustment of the selected rows identifies the effect of {x} on {y}",
}


@dataclass(frozen=True)
class Identification:
    """How the effect of an exposure on an outcome is identified.

    Attributes:
        exposure, outcome: Nodes.
        kind: In which way the effect is identified.
        sets: Minimal adjustment sets, the smallest first; only the empty set if nothing needs to be adjusted for. If no
            directed path leads to the outcome, adjusting for any of them must give 0, which tests the graph.
        complete: Whether the search ended before its time was up. If not, there may be more adjustment sets, or, if
            there is none, more front-door sets.
        optimal: The adjustment set of least variance; None if one of its nodes is latent or no set is valid.
        front_door: Minimal front-door sets (Pearl 2009), the smallest first; only one if adjustment works as well.
        instruments: Nodes that can serve as instruments.
        instrument_set: Instruments that can serve at once, with their controls; None if there is none.
        formula: The effect in terms of measured variables, by the first of ``sets`` if there is one; None if the effect
            is 0 or not identifiable.
        hedge: What prevents identification; None if the effect is identified.
        reasons: For each node but the exposure and the outcome, what adjusting for it would do.
    """

    exposure: str
    outcome: str
    kind: Kind
    sets: tuple[frozenset[str], ...]
    complete: bool
    optimal: frozenset[str] | None
    front_door: tuple[frozenset[str], ...]
    instruments: tuple[Instrument, ...]
    instrument_set: InstrumentSet | None
    formula: Expression | None
    hedge: Hedge | None
    reasons: dict[str, str]

    @property
    def summary(self) -> str:
        """The answer of the graph, in one sentence without a full stop."""
        return _SUMMARIES[self.kind].format(x=self.exposure, y=self.outcome)

    @property
    def zero_test(self) -> str:
        """How an effect of 0 can be tested, in one sentence without a full stop; empty if there is no such test."""
        if self.kind != Kind.NO_PATH or not self.sets:
            return ""
        if not self.sets[0]:
            return "The association must be 0 without any adjustment, which tests the graph"
        return "Adjusting for any one of these sets must give 0, which tests the graph"

    @property
    def equation(self) -> str | None:
        """The formula as an equation for P(outcome | do(exposure)); None if there is no formula."""
        return None if self.formula is None else equation(self.formula, self.exposure, self.outcome)

    @property
    def needs_formula(self) -> bool:
        """Whether only the formula identifies the effect, and no front door."""
        return self.kind == Kind.FORMULA and self.formula is not None and not self.front_door

    @property
    def formula_nodes(self) -> frozenset[str]:
        """The nodes that appear in the formula."""
        return frozenset() if self.formula is None else names_in(self.formula, bound=True)

    def to_json(self) -> dict:
        """The same as JSON data: sets as sorted lists, the formula as text."""
        return {
            "exposure": self.exposure,
            "outcome": self.outcome,
            "kind": str(self.kind),
            "sets": [sorted(nodes) for nodes in self.sets],
            "complete": self.complete,
            "optimal": None if self.optimal is None else sorted(self.optimal),
            "front_door": [sorted(nodes) for nodes in self.front_door],
            "instruments": [{"node": one.node, "given": sorted(one.given)} for one in self.instruments],
            "instrument_set": self.instrument_set
            and {
                "nodes": list(self.instrument_set.nodes),
                "given": sorted(self.instrument_set.given),
                "optional": sorted(self.instrument_set.optional),
            },
            "formula": self.equation,
            "hedge": self.hedge and {"nodes": sorted(self.hedge.nodes), "root": sorted(self.hedge.root)},
            "reasons": self.reasons,
        }


def identify(
    graph: CausalGraph, exposure: str, outcome: str, latent: Iterable[str] = (), seconds: float = 2.0
) -> Identification:
    """Whether and how the effect of ``exposure`` on ``outcome`` is identified by what was measured.

    Args:
        latent: Unmeasured nodes besides those that the graph marks as latent.
        seconds: The time limit for listing sets. The first set is always found; with 0 seconds the search ends there.

    Raises:
        GraphError: A node is not in the graph, the exposure or outcome is latent, both are the same node, or
            ``seconds`` is negative or infinite.
    """
    if not 0 <= seconds < math.inf:
        raise GraphError(f"The time limit for listing sets must be 0 seconds or more, not {seconds:g}.")
    graph = graph.with_latent(latent)
    check_question(graph, exposure, outcome)
    question, until = (graph, exposure, outcome), time.monotonic() + seconds
    forbidden = forbidden_nodes(*question)
    sets, complete = _collect(minimal_adjustment_sets(*question), until)
    if not graph.causal_nodes(exposure, outcome):
        reasons = reasons_of(*question, forbidden, sets, {})
        return Identification(exposure, outcome, Kind.NO_PATH, sets, complete, None, (), (), None, None, None, reasons)
    if graph.selected:
        return _in_selected_rows(*question, forbidden, sets, complete)
    tools = tuple(itertools.islice(instruments(*question), _MOST_INSTRUMENTS))
    joint = instrument_set(*question, tools)
    if sets:
        kind = Kind.ADJUSTMENT if sets[0] else Kind.NOTHING_NEEDED
        effect: Expression | None = adjustment_formula(exposure, outcome, sets[0])
        doors, _ = _collect(front_door_sets(*question), 0.0)
        optimal, reasons = optimal_adjustment_set(*question), reasons_of(*question, forbidden, sets, {})
        return Identification(
            exposure, outcome, kind, sets, complete, optimal, doors, tools, joint, effect, None, reasons
        )
    result = id_formula(*question)
    doors, complete = _collect(front_door_sets(*question), until)
    hedge = result if isinstance(result, Hedge) else None
    effect = None if isinstance(result, Hedge) else simplified(*question, result)
    kind = Kind.FORMULA if hedge is None else Kind.NOT_IDENTIFIABLE
    reasons = reasons_of(*question, forbidden, (), _uses(effect, doors, tools))
    return Identification(exposure, outcome, kind, (), complete, None, doors, tools, joint, effect, hedge, reasons)


def _in_selected_rows(
    graph: CausalGraph,
    exposure: str,
    outcome: str,
    forbidden: set[str],
    sets: tuple[frozenset[str], ...],
    complete: bool,
) -> Identification:
    """The identification by adjustment alone: the formulas for front doors, instruments and ID take all rows."""
    kind = Kind.SELECTED if not sets else Kind.ADJUSTMENT if sets[0] else Kind.NOTHING_NEEDED
    optimal = optimal_adjustment_set(graph, exposure, outcome) if sets else None
    reasons = reasons_of(graph, exposure, outcome, forbidden, sets, {})
    return Identification(exposure, outcome, kind, sets, complete, optimal, (), (), None, None, None, reasons)


def check_question(graph: CausalGraph, exposure: str, outcome: str) -> None:
    """Refuse a pair of nodes that has no effect to identify.

    Raises:
        GraphError: A node is not in the graph, is latent, or is both exposure and outcome.
    """
    for name, role in ((exposure, "exposure"), (outcome, "outcome")):
        graph.check_node(name)
        if name in graph.latent:
            raise GraphError(f"The {role} {name} is latent; choose a measured node.")
        if name in graph.selected:
            raise GraphError(
                f"The {role} {name} is marked as selected, so it is the same in every row; choose another."
            )
    if exposure == outcome:
        raise GraphError(f"Exposure and outcome are both {exposure}; choose two different nodes.")


def marked_set_notes(graph: CausalGraph, exposure: str, outcome: str) -> tuple[str, ...]:
    """Whether the nodes that the graph marks as adjusted for are an adjustment set, in a sentence; empty if it marks
    none."""
    if not graph.adjusted:
        return ()
    verdict = "identifies" if is_adjustment_set(graph, exposure, outcome, graph.adjusted) else "does not identify"
    marked = ", ".join(sorted(graph.adjusted))
    return (f"The graph marks {marked} as adjusted for. According to the graph, this set {verdict} the effect.",)


def graph_notes(graph: CausalGraph, exposure: str, outcome: str) -> tuple[str, ...]:
    """Notes on a graph without a table, in sentences: how its text was read, the set that it marks, and names that may
    be typos."""
    selection = selection_notes(graph, exposure, outcome)
    return (*graph.notes, *selection, *marked_set_notes(graph, exposure, outcome), *near_duplicates(graph.observed))


def _collect(found: Iterable[frozenset[str] | None], until: float) -> tuple[tuple[frozenset[str], ...], bool]:
    """The sets that are found until the time is up, the smallest first, and whether the search ended. The first set is
    always waited for."""
    sets: set[frozenset[str]] = set()
    for nodes in found:
        sets |= set() if nodes is None else {nodes}
        if sets and time.monotonic() > until:
            return _ordered(sets), False
    return _ordered(sets), True


def _ordered(sets: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    return tuple(sorted(sets, key=lambda nodes: (len(nodes), sorted(nodes))))


def _uses(formula: Expression | None, doors: Iterable[frozenset[str]], tools: Iterable[Instrument]) -> dict[str, str]:
    """What nodes are useful for if no adjustment set identifies the effect."""
    uses = {node: ["a front door leads through it"] for node in sorted(frozenset().union(*doors))}
    for node in sorted(names_in(formula, bound=True)) if formula is not None else ():
        uses.setdefault(node, []).append("it appears in the formula")
    for one in tools:
        uses.setdefault(one.node, []).append("it can serve as an instrument")
        for node in sorted(one.given):
            uses.setdefault(node, []).append(f"{one.node} can serve as an instrument only given it")
    return {node: "; ".join(phrases) for node, phrases in uses.items()}
