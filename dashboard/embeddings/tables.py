"""Cached access to embeddings, their maps and what was found of them. What it returns is shared and never changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st

from core.embedding.clusters import with_clusters
from core.embedding.directions import from_to
from core.embedding.distances import Distance, distance_of, in_space
from core.embedding.embed import embed
from core.embedding.files import embedding_choices, read_embeddings
from core.embedding.limits import ReadOptions
from core.embedding.probes import probe_measures, skill_measure
from core.embedding.projection import Faithfulness, Projection, faithfulness, nearest, pca
from core.embedding.representation_report import RepresentationReport, examine
from core.embedding.search import rows_at, with_rows
from core.embedding.summary import examine_rows
from core.embedding.table import Embeddings
from core.models.protocols import frames_per_stretch, mixes_places
from core.models.vjepa2.spec import VJEPA2
from dashboard.cached.models import load_model
from dashboard.cached.videos import fingerprint
from dashboard.components.embedding_map import MapPlot
from dashboard.embeddings.clips import Source
from dashboard.embeddings.state import STATE
from dashboard.kit.tasks import SharedResults, run_task

COLOR_BY = ("event", "what happens", "label", "clip")  # the first that is known; the second is of older files
MOST_CLIPS = 300  # that are kept as models encode them, of half a MB each; the oldest go first
NEIGHBOURS = 8
Key = tuple[str, ...]  # identifies a table: model and unit, or a file's fingerprint


def clip_table(name: str, unit: str, source: Source) -> Embeddings | None:
    """Clips as a model represents them; made with progress on the page. None where the visitor has cancelled it. What
    was encoded by then is kept, so that going on is no beginning anew."""

    def make(report: Callable[[float], None]) -> Embeddings:
        encoder = (
            load_model(name) if name.startswith(VJEPA2) else _Kept(name)
        )  # a checkpoint's features are kept on disk
        return embed(encoder, source.clips, unit, report)

    label = f"embedding {len(source.clips)} clips as {unit} ({load_model(name).title})"
    result = run_task(_clip_tables(), (name, unit, source.key), label, make)
    return result.value if result else None


@st.cache_resource(max_entries=1, show_spinner=False)
def _clip_tables() -> SharedResults[Embeddings]:
    return SharedResults(STATE.key("clip_tables"))


class _Kept:
    """A model that encodes no clip again while what it made of it is kept."""

    def __init__(self, name: str) -> None:
        encoder = load_model(name)
        self.name, self.title, self.size = name, encoder.title, encoder.size
        self.frames, self.mixes_places = frames_per_stretch(encoder), mixes_places(encoder)

    def encode(self, frames: np.ndarray) -> np.ndarray:
        return _encoded(self.name, fingerprint(frames.tobytes()), frames)


@st.cache_resource(max_entries=MOST_CLIPS, show_spinner=False)
def _encoded(name: str, key: str, _frames: np.ndarray) -> np.ndarray:
    return load_model(name).encode(_frames)


@st.cache_resource(max_entries=2, show_spinner="Reading the file")
def uploaded_table(key: str, sampled: bool, options: ReadOptions, _data: bytes, _metadata: bytes | None) -> Embeddings:
    """A file of a visitor's; a sample of it if there are too many rows and one was asked for."""
    return read_embeddings(_data, sample_seed=0 if sampled else None, options=options, metadata=_metadata)


@st.cache_resource(max_entries=2, show_spinner="Reading the file")
def uploaded_choices(key: str, options: ReadOptions, _data: bytes) -> list[str]:
    """What may be the embedding of a visitor's file."""
    return embedding_choices(_data, options=options)


@st.cache_resource(max_entries=4, show_spinner="Searching the rows")
def found_rows(key: Key, where: str, _table: Embeddings) -> Embeddings:
    """The rows that match a search, and a sentence on how many they are.

    Raises:
        ValueError: The search can't be made, or fewer than two rows match.
    """
    return with_rows(_table, where)


@st.cache_resource(max_entries=4, show_spinner=False)
def in_distance(key: Key, distance: Distance, _table: Embeddings) -> np.ndarray:
    """The rows whose Euclidean distances are those that the visitor wants."""
    return in_space(_table.vectors, distance)


