"""What the gallery shows, and how it decides between the page's selection and a person's click. Needs no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypedDict

import cv2
import numpy as np

from dashboard.components.packing import Payload, encode_frames

SIDE = 112  # px of the longer side: sharp enough for a small card, and a click resends every picture
MOVING = 8  # frames at most of an animated thumbnail


@dataclass(frozen=True, eq=False)
class GalleryItem:
    """One card of the filmstrip.

    Attributes:
        id: What `gallery` returns when this card is chosen.
        label: A word or two below the picture.
        thumb: ``uint8 [H, W, 3]``. Without thumb and frames the card is a dashed one with a plus ("your video").
        frames: ``uint8 [T, H, W, 3]``, played while the pointer or the focus is on the card.

    Raises:
        ValueError: One sentence that says what does not fit.
    """

    id: str
    label: str
    thumb: np.ndarray | None = None
    frames: np.ndarray | None = None

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError(f"Gallery item {self.label!r} needs an id.")
        for name, array, dimensions in (("thumb", self.thumb, 3), ("frames", self.frames, 4)):
            if array is not None and not _is_picture(array, dimensions):
                shape = "[T, H, W, 3]" if dimensions == 4 else "[H, W, 3]"
                raise ValueError(f"The {name} of gallery item {self.id!r} must be uint8 {shape} and not empty.")

    @cached_property
    def pictures(self) -> tuple[str, list[bytes]] | None:
        """The small encoded pictures, made once for an item that a page keeps. The first one is shown at rest."""
        frames = [] if self.thumb is None else [self.thumb]
        if self.frames is not None:
            count = len(self.frames)
            frames += list(self.frames[np.linspace(0, count - 1, min(count, MOVING)).round().astype(int)])
        return encode_frames([_shrink(frame) for frame in frames], lossless=False, quality=80) if frames else None


@dataclass(frozen=True)
class Memory:
    """What the gallery remembers from run to run.

    Attributes:
        requested: The `selected` that the page passed.
        returned: The id that was returned.
        used: Number of the newest click that was taken into account.
        follows: Whether the page has been seen to pass a chosen id back, as a page with a state of its own does.
    """

    requested: str
    returned: str
    used: int = 0
    follows: bool = False


class Click(TypedDict):
    """The newest click, as the browser sends it: the id of the card, and the number of the click, which grows."""

    id: str
    n: int


def resolve(memory: Memory | None, requested: str, click: Click | None, ids: Sequence[str]) -> Memory:
    """Decides what is selected: a person's click stays in force until the page itself asks for something else.

    Args:
        memory: From the last run, None in the first.
        requested: The `selected` of this run.
        click: The newest click; None if there is none.
        ids: The ids that can be chosen.

    Returns:
        The memory for the next run; its `returned` is the selected id.
    """
    number = int(click["n"]) if click else 0
    if memory is None:
        return Memory(requested, requested, number)
    follows = memory.follows or (requested == memory.returned != memory.requested)
    # A page that passes our answer back means it when it passes something else, even its earlier choice. A page with
    # a fixed `selected` just repeats itself and must not undo a click.
    if requested != memory.returned and (follows or requested != memory.requested):
        return Memory(requested, requested, number, follows)
    if click and number > memory.used and click["id"] in ids:
        return Memory(requested, str(click["id"]), number, follows)
    returned = memory.returned if memory.returned in ids else requested
    return Memory(requested, returned, max(number, memory.used), follows)


def check(items: Sequence[GalleryItem], selected: str) -> None:
    """Raises ValueError, one sentence, if the gallery cannot be shown."""
    ids = [item.id for item in items]
    if not ids:
        raise ValueError("A gallery needs at least one item.")
    if len(set(ids)) < len(ids):
        raise ValueError(f"The ids of gallery items must differ, but they are {', '.join(ids)}.")
    if selected not in ids:
        raise ValueError(f"The gallery has no item {selected!r}: use one of {', '.join(ids)}.")


def pack(items: Sequence[GalleryItem], selected: str, used: int = 0) -> bytes:
    """Packs the gallery for the browser (see `dashboard.components.packing` for the container)."""
    payload = Payload()
    cards = [
        {"id": item.id, "label": item.label, "images": item.pictures and payload.append(*item.pictures)}
        for item in items
    ]
    return payload.join({"selected": selected, "used": used, "items": cards})


def _is_picture(array: np.ndarray, dimensions: int) -> bool:
    shape = np.shape(array)
    return len(shape) == dimensions and shape[-1] == 3 and min(shape) > 0 and array.dtype == np.uint8


def _shrink(frame: np.ndarray) -> np.ndarray:
    height, width = frame.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
