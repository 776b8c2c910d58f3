"""Is the representation sane? The verdict, and the measures behind it beside those of random weights."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.embedding.sanity import Sanity
from dashboard.compare.evidence import quiet

_SIGNS = {"healthy": "Healthy", "suspicious": "Suspicious", "collapsed": "Collapsed"}


def sanity_panel(found: Sanity, null: Sanity, title: str) -> None:
    """The panel.

    Args:
        found: Of the representation that is shown.
        null: Of random weights, on the same clips.
        title: The representation's name.
    """
    with st.container(border=True):
        st.markdown(f"**Is it sane?** {_SIGNS[found.state]}. {found.told}")
        st.dataframe(_table(found, null, title), hide_index=True)
        quiet("of frames; each measure's formula and source stand beside it")


def _table(found: Sanity, null: Sanity, title: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "measure": one.name,
            title: _told(one.value, one.why),
            "random weights": _told(other.value, other.why),
            "formula": one.formula,
            "source": one.source,
        }
        for one, other in zip(found.signs, null.signs, strict=True)
    )


def _told(value: float | None, why: str) -> str:
    return why if value is None else f"{value:.3g}"
