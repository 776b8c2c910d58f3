"""The film player: pictures side by side, one scrubber and a chart on one clock, all in the browser."""

from __future__ import annotations

from dashboard.components.player.player_data import Curve, Mark, PlayerData, PlayerEvent, Tile, pack

__all__ = ["Curve", "Mark", "PlayerData", "PlayerEvent", "Tile", "pack", "player"]


def player(film: PlayerData, *, key: str) -> None:
    """Shows a film. Playing, scrubbing and hovering never ask the server.

    Args:
        film: What to show. Keep it (for example in ``st.cache_resource``) and it is encoded only once.
        key: Streamlit key; the same key keeps speed, read-outs and playing state when the film changes.
    """
    # Streamlit is imported here so that films can be built and packed without it.
    from dashboard.components.player import mount

    mount.component(data=film.packed, key=key)
