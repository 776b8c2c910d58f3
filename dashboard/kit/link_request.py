"""What a link asks for and the page does not show: said in one sentence above the page, and gone from the address.

A page follows a setting of a link if a control that is bound to it has its value, if the page keeps it in the address
after reading it, or if the page says so (``PageState.follow``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.kit.messages import show_info
from dashboard.kit.url_state import PageState, Query, bound_names, current_query

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_SHOWN = 80  # characters of a setting in the message
_NOTICE = "navigation.notice"  # session state


@dataclass(frozen=True)
class LinkRequest:
    """What the address asked for when a link, or the browser's Back or Forward, opened the page.

    Attributes:
        state: The name space of the page.
        query: The parameters as they stood in the address.
    """

    state: PageState
    query: Query

    def ignored(self) -> list[str]:
        """Returns the settings that the page, which has run, does not follow, as ``name=text``."""
        return [_shown(name, text) for name, text in self._ignored()]

    def clean_address(self) -> None:
        """Take what no control and no part of the page has taken out of the address."""
        bound = bound_names()
        for name, texts in self.state.own_query(self.query).items():
            setting = name.removeprefix(self.state.key(""))
            is_kept = name in bound or self.state.is_read(setting) or self._is_followed(setting, texts)
            if not is_kept and name in st.query_params:
                del st.query_params[name]

    def _ignored(self) -> Iterable[tuple[str, str]]:
        for name, texts in self.query.items():
            settings = self.state.settings_of(name)
            if settings is None:
                yield name, texts[-1]
            elif settings and not any(self._is_followed(one, texts) for one in settings):
                yield settings[0], self.state.present_texts(settings[0], texts)[-1]

    def _is_followed(self, setting: str, texts: list[str]) -> bool:
        key = self.state.key(setting)
        shown = [self.state.followed(setting), st.session_state.get(key)]
        if key in bound_names() or self.state.is_read(setting):
            shown.append(st.query_params.get(key))
        text = self.state.present_texts(setting, texts)[-1]
        return any(one is not None and _same(text, str(one)) for one in shown)


def show_ignored(place: DeltaGenerator, request: LinkRequest | None, sent: Query) -> None:
    """Say what the link asked for in vain, and clean the address; the sentence stays until that changes.

    Args:
        place: Where the sentence stands.
        request: What the link asked for; None if no link has opened the page in this run.
        sent: The address as the browser sent it with this run.
    """
    if request is not None:
        ignored = request.ignored()
        request.clean_address()
        st.session_state[_NOTICE] = (current_query(), ignored)
    address, ignored = st.session_state.get(_NOTICE, ({}, []))
    if request is None and not address == sent == current_query():
        st.session_state.pop(_NOTICE, None)
    elif ignored:
        with place:
            show_info(
                "This link asks for {settings}, which isn't available here. The page shows the nearest view instead.",
                settings=", ".join(ignored),
            )


def _shown(name: str, text: str) -> str:
    setting = f"{name.removeprefix('factor.')}={text}"  # as the control is called
    return setting if len(setting) <= _SHOWN else f"{setting[:_SHOWN]}..."


def _same(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other or (other in ("True", "False") and one.casefold() == other.casefold())
