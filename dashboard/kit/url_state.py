"""One name space for each page, in the session's state and in the address: ``compare.seed`` is a setting of Compare.

A page has one `PageState` and takes every key from it, so that no two pages share one. A control whose key is also
bound to the address (``bind="query-params"``) appears there under the same name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

RESERVED = ("embed", "embed_options")  # Streamlit's own parameters
_TRACKERS = re.compile(r"utm_\w+|fbclid|gclid|msclkid")  # which other sites append to links
Query = dict[str, list[str]]


@dataclass(frozen=True)
class OldNames:
    """How addresses named a page's settings before they had the page's prefix.

    Attributes:
        settings: Old name -> the settings that it now stands for; none if it means nothing any more.
        families: Beginnings, up to a dot, of old names that only got the prefix.
        values: Setting -> old value -> the value that means the same now.
        renamed: Setting of an address with the page's prefix -> its present name.
    """

    settings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    families: tuple[str, ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)

    def now(self, name: str) -> tuple[str, ...] | None:
        """Returns the settings that an old name stands for; None if it was no setting of the page."""
        return (name,) if name.split(".")[0] in self.families else self.settings.get(name)


NO_OLD_NAMES = OldNames()


@dataclass(frozen=True)
class PageState:
    """The names of a page's settings, and its part of the address.

    Attributes:
        page: The page's name, the prefix of its keys.
        old: Names that old addresses use.
    """

    page: str
    old: OldNames = NO_OLD_NAMES

    def key(self, *parts: str) -> str:
        """Returns the key of a control or of another thing that the session keeps for this page."""
        return ".".join((self.page, *parts))

    def start_run(self) -> None:
        """Forget which settings the page has read and followed; called at the beginning of each run."""
        st.session_state[self.key("read")] = set()
        st.session_state[self.key("followed")] = {}

    def read(self, name: str, default: str = "") -> str:
        """Returns what the address says of a setting. The page then takes what it cannot follow out of the address."""
        st.session_state.setdefault(self.key("read"), set()).add(name)
        return st.query_params.get(self.key(name), default)

    def is_read(self, name: str) -> bool:
        """Returns whether the page has read a setting in this run."""
        return name in st.session_state.get(self.key("read"), ())

    def follow(self, name: str, text: str) -> None:
        """Note that the page follows a setting of this text, which it writes in another way or not at all."""
        st.session_state.setdefault(self.key("followed"), {})[name] = text

    def followed(self, name: str) -> str | None:
        """Returns the text of a setting that the page follows in this run, as it has noted."""
        return st.session_state.get(self.key("followed"), {}).get(name)

    def write(self, name: str, text: str) -> None:
        """Put a setting that no control is bound to into the address; an empty one leaves it."""
        if text:
            st.query_params[self.key(name)] = text
        else:
            st.query_params.pop(self.key(name), None)

    def read_all(self) -> dict[str, str]:
        """Returns the settings in the address, without the prefix."""
        prefix = self.key("")
        names = [name.removeprefix(prefix) for name in st.query_params if name.startswith(prefix)]
        return {name: self.read(name) for name in names}

    def note_opening(self) -> None:
        """Remember that the visitor has come from another page, for `has_new_address`."""
        st.session_state[self.key("opened")] = True

    def has_new_address(self) -> bool:
        """Returns whether something other than the page wrote the address: a link that opens the page, or the browser's
        Back and Forward. True once; the page then takes its settings from the address."""
        opened = st.session_state.pop(self.key("opened"), False)
        return (opened and bool(self.read_all())) or went_through_history()

    def with_prefix(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Returns the parameters of an address that opens the page with these settings."""
        return {self.key(name): text for name, text in settings.items()}

    def own_query(self, query: Mapping[str, list[str]]) -> Query:
        """Returns the parameters of an address that are this page's, under their present names and values."""
        own: Query = {}
        for name, texts in sorted(query.items(), key=lambda item: not item[0].startswith(self.key(""))):
            for setting in self.settings_of(name) or ():
                own.setdefault(self.key(setting), self.present_texts(setting, texts))
        return own

    def settings_of(self, name: str) -> tuple[str, ...] | None:
        """Returns the settings that a parameter of an address stands for; None if the page has no such setting."""
        if name.startswith(self.key("")):
            setting = name.removeprefix(self.key(""))
            return (self.old.renamed.get(setting, setting),)
        return () if name in RESERVED or _TRACKERS.fullmatch(name) else self.old.now(name)

    def present_texts(self, setting: str, texts: list[str]) -> list[str]:
        """Returns the values of a setting as they are written now."""
        values = self.old.values.get(setting, {})
        return [values.get(text, text) for text in texts]


def went_through_history() -> bool:
    """Returns whether this run follows the browser's Back or Forward."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def sent_query() -> Query:
    """Returns the address as the browser sent it with this run, before the page changes it."""
    context = get_script_run_ctx()
    query = parse_qs(context.query_string, keep_blank_values=True) if context else {}
    return {name: texts for name, texts in query.items() if name not in RESERVED}


def current_query() -> Query:
    """Returns the address as it is now."""
    return {name: st.query_params.get_all(name) for name in st.query_params if name not in RESERVED}


def bound_names() -> Collection[str]:
    """Returns the parameters that a control of the page is bound to."""
    context = get_script_run_ctx()
    if context is None:
        return ()
    with context.session_state.query_params() as store:
        return frozenset(store._bindings_by_param)


def replace_query(query: Query) -> None:
    """Replace the address before the page's controls are drawn, which then take their values from it.

    ``st.query_params`` refuses names that controls are bound to, even if the browser's Back has just brought an address
    without them, and controls would not see what it writes; so this uses Streamlit's own store of the address.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as store:
        store.clear_with_no_forward_msg(preserve_embed=True)
        for name, texts in query.items():
            store.set_with_no_forward_msg(name, texts)
        store.set_initial_query_params_from_current()
        store._send_query_param_msg()
