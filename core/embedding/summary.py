"""What is found of a file of embeddings: what was read, its map, and whether the representation is sound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from core.embedding.distances import Distance, distance_notes
from core.embedding.probes import linear_skill_measure, probe_measures
from core.embedding.projection import Projection
from core.embedding.representation_measures import Measure
from core.embedding.representation_report import RepresentationReport, examine
from core.embedding.table import Embeddings
from core.results import Finding, Result, provenance


@dataclass(frozen=True)
class SummaryProtocol:
    """What was read: the rows, their dimensions, how many clips they are of, and how the map was made."""

    rows: int
    dimensions: int
    clips: int
    map: str


@dataclass(frozen=True)
class EmbeddingSummary(Result):
    """What is found of a file of embeddings.

    Attributes:
        notes: Sentences about how the file was read and what was taken for what.
        columns: What stands beside the embedding, by name: ``text`` or ``numbers``.
        explained: Share of the variance along each axis of the map; empty where axes mean nothing.
        finding, measures: Whether the representation is sound, as in ``RepresentationReport``.
    """

    kind: ClassVar[str] = "embedding summary"
    protocol: SummaryProtocol
    notes: tuple[str, ...]
    columns: dict[str, str]
    explained: tuple[float, ...]
    finding: Finding
    measures: tuple[Measure, ...]


def examine_rows(table: Embeddings) -> RepresentationReport:
    """The report on rows that come without a model, with the probes and the linear skill that their columns allow."""
    report = examine(table.vectors, table.path)
    return replace(report, measures=(*report.measures, *probe_measures(table), linear_skill_measure(table)))


def summarise(table: Embeddings, projection: Projection, distance: Distance = Distance.EUCLIDEAN) -> EmbeddingSummary:
    """The summary of rows and of a map of them, with the distance that the map was made with."""
    report = examine_rows(table)
    clips = 0 if table.group is None else int(table.group.max()) + 1
    return EmbeddingSummary(
        SummaryProtocol(len(table), table.vectors.shape[1], clips, projection.description),
        (*table.notes, *distance_notes(table.vectors, distance)),
        {name: "text" if column.dtype.kind == "U" else "numbers" for name, column in table.columns.items()},
        projection.explained,
        report.finding,
        report.measures,
        provenance=provenance("worldscope map"),
    )
