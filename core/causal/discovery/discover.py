"""From rows to arrows: what seeing leaves open, what a few interventions add, and what a change of units breaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.causal.discovery.pc import Pattern, check_apart, check_columns, closed, partial_correlation_test, pc
from core.causal.estimation.question import EstimateError
from core.causal.graphs.graph import CausalGraph
from core.causal.scm.expressions import Expression
from core.causal.scm.interventions import Do
from core.causal.scm.mechanisms import Additive
from core.causal.scm.model import Model
from core.causal.tables.rows import Rows, RowsError, Table

MOST_OWN_COLUMNS, MOST_OWN_ROWS = 30, 100_000  # of a table of one's own
_FAR = 2.0  # deviations by which an intervention moves a node


@dataclass(frozen=True)
class Score:
    """A pattern next to the true graph.

    Attributes:
        precision: Of the pairs that it joins, the share that an arrow truly joins; NaN where it joins none.
        recall: Of the true arrows, the share whose ends it joins.
        right, turned: How many of its arrows point as the true ones do, and how many the other way round.
        undecided: True arrows whose ends it joins without a direction.
        missed: True arrows whose ends it does not join.
        invented: Pairs that it joins, by an arrow or a line, and that no arrow truly joins.
        edges: True arrows: those right, turned, undecided and missed.
    """

    precision: float
    recall: float
    right: int
    turned: int
    undecided: int
    missed: int
    invented: int
    edges: int


@dataclass(frozen=True)
class Experiment:
    """One intervention: which node was set, what it directed, and the pattern after it."""

    node: str
    directed: tuple[tuple[str, str], ...]
    after: Pattern


def linear_model(count: int, degree: float, rng: np.random.Generator) -> Model:
    """A model to discover: straight lines with weights of 0.5 to 2 either way, normal noise of deviation 1.

    Args:
        count: Nodes, called ``a``, ``b`` and so on; 2 to 20.
        degree: How many arrows meet at a node, in the mean.
    """
    if not 2 <= count <= 20:
        raise ValueError(f"A model to discover has 2 to 20 nodes, not {count}.")
    order = [chr(ord("a") + int(i)) for i in rng.permutation(count)]
    mechanisms = {}
    for i, node in enumerate(order):
        causes = [cause for cause in order[:i] if rng.random() < degree / (count - 1)]
        weights = [rng.uniform(0.5, 2) * rng.choice([-1, 1]) for _ in causes]
        told = " + ".join(f"{weight:.2f}*{cause}" for weight, cause in zip(weights, causes, strict=True))
        mechanisms[node] = Additive(Expression(told or "0"))
    return Model({node: mechanisms[node] for node in sorted(order)})


def discover(
    columns: Mapping[str, np.ndarray], chance: float = 0.01, seconds: float = 10.0,
    report: Callable[[float], None] = lambda share: None,
) -> Pattern:  # fmt: skip
    """What PC makes of rows that were seen. It believes that nothing is hidden, that all is in straight lines, and that
    nothing cancels out. Units do not matter to it.

    Args:
        columns: For each name ``[n]``.
        chance: How often an independence is taken for a dependence.
        seconds: The most that may be spent on tests.
        report: Is told the share of that time that is gone, again and again; what it raises ends the search.

    Raises:
        EstimateError: Fewer than two columns or more than 50, a constant one, two that say the same, or too few rows.
    """
    check_columns(columns)
    check_apart(columns)
    return pc(columns, partial_correlation_test(columns, chance), seconds, report)


def numeric(table: Table) -> tuple[tuple[str, ...], list[str]]:
    """Columns of a table among which arrows can be sought: numbers that change; and why the others are left out."""
    good, told = [], []
    for name in table.names:
        try:
            rows = table.rows([name])
        except RowsError as error:
            told.append(f"Left out: {error}")
            continue
        if rows.constant:
            told.append(f"Left out: {name} is the same in every row.")
        else:
            good.append(name)
    return tuple(good), told


def own_rows(table: Table, names: Sequence[str]) -> Rows:
    """Some columns of a table, on the rows that are whole in all of them.

    Raises:
        EstimateError: More than 30 columns, or more than 100,000 rows.
        RowsError: A column can't be used, or no row is whole.
    """
    if len(names) > MOST_OWN_COLUMNS:
        raise EstimateError(f"Arrows are sought among 2 to {MOST_OWN_COLUMNS} columns, not {len(names)}; choose some.")
    rows = table.rows(names)
    if len(rows) > MOST_OWN_ROWS:
        raise EstimateError(f"Arrows are sought in at most {MOST_OWN_ROWS:,} rows, not {len(rows):,}; give a sample.")
    return rows


def standardised(columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same in other units: mean 0 and deviation 1.

    Raises:
        EstimateError: As of ``discover``.
    """
    check_columns(columns)
    return {name: (column - column.mean()) / column.std() for name, column in columns.items()}


