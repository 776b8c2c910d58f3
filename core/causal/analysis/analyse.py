"""The analysis of a graph, a table and a question. The command and the page both show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from core.causal.analysis.choices import NO_CHOICES, Choices
from core.causal.analysis.coding import code_exposure, code_outcome
from core.causal.analysis.cross_fit import with_cross_fitting
from core.causal.analysis.direct import direct_estimates
from core.causal.analysis.estimators import (
    bounds_of,
    effects_on_arms,
    estimates_of,
    headline_of,
    overlap_of,
    unadjusted_estimate,
)
from core.causal.analysis.graph_check import check_graph, few_rows_sentence
from core.causal.analysis.result import Analysis
from core.causal.analysis.row_selection import select_rows
from core.causal.analysis.subgroups import contrasts_of, group_indices, subgroups_of
from core.causal.estimation.attribution import attribution_of
from core.causal.estimation.balance import balance_of
from core.causal.estimation.cells import CELLS
from core.causal.estimation.clusters import check_clusters, clustered
from core.causal.estimation.indirect import FRONT_DOOR, TWO_STAGES
from core.causal.estimation.linearity import find_bends
from core.causal.estimation.plug_in import FORMULA
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.graphs.graph import CausalGraph
from core.causal.identification.identify import Identification, Kind, identify, marked_set_notes
from core.causal.identification.selection import selection_notes
from core.causal.tables.categories import encode_categories, one_hot
from core.causal.tables.column_mapping import map_columns
from core.causal.tables.rows import Columns, RowsError, Table, variant_notes

_WEIGHTS, _CLUSTER, _GROUP = "weights of the rows", "cluster of the rows", "group of the rows"


def analyse(
    graph: CausalGraph,
    table: Table,
    exposure: str,
    outcome: str,
    *,
    latent: Iterable[str] = (),
    mapping: Mapping[str, str] | None = None,
    seconds: float = 2.0,
    choices: Choices = NO_CHOICES,
    report: Callable[[float], None] = lambda share: None,
) -> Analysis:
    """What a graph and a table say about the effect of ``exposure`` on ``outcome``, with a cross-fitted estimate if the
    rows contradict straight lines.

    Args:
        latent: Unmeasured nodes besides those that the graph marks as latent.
        mapping: Columns by node, where a column is not called like its node. A node without a column is latent.
        seconds: The time limit for listing sets.
        choices: What the user chooses about columns.
        report: Receives the share of the work that is done; an exception that it raises ends the work.

    Raises:
        GraphError: The graph has no such effect.
        RowsError: A required column can't be used.
        EstimateError: The exposure or the outcome is constant, or there are too few rows.
    """
    quick = quick_analysis(
        graph, table, exposure, outcome, latent=latent, mapping=mapping, seconds=seconds, choices=choices
    )
    return with_cross_fitting(quick, report) if quick.needs_cross_fitting else quick


def quick_analysis(
    graph: CausalGraph,
    table: Table,
    exposure: str,
    outcome: str,
    *,
    latent: Iterable[str] = (),
    mapping: Mapping[str, str] | None = None,
    seconds: float = 2.0,
    choices: Choices = NO_CHOICES,
) -> Analysis:
    """The same without a cross-fitted estimate, which takes seconds; ``needs_cross_fitting`` says whether one is due.

    Raises:
        GraphError, RowsError, EstimateError: As ``analyse``.
    """
    graph, columns, notes = map_columns(graph.with_latent(latent), table, exposure, outcome, dict(mapping or {}))
    for node in (*choices.categorical, *choices.numeric):
        graph.check_node(node)
    found = identify(graph, exposure, outcome, seconds=seconds)
    marked = {*choices.categorical, *graph.categorical} - set(choices.numeric)
    conditioned = set().union(*found.sets, found.optimal or (), *found.front_door, found.formula_nodes)
    conditioned |= _instrument_nodes(found)
    conditioned = conditioned & set(columns) - {exposure, outcome}
    encoded, categories = encode_categories(table, {node: columns[node] for node in conditioned}, marked)
    encoded, of_exposure = encode_categories(encoded, {exposure: columns[exposure]}, marked, fewest=2)
    encoded, outcome_notes = code_outcome(encoded, outcome, columns[outcome], choices.event)
    encoded, extra = _extra_columns(encoded, choices, columns)
    usable, left_out = _numeric_only(found, set(categories), len(of_exposure.get(exposure, ())) > 2)
    selected = select_rows(encoded, usable, columns, exposure, outcome, extra)
    usable, adjusted = selected.identification, selected.adjusted
    coded = code_exposure(selected.data, exposure, outcome, of_exposure.get(exposure), choices, adjusted is not None)
    count = len(selected.data[exposure])
    if few := few_rows_sentence(count):
        raise EstimateError(few)
    numeric = {*choices.numeric} if choices.numeric else set()
    data, covariates, category_notes = one_hot(coded.data, adjusted or (), categories, numeric)
    data, usable, tool_notes = _with_indicators(data, usable, adjusted or (), covariates, categories)
    question = Question(exposure, outcome, covariates, coded.arms, _WEIGHTS if _WEIGHTS in extra else "")
    usable, choice_notes = _without_weights(usable, question)
    clusters = data.get(_CLUSTER) if _CLUSTER in extra else None
    if clusters is not None:
        check_clusters(clusters)
        choice_notes.append(
            f"The intervals allow for {len(np.unique(clusters)):,} clusters by {choices.cluster} (Liang and Zeger 1986)"
            + ("; with so few they are rough." if len(np.unique(clusters)) < 30 else ".")
        )
    estimates, failures = estimates_of(data, usable, question, adjusted is not None)
    estimates = _in_clusters(estimates, clusters)
    headline = headline_of(estimates)
    bends = None
    if adjusted is not None and not any(one.method == CELLS for one in estimates):
        bends = find_bends(data, question, bool(coded.arms))
    untreated, treated = effects_on_arms(data, question, estimates)
    poor_overlap, overlap_notes = overlap_of(data, question)
    bounds, bound_notes = bounds_of(data, usable, question)
    implications, check_notes = check_graph(graph, table, columns)
    attribution, attribution_notes = attribution_of(data, question, None if found.kind == Kind.NO_PATH else headline)
    group_names, group_notes = group_indices(table, columns, choices.by, graph, exposure)
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
        binary=bool(coded.arms),
        unadjusted=_in_clusters((unadjusted_estimate(data, question),), clusters)[0],
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
        arms=coded.arms,
        weights=question.weights,
        choices=choices,
        bends=bends,
        balance=balance_of(data, question) if coded.arms and covariates else (),
        clusters=clusters,
        groups=data.get(_GROUP) if _GROUP in extra else None,
        group_names=group_names,
        notes=(
            *graph.notes,
            *selection_notes(graph, exposure, outcome),
            *marked_set_notes(graph, exposure, outcome),
            *table.notes,
            *notes,
            *coded.notes,
            *outcome_notes,
            *variant_notes(table, {node: columns[node] for node in (exposure, outcome, *(adjusted or ()))}),
            *selected.notes,
            *category_notes,
            *tool_notes,
            *left_out,
            *choice_notes,
            *group_notes,
            *(f"No estimate by {method}: {why}" for method, why in failures.items()),
            *overlap_notes,
            *attribution_notes,
            *bound_notes,
            *check_notes,
        ),
    )
    analysis = replace(analysis, contrasts=contrasts_of(analysis))
    analysis = replace(analysis, subgroups=subgroups_of(analysis))
    direct, direct_notes = direct_estimates(analysis, partial(question_rows, analysis, table))
    return replace(analysis, direct=direct, notes=(*analysis.notes, *direct_notes))


def question_rows(analysis: Analysis, table: Table, question: Question) -> tuple[Columns, Question]:
    """The columns for a question about nodes, coded as in the analysis, and the question about these columns.

    Raises:
        RowsError: A column can't be used.
        EstimateError: The exposure or the outcome is constant.
    """
    x, y, choices = question.exposure, question.outcome, analysis.choices
    named = {node: analysis.mapping[node] for node in (x, y, *question.covariates)}
    marked = {*choices.categorical, *analysis.graph.categorical} - set(choices.numeric)
    table, categories = encode_categories(table, {node: named[node] for node in question.covariates}, marked)
    table, of_exposure = encode_categories(table, {x: named[x]}, marked, fewest=2)
    if y == analysis.outcome:
        table, _ = code_outcome(table, y, named[y], choices.event)
    table, extra = _extra_columns(table, choices, analysis.mapping)
    named |= extra
    columns = table.rows(named.values()).columns
    by_node = {node: columns[column] for node, column in named.items()}
    same = choices
    if analysis.arms:
        same = replace(choices, reference=analysis.arms[0], arm=analysis.arms[1])
    coded = code_exposure(by_node, x, y, of_exposure.get(x), same, bool(analysis.arms))
    data, covariates, _ = one_hot(coded.data, question.covariates, categories, choices.numeric)
    return data, replace(question, covariates=covariates, arms=coded.arms, weights=analysis.weights)


def _extra_columns(table: Table, choices: Choices, columns: Mapping[str, str]) -> tuple[Table, dict[str, str]]:
    """The table with columns of weights, clusters and groups as numbers, and their names by what they are for.

    Raises:
        RowsError: There is no such column, or weights are not positive.
    """
    extra = {}
    if choices.weights:
        name = columns.get(choices.weights, choices.weights)
        weights = table.rows([name]).columns[name]
        if (weights <= 0).any():
            raise RowsError(f"The weights in {name} must be larger than 0; leave out the other rows.")
        extra[_WEIGHTS] = name
    added = {}
    for label, chosen in ((_CLUSTER, choices.cluster), (_GROUP, choices.by)):
        if chosen:
            name = columns.get(chosen, chosen)
            added[label] = table.indices(name)[0]
            extra[label] = label
    return Table({**table.columns, **added}, table.count, table.notes), extra


def _without_weights(usable: Identification, question: Question) -> tuple[Identification, list[str]]:
    """The identification without what can't use weights, and notes, in sentences."""
    if not question.weights:
        return usable, []
    dropped = {FRONT_DOOR: usable.front_door, FORMULA: usable.needs_formula, TWO_STAGES: usable.instruments}
    notes = [f"No estimate by {name}: it can't use weights." for name, there in dropped.items() if there]
    return replace(usable, front_door=(), formula=None, instruments=(), instrument_set=None), notes


