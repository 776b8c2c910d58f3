"""Cached access to embeddings, their maps and what was found of them. What it returns is shared and never changed."""

from __future__ import annotations

import streamlit as st

from core.clip import Clip
from core.embedding.embed import embed
from core.embedding.projection import pca
from core.embedding.samples import sample_clips
from core.embedding.sanity import Sanity, examine
from core.embedding.table import Embeddings
from dashboard.components.embedding_map import MapPlot
from dashboard.resources import model


@st.cache_resource(max_entries=1, show_spinner=False)
def map_clips() -> list[Clip]:
    return sample_clips()


@st.cache_resource(max_entries=8, show_spinner="Embedding the sample clips")
def sample_table(name: str, unit: str) -> Embeddings:
    """The sample clips, as a model represents them."""
    return embed(model(name), map_clips(), unit)


@st.cache_resource(max_entries=8, show_spinner=False)
def sample_map(name: str, unit: str) -> MapPlot:
    table = sample_table(name, unit)
    return MapPlot(table, pca(table.vectors), "what happens")


@st.cache_resource(max_entries=8, show_spinner=False)
def sample_sanity(name: str) -> Sanity:
    table = sample_table(name, "frames")
    return examine(table.vectors, table.group)