@st.cache_resource(max_entries=8, show_spinner="Finding clusters")
def clustered(key: Key, count: int, _table: Embeddings, _rows: np.ndarray) -> Embeddings:
    """The same table with the cluster that each of its rows is in, found among ``_rows``; the table as it is if it has
    too few."""
    if len(_table) <= count:
        return _table
    return replace(with_clusters(replace(_table, vectors=_rows), count), vectors=_table.vectors)


def _plot(table: Embeddings, projection: Projection) -> MapPlot:
    return MapPlot(table, projection, next((name for name in COLOR_BY if name in table.columns), ""))


@st.cache_resource(max_entries=8, show_spinner=False)
def pca_map(key: Key, axes: int, _table: Embeddings, _rows: np.ndarray) -> MapPlot:
    """The map of an embedding by PCA."""
    return _plot(_table, pca(_rows, axes))


@st.cache_resource(max_entries=8, show_spinner=False)
def direction_map(key: Key, start: str, end: str, _table: Embeddings, _rows: np.ndarray) -> MapPlot:
    """The map along the line from some rows to others.

    Raises:
        ValueError: A search that can't be made or finds no row, or ends at the same place.
    """
    places = rows_at(_table, start), rows_at(_table, end)
    return _plot(_table, from_to(_rows, *places, (start, end)))


@st.cache_resource(max_entries=1, show_spinner=False)
def _projections() -> SharedResults[Projection]:
    return SharedResults(STATE.key("projections"))


def slow_map(
    key: Key,
    clusters: str,
    table: Embeddings,
    name: str,
    settings: tuple,
    make: Callable[[Callable[[float], None]], Projection],
    on_cancel: Callable[[], None],
) -> MapPlot | None:
    """A map that takes long; made with progress on the page, unless it was made before. None if the visitor has
    cancelled it.

    Args:
        key: Identifies the rows.
        clusters: Identifies how they are clustered, which changes no place on the map.
        table: The rows.
        name: What makes the map: t-SNE or UMAP.
        settings: Its settings.
        make: Makes the map; it reports how far it is.
        on_cancel: What a cancel does.

    Raises:
        ValueError: Settings that do not go with the number of rows, or an optional part that is not installed.
    """
    result = run_task(_projections(), (key, name, settings), name, make, on_cancel)
    return _slow_plot((*key, clusters, name), settings, table, result.value) if result else None


@st.cache_resource(max_entries=8, show_spinner=False)
def _slow_plot(key: Key, settings: tuple, _table: Embeddings, _projection: Projection) -> MapPlot:
    return _plot(_table, _projection)


@st.cache_resource(max_entries=16, show_spinner=False)
def trust(key: Key, made: str, _plot: MapPlot, _rows: np.ndarray) -> Faithfulness:
    """How far neighbourhoods on a map may be trusted; ``made`` says how it was made."""
    return faithfulness(_rows, _plot.projection.points)


@st.cache_resource(max_entries=64, show_spinner=False)
def neighbours(key: Key, row: int, distance: Distance, _rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows nearest to one where nothing is projected, and how far they are."""
    places, distances = nearest(_rows, row, NEIGHBOURS)
    return places, distance_of(distances, distance)


def report_of_model(name: str, source: Source) -> RepresentationReport | None:
    """The report on a model's representation of some clips, with its probes and its skill, made with progress on the
    page; None if the visitor has cancelled it."""
    table = clip_table(name, "frames", source)
    if table is None:
        return None

    def make(progress: Callable[[float], None]) -> RepresentationReport:
        progress(0.0)
        report = examine(table.vectors, table.path)
        progress(0.5)
        probed = probe_measures(table)
        progress(0.9)
        skill = skill_measure(load_model(name), source.clips)
        return replace(report, measures=(*report.measures, *probed, skill))

    result = run_task(_reports(), (name, source.key), f"examining the representation ({load_model(name).title})", make)
    return result.value if result else None


@st.cache_resource(max_entries=1, show_spinner=False)
def _reports() -> SharedResults[RepresentationReport]:
    return SharedResults(STATE.key("reports"))


@st.cache_resource(max_entries=8, show_spinner="Examining the rows")
def report_of_table(key: Key, _table: Embeddings) -> RepresentationReport:
    """The report on a visitor's rows."""
    return examine_rows(_table)
