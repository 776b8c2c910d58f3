"""Is the representation sane? The verdict, and the measures behind it beside those of random weights."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.embedding.sanity import Sanity
from core.models.catalog import Null
from dashboard.compare.evidence import quiet

_SIGNS = {
    "healthy": "Healthy", "suspicious": "Suspicious", "collapsed": "Collapsed", "unjudged": "Too little to judge by",
}  # fmt: skip


def sanity_panel(title: str, found: Sanity, null: Null | None = None, held: Sanity | None = None) -> None:
    """The panel.

    Args:
        title: The representation's name.
        found: Of the representation that is shown.
        null: What it is held against; None where there is nothing.
        held: What was found of the null, on the same clips.
    """
    with st.container(border=True):
        st.markdown(f"**Is it sane?** {_SIGNS[found.state]}. {found.told}")
        columns = {"measure": [one.name for one in found.signs], title: _values(found)}
        if held is not None:
            columns |= {null.title: _values(held)}
        columns |= {name: [getattr(one, name) for one in found.signs] for name in ("formula", "source")}
        st.dataframe(pd.DataFrame(columns), hide_index=True)
        quiet("each measure's formula and source stand beside it" + ("" if null is None else (
            f"; of frames. Random weights reach some of it too: {told_of_null(null)}"
        )))  # fmt: skip


def told_of_null(null: Null) -> str:
    """What a comparison with random weights can say, by whose they are."""
    if null.own:
        return "what training adds is the difference."
    return (
        "these are the JEPA predictor's and not this model's own: the difference is that of two networks as much "
        "as what training adds."
    )


def _values(found: Sanity) -> list[str]:
    return [one.why if one.value is None else f"{one.value:.3g}" for one in found.signs]
