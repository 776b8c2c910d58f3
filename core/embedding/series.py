"""Embeddings of one thing by several checkpoints of a training: does the representation collapse on the way?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from core.embedding.representation_report import RepresentationReport, examine
from core.embedding.table import Embeddings
from core.results import Finding, Result, provenance

MOST = 50  # checkpoints


@dataclass(frozen=True)
class SeriesProtocol:
    """The checkpoints in their order, and how many rows each has."""

    names: tuple[str, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True)
class SeriesStep:
    """What was found of one checkpoint.

    Attributes:
        name: Of its file.
        state: ``healthy``, ``suspicious``, ``collapsed`` or ``unjudged``.
        text: The finding in a sentence.
        effective_rank: Directions that its rows use (RankMe, Garrido et al. 2023).
        directions: Directions that share the variance (participation ratio).
        spread: Root of the variance as a share of the root mean square length.
        moving: Share of the variance within clips; None where clips are not known.
        notes: Sentences about how its file was read.
    """

    name: str
    state: str
    text: str
    effective_rank: float
    directions: float
    spread: float
    moving: float | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class EmbeddingSeries(Result):
    """What was found of each checkpoint, and of the series as a whole."""

    kind: ClassVar[str] = "embedding series"
    protocol: SeriesProtocol
    steps: tuple[SeriesStep, ...]
    finding: Finding


def in_order(names: Mapping[str, object] | list[str]) -> list[str]:
    """Returns names in the order of the numbers in them: step-9 before step-10."""
    return sorted(
        names, key=lambda name: [(int(part) if part.isdecimal() else -1, part) for part in re.split(r"(\d+)", name)]
    )


def examine_series(tables: Mapping[str, Embeddings]) -> EmbeddingSeries:
    """The measures of collapse of several checkpoints, in the order of the numbers in their names.

    Raises:
        ValueError: Fewer than two, or more than 50.
    """
    if not 2 <= len(tables) <= MOST:
        raise ValueError(f"A series has from 2 to {MOST} checkpoints, not {len(tables)}.")
    names = in_order([*tables])
    steps = tuple(_step(name, tables[name], examine(tables[name].vectors, tables[name].path)) for name in names)
    return EmbeddingSeries(
        SeriesProtocol(tuple(names), tuple(len(tables[name]) for name in names)),
        steps,
        _finding(steps, {len(table) for table in tables.values()}),
        provenance=provenance("worldscope map"),
    )


def _step(name: str, table: Embeddings, report: RepresentationReport) -> SeriesStep:
    values = {one.name: one.value for one in report.measures}
    return SeriesStep(
        name,
        report.finding.state,
        report.finding.text,
        values["effective rank"] or 0.0,
        values["participation ratio"] or 0.0,
        values["spread"] or 0.0,
        values["moving share"],
        table.notes,
    )


def _finding(steps: tuple[SeriesStep, ...], counts: set[int]) -> Finding:
    first, last = steps[0], steps[-1]
    ranks = " to ".join(f"{step.effective_rank:.2g} ({step.name})" for step in (first, last))
    change = f"The effective rank goes from {ranks}"
    collapsed = [step for step in steps if step.state == "collapsed"]
    if last.state == "collapsed":
        since = last
        for step in reversed(steps):
            if step.state != "collapsed":
                break
            since = step
        state, text = "collapsed", f"{change}: the representation is collapsed from {since.name} on."
    elif collapsed:
        state, text = (
            "recovered",
            f"{change}: the representation was collapsed at {collapsed[-1].name} and is not at the end.",
        )
    else:
        state, text = last.state, f"{change}: no checkpoint is collapsed."
    if len(counts) > 1:
        text += " The files differ in their number of rows, which changes the rank."
    return Finding(state, text, {"first": first.effective_rank, "last": last.effective_rank})
