"""A graph, a table and a question: all that can be said, in one place. The command and the page both show this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from core.causal.analysis.estimators import (
    asked_of,
    bounds_of,
    coded,
    estimates_of,
    headline_of,
    methods_of,
    overlap_told,
    raw_estimate,
)
from core.causal.analysis.graph_check import LEAST_ROWS, held_against
from core.causal.analysis.row_selection import chosen_rows
from core.causal.estimation.adjustment import on_arm
from core.causal.estimation.attribution import Attribution, attribution_of
from core.causal.estimation.bounds import Bounds
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.estimation.refuters import Method, MissingCause, missing_cause
from core.causal.graphs.graph import CausalGraph
from core.causal.identification.identify import FORMULA, Identification, identify, marked_told
from core.causal.identification.implications import SIGNIFICANCE, Implication
from core.causal.tables.categories import apart, numbered
from core.causal.tables.column_mapping import matched
from core.causal.tables.rows import Columns, Table


@dataclass(frozen=True)
class Analysis:
    """All that a graph and a table say of an effect.

    Attributes:
        graph: With what is latent because it has no column.
        exposure, outcome: Nodes.
        mapping: The column that stands for each observed node.
        identification: What the graph says.
        usable: The same without what the columns do not allow.
        adjusted: What the estimates adjust for; None where no adjustment gives the effect.
        covariates: The columns of ``data`` by which they do: more than one for text of a few kinds.
        rows, dropped: How many rows count, and how many fell out for want of a value.
        binary: Whether the exposure has two values, 0 and 1.
        raw: What is seen, adjusted for nothing.
        estimates: All that apply; ``method`` tells them apart.
        headline: The one to quote; None where there is none.
        treated, untreated: The effect on those with the exposure (ATT) and on those without (ATU); None where the
            exposure is not binary, nothing can be adjusted for, or there are too few rows.
        attribution: Whether it was the exposure that did it; None where exposure or outcome is not binary, or no means
            are known.
        bounds: Where the effect can't be identified: how low and how high it can be.
        overlap: The share of rows with hardly anybody to compare with; None where that makes no sense.
        implications: Independences that the graph demands, the most contradicted first.
        notes: What was noticed and done, in sentences.
        data: The columns by node, float64 ``[rows]``.
    """

    graph: CausalGraph
    exposure: str
    outcome: str
    mapping: dict[str, str]
    identification: Identification
    usable: Identification
    adjusted: tuple[str, ...] | None
    covariates: tuple[str, ...]
    rows: int
    dropped: int
    binary: bool
    raw: Estimate
    estimates: tuple[Estimate, ...]
    headline: Estimate | None
    treated: Estimate | None
    untreated: Estimate | None
    attribution: Attribution | None
    bounds: tuple[Bounds, ...]
    overlap: float | None
    implications: tuple[Implication, ...]
    notes: tuple[str, ...]
    data: Columns = field(repr=False, compare=False)

    @property
    def question(self) -> Question:
        """What is asked of ``data``."""
        return Question(self.exposure, self.outcome, self.covariates)

    @property
    def quoted(self) -> tuple[Method, Question]:
        """How the headline was found, and the question as that takes it. There must be one."""
        name = self.headline.method
        return methods_of(self.usable, self.binary, self.adjusted is not None)[name], asked_of(name, self.question)

    @property
    def contradicted(self) -> int:
        """How many implications the rows contradict at 5 %."""
        return sum(one.chance < SIGNIFICANCE for one in self.implications)

    @property
    def expected(self) -> float:
        """How many of them would be contradicted by chance if the graph were right."""
        return SIGNIFICANCE * len(self.implications)

    @property
    def missing_cause(self) -> MissingCause | None:
        """How strong a hidden cause would have to be; None where nothing is adjusted for."""
        if self.adjusted is None:
            return None
        try:
            return missing_cause(self.data, self.question, self.headline)
        except EstimateError:
            return None

    def to_json(self) -> dict:
        """Plain data; numbers that are not finite are None."""
        return finite({
            "exposure": self.exposure, "outcome": self.outcome, "mapping": self.mapping,
            "latent": sorted(self.graph.latent), "identification": self.identification.to_json(),
            "adjusted": None if self.adjusted is None else list(self.adjusted),
            "rows": self.rows, "dropped": self.dropped, "binary": self.binary, "raw": _plain(self.raw),
            "estimates": [_plain(one) for one in self.estimates],
            "headline": self.headline and self.headline.method, "treated": self.treated and _plain(self.treated),
            "untreated": self.untreated and _plain(self.untreated), "bounds": [asdict(one) for one in self.bounds],
            "attribution": self.attribution and self.attribution.to_json(),
            "overlap": self.overlap, "contradicted": self.contradicted, "expected": self.expected,
            "implications": [{**asdict(one), "given": list(one.given)} for one in self.implications],
            "missing_cause": asdict(missing) if (missing := self.missing_cause) else None, "notes": list(self.notes),
        })  # fmt: skip


def analyse(
    graph: CausalGraph, table: Table, exposure: str, outcome: str, *, latent: Iterable[str] = (),
    mapping: Mapping[str, str] | None = None, seconds: float = 2.0,
) -> Analysis:  # fmt: skip
    """Say all that a graph and a table say of the effect of ``exposure`` on ``outcome``.

    Args:
        latent: Nodes that nobody has measured, besides those that the graph calls so.
        mapping: The column that stands for a node, where it is called otherwise. A node without a column is latent.
        seconds: The most that may be spent on listing sets.

    Raises:
        GraphError: The question makes no sense in this graph.
        RowsError: A column that is needed can't be used.
        EstimateError: Exposure or outcome is the same in every row, or there are too few rows.
    """
    graph, columns, notes = matched(graph.with_latent(latent), table, exposure, outcome, dict(mapping or {}))
    found = identify(graph, exposure, outcome, seconds=seconds)
    told_apart = set().union(*found.sets, found.optimal or (), *found.front_door, found.in_formula)
    told_apart = told_apart & set(columns) - {exposure, outcome}
    spelled, kinds = numbered(table, {node: columns[node] for node in told_apart})
    usable, left_out = _without(found, set(kinds))
    chosen = chosen_rows(spelled, usable, columns, exposure, outcome)
    data, coding = coded(chosen.data, exposure, outcome)
    if (count := len(data[exposure])) < LEAST_ROWS:
        raise EstimateError(f"There are {count} rows; an estimate needs at least {LEAST_ROWS}.")
    data, covariates, of_kinds = apart(data, chosen.adjusted or (), kinds)
    question = Question(exposure, outcome, covariates)
    estimates, missing = estimates_of(data, chosen.found, question, chosen.adjusted is not None)
    share, comparing = overlap_told(data, question)
    bounds, bounding = bounds_of(data, chosen.found, question)
    implications, implied = held_against(graph, table, columns)
    untreated, treated = _on_arms(data, question, estimates)
    headline = headline_of(estimates)
    attribution, blaming = attribution_of(data, question, headline)
    return Analysis(
        graph, exposure, outcome, columns, found, chosen.found, chosen.adjusted, covariates, count, chosen.dropped,
        bool(np.isin(data[exposure], (0, 1)).all()), raw_estimate(data, question), estimates, headline,
        treated, untreated, attribution, bounds, share, implications,
        (*marked_told(graph, exposure, outcome), *notes, *chosen.notes, *coding, *of_kinds, *left_out, *missing,
         *comparing, *blaming, *bounding, *implied), data,
    )  # fmt: skip


def question_rows(analysis: Analysis, table: Table, question: Question) -> tuple[Columns, Question]:
    """The columns that a question about nodes needs, an exposure of two values as 0 and 1, and the question of these
    columns.

    Raises:
        RowsError: One of them can't be used.
        EstimateError: Exposure or outcome is the same in every row.
    """
    named = {node: analysis.mapping[node] for node in (question.exposure, question.outcome, *question.covariates)}
    table, kinds = numbered(table, {node: named[node] for node in question.covariates})
    columns = table.rows(named.values()).columns
    data, covariates, _ = apart({node: columns[column] for node, column in named.items()}, question.covariates, kinds)
    return coded(data, question.exposure, question.outcome)[0], replace(question, covariates=covariates)


def _without(found: Identification, kinds: set[str]) -> tuple[Identification, list[str]]:
    """The identification without the instrument and the front door that take nodes of ``kinds`` for numbers; they can
    be adjusted for, and stand in a formula. And what to tell of it."""
    told = []
    for one in found.instruments[:1]:
        if text := sorted(kinds & {one.node, *one.given}):
            needed = f"where {', '.join(text)} would have to be numbers, not text"
            told.append(f"Left out: {one.node} as an instrument, {needed}.")
            found = replace(found, instruments=())
    doors = tuple(door for door in found.front_door if not kinds & door)
    if found.front_door and not doors and found.kind != FORMULA:  # else the formula goes through one
        text = ", ".join(sorted(kinds & found.front_door[0]))
        told.append(f"Left out: a front door through {text}, which would have to be numbers, not text.")
    return replace(found, front_door=doors), told


def _on_arms(
    data: Columns, question: Question, estimates: tuple[Estimate, ...]
) -> tuple[Estimate | None, Estimate | None]:
    """The effect on those without the exposure and on those with it, where that on everybody is had both ways at once;
    in doubt where that is."""
    both = next((one for one in estimates if one.method == "doubly robust"), None)
    if both is None:
        return None, None
    without, with_it = (replace(on_arm(data, question, arm), doubt=both.doubt) for arm in (0, 1))
    return without, with_it


def _plain(found: Estimate) -> dict:
    told = {name: getattr(found, name) for name in ("value", "error", "low", "high")}
    means = None if found.means is None else list(found.means)
    return {"method": found.method, **told, "rows": found.rows, "note": found.note, "means": means}


def finite(told: Any) -> Any:
    """Plain data with None for numbers that are not finite, as JSON knows none."""
    match told:
        case dict():
            return {name: finite(value) for name, value in told.items()}
        case list() | tuple():
            return [finite(value) for value in told]
        case float():
            return float(told) if np.isfinite(told) else None
    return told
