"""Uploaded files that outlive their control: Streamlit drops them when another view or page is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.kit.text import escape_markdown


@dataclass(frozen=True)
class KeptFile:
    """An uploaded file: its name, its content, and a unique id."""

    name: str
    content: bytes = field(repr=False)
    id: str


def restore_files(slot: str, files: Sequence[KeptFile]) -> None:
    """Keep the files that a control held before, instead of one that cannot be used."""
    st.session_state[f"{slot}.kept"] = list(files)


def keep_files(slot: str, files: Sequence[UploadedFile]) -> list[KeptFile]:
    """Returns the files of an upload control, or those that it held before another view was shown, with a button that
    removes them.

    Args:
        slot: Key of the control.
        files: Its files now.
    """
    place = f"{slot}.kept"
    if files:
        st.session_state[place] = [KeptFile(file.name, file.getvalue(), file.file_id) for file in files]
        return st.session_state[place]
    given = st.session_state.get(place, [])
    if given:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                "Still open: "
                + ", ".join(escape_markdown(file.name) for file in given[:4])
                + ", ..." * (len(given) > 4)
            )
            st.button("close", key=f"{slot}.forget", on_click=lambda: st.session_state.pop(place, None))
    return given
