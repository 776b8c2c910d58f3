"""The gallery: a filmstrip of clips to choose from."""

from __future__ import annotations

from dashboard.components.gallery.items import GalleryItem, check, pack

__all__ = ["GalleryItem", "gallery", "pack"]


def gallery(items: tuple[GalleryItem, ...], selected: str, *, key: str) -> str:
    """Shows the filmstrip and returns the id that is selected.

    A click stays in force until `selected` changes; then the gallery follows the page.

    Args:
        items: The cards. Keep them (for example in ``st.cache_resource``) and they are encoded only once.
        selected: The id that the page asks for.
        key: Streamlit key. The gallery also keeps a small note in the session state under ``<key>.memory``.

    Raises:
        ValueError: One sentence that says what does not fit.
    """
    check(items, selected)
    # Streamlit is imported here so that items can be built and packed without it.
    from dashboard.components.gallery import mount

    return mount.show(items, selected, key=key)
