"""What the graph says about an effect: how it is identified, and why each node should be adjusted for or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.causal.estimation.attribution import Attribution
from core.causal.estimation.bounds import Bounds
from core.causal.identification.identify import Identification, Kind
from dashboard.causes.labels import Labels
from dashboard.causes.state import STATE
from dashboard.kit.text import caption

_LISTED, _HEIGHT = 12, 320  # adjustment sets; if there are more, they scroll within so many pixels


def identification_card(
    found: Identification, labels: Labels, bounds: Sequence[Bounds] = (), list_more: Callable[[], None] | None = None
) -> None:
    """Show whether and how the effect is identified.

    Args:
        bounds: Bounds on the effect, if it is not identified.
        list_more: Is called by a click on a button that asks for more sets, if the search ran out of time.
    """
    st.markdown(f"**{labels.relabel(found.summary)}**")
    if found.zero_test:
        caption(found.zero_test + (":" if found.sets[0] else "."))
    if found.kind in (Kind.ADJUSTMENT, Kind.NO_PATH) and found.sets and found.sets[0]:
        _adjustment_sets(found, labels)
    if found.front_door:
        st.markdown("Front-door sets: " + ", ".join(map(labels.set_text, found.front_door)))
        if not (found.complete or found.sets):
            caption("There may be more front-door sets: the search ran out of time.")
    if list_more is not None and not found.complete:
        st.button("list more sets", key=STATE.key("list_more"), on_click=list_more)
    for one in found.instruments:
        given = f" given {labels.set_text(one.given)}" if one.given else ""
        st.markdown(f"Instrument, if the effect is the same for everybody: {labels.label(one.node)}{given}")
    if found.instrument_set is not None and len(found.instrument_set.nodes) > 1:
        given = f" given {labels.set_text(found.instrument_set.given)}" if found.instrument_set.given else ""
        st.markdown(f"Instruments that can serve at once: {labels.set_text(found.instrument_set.nodes)}{given}")
    if found.hedge is not None:
        st.markdown(f"Obstacle (a hedge): hidden common causes connect {labels.set_text(found.hedge.nodes)}.")
    for bound in bounds:
        assumption = labels.relabel(bound.assumption)
        st.markdown(
            f"The effect lies between **{bound.low:.3f} and {bound.high:.3f}** if {assumption} (bounds: "
            f"{bound.method})."
        )
    if found.equation is not None:
        caption("The effect in terms of measured variables:")
        st.code(found.equation, language=None, wrap_lines=True)


def reasons_table(found: Identification, labels: Labels) -> None:
    """Show for each node what adjusting for it would do."""
    if found.reasons:
        with st.expander("Which nodes to adjust for, and why"):
            st.table(
                {
                    "node": [labels.label(node) for node in found.reasons],
                    "reason": [labels.relabel(reason) for reason in found.reasons.values()],
                }
            )


def attribution_table(found: Attribution | None, labels: Labels) -> None:
    """Show the probabilities of causation, if there are any."""
    if found is None:
        return
    x, y = labels.label(found.exposure), labels.label(found.outcome)
    with st.expander(f"Was {x} the cause of {y}?"):
        texts, bounds, monotone = zip(*found.table(), strict=True)
        shares = [labels.relabel(text) for text in texts]
        st.table({"probability of causation": shares, "bounds": bounds, f"if {x} never prevents {y}": monotone})
        caption(labels.relabel(found.explanation))


def _adjustment_sets(found: Identification, labels: Labels) -> None:
    lines = (
        f"- {labels.set_text(nodes)}" + (" (smallest variance)" if nodes == found.optimal else "")
        for nodes in found.sets
    )
    with st.container(height=_HEIGHT if len(found.sets) > _LISTED else "content", border=False):
        st.markdown("\n".join(lines))
    if not found.complete:
        caption(f"{len(found.sets):,} sets so far. There may be more: the search ran out of time.")
    if found.optimal is not None and found.optimal not in found.sets:
        st.markdown(f"Smallest variance: {labels.set_text(found.optimal)}")