def _instrument_nodes(found: Identification) -> set[str]:
    """The nodes of the instruments and their controls."""
    tools = found.instrument_set
    return set() if tools is None else {*tools.nodes, *tools.given, *tools.optional}


def _with_indicators(
    data: Columns,
    usable: Identification,
    adjusted: Iterable[str],
    covariates: tuple[str, ...],
    categories: Mapping[str, tuple[str, ...]],
) -> tuple[dict[str, np.ndarray], Identification, list[str]]:
    """The columns and the instruments with indicators in place of categories, and notes, in sentences.

    Args:
        adjusted, covariates: The adjustment set, and its columns, which have indicators already.
    """
    tools, columns = usable.instrument_set, dict(data)
    notes: list[str] = []
    if tools is None:
        return columns, usable, notes
    indicators: dict[str, tuple[str, ...]] = {}
    for node in sorted(_instrument_nodes(usable)):
        if node not in categories:
            indicators[node] = (node,)
        elif node in adjusted:
            indicators[node] = tuple(name for name in covariates if name.startswith(f"{node} = "))
        elif node in columns:
            columns, indicators[node], more = one_hot(columns, [node], categories)
            notes += more
    nodes = tuple(name for node in tools.nodes for name in indicators.get(node, ()))
    given, optional = (
        frozenset(name for node in part for name in indicators.get(node, ())) for part in (tools.given, tools.optional)
    )
    return columns, replace(usable, instrument_set=replace(tools, nodes=nodes, given=given, optional=optional)), notes


def _in_clusters(estimates: tuple[Estimate, ...], clusters: np.ndarray | None) -> tuple[Estimate, ...]:
    return estimates if clusters is None else tuple(clustered(one, clusters) for one in estimates)


def _numeric_only(found: Identification, categorical: set[str], several_arms: bool) -> tuple[Identification, list[str]]:
    """The identification without the instrument and the front doors that would take categorical nodes as numbers; they
    can be adjusted for and appear in a formula. And notes, in sentences.

    Args:
        several_arms: Whether the exposure has more than two arms.
    """
    notes = []
    if several_arms and found.instruments:
        notes.append(
            f"{found.instruments[0].node} is not used as an instrument: {found.exposure} must be numeric for that."
        )
        found = replace(found, instruments=(), instrument_set=None)
    doors = tuple(door for door in found.front_door if not categorical & door and not several_arms)
    if found.front_door and not doors and found.kind != Kind.FORMULA:  # else the formula uses the front door
        through = ", ".join(sorted(categorical & found.front_door[0]))
        notes.append(f"The front door through {through} is not used: it needs numeric columns.")
    return replace(found, front_door=doors), notes
