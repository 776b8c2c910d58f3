"""The player: pictures side by side, one scrubber and a chart on one clock, all in the browser."""

from __future__ import annotations

from dashboard.components.player.player_data import Curve, Mark, PlayerData, PlayerEvent, Tile, pack

__all__ = ["Curve", "Mark", "PlayerData", "PlayerEvent", "Tile", "pack", "player"]


def player(data: PlayerData, *, key: str) -> None:
    """Shows pictures that move. Playing, scrubbing and hovering never ask the server.

    Args:
        data: What to show. Keep it (for example in ``st.cache_resource``) so that it is encoded only once.
        key: Streamlit key; with the same key, speed, read-outs and playing state survive a change of the data.
    """
    # Streamlit is imported here so that the data can be built and packed without it.
    from dashboard.components.player import mount

    mount.component(data=data.packed, key=key)
