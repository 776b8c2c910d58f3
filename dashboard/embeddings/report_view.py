"""The report on a representation: the finding, and the measures behind it beside those of random weights."""

from __future__ import annotations

import streamlit as st

from core.embedding.representation_report import (
    RepresentationReport,
    compare_with_null,
    spectrum_finding,
    spread_finding,
)
from core.models.spec import Null
from dashboard.embeddings.state import STATE
from dashboard.figures import representation as figures
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.findings import finding_markdown
from dashboard.kit.text import caption, escape_markdown


def report_panel(
    title: str, report: RepresentationReport, null: Null | None = None, null_report: RepresentationReport | None = None
) -> None:
    """Show a report.

    Args:
        title: Name of the representation.
        report: Of the representation that is shown.
        null: The random weights that it is compared with; None if there are none.
        null_report: Of those random weights, on the same clips.
    """
    if null is not None and null.is_own and null_report is not None:
        report = compare_with_null(report, null_report)
    with st.container(border=True):
        st.markdown(f"Is the representation sound? {finding_markdown(report.finding)}")
        measures = {"measure": [one.name for one in report.measures], escape_markdown(title): _values(report)}
        if null is not None and null_report is not None:
            measures |= {null.title: _values(null_report)}
        _curves(report, null_report, title, null.title if null else "")
        st.table(measures)
        caption(
            "The file does not say which network made these rows, so there are no random weights to compare with."
            if null is None
            else f"Measured on frames. Random weights also have scores: {explain_null(null)}"
        )
        with st.expander("Formulas and sources"):
            columns = {"measure": "name", "formula": "formula", "source": "source"}
            st.table(
                {
                    column: [escape_markdown(getattr(one, field)) for one in report.measures]
                    for column, field in columns.items()
                }
            )


def explain_null(null: Null) -> str:
    """What a comparison with random weights can say, which depends on whose weights they are."""
    if null.is_own:
        return "the difference is the effect of training."
    return (
        "these are the random weights of the JEPA, not of this model, so the difference combines the effect of "
        "training with that of another network."
    )


def _curves(report: RepresentationReport, null: RepresentationReport | None, title: str, null_title: str) -> None:
    beside = "" if null is None else f" and of {null_title}"
    spread, spectrum = st.columns(2)
    with spread:
        st.markdown(f"**{spread_finding(report).text}**")
        figure = figures.spread_curve(report, null, title, null_title, scheme())
        alt = f"Standard deviation of each dimension of {title}{beside}, the largest first."
        show_chart(figure, key=STATE.key("spread"), alt=alt)
    with spectrum:
        st.markdown(f"**{spectrum_finding(report).text}**")
        figure = figures.spectrum_curve(report, null, title, null_title, scheme())
        alt = f"Share of the variance along each direction of {title}{beside}, the largest first."
        show_chart(figure, key=STATE.key("spectrum"), alt=alt)


def _values(report: RepresentationReport) -> list[str]:
    return [one.reason if one.value is None else f"{one.value:.3g}" for one in report.measures]
