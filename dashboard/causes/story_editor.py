"""The story that a visitor writes: its text, typed or from a file, and its exposure and outcome."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.causal.scm.mechanisms import MechanismError
from core.causal.scm.model_text import MAX_CHARACTERS
from core.causal.stories.shipped import STORIES, shipped_text
from core.causal.stories.story import Story
from core.causal.stories.story_text import parse_story, story_keywords
from dashboard.causes.scene import USER_STORY_TITLE
from dashboard.causes.state import STATE
from dashboard.kit.messages import show_error
from dashboard.kit.text import escape_markdown

_EXAMPLE = """dial care = 0.8 from 0 to 2 "How much more fertiliser good soil gets"
soil = normal(0, 1)
fertiliser = {care}*soil + normal(0, 1)
hidden rain = normal(0, 1)
harvest = 0.5*fertiliser + soil + rain + normal(0, 0.5)"""
# Session state: the text, the text that another one replaced, and the control that takes a file.
_TEXT, _BEFORE = STATE.key("story_text"), STATE.key("story_text.before")
_FILE = STATE.key("story_text.file")
_HELP = """One line for each node: `harvest = 0.5*soil + normal(0, 1)`. `normal(mean, sd)`, `uniform(low, high)` and
`laplace(mean, sd)` add noise (sd: standard deviation). `bernoulli(probability)` draws 0 or 1, `choice(weights...)` one
of several categories. `hidden` before a name marks a node that is not measured.

A slider: `dial care = 0.8 from 0 to 2 "what it does"`; write `{care}` where the model uses it.

Keywords, each on a line of its own: `title:`, `description:`, `question:`, `answer:`, `exposure:`, `outcome:`, `wrong:`
(nodes that one should not adjust for), `label soil: good soil`, `unit: soil = 1, harvest = 2` (one unit that the story
describes), `start: 2` (the first value that the exposure is set to), `preset poor soil: care = 0`."""


def keep_text() -> None:
    """Keep a text in the session even while its control is hidden, so that Streamlit binds it to the address later."""
    st.session_state.setdefault(_TEXT, STATE.read("story_text", _EXAMPLE))


def user_story() -> Story:
    """Show the controls of the visitor's story, and return it.

    Raises:
        ValueError: The text can't be read; names the line.
    """
    with st.container(horizontal=True):
        text = st.text_area("your story", key=_TEXT, height=200, width="stretch", bind="query-params", help=_HELP)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _files(text)
        if st.session_state.get(_BEFORE, text) != text:
            st.button(
                "undo: previous story",
                on_click=lambda: replace_text(st.session_state[_BEFORE]),
                icon=":material/undo:",
            )
        story = parse_story(text)
        nodes = [node for node in story.model().order if node not in story.model().latent]
        chosen = {
            word: st.selectbox(
                word,
                nodes,
                nodes.index(getattr(story, word)),
                key=STATE.key(word),
                bind="query-params",
                width=220,
            )
            for word in ("exposure", "outcome")
            if word not in story_keywords(text)
        }
    story = parse_story(text, **chosen)
    description = escape_markdown(story.description) or "Your story: everything below is computed from its lines."
    if story.title:
        description = f"*{escape_markdown(story.title)}.* {description}"
    return replace(
        story,
        title=USER_STORY_TITLE,
        description=description,
        question=escape_markdown(story.question),
        answer=escape_markdown(story.answer),
        dials=tuple(replace(dial, description=escape_markdown(dial.description)) for dial in story.dials),
        presets=tuple((escape_markdown(name), dials) for name, dials in story.presets),
    )


def replace_text(text: str) -> None:
    """Replace the visitor's text; a button brings the previous one back."""
    if (before := st.session_state.get(_TEXT, _EXAMPLE)) not in (text, _EXAMPLE, *map(shipped_text, STORIES)):
        st.session_state[_BEFORE] = before
    st.session_state[_TEXT] = text


def _files(text: str) -> None:
    """Buttons that open and save a text."""
    with st.popover("open a file", icon=":material/upload:"):
        file = st.file_uploader("story as a text file", type="txt", key=_FILE, max_upload_size=1, on_change=_take)
        if file is not None:
            try:
                _read(file)
            except MechanismError as error:
                show_error(error)
    st.download_button(
        "story.txt", text, "story.txt", key=STATE.key("save.story"), on_click="ignore", icon=":material/download:"
    )


def _take() -> None:
    file = st.session_state[_FILE]
    if file is not None:
        with suppress(MechanismError):  # shown beside the control
            replace_text(_read(file))


def _read(file: UploadedFile) -> str:
    if file.size > 4 * MAX_CHARACTERS:  # a character has at most four bytes
        raise MechanismError(f"{file.name} has more than {MAX_CHARACTERS:,} characters; a story needs far fewer.")
    try:
        return file.getvalue().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MechanismError(f"{file.name} is not UTF-8 text; save it as UTF-8.") from error
