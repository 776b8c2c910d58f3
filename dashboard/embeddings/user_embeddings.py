"""A visitor's own file of embeddings, and how it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import streamlit as st

from core.embedding.files import TooManyRows
from core.embedding.limits import LIMITS, EmbeddingError, ReadOptions
from core.embedding.table import Embeddings
from dashboard.cached.videos import fingerprint
from dashboard.embeddings import tables
from dashboard.embeddings.series_view import one_of_series
from dashboard.embeddings.state import STATE
from dashboard.kit.messages import show_error, show_info
from dashboard.kit.uploads import KeptFile, keep_files, restore_files

_HELP = (
    "Rows and dimensions as .npy [rows, dimensions] or [clips, frames, dimensions]; .npz with embeddings and, if you "
    "like, label, time, group (the clip) and thumbnails; .csv, .tsv, .jsonl or .parquet with a column for each "
    "dimension or one column of lists; word vectors; a projector's vectors.tsv and metadata.tsv, together or as .zip. "
    "Nothing leaves this machine, and nothing is unpickled."
)
_GUESSED = "as guessed"
_SEPARATORS = ("", "comma", "semicolon", "tab", "bar", "space")


def uploaded_embeddings() -> tuple[tables.Key, Embeddings] | None:
    """The file that was dropped in; None, and a sentence on the page, where there is none or it can't be used."""
    slot = STATE.key("user_embeddings")
    files = st.file_uploader("Your embeddings", key=slot, help=_HELP, max_upload_size=200, accept_multiple_files=True)
    before = st.session_state.get(f"{slot}.kept", [])
    given = keep_files(slot, files)
    if not given:
        show_info(
            "Drop in .npz, .npy, .csv, .tsv, .jsonl, .parquet or .zip: one row for each item, up to {most:,} rows.",
            most=LIMITS.max_rows,
        )
        return None
    try:
        rows, metadata = _rows_and_metadata(given)
    except EmbeddingError as error:
        show_error(error)
        return None
    if len(rows) > 1:
        return one_of_series(rows)
    return _table_of(rows[0], metadata, slot, before)


def _table_of(
    rows: KeptFile, metadata: KeptFile | None, slot: str, before: Sequence[KeptFile]
) -> tuple[tables.Key, Embeddings] | None:
    """The rows of one file; None, and a sentence on the page, where it can't be used."""
    key = fingerprint(rows.content + (metadata.content if metadata else b""))
    options = _read_options(key, rows.content)
    try:
        sampled = st.session_state.get(STATE.key("user_sample")) == key
        table = tables.uploaded_table(key, sampled, options, rows.content, metadata.content if metadata else None)
        return (key, f"{sampled}", repr(options)), table
    except TooManyRows as error:
        show_error(error)
        st.button(
            f"open a sample of {error.most:,} rows",
            on_click=lambda: st.session_state.update({STATE.key("user_sample"): key}),
        )
    except EmbeddingError as error:
        show_error(error)
        restore_files(slot, before)
    return None


def _rows_and_metadata(given: Sequence[KeptFile]) -> tuple[Sequence[KeptFile], KeptFile | None]:
    """The files of rows, and the file that describes them, which is called metadata or labels.

    Raises:
        EmbeddingError: It is not clear which rows the metadata describe.
    """
    if len(given) == 1:
        return given, None
    metadata = [file for file in given if PurePosixPath(file.name).stem.lower() in ("metadata", "labels")]
    rows = [file for file in given if file not in metadata]
    if (metadata and len(given) != 2) or not rows:
        raise EmbeddingError(
            f"These are {len(given)} files ({', '.join(file.name for file in given)}); drop in one with its "
            "metadata.tsv, or the files of several checkpoints without metadata."
        )
    return rows, metadata[0] if metadata else None


def _read_options(key: str, data: bytes) -> ReadOptions:
    """How the visitor wants a file to be read."""
    with st.popover("how the file is read"):
        st.markdown("Empty fields are guessed; the line above the map says how each column was read.")
        first = st.container()  # the columns come first, and what they are depends on the rest
        text = ReadOptions(
            separator=_select("cells are separated by", "separator", _SEPARATORS),
            encoding=_text("encoding", "encoding", "such as cp1252"),
            header=_select("the first line names the columns", "header", ("", "yes", "no")),
        )
        try:
            choices = tables.uploaded_choices(key, text, data)
        except EmbeddingError:  # the sentence follows when the file is read
            choices = []
        with first:
            columns = _text("embedding", "columns", " or ".join(choices[:3]) or "such as emb_0:emb_7")
        return replace(
            text,
            columns=columns,
            labels=_text("columns that stay text", "labels", "such as id, year"),
            clip=_text("column of the clip", "clip_column", "a name, or none"),
            time=_text("column of the time", "time_column", "a name, or none"),
        )


def _text(label: str, name: str, placeholder: str) -> str:
    return st.text_input(label, key=STATE.key(name), placeholder=placeholder, bind="query-params").strip()


def _select(label: str, name: str, options: Sequence[str]) -> str:
    return st.selectbox(
        label, options, format_func=lambda value: value or _GUESSED, key=STATE.key(name), bind="query-params"
    )
