"""Files that a visitor gave stay at hand when another view or page is looked at; the upload control forgets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile


@dataclass(frozen=True)
class Given:
    """A file: its name, its content, and an id of its own."""

    name: str
    content: bytes = field(repr=False)
    id: str


def put_back(slot: str, given: Sequence[Given]) -> None:
    """What an upload control held before what it holds now, which is of no use: for when that is taken out."""
    st.session_state[f"{slot}.kept"] = list(given)


def kept_files(slot: str, files: Sequence[UploadedFile]) -> list[Given]:
    """The files of an upload control, or those that it held before another view was looked at, with a button to forget
    them.

    Args:
        slot: The key of the control.
        files: What it holds now.
    """
    place = f"{slot}.kept"
    if files:
        st.session_state[place] = [Given(file.name, file.getvalue(), file.file_id) for file in files]
        return st.session_state[place]
    given = st.session_state.get(place, [])
    if given:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("Still here: " + ", ".join(file.name for file in given[:4]) + ", ..." * (len(given) > 4))
            st.button("forget", key=f"{slot}.forget", on_click=lambda: st.session_state.pop(place, None))
    return given
