"""What the visitor may choose about a table and its columns: every guess can be changed here."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.causal.analysis.choices import Choices
from core.causal.tables.categories import MOST_CATEGORIES
from core.causal.tables.rows import RowsError, Table
from dashboard.causes.state import STATE

_GUESS = "(guess)"
_NONE = "(none)"
_DELIMITERS = ("", "comma", "semicolon", "tab", "pipe", "space")


@dataclass(frozen=True)
class ReadingChoices:
    """How a file is read: the delimiter, empty for a guess; texts that stand for missing values; and the column that
    says how many units a row stands for, empty if each stands for one."""

    delimiter: str = ""
    missing: tuple[str, ...] = ()
    counts: str = ""


def reading_choices() -> ReadingChoices:
    """The visitor's choices about the file."""
    with st.popover("how the table is read"):
        delimiter = st.selectbox(
            "delimiter",
            _DELIMITERS,
            format_func=lambda name: name or _GUESS,
            key=STATE.key("delimiter"),
            bind="query-params",
        )
        missing = st.text_input(
            "also missing",
            key=STATE.key("missing"),
            bind="query-params",
            help="Texts or numbers that stand for a missing value, separated by commas, such as -999.",
        )
        counts = st.text_input(
            "column of counts",
            key=STATE.key("counts"),
            bind="query-params",
            help="For a table of counts: the column that says how many units a row stands for.",
        )
    markers = tuple(part.strip() for part in missing.split(",") if part.strip())
    return ReadingChoices(delimiter or "", markers, counts.strip())


def column_choices(
    table: Table, key: str, nodes: list[str], columns: dict[str, str], exposure: str, outcome: str
) -> Choices:
    """The visitor's choices about values and columns; ``key`` distinguishes tables."""
    with st.popover("what the values mean"):
        categorical = st.multiselect(
            "categories", nodes, key=STATE.key("categorical"), bind="query-params", placeholder=_GUESS
        )
        numeric = st.multiselect("amounts", nodes, key=STATE.key("numeric"), bind="query-params", placeholder=_GUESS)
        values = _values(key, columns.get(exposure, ""), table)
        reference = _choice("reference (exposure)", values, _GUESS, "reference")
        arm = _choice("compared first (exposure)", values, _GUESS, "arm")
        event = _choice("event (outcome)", _values(key, columns.get(outcome, ""), table), _GUESS, "event")
        by = _choice("effects by", table.names, _NONE, "by")
        cluster = _choice("rows belong together by", table.names, _NONE, "cluster")
        weights = _choice("weights", table.names, _NONE, "weights")
    return Choices(tuple(categorical), tuple(numeric), reference, arm, event, weights, cluster, by)


def _choice(label: str, options: tuple[str, ...], nothing: str, name: str) -> str:
    """The chosen option; empty for none."""
    chosen = st.selectbox(
        label,
        ("", *options),
        format_func=lambda option: option or nothing,
        key=STATE.key(name),
        bind="query-params",
    )
    return chosen or ""


@st.cache_data(max_entries=16, show_spinner=False)
def _values(key: str, column: str, _table: Table) -> tuple[str, ...]:
    """The values of a column; empty if there are many."""
    try:
        values = _table.indices(column)[1]
    except RowsError:
        return ()
    return values if len(values) <= MOST_CATEGORIES else ()
