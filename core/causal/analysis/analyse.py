"""The analysis of a graph, a table and a question. The command and the page both show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from core.causal.analysis.direct import direct_estimates
from core.causal.analysis.estimators import (
    bounds_of,
    code_exposure,
    estimates_of,
    headline_of,
    is_binary,
    overlap_of,
    unadjusted_estimate,
)
from core.causal.analysis.graph_check import MIN_ROWS, check_graph
from core.causal.analysis.result import Analysis
from core.causal.analysis.row_selection import select_rows
from core.causal.estimation.adjustment import DOUBLY_ROBUST, effect_on_arm
from core.causal.estimation.attribution import attribution_of
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.graphs.graph import CausalGraph
from core.causal.identification.identify import Identification, Kind, identify, marked_set_notes
from core.causal.identification.instruments import InstrumentSet
from core.causal.identification.selection import selection_notes
from core.causal.tables.categories import encode_categories, one_hot
from core.causal.tables.column_mapping import map_columns
from core.causal.tables.rows import Columns, Table
from core.wording import count_of


def analyse(
    graph: CausalGraph,
    table: Table,
    exposure: str,
    outcome: str,
    *,
    latent: Iterable[str] = (),
    mapping: Mapping[str, str] | None = None,
    seconds: float = 2.0,
) -> Analysis:
    """What a graph and a table say about the effect of ``exposure`` on ``outcome``.

    Args:
        latent: Unmeasured nodes besides those that the graph marks as latent.
        mapping: Columns by node, where a column is not called like its node. A node without a column is latent.
        seconds: The time limit for listing sets.

    Raises:
        GraphError: The graph has no such effect.
        RowsError: A required column can't be used.
        EstimateError: The exposure or the outcome is constant, or there are too few rows.
    """
    graph, columns, notes = map_columns(graph.with_latent(latent), table, exposure, outcome, dict(mapping or {}))
    found = identify(graph, exposure, outcome, seconds=seconds)
    conditioned = set().union(*found.sets, found.optimal or (), *found.front_door, found.formula_nodes)
    conditioned = conditioned & set(columns) - {exposure, outcome}
    encoded, categories = encode_categories(table, {node: columns[node] for node in conditioned})
    usable, non_numeric = _numeric_only(found, set(categories))
    selected = select_rows(encoded, usable, columns, exposure, outcome)
    usable, adjusted = selected.identification, selected.adjusted
    data, coding = code_exposure(selected.data, exposure, outcome)
    if (count := len(data[exposure])) < MIN_ROWS:
        raise EstimateError(f"An estimate needs at least {MIN_ROWS} rows, and this table has {count_of(count, 'row')}.")
    data, covariates, category_notes = one_hot(data, adjusted or (), categories)
    question = Question(exposure, outcome, covariates)
    estimates, failures = estimates_of(data, usable, question, adjusted is not None)
    headline = headline_of(estimates)
    untreated, treated = _effects_on_arms(data, question, estimates)
    poor_overlap, overlap_notes = overlap_of(data, question)
    bounds, bound_notes = bounds_of(data, usable, question)
    implications, check_notes = check_graph(graph, table, columns)
    attribution, attribution_notes = attribution_of(data, question, None if found.kind == Kind.NO_PATH else headline)
    analysis = Analysis(
        graph=graph,
        exposure=exposure,
        outcome=outcome,
        mapping=columns,
        identification=found,
        usable=usable,
        adjusted=adjusted,
        covariates=covariates,
        rows=count,
        dropped=selected.dropped,
        binary=is_binary(data[exposure]),
        unadjusted=unadjusted_estimate(data, question),
        estimates=estimates,
        failures=failures,
        headline=headline,
        treated=treated,
        untreated=untreated,
        attribution=attribution,
        bounds=bounds,
        poor_overlap=poor_overlap,
        implications=implications,
        data=data,
        notes=(
            *graph.notes,
            *selection_notes(graph, exposure, outcome),
            *marked_set_notes(graph, exposure, outcome),
            *notes,
            *selected.notes,
            *coding,
            *category_notes,
            *non_numeric,
            *(f"No estimate by {method}: {why}" for method, why in failures.items()),
            *overlap_notes,
            *attribution_notes,
            *bound_notes,
            *check_notes,
        ),
    )
    direct, direct_notes = direct_estimates(analysis, partial(question_rows, analysis, table))
    return replace(analysis, direct=direct, notes=(*analysis.notes, *direct_notes))


def question_rows(analysis: Analysis, table: Table, question: Question) -> tuple[Columns, Question]:
    """The columns for a question about nodes, with a binary exposure coded as 0 and 1, and the question about these
    columns.

    Raises:
        RowsError: A column can't be used.
        EstimateError: The exposure or the outcome is constant.
    """
    named = {node: analysis.mapping[node] for node in (question.exposure, question.outcome, *question.covariates)}
    table, categories = encode_categories(table, {node: named[node] for node in question.covariates})
    columns = table.rows(named.values()).columns
    by_node = {node: columns[column] for node, column in named.items()}
    data, covariates, _ = one_hot(by_node, question.covariates, categories)
    return code_exposure(data, question.exposure, question.outcome)[0], replace(question, covariates=covariates)


def _numeric_only(found: Identification, categorical: set[str]) -> tuple[Identification, list[str]]:
    """The identification without the instrument and the front doors that would take categorical nodes as numbers; they
    can be adjusted for and appear in a formula. And notes, in sentences."""
    found, notes = _numeric_instruments(found, categorical)
    doors = tuple(door for door in found.front_door if not categorical & door)
    if found.front_door and not doors and found.kind != Kind.FORMULA:  # else the formula uses the front door
        through = ", ".join(sorted(categorical & found.front_door[0]))
        notes.append(f"The front door through {through} is not used: it needs numeric columns.")
    return replace(found, front_door=doors), notes


def _numeric_instruments(found: Identification, categorical: set[str]) -> tuple[Identification, list[str]]:
    """The identification with those instruments and controls that are numbers, and a note on what is left out."""
    numeric = tuple(one for one in found.instruments if not categorical & {one.node, *one.given})
    tools = found.instrument_set
    if tools is None:
        return found, []
    if not numeric:
        one = found.instruments[0]
        text = ", ".join(sorted(categorical & {one.node, *one.given}))
        note = f"{one.node} is not used as an instrument: {text} must be numeric for that."
        return replace(found, instruments=(), instrument_set=None), [note]
    if categorical & {*tools.nodes, *tools.given}:
        tools = InstrumentSet((numeric[0].node,), numeric[0].given, frozenset())
    return replace(found, instruments=numeric, instrument_set=replace(tools, optional=tools.optional - categorical)), []


def _effects_on_arms(
    data: Columns, question: Question, estimates: tuple[Estimate, ...]
) -> tuple[Estimate | None, Estimate | None]:
    """The effect on the rows without the exposure and on those with it, with the caveat of the doubly robust estimate;
    None if there is no such estimate."""
    overall = next((one for one in estimates if one.method == DOUBLY_ROBUST), None)
    if overall is None:
        return None, None
    untreated, treated = (replace(effect_on_arm(data, question, arm), caveat=overall.caveat) for arm in (0, 1))
    return untreated, treated
