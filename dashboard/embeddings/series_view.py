"""Several checkpoints of a visitor's training side by side: does the representation collapse on the way?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.embedding.files import read_embeddings
from core.embedding.limits import GUESS, EmbeddingError
from core.embedding.series import EmbeddingSeries, examine_series, in_order
from core.embedding.table import Embeddings
from dashboard.cached.videos import fingerprint
from dashboard.embeddings import tables
from dashboard.embeddings.state import STATE
from dashboard.kit.messages import show_error
from dashboard.kit.text import escape_markdown
from dashboard.kit.uploads import KeptFile


def one_of_series(files: Sequence[KeptFile]) -> tuple[tables.Key, Embeddings] | None:
    """The measures of each file, and the rows of the one that the visitor chooses; None, and a sentence on the page,
    where one of them can't be used."""
    by_name = {file.name: file for file in files}
    try:
        if len(by_name) < len(files):
            raise EmbeddingError("Some of these files have the same name; rename them so that each has its own.")
        series = _series(tuple(fingerprint(file.content) for file in files), by_name)
    except (EmbeddingError, ValueError) as error:
        show_error(error)
        return None
    _show(series)
    names = in_order([*by_name])
    name = st.selectbox("checkpoint on the map", names, index=len(names) - 1, key=STATE.key("series"), width=380)
    content = by_name[name].content
    key = fingerprint(content)
    return (key, "series"), tables.uploaded_table(key, False, GUESS, content, None)


@st.cache_resource(max_entries=2, show_spinner="Examining the checkpoints")
def _series(keys: tuple[str, ...], _files: dict[str, KeptFile]) -> EmbeddingSeries:
    read = {}
    for name, file in _files.items():
        try:
            read[name] = read_embeddings(file.content)
        except EmbeddingError as error:
            raise EmbeddingError(f"{name}: {error}") from error
    return examine_series(read)


def _show(series: EmbeddingSeries) -> None:
    st.markdown(f"**{escape_markdown(series.finding.text)}**")
    st.table(
        {
            "checkpoint": [escape_markdown(step.name) for step in series.steps],
            "effective rank": [f"{step.effective_rank:.2g}" for step in series.steps],
            "participation ratio": [f"{step.directions:.2g}" for step in series.steps],
            "spread": [f"{step.spread:.2g}" for step in series.steps],
            "moving share": ["not defined" if step.moving is None else f"{step.moving:.2g}" for step in series.steps],
            "finding": [step.state for step in series.steps],
        }
    )
