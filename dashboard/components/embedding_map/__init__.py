"""The embedding map: points, their legend, and the clip behind each point on one clock, all in the browser."""

from __future__ import annotations

from dashboard.components.embedding_map.plot import MapPlot, pack

__all__ = ["MapPlot", "embedding_map", "pack"]


def embedding_map(plot: MapPlot, *, key: str) -> int | None:
    """Shows a map. Hovering, zooming, colouring, playing and following a clip never ask the server.

    Args:
        plot: What to show. Keep it (for example in ``st.cache_resource``) and it is encoded only once.
        key: Streamlit key; the same key keeps colours and the selected point when the map changes.

    Returns:
        The row that a person clicked last; None before.
    """
    # Streamlit is imported here so that maps can be built and packed without it.
    from dashboard.components.embedding_map import mount

    return mount.show(plot, key)
