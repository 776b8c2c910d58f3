"""Discovery: a graph from observed rows, what a few interventions add, and what a change of units breaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.causal.discovery.pc import (
    Pattern,
    apply_meek_rules,
    check_columns,
    check_distinct,
    partial_correlation_test,
    pc,
)
from core.causal.estimation.question import EstimateError
from core.causal.graphs.graph import CausalGraph
from core.causal.scm.expressions import Expression
from core.causal.scm.interventions import Do
from core.causal.scm.mechanisms import Additive
from core.causal.scm.model import Model
from core.causal.tables.rows import Rows, RowsError, Table

MOST_USER_COLUMNS, MOST_USER_ROWS = 30, 100_000  # of a user's table
_SHIFT = 2.0  # standard deviations by which an intervention moves a node


@dataclass(frozen=True)
class Score:
    """A pattern compared with the true graph.

    Attributes:
        precision: The share of its edges that are true edges in either direction; NaN if it has none.
        recall: The share of true edges that it has in either direction.
        correct, reversed: How many of its arrows have the true direction, and how many the opposite one.
        undecided: True edges that it has without a direction.
        missed: True edges that it does not have.
        extra: Its edges that are not true edges.
        edges: The number of true edges: correct, reversed, undecided and missed.
    """

    precision: float
    recall: float
    correct: int
    reversed: int
    undecided: int
    missed: int
    extra: int
    edges: int


@dataclass(frozen=True)
class Experiment:
    """One intervention.

    Attributes:
        node: The node that was set.
        directed: The arrows that the intervention decided, as (cause, effect).
        after: The pattern with them.
    """

    node: str
    directed: tuple[tuple[str, str], ...]
    after: Pattern


def linear_model(count: int, degree: float, rng: np.random.Generator) -> Model:
    """A random linear model: weights of 0.5 to 2 with random signs, and standard normal noise.

    Args:
        count: The number of nodes, called ``a``, ``b`` and so on; 2 to 20.
        degree: The mean number of arrows at a node.

    Raises:
        ValueError: ``count`` is out of range.
    """
    if not 2 <= count <= 20:
        raise ValueError(f"A model for discovery has 2 to 20 nodes, not {count}.")
    order = [chr(ord("a") + int(i)) for i in rng.permutation(count)]
    mechanisms = {}
    for i, node in enumerate(order):
        causes = [cause for cause in order[:i] if rng.random() < degree / (count - 1)]
        weights = [rng.uniform(0.5, 2) * rng.choice([-1, 1]) for _ in causes]
        terms = " + ".join(f"{weight:.2f}*{cause}" for weight, cause in zip(weights, causes, strict=True))
        mechanisms[node] = Additive(Expression(terms or "0"))
    return Model({node: mechanisms[node] for node in sorted(order)})


def discover(
    columns: Mapping[str, np.ndarray],
    level: float = 0.01,
    seconds: float = 10.0,
    report: Callable[[float], None] = lambda share: None,
) -> Pattern:
    """The pattern that PC finds in observed rows. It assumes that nothing is hidden, that relations are linear, and
    that no effects cancel out. Units do not matter.

    Args:
        columns: By name ``[rows]``.
        level: The significance level of the independence tests.
        seconds: The time limit for tests.
        report: Receives the share of that time that has passed; an exception that it raises ends the search.

    Raises:
        EstimateError: There are fewer than 2 or more than 50 columns, a constant one, two that are the same, or too few
            rows.
    """
    check_columns(columns)
    check_distinct(columns)
    return pc(columns, partial_correlation_test(columns, level), seconds, report)


def numeric_columns(table: Table) -> tuple[tuple[str, ...], list[str]]:
    """The columns of a table that discovery can use: numbers that vary; and why others are left out, in sentences."""
    usable, notes = [], []
    for name in table.names:
        try:
            rows = table.rows([name])
        except RowsError as error:
            notes.append(f"Left out: {error}")
            continue
        if rows.constant:
            notes.append(f"Left out: {name} is the same in every row.")
        else:
            usable.append(name)
    return tuple(usable), notes


def user_rows(table: Table, names: Sequence[str]) -> Rows:
    """Some columns of a user's table, on the rows that have a value in all of them.

    Raises:
        EstimateError: There are more than 30 columns, or more than 100,000 rows.
        RowsError: A column can't be used, or no row is complete.
    """
    if len(names) > MOST_USER_COLUMNS:
        raise EstimateError(f"Discovery takes 2 to {MOST_USER_COLUMNS} columns, not {len(names)}; choose some.")
    rows = table.rows(names)
    if len(rows) > MOST_USER_ROWS:
        raise EstimateError(f"Discovery takes at most {MOST_USER_ROWS:,} rows, not {len(rows):,}; use a sample.")
    return rows


def standardised(columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The columns, each ``[N]``, in other units: mean 0 and standard deviation 1.

    Raises:
        EstimateError: As for ``discover``.
    """
    check_columns(columns)
    return {name: (column - column.mean()) / column.std() for name, column in columns.items()}


