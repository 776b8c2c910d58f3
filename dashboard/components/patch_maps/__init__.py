"""Patch maps: a clip beside what models hold of each of its places, frame by frame."""

from dashboard.components.patch_maps.plot import PatchPlot, Tile

__all__ = ["PatchPlot", "Tile", "patch_maps"]


def patch_maps(plot: PatchPlot, key: str) -> None:
    """Show a clip and its maps on one clock; clicking a patch shows what is like it. Registers on first use, as it
    needs Streamlit's runtime."""
    from dashboard.components.patch_maps.mount import show

    show(plot, key)
