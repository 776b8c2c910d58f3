"""The embedding map: points, their legend, and the clip behind each point on one clock, all in the browser."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.components.embedding_map.plot import MapPlot, pack

__all__ = ["MapPlot", "embedding_map", "neighbour_strip", "pack"]


def embedding_map(plot: MapPlot, *, key: str) -> int | None:
    """Shows a map. Hovering, zooming, colouring, playing and following a clip never ask the server.

    Args:
        plot: What to show. Keep it (for example in ``st.cache_resource``) and it is encoded only once.
        key: Streamlit key; the same key keeps colours and the selected point when the map changes.

    Returns:
        The row that a person clicked last; None if there is none, or it was of another table.
    """
    # Streamlit is imported here so that maps can be built and packed without it.
    from dashboard.components.embedding_map import mount

    return mount.show(plot, key)


def neighbour_strip(rows: Iterable[int], distances: Iterable[float], *, key: str) -> None:
    """Shows rows of the map on the same page by their pictures, which the browser has already; a click chooses one.

    Args:
        rows: The nearest first.
        distances: How far they are.
        key: Streamlit key.
    """
    from dashboard.components.embedding_map import mount

    mount.strip(data={"rows": list(map(int, rows)), "distances": list(map(float, distances))}, key=key)
