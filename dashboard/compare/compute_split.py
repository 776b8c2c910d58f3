"""Where the compute goes: each arm's operations, loss and gradient, split by what the pixels show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.worlds import Factors
from core.worlds.stage.regions import REGIONS
from dashboard.cached.models import Pair
from dashboard.cached.worlds import compute_split
from dashboard.compare.evidence import TOLD
from dashboard.compare.state import STATE
from dashboard.figures import compute_split as figures
from dashboard.kit.charts import NO_TOOLBAR, scheme
from dashboard.kit.text import caption

if TYPE_CHECKING:  # it imports torch
    from core.evaluation.compute_split import Shares

_MAPS = (("loss_map", "loss"), ("gradient_map", "gradient at the trunk"))


def where_it_goes(factors: Factors, seed: int, context: int, horizon: int, pair: Pair) -> None:
    """The section, measured when it is opened."""
    part = st.expander("Where the compute goes", key=STATE.key("compute"), on_change="rerun")
    with part:
        if not part.open:
            return
        try:
            arms = [
                (told, compute_split(name, factors, seed, context, horizon))
                for told, name in zip(TOLD, pair, strict=True)
            ]
        except ValueError as error:
            st.info(str(error))
            return
        _say(dict(arms))
        bars, maps = st.columns([1.2, 1])
        with bars:
            figure = figures.share_bars(arms, scheme())
            alt = "Shares of operations, loss and gradient that fall on background, shadows and objects, for each arm."
            st.plotly_chart(figure, config=NO_TOOLBAR, alt=alt, key=STATE.key("shares"))
        with maps:
            _maps(arms)
        caption(
            "By the true place of each ball and shadow in the frames to come. Operations: of one predicted frame; a "
            "convolution spends as much on a pixel that shows nothing as on any other, so their share is the area. "
            "Encoding the context is included. Loss: squared error of what is predicted. Gradient: squared norm of "
            "what a region's loss alone sends to the trained weights; those of two regions may oppose each other. A "
            "latent token sees 15 pixels and counts for what the middle 8 of them show."
        )


def _say(arms: dict[str, Shares]) -> None:
    still = REGIONS.index("background")
    pixel, latent = (arms[told] for told in TOLD)
    st.markdown(
        f"**In this clip the background takes {_percent(pixel.area[still])} of the operations of both arms (by "
        f"area), {_percent(pixel.loss[still])} of the pixel arm's loss and {_percent(latent.loss[still])} of the "
        f"latent arm's.** By itself it sends {_percent(pixel.gradient[still])} and "
        f"{_percent(latent.gradient[still])} of the gradients' energy. A "
        f"predicted frame costs the latents {latent.flops / 1e6:,.0f} million operations, the pixels "
        f"{pixel.flops / 1e6:,.0f}. That about 90 % of the compute of pixel prediction goes to background, "
        "textures and lighting is a quoted figure, from proponents of JEPA; measured is what stands above."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _maps(arms: list[tuple[str, Shares]]) -> None:
    for field, quantity in _MAPS:
        for (told, shares), role, column in zip(arms, ("pixel", "latent"), st.columns(2), strict=True):
            with column:
                caption(f"{told}: {quantity}")
                figure = figures.share_map(getattr(shares, field), role, scheme())
                alt = f"Map of the {told}' {quantity}."
                st.plotly_chart(figure, config=NO_TOOLBAR, alt=alt, key=STATE.key(f"share.{field}.{told}"))
