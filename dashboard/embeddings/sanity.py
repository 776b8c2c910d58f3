"""Is the representation sane? The verdict, and the measures behind it beside those of random weights."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.embedding.sanity import Sanity
from dashboard.compare.evidence import quiet

_SIGNS = {
    "healthy": "Healthy", "suspicious": "Suspicious", "collapsed": "Collapsed", "unjudged": "Too little to judge by",
}  # fmt: skip


def sanity_panel(found: Sanity, null: Sanity | None, title: str) -> None:
    """The panel.

    Args:
        found: Of the representation that is shown.
        null: Of random weights, on the same clips; None where there are none.
        title: The representation's name.
    """
    with st.container(border=True):
        st.markdown(f"**Is it sane?** {_SIGNS[found.state]}. {found.told}")
        columns = {"measure": [one.name for one in found.signs], title: _values(found)}
        if null is not None:
            columns |= {"random weights": _values(null)}
        columns |= {name: [getattr(one, name) for one in found.signs] for name in ("formula", "source")}
        st.dataframe(pd.DataFrame(columns), hide_index=True)
        quiet("each measure's formula and source stand beside it" + ("" if null is None else "; of frames"))


def _values(found: Sanity) -> list[str]:
    return [one.why if one.value is None else f"{one.value:.3g}" for one in found.signs]
