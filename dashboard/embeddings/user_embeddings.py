"""A visitor's own file of embeddings."""

from __future__ import annotations

import streamlit as st

from core.embedding.files import TooManyRows
from core.embedding.limits import LIMITS, EmbeddingError
from core.embedding.table import Embeddings
from dashboard.cached.videos import fingerprint
from dashboard.embeddings import tables
from dashboard.embeddings.state import STATE
from dashboard.kit.messages import show_error, show_info
from dashboard.kit.uploads import keep_files, restore_files

_HELP = (
    "Rows and dimensions as .npy [rows, dimensions] or [clips, frames, dimensions]; .npz with embeddings and, if you "
    "like, label, time, group (the clip) and thumbnails; .csv or .parquet with a column for each dimension or one "
    "column of lists. Nothing leaves this machine, and nothing is unpickled."
)


def own_file() -> tuple[tables.Key, Embeddings] | None:
    """The file that was dropped in; None, and a sentence on the page, where there is none or it can't be used."""
    file = st.file_uploader("Your embeddings", key=STATE.key("own_embeddings"), help=_HELP, max_upload_size=200)
    before = st.session_state.get(STATE.key("own_embeddings.kept"), [])
    given = keep_files(STATE.key("own_embeddings"), [file] if file else [])
    if not given:
        show_info(
            "Drop in .npz, .npy, .csv or .parquet: one row for each item, up to {most:,} rows.", most=LIMITS.max_rows
        )
        return None
    data = given[0].content
    key = fingerprint(data)
    try:
        sampled = st.session_state.get(STATE.key("own_sample")) == key
        return (key, f"{sampled}"), tables.own_table(key, sampled, data)
    except TooManyRows as error:
        show_error(error)
        st.button(
            f"open a sample of {error.most:,} rows",
            on_click=lambda: st.session_state.update({STATE.key("own_sample"): key}),
        )
    except EmbeddingError as error:
        show_error(error)
        restore_files(STATE.key("own_embeddings"), before)
    return None
