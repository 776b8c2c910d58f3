"""Estimates of the direct and indirect effects that a graph identifies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.causal.analysis.result import Analysis
from core.causal.estimation.adjustment import regression
from core.causal.estimation.mediation import natural_effects
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.identification.direct_effects import DirectEffects, direct_effects
from core.causal.identification.identify import Kind
from core.causal.tables.rows import Columns, RowsError

RowsOf = Callable[[Question], tuple[Columns, Question]]  # the columns for a question about nodes, and about columns
DIRECT = "direct effect"


def direct_estimates(analysis: Analysis, rows_of: RowsOf) -> tuple[tuple[Estimate, ...], tuple[str, ...]]:
    """The natural direct and indirect effects, or the direct effect under linear relations alone; and notes, in
    sentences. Both empty if no path is indirect."""
    found = direct_effects(analysis.graph, analysis.exposure, analysis.outcome)
    if found is None or analysis.identification.kind == Kind.SELECTED:
        return (), ()
    if len(analysis.arms) > 2 or analysis.weights:
        what = "weights" if analysis.weights else f"the {len(analysis.arms)} values of {analysis.exposure}"
        return (), (f"Direct and indirect effects are not estimated with {what}.",)
    estimates: tuple[Estimate, ...] = ()
    notes = [direct_sentence(found, analysis.exposure, analysis.outcome)]
    try:
        if found.given is not None:
            estimates = _natural(analysis, rows_of, found, found.given)
        elif found.door is not None:
            estimates = (_by_single_door(analysis, rows_of, found.door),)
    except (EstimateError, RowsError) as error:
        notes.append(f"No direct and indirect effects: {error}")
    return estimates, tuple(notes)


def direct_sentence(found: DirectEffects, exposure: str, outcome: str) -> str:
    """What identifies the direct and indirect effects."""
    mediators = ", ".join(found.mediators)
    if found.given is not None:
        given = f"given {{{', '.join(sorted(found.given))}}}" if found.given else "without covariates"
        effects = f"The natural direct and indirect effects of {exposure} on {outcome} (through {mediators})"
        return f"{effects} are identified {given}."
    sentence = f"The natural effects through {mediators} are not identified, because {found.reason}"
    if found.door is None:
        return f"{sentence}; neither is the direct effect under linear relations."
    door = ", ".join(sorted(found.door))
    return f"{sentence}; if relations are linear, adjusting for {{{door}}} gives the direct effect."


def _natural(analysis: Analysis, rows_of: RowsOf, found: DirectEffects, given: frozenset[str]) -> tuple[Estimate, ...]:
    query = Question(analysis.exposure, analysis.outcome, (*found.mediators, *sorted(given)))
    rows, question = rows_of(query)
    mediators = [
        name
        for name in question.covariates
        if name in found.mediators or any(name.startswith(f"{node} = ") for node in found.mediators)
    ]
    covariates = tuple(name for name in question.covariates if name not in mediators)
    return natural_effects(rows, replace(question, covariates=covariates), mediators)


def _by_single_door(analysis: Analysis, rows_of: RowsOf, door: frozenset[str]) -> Estimate:
    query = Question(analysis.exposure, analysis.outcome, tuple(sorted(door)))
    estimate = regression(*rows_of(query))
    return replace(estimate, method=DIRECT, note=f"adjusted for {', '.join(sorted(door)) or 'nothing'}")
