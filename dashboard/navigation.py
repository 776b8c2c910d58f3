"""The pages by section. A page is a script in ``pages/`` and a line here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard import old_links
from dashboard.kit.link_request import LinkRequest, show_ignored
from dashboard.kit.url_state import (
    NO_OLD_NAMES,
    OldNames,
    PageState,
    current_query,
    replace_query,
    sent_query,
    went_through_history,
)

FOLDER = Path(__file__).resolve().parents[1] / "pages"
_OPEN = "navigation.open"  # session state: the page that the visitor looks at
SECTIONS = ("Predict", "Look inside", "Intervene", "Imagine")


@dataclass(frozen=True)
class PageSpec:
    """A page.

    Attributes:
        name: The name of its script, of its address and of its settings' name space.
        title: Its name in the navigation; the page itself is headed by a question.
        section: One of ``SECTIONS``.
        old: The names of its settings in old addresses.
    """

    name: str
    title: str
    section: str
    old: OldNames = NO_OLD_NAMES

    @property
    def file(self) -> Path:
        """The page's script."""
        return FOLDER / f"{self.name}.py"

    @property
    def state(self) -> PageState:
        """The page's name space."""
        return PageState(self.name, self.old)


PAGES = (
    PageSpec("compare", "Compare", "Predict", old_links.COMPARE),
    PageSpec("scoreboard", "Scoreboard", "Predict", old_links.SCOREBOARD),
    PageSpec("train", "Train", "Predict", old_links.TRAIN),
    PageSpec("embeddings", "Embeddings", "Look inside", old_links.EMBEDDINGS),
    PageSpec("causes", "Causes", "Intervene", old_links.CAUSES),
)


def run_page() -> None:
    """Show the navigation and the page that the visitor has chosen, its address free of what it does not follow."""
    shown = {page.name: st.Page(page.file, title=page.title, default=page is PAGES[0]) for page in PAGES}
    sections = {section: [shown[page.name] for page in PAGES if page.section == section] for section in SECTIONS}
    chosen = st.navigation({section: pages for section, pages in sections.items() if pages}, position="top")
    state = next(page.state for page in PAGES if shown[page.name] == chosen)
    sent, request = sent_query(), None
    if _OPEN not in st.session_state or went_through_history():
        request = LinkRequest(state, sent)
    state.start_run()
    _keep_own_address(state)
    if st.session_state.get(_OPEN) != state.page:
        st.session_state[_OPEN] = state.page
        state.note_opening()
    place = st.container()
    try:
        chosen.run()
    finally:  # a page may stop early
        show_ignored(place, request, sent)


def _keep_own_address(state: PageState) -> None:
    """Read an old link by its new names, and leave out what is not the page's."""
    query = current_query()
    own = state.own_query(query)
    if own != query:
        replace_query(own)
