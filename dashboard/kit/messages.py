"""Messages on pages: a fixed sentence of ours with its values, or an error, whose text is shown as it stands.

Pages show no text from outside in another way: it could hold Markdown, such as a picture from another machine.
"""

from __future__ import annotations

import streamlit as st

from core.files import explain
from dashboard.kit.text import caption, markdown_of

Message = str | Exception


def show_error(message: Message, /, **values: object) -> None:
    """Show what went wrong: an error's own sentence, or a sentence of ours with its values (see ``markdown_of``)."""
    st.error(_markdown(message, values))


def show_warning(message: Message, /, **values: object) -> None:
    """Show what the visitor should know before trusting what is shown."""
    st.warning(_markdown(message, values))


def show_info(message: Message, /, **values: object) -> None:
    """Show what the visitor can do next, or why something is not there."""
    st.info(_markdown(message, values))


def show_note(message: Message, /, **values: object) -> None:
    """Show a small line of text."""
    caption(_markdown(message, values))


def _markdown(message: Message, values: dict[str, object]) -> str:
    if isinstance(message, Exception):
        return markdown_of("{message}", message=explain(message))
    texts = {name: explain(one) if isinstance(one, Exception) else one for name, one in values.items()}
    return markdown_of(message, **texts) if texts else message
