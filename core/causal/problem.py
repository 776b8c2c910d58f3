"""A graph, a table and a question: all that can be said, in one place. The command and the page both show this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from core.causal.answers import (
    asked_of,
    bounds_of,
    coded,
    estimates_of,
    headline_of,
    methods_of,
    overlap_told,
    raw_estimate,
)
from core.causal.bounds import Bounds
from core.causal.graph import CausalGraph
from core.causal.identify import Identification, identify, is_adjustment_set
from core.causal.implications import Implication, check
from core.causal.question import Columns, Estimate, EstimateError, Question
from core.causal.refute import Method, Refutation, negative_control, refute
from core.causal.rows import RowsError, Table
from core.causal.selection import chosen_rows

LEAST_ROWS = 20
SURPRISING = 0.05  # an implication with less chance than this counts as contradicted


@dataclass(frozen=True)
class Analysis:
    """All that a graph and a table say of an effect.

    Attributes:
        graph: With what is latent because it has no column.
        exposure, outcome: Nodes.
        mapping: The column that stands for each observed node.
        identification: What the graph says.
        adjusted: What the estimates adjust for; None where no adjustment gives the effect.
        rows, dropped: How many rows count, and how many fell out for want of a value.
        binary: Whether the exposure has two values, 0 and 1.
        raw: What is seen, adjusted for nothing.
        estimates: All that apply; ``method`` tells them apart.
        headline: The one to quote; None where there is none.
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
    adjusted: tuple[str, ...] | None
    rows: int
    dropped: int
    binary: bool
    raw: Estimate
    estimates: tuple[Estimate, ...]
    headline: Estimate | None
    bounds: tuple[Bounds, ...]
    overlap: float | None
    implications: tuple[Implication, ...]
    notes: tuple[str, ...]
    data: Columns = field(repr=False, compare=False)

    @property
    def contradicted(self) -> int:
        """How many implications the rows contradict at 5 %."""
        return sum(one.chance < SURPRISING for one in self.implications)

    @property
    def expected(self) -> float:
        """How many of them would be contradicted by chance if the graph were right."""
        return SURPRISING * len(self.implications)

    def to_json(self) -> dict:
        """Plain data; numbers that are not finite are None."""
        return {
            "exposure": self.exposure, "outcome": self.outcome, "mapping": self.mapping,
            "latent": sorted(self.graph.latent), "identification": self.identification.to_json(),
            "adjusted": None if self.adjusted is None else list(self.adjusted),
            "rows": self.rows, "dropped": self.dropped, "binary": self.binary, "raw": _plain(self.raw),
            "estimates": [_plain(one) for one in self.estimates],
            "headline": self.headline and self.headline.method, "bounds": [asdict(one) for one in self.bounds],
            "overlap": self.overlap, "contradicted": self.contradicted, "expected": self.expected,
            "implications": [
                {**asdict(one), "given": list(one.given), "chance": _number(one.chance)} for one in self.implications
            ],
            "notes": list(self.notes),
        }  # fmt: skip


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
    graph, columns, notes = _matched(graph.with_latent(latent), table, exposure, outcome, dict(mapping or {}))
    found = identify(graph, exposure, outcome, seconds=seconds)
    chosen = chosen_rows(table, found, columns, exposure, outcome)
    data, coding = coded(chosen.data, exposure, outcome)
    if len(data[exposure]) < LEAST_ROWS:
        raise EstimateError(f"There are {len(data[exposure])} rows; an estimate needs at least {LEAST_ROWS}.")
    question = Question(exposure, outcome, chosen.adjusted or ())
    estimates, missing = estimates_of(data, chosen.found, question, chosen.adjusted is not None)
    share, comparing = overlap_told(data, question)
    bounds, bounding = bounds_of(data, chosen.found, question)
    implications, implied = _implications(graph, table, columns)
    return Analysis(
        graph, exposure, outcome, columns, found, chosen.adjusted, len(data[exposure]), chosen.dropped,
        bool(np.isin(data[exposure], (0, 1)).all()), raw_estimate(data, question), estimates, headline_of(estimates),
        bounds, share, implications,
        (*notes, *chosen.notes, *coding, *missing, *comparing, *bounding, *implied), data,
    )  # fmt: skip


