"""A click on a card must never be lost or undone by an answer that was already on its way; the page can still lead."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.components.gallery import GalleryItem, gallery, pack
from dashboard.components.gallery.items import MOVING, SIDE, Memory, resolve
from dashboard.components.packing import split

IDS = ("drop", "wall", "yours")
THUMB = np.full((64, 64, 3), 128, np.uint8)


def click(chosen: str, n: int) -> dict[str, object]:
    return {"id": chosen, "n": n}


def test_header_names_every_card() -> None:
    frames = np.repeat(np.full((1, 300, 400, 3), 90, np.uint8), 40, axis=0)
    items = (
        GalleryItem("drop", "drop", frames=frames),
        GalleryItem("wall", "wall", thumb=THUMB),
        GalleryItem("yours", "your video"),
    )
    header, payload = split(pack(items, "wall", 7))
    assert (header["selected"], header["used"]) == ("wall", 7)
    assert [item["id"] for item in header["items"]] == list(IDS)
    moving, still, plus = (item["images"] for item in header["items"])
    assert (len(moving["sizes"]), len(still["sizes"]), plus) == (MOVING, 1, None)
    assert sum(moving["sizes"]) + sum(still["sizes"]) == len(payload)


def test_thumbnails_are_small() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (20, 512, 512, 3), dtype=np.uint8)
    assert len(pack((GalleryItem("a", "a", frames=noise),), "a")) < MOVING * SIDE * SIDE * 1.5


def test_an_item_is_encoded_once() -> None:
    item = GalleryItem("a", "a", thumb=THUMB)
    assert item.pictures is item.pictures


def test_the_first_run_follows_the_page() -> None:
    assert resolve(None, "drop", None, IDS).returned == "drop"


def test_a_click_wins_and_stays_with_a_page_that_asks_for_the_same() -> None:
    memory = resolve(None, "drop", None, IDS)
    for _ in range(3):
        memory = resolve(memory, "drop", click("wall", 1), IDS)
        assert memory.returned == "wall"


def test_two_quick_clicks_end_on_the_second() -> None:
    memory = resolve(resolve(None, "drop", None, IDS), "drop", click("wall", 1), IDS)
    assert resolve(memory, "wall", click("yours", 2), IDS) == Memory("wall", "yours", 2, follows=True)


def test_the_page_can_change_the_selection_and_old_clicks_stay_old() -> None:
    memory = resolve(resolve(None, "drop", None, IDS), "drop", click("wall", 1), IDS)
    for _ in range(3):
        memory = resolve(memory, "yours", click("wall", 1), IDS)
        assert memory.returned == "yours"
    assert resolve(memory, "yours", click("wall", 2), IDS).returned == "wall"


def test_a_page_with_its_own_state_can_go_back() -> None:
    memory = resolve(None, "drop", None, IDS)
    memory = resolve(memory, "drop", click("wall", 1), IDS)
    memory = resolve(memory, "wall", click("wall", 1), IDS)
    assert resolve(memory, "drop", click("wall", 1), IDS).returned == "drop"


def test_a_click_on_an_unknown_card_is_ignored() -> None:
    memory = resolve(None, "drop", None, IDS)
    assert resolve(memory, "drop", click("gone", 1), IDS).returned == "drop"


def test_a_card_that_disappears_gives_way_to_the_page() -> None:
    memory = resolve(resolve(None, "drop", None, IDS), "drop", click("wall", 1), IDS)
    assert resolve(memory, "drop", None, ("drop", "yours")).returned == "drop"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: gallery((), "a", key="g"), "at least one item"),
        (lambda: gallery((GalleryItem("a", "a"), GalleryItem("a", "b")), "a", key="g"), "must differ"),
        (lambda: gallery((GalleryItem("a", "a"),), "b", key="g"), "no item 'b'"),
        (lambda: GalleryItem("", "nameless"), "needs an id"),
        (lambda: GalleryItem("a", "a", thumb=THUMB.astype(float)), "uint8 [H, W, 3]"),
        (lambda: GalleryItem("a", "a", frames=THUMB), "uint8 [T, H, W, 3]"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(make, says: str) -> None:
    with pytest.raises(ValueError) as caught:
        make()
    message = str(caught.value)
    assert says in message
    assert message.endswith(".") and "\n" not in message
