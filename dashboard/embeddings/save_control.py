"""What a person takes home from the map: rows with their places, and lists of neighbours."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.embedding.distances import Distance
from core.embedding.export import to_parquet, to_projector
from core.embedding.neighbours import neighbour_csv
from core.embedding.table import Embeddings
from dashboard.embeddings.state import STATE

_NEIGHBOURS = 10  # of each row, in the file


def save_control(table: Embeddings, points: np.ndarray, distance: Distance) -> None:
    """Files of the rows that are on the map; each is made when it is asked for."""
    count = min(_NEIGHBOURS, len(table) - 1)
    files = {
        "parquet, with the map (opens in Embedding Atlas)": ("embeddings.parquet", lambda: to_parquet(table, points)),
        "TSV for TensorBoard's projector": ("embeddings.zip", lambda: to_projector(table)),
        f"the {count} nearest neighbours of each row, as CSV": (
            "neighbours.csv",
            lambda: neighbour_csv(table, count, distance),
        ),
    }
    with st.popover("save"):
        for label, (name, made) in files.items():
            st.download_button(label, made, name, key=STATE.key("save", name), on_click="ignore")