def refutations(analysis: Analysis, table: Table, rng: np.random.Generator) -> tuple[Refutation, ...]:
    """Try the headline in four ways, and on outcomes that the exposure can't move by the graph; what passes is not
    confirmed.

    Raises:
        EstimateError: There is no estimate to try.
    """
    if analysis.headline is None:
        raise EstimateError("There is no estimate to refute; the effect can't be had from these columns.")
    question = Question(analysis.exposure, analysis.outcome, analysis.adjusted or ())
    methods, name = methods_of(analysis.identification, analysis.binary, True), analysis.headline.method
    tried = refute(analysis.data, asked_of(name, question), methods[name], rng)
    if analysis.adjusted is None:
        return tried
    return tried + tuple(_on_controls(analysis, table, question, methods[name]))


def question_rows(analysis: Analysis, table: Table, question: Question) -> Columns:
    """The columns that a question needs, by node, an exposure of two values as 0 and 1.

    Raises:
        RowsError: One of them can't be used.
        EstimateError: Exposure or outcome is the same in every row.
    """
    named = {node: analysis.mapping[node] for node in (question.exposure, question.outcome, *question.covariates)}
    columns = table.rows(named.values()).columns
    data = {node: columns[column] for node, column in named.items()}
    return coded(data, question.exposure, question.outcome)[0]


def _on_controls(analysis: Analysis, table: Table, question: Question, method: Method) -> Iterator[Refutation]:
    """Nodes that the exposure does not move, and that what is adjusted for makes independent of it."""
    graph, adjusted = analysis.graph, set(question.covariates)
    late = graph.descendants([question.exposure])
    for node in analysis.mapping:
        if node in late | adjusted or not is_adjustment_set(graph, question.exposure, node, adjusted):
            continue
        asked = replace(question, outcome=node)
        try:
            yield negative_control(question_rows(analysis, table, asked), asked, method)
        except (RowsError, EstimateError):  # a column of text, or one that never changes, is no control
            continue


def _matched(
    graph: CausalGraph, table: Table, exposure: str, outcome: str, mapping: dict[str, str]
) -> tuple[CausalGraph, dict[str, str], list[str]]:
    """The graph with what has no column as latent, the column of each observed node, and what to tell of it."""
    for node in (exposure, outcome, *mapping):
        graph.check_node(node)
    for node, column in mapping.items():
        if column not in table.columns:
            raise RowsError(f"There is no column called {column} for {node}; there are {_some(table.names)}.")
    columns = {node: mapping.get(node, node) for node in graph.observed}
    for column in set(columns.values()):
        ours = [node for node, its in columns.items() if its == column and column in table.columns]
        if len(ours) > 1:
            raise RowsError(f"{' and '.join(ours)} would both be the column {column}; give each its own.")
    missing = [node for node, column in columns.items() if column not in table.columns]
    for node, role in ((exposure, "exposure"), (outcome, "outcome")):
        if node in missing:
            raise RowsError(f"The {role} {node} has no column; say which it is. There are {_some(table.names)}.")
    told = [f"Without a column, so counted as latent: {', '.join(missing)}."] if missing else []
    return graph.with_latent(missing), {n: c for n, c in columns.items() if n not in missing}, told


def _implications(
    graph: CausalGraph, table: Table, columns: Mapping[str, str]
) -> tuple[tuple[Implication, ...], list[str]]:
    """The graph's implications among the columns that are numbers, on the rows that are whole in all of them."""
    good, told = {}, []
    for node, column in columns.items():
        try:
            if not table.rows([column]).constant:
                good[node] = column
        except RowsError as error:
            told.append(f"Not held against the graph: {error}")
    try:
        rows = table.rows(good.values())
    except RowsError as error:
        return (), [*told, f"The graph was not held against the rows: {error}"]
    if len(rows) < LEAST_ROWS:
        return (), [*told, f"The graph was not held against the rows: {len(rows)} have a value in every column."]
    if rows.dropped:
        told.append(f"The graph is held against the {len(rows):,} rows that have a value in every column.")
    whole = {node: rows.columns[column] for node, column in good.items() if column not in rows.constant}
    return tuple(check(graph, whole)), told


def _plain(found: Estimate) -> dict:
    told = {name: _number(getattr(found, name)) for name in ("value", "error", "low", "high")}
    means = None if found.means is None else list(found.means)
    return {"method": found.method, **told, "rows": found.rows, "note": found.note, "means": means}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
