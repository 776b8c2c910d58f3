"""Where the compute goes: the operations, loss and gradient of each arm, split by what the pixels show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.wording import percent
from core.worlds import Factors
from core.worlds.stage.regions import REGIONS
from dashboard.cached.models import Pair
from dashboard.cached.worlds import compute_split
from dashboard.compare.evidence import ARM_NAMES
from dashboard.compare.state import STATE
from dashboard.figures import compute_split as figures
from dashboard.kit.charts import scheme, show_chart
from dashboard.kit.messages import show_info
from dashboard.kit.text import caption, escape_markdown

if TYPE_CHECKING:  # it imports torch
    from core.evaluation.compute_split import ComputeSplit

_MAPS = (("loss_map", "loss"), ("gradient_map", "gradient at the trunk"))


def show_compute_split(factors: Factors, seed: int, context: int, horizon: int, pair: Pair) -> None:
    """Show the section, which is measured when it is opened."""
    part = st.expander("Where the compute goes", key=STATE.key("compute"), on_change="rerun")
    with part:
        if not part.open:
            return
        try:
            splits = [compute_split(name, factors, seed, context, horizon) for name in pair]
        except ValueError as error:
            show_info(error)
            return
        _show_finding(*splits)
        arms = list(zip(ARM_NAMES, splits, strict=True))
        bars, maps = st.columns([1.2, 1])
        with bars:
            figure = figures.share_bars(arms, scheme())
            alt = "Shares of operations, loss and gradient that fall on background, shadows and objects, for each arm."
            show_chart(figure, alt=alt, key=STATE.key("shares"))
        with maps:
            _maps(arms)
        caption(
            "The regions are the true pixels of balls and shadows in the predicted frames. *Operations* are those of "
            "one predicted frame, including the encoding of the context; a convolution costs the same for every pixel, "
            "so the share of a region is its area. *Loss* is the squared error of the prediction. *Gradient* is the "
            "squared norm of the gradient that the loss of one region sends to the trained weights; the gradients of "
            "two regions may oppose each other. A token of the JEPA has a receptive field of 15 x 15 pixels and is "
            "assigned to the region of its middle 8 x 8 pixels."
        )


def _show_finding(pixel: ComputeSplit, latent: ComputeSplit) -> None:
    from core.evaluation.compute_split import split_finding  # imports torch

    still = REGIONS.index("background")
    st.markdown(
        f"**{escape_markdown(split_finding(pixel, latent).text)}** It sends {percent(pixel.gradient[still])} and "
        f"{percent(latent.gradient[still])} of the squared gradients. A predicted frame costs the JEPA "
        f"{latent.flops / 1e6:,.0f} million operations and the pixel model {pixel.flops / 1e6:,.0f} million. "
        "Proponents of JEPA say that about 90 % of the compute of pixel prediction goes to background, textures and "
        "lighting; that figure is quoted, the figures above are measured."
    )


def _maps(arms: list[tuple[str, ComputeSplit]]) -> None:
    for field, quantity in _MAPS:
        for (name, split), role, column in zip(arms, ("pixel", "latent"), st.columns(2), strict=True):
            with column:
                caption(f"{name}: {quantity}")
                figure = figures.share_map(getattr(split, field), role, scheme())
                alt = f"Map of the {quantity} of the {name}."
                show_chart(figure, alt=alt, key=STATE.key(f"share.{field}.{role}"))
