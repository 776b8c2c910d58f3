"""Text on pages: small lines, and text from people, files and links on its way into Markdown."""

from __future__ import annotations

import re

import streamlit as st

_JOINER = "\u2060"  # stands between two characters and takes no room
_LIGATURES = re.compile(r"www(?=\.)|:(?=//)|@|-(?=[->])|[<>~](?=[-=])", re.IGNORECASE)  # links, arrows and dashes
_SIGNS = re.compile(r"(?<=\n)[-+#>=]|^[-+#>=]|[\\`*_\[\]<$~|&]|:(?=\w)")  # those that begin a line, and all others


def caption(text: str) -> None:
    """Show Markdown as a small line, with more contrast than ``st.caption`` has."""
    st.markdown(f":small[{text}]")


def escape_markdown(text: str) -> str:
    """Returns text that Markdown shows as it stands: a link must not bring pictures, other links or styles along."""
    return _SIGNS.sub(r"\\\g<0>", _LIGATURES.sub(lambda match: match[0] + _JOINER, text))
