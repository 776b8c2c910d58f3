"""The state grid: is what a model makes of a ball's place a map of places?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from core.embedding.projection import pca
from core.embedding.state_grid import GridFindings, examine_grid, grid_finding, state_grid
from core.embedding.table import Embeddings
from core.models.registry import null_of
from core.wording import percent
from dashboard.cached.models import load_model
from dashboard.embeddings.report_view import explain_null
from dashboard.embeddings.state import STATE
from dashboard.figures.state_grid import grid_map
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.findings import finding_markdown
from dashboard.kit.tasks import SharedResults, run_task
from dashboard.kit.text import caption

# Plotly's own button is the way to a picture; of three axes, which are drawn as pixels, it is a PNG.
_SAVED = {"displayModeBar": True, "displaylogo": False, "modeBarButtons": [["toImage"]], "scrollZoom": True}


def grid_view(model: str, title: str) -> None:
    """The grid as a model lays it out, beside random weights.

    Raises:
        ValueError: Weights are missing or damaged.
    """
    method = st.segmented_control(
        "map by", ["PCA", "PCA 3-D"], default="PCA", key=STATE.key("grid_by"), required=True, bind="query-params"
    )
    flat = method == "PCA"
    kind = "SVG" if flat else "PNG"
    null = null_of(model)
    named = {model: title} | {null.name: null.title}
    found = []
    for name in named:
        if (done := _grid(name)) is None:  # cancelled
            return
        found.append(done)
    for column, (name, heading), (grid, findings) in zip(st.columns(len(named)), named.items(), found, strict=True):
        with column, st.container(border=True):
            projection = pca(grid.vectors, 2 if flat else 3)
            st.markdown(f"**{heading}** ({percent(sum(projection.explained))} of the variance is shown)")
            paper = st.get_option(f"theme.{scheme()}.backgroundColor")  # a picture to take home has one
            figure = grid_map(projection.points, _places(grid), scheme()).update_layout(paper_bgcolor=paper)
            show_chart(
                figure,
                key=STATE.key(f"grid.{name}"),
                alt=f"The grid of positions in the representation of {heading}.",
                config=_SAVED | {"toImageButtonOptions": {"format": kind.lower(), "filename": "state-grid"}},
            )
            st.markdown(finding_markdown(grid_finding(findings)))
    caption(
        f"The camera icon above a picture saves it as {kind}. "
        f"Each of the {len(grid)} points is a frame with one red ball at rest; only its position differs; "
        "lines join neighbouring positions. Where the sheet is smooth, neighbouring positions are close in the "
        "representation; where it folds or tears, they are not. The picture shows two or three of many dimensions; the "
        f"sentence below it is measured in all of them. Random weights also form a grid: {explain_null(null)}"
    )


def _places(grid: Embeddings) -> np.ndarray:
    return np.column_stack([grid.columns["x (frame widths)"], grid.columns["y (frame widths)"]])


def _grid(name: str) -> tuple[Embeddings, GridFindings] | None:
    """A model's grid and what was found of it; made with progress on the page. None where the visitor has cancelled."""

    def make(report: Callable[[float], None]) -> tuple[Embeddings, GridFindings]:
        grid = state_grid(load_model(name), report=report)
        return grid, examine_grid(grid)

    result = run_task(_grids(), name, f"embedding the grid ({load_model(name).title})", make)
    return result.value if result else None


@st.cache_resource(max_entries=1, show_spinner=False)
def _grids() -> SharedResults[tuple[Embeddings, GridFindings]]:
    return SharedResults(STATE.key("grids"))