def seen(model: Model, count: int, rng: np.random.Generator, *changes: Do) -> dict[str, np.ndarray]:
    """Rows of what can be seen of new units, as they are or under interventions."""
    values = model.simulate(model.draw_noise(count, rng), *changes).values
    return {node: np.array(values[node]) for node in model.graph.observed}


def intervene(
    model: Model, pattern: Pattern, rows: Mapping[str, np.ndarray], count: int, rng: np.random.Generator, *,
    most: int = 10, chance: float = 0.001,
) -> tuple[Experiment, ...]:  # fmt: skip
    """Direct the lines of a pattern by setting nodes and looking at their neighbours, the node with most lines first.

    A neighbour whose mean or spread shifts listens to the node; one that stays as it was is listened to.

    Args:
        rows: What was seen, to compare with.
        count: Rows under each intervention, of new units.
        most: The most interventions.
        chance: How often a shift is seen where there is none.
    """
    done: list[Experiment] = []
    while pattern.lines and len(done) < most:
        node = _busiest(pattern)
        near = sorted(other for line in pattern.lines if node in line for other in line - {node})
        after = seen(model, count, rng, Do(node, _far_value(rows[node])))
        arrows = tuple(
            (node, other) if _shifted(rows[other], after[other], chance) else (other, node) for other in near
        )
        lines = pattern.lines - {frozenset(arrow) for arrow in arrows}
        pattern = closed(replace(pattern, arrows=pattern.arrows | set(arrows), lines=lines))
        done.append(Experiment(node, arrows, pattern))
    return tuple(done)


def score(pattern: Pattern, graph: CausalGraph) -> Score:
    """A pattern next to the true graph, among the pattern's nodes."""
    true = {edge for edge in graph.edges if set(edge) <= set(pattern.nodes)}
    pairs = {frozenset(edge) for edge in true}
    both = len(pairs & pattern.joined)
    turned = {(effect, cause) for cause, effect in true}
    return Score(
        both / len(pattern.joined) if pattern.joined else float("nan"), both / len(pairs) if pairs else float("nan"),
        len(pattern.arrows & true), len(pattern.arrows & turned), len(pattern.lines & pairs), len(pairs) - both,
        len(pattern.joined) - both, len(true),
    )  # fmt: skip


def _busiest(pattern: Pattern) -> str:
    return max(pattern.nodes, key=lambda node: sum(node in line for line in pattern.lines))


def _far_value(column: np.ndarray) -> float:
    """A value that is far from most: of a column of 0 and 1 the rarer one."""
    if np.isin(column, (0, 1)).all():
        return float(column.mean() < 0.5)
    return float(column.mean() + _FAR * column.std())


def _shifted(before: np.ndarray, after: np.ndarray, chance: float) -> bool:
    """Whether mean or spread differ (Welch 1947; Brown and Forsythe 1974), at half the chance each."""
    from scipy.special import ndtr

    def far_apart(one: np.ndarray, other: np.ndarray) -> bool:
        error = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
        ratio = abs(one.mean() - other.mean()) / max(error, 1e-300)
        return bool(2 * ndtr(-ratio) < chance / 2)

    spreads = (np.abs(column - np.median(column)) for column in (before, after))
    return far_apart(before, after) or far_apart(*spreads)
