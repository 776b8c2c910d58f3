"""Cached access to embeddings, their maps and what was found of them. What it returns is shared and never changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st

from core.embedding.clusters import with_clusters
from core.embedding.embed import embed
from core.embedding.files import embedding_choices, read_embeddings
from core.embedding.limits import ReadOptions
from core.embedding.probes import probe_measures, skill_measure
from core.embedding.projection import Faithfulness, Projection, faithfulness, nearest, pca, tsne
from core.embedding.representation_report import RepresentationReport, examine
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
Key = tuple[str, ...]  # tells tables apart: model and unit, or a file's fingerprint


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


@st.cache_resource(max_entries=8, show_spinner="Finding clusters")
def clustered(key: Key, count: int, _table: Embeddings) -> Embeddings:
    """The same rows with the cluster that each is in; the rows as they are where there are too few."""
    return with_clusters(_table, count) if len(_table) > count else _table


def _plot(table: Embeddings, projection: Projection) -> MapPlot:
    return MapPlot(table, projection, next((name for name in COLOR_BY if name in table.columns), ""))


@st.cache_resource(max_entries=8, show_spinner=False)
def pca_map(key: Key, axes: int, _table: Embeddings) -> MapPlot:
    """The map of an embedding by PCA."""
    return _plot(_table, pca(_table.vectors, axes))


@st.cache_resource(max_entries=1, show_spinner=False)
def _projections() -> SharedResults[Projection]:
    return SharedResults(STATE.key("projections"))


def tsne_map(
    key: Key, clusters: str, table: Embeddings, settings: tuple[float, int, float], on_cancel: Callable[[], None]
) -> MapPlot | None:
    """A map by t-SNE; made with progress on the page, unless it was made before. None if the visitor has cancelled it.

    Args:
        key: Tells the rows apart.
        clusters: Tells apart how they are clustered, which changes no place on the map.
        table: The rows.
        settings: Perplexity, seed and early exaggeration.
        on_cancel: What a cancel does.

    Raises:
        ValueError: A perplexity that does not go with the number of rows.
    """

    def make(report: Callable[[float], None]) -> Projection:
        return tsne(table.vectors, *settings, report=report)

    result = run_task(_projections(), (key, settings), "t-SNE", make, on_cancel)
    return _tsne_plot((*key, clusters), settings, table, result.value) if result else None


@st.cache_resource(max_entries=8, show_spinner=False)
def _tsne_plot(key: Key, settings: tuple, _table: Embeddings, _projection: Projection) -> MapPlot:
    return _plot(_table, _projection)


@st.cache_resource(max_entries=16, show_spinner=False)
def trust(key: Key, made: str, _plot: MapPlot) -> Faithfulness:
    """How far neighbourhoods on a map may be trusted; ``made`` says how it was made."""
    return faithfulness(_plot.table.vectors, _plot.projection.points)


@st.cache_resource(max_entries=64, show_spinner=False)
def neighbours(key: Key, row: int, _table: Embeddings) -> tuple[np.ndarray, np.ndarray]:
    """The rows nearest to one in the original space, and how far they are."""
    return nearest(_table.vectors, row, NEIGHBOURS)


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