def observe(model: Model, count: int, rng: np.random.Generator, *interventions: Do) -> dict[str, np.ndarray]:
    """The observed columns of new units, each ``[count]``, with or without interventions."""
    values = model.simulate(model.draw_noise(count, rng), *interventions).values
    return {node: np.array(values[node]) for node in model.graph.observed}


def intervene(
    model: Model,
    pattern: Pattern,
    rows: Mapping[str, np.ndarray],
    count: int,
    rng: np.random.Generator,
    *,
    most: int = 10,
    level: float = 0.001,
) -> tuple[Experiment, ...]:
    """Interventions that direct the lines of a pattern, starting with the node that has most lines.

    A neighbour whose mean or spread shifts is an effect of the node; one that stays as it was is a cause.

    Args:
        rows: Observed columns, each ``[N]``, for comparison.
        count: Rows under each intervention, of new units.
        most: The largest number of interventions.
        level: The significance level of a shift.
    """
    done: list[Experiment] = []
    while pattern.lines and len(done) < most:
        node = _most_undecided(pattern)
        neighbours = sorted(other for line in pattern.lines if node in line for other in line - {node})
        after = observe(model, count, rng, Do(node, _distant_value(rows[node])))
        arrows = tuple(
            (node, other) if _is_shifted(rows[other], after[other], level) else (other, node) for other in neighbours
        )
        lines = pattern.lines - {frozenset(arrow) for arrow in arrows}
        pattern = apply_meek_rules(replace(pattern, arrows=pattern.arrows | set(arrows), lines=lines))
        done.append(Experiment(node, arrows, pattern))
    return tuple(done)


def score(pattern: Pattern, graph: CausalGraph) -> Score:
    """A pattern compared with the true graph, among the pattern's nodes."""
    true = {edge for edge in graph.edges if set(edge) <= set(pattern.nodes)}
    pairs = {frozenset(edge) for edge in true}
    shared = len(pairs & pattern.adjacent)
    opposite = {(effect, cause) for cause, effect in true}
    return Score(
        precision=shared / len(pattern.adjacent) if pattern.adjacent else float("nan"),
        recall=shared / len(pairs) if pairs else float("nan"),
        correct=len(pattern.arrows & true),
        reversed=len(pattern.arrows & opposite),
        undecided=len(pattern.lines & pairs),
        missed=len(pairs) - shared,
        extra=len(pattern.adjacent) - shared,
        edges=len(true),
    )


def _most_undecided(pattern: Pattern) -> str:
    return max(pattern.nodes, key=lambda node: sum(node in line for line in pattern.lines))


def _distant_value(column: np.ndarray) -> float:
    """A value that is far from most; of a binary column the rarer one."""
    if np.isin(column, (0, 1)).all():
        return float(column.mean() < 0.5)
    return float(column.mean() + _SHIFT * column.std())


def _is_shifted(before: np.ndarray, after: np.ndarray, level: float) -> bool:
    """Whether mean or spread differ (Welch 1947; Brown and Forsythe 1974), each at half the level."""
    from scipy.special import ndtr

    def differ(one: np.ndarray, other: np.ndarray) -> bool:
        error = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
        ratio = abs(one.mean() - other.mean()) / max(error, 1e-300)
        return bool(2 * ndtr(-ratio) < level / 2)

    spreads = (np.abs(column - np.median(column)) for column in (before, after))
    return differ(before, after) or differ(*spreads)
