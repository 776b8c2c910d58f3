"""What can be known without the truth: how an effect is identified, and its estimates."""

from __future__ import annotations

import streamlit as st

from core.causal.analysis.result import Analysis
from dashboard.causes.estimates_view import estimates_card
from dashboard.causes.identification_view import attribution_table, identification_card, reasons_table
from dashboard.causes.known import Known


def evidence_view(analysis: Analysis, known: Known, key: str) -> None:
    """Show the identification and the estimates of an analysis. ``key`` distinguishes analyses."""
    left, right = st.columns((2, 3))
    with left, st.container(border=True, height="stretch"):
        identification_card(analysis.identification, known.labels, analysis.bounds, known.list_more)
    with right, st.container(border=True, height="stretch"):
        estimates_card(analysis, known, key)
    attribution_table(analysis.attribution, known.labels)
    reasons_table(analysis.identification, known.labels)
