"""The Compare page as a person uses it: Python alone can't see whether a click, a key or a file gets through."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from core.samples import samples
from core.video import read_video

WORLD = "/?source=world&world=wall&seed=2000007&context=6&horizon=10&objects=2"
Visit = Callable[..., None]
Settled = Callable[[Page], None]


def player(page: Page) -> Locator:
    return page.get_by_test_id("player")


def frame(page: Page) -> int:
    return int(player(page).get_attribute("data-frame"))


def query(page: Page) -> dict[str, str]:
    return settings(page.url)


def settings(url: str) -> dict[str, str]:
    """The settings in an address, without the prefix of the page."""
    return {name.split(".", 1)[-1]: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def wait_for_query(page: Page, **expected: str) -> None:
    """Waits until the URL has these settings; the page writes it last of all."""
    page.wait_for_url(lambda url: expected.items() <= settings(url).items())


def picture(page: Page, tile: int = 0) -> str:
    """What a tile shows at this moment, as a data URL."""
    return page.locator("canvas.picture").nth(tile).evaluate("canvas => canvas.toDataURL()")


def value(page: Page, tile: int = 1) -> str:
    return page.get_by_test_id(f"tile-value-{tile}").inner_text()


def choose(page: Page, id: str) -> None:
    page.get_by_test_id("gallery").locator(f"[data-id='{id}']").click()


def test_the_page_opens_with_a_film_at_the_first_prediction(page: Page, visit: Visit) -> None:
    visit(page)
    expect(player(page)).to_be_visible()
    assert (frame(page), player(page).get_attribute("data-playing")) == (4, "false")
    expect(page.locator("canvas.picture")).to_have_count(3)
    assert query(page)["clip"] == samples()[0].id


def test_click_and_space_play_and_pause(page: Page, visit: Visit) -> None:
    visit(page)
    start = frame(page)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(player(page)).not_to_have_attribute("data-frame", str(start))
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(player(page)).to_have_attribute("data-playing", "false")
    player(page).focus()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect(player(page)).to_have_attribute("data-playing", "true")
    expect(player(page)).not_to_have_attribute("data-frame", "0")
    page.keyboard.press("Space")
    expect(player(page)).to_have_attribute("data-playing", "false")


def test_the_film_plays_once_by_itself(new_page: Callable[..., Page], visit: Visit) -> None:
    page = new_page(reduced_motion="no-preference")
    visit(page)
    expect(player(page)).to_have_attribute("data-frame", str(int(player(page).get_attribute("data-frames")) - 1))
    expect(player(page)).to_have_attribute("data-playing", "false")


def test_steps_and_scrubbing_change_frame_and_value(page: Page, visit: Visit) -> None:
    visit(page)
    last = int(player(page).get_attribute("data-frames")) - 1
    player(page).focus()
    page.keyboard.press("Home")
    assert (frame(page), value(page)) == (0, "context")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    assert frame(page) == 6
    early = value(page)
    assert re.fullmatch(r"\d+\.\d+ frame widths from the truth", early)
    page.keyboard.press("ArrowLeft")
    assert frame(page) == 5
    page.keyboard.press("End")
    assert frame(page) == last
    assert value(page) != early
    page.get_by_role("button", name="One frame back").click()
    assert frame(page) == last - 1
    page.get_by_role("button", name="One frame forward").click()
    assert frame(page) == last
    track = page.get_by_role("slider", name="Frame", exact=True).bounding_box()
    page.mouse.click(track["x"] + track["width"] / 2, track["y"] + track["height"] / 2)
    middle = frame(page)
    assert abs(middle - last / 2) <= 1
    page.keyboard.press("ArrowRight")  # the scrubber has the focus
    assert frame(page) == middle + 1


def test_each_tile_shows_the_frame_of_the_scrubber(page: Page, visit: Visit) -> None:
    visit(page)
    for tile in range(3):
        player(page).focus()
        page.keyboard.press("Home")
        first = picture(page, tile)
        page.keyboard.press("End")
        assert picture(page, tile) != first


def test_another_clip_changes_film_and_address(page: Page, visit: Visit, settled: Settled) -> None:
    visit(page)
    before, finding = picture(page), page.locator(".st-key-compare-finding").inner_text()
    choose(page, "wall-one")
    wait_for_query(page, clip="wall-one")
    settled(page)
    assert picture(page) != before
    assert page.locator(".st-key-compare-finding").inner_text() != finding
    expect(page.get_by_test_id("gallery")).to_have_attribute("data-selected", "wall-one")


def test_back_and_forward_go_through_the_clips(page: Page, visit: Visit, settled: Settled) -> None:
    visit(page, "/?source=sample&clip=drop-one")
    settled(page)
    for clip in ("wall-one", "drop-three"):
        choose(page, clip)
        wait_for_query(page, clip=clip)
        settled(page)
    for go, clip in ((page.go_back, "wall-one"), (page.go_back, "drop-one"), (page.go_forward, "wall-one")):
        go()
        expect(page.get_by_test_id("gallery")).to_have_attribute("data-selected", clip)
        settled(page)
        assert query(page)["clip"] == clip
    choose(page, "drop-one")
    wait_for_query(page, clip="drop-one")


def test_a_link_restores_a_view_and_survives_a_reload(page: Page, visit: Visit) -> None:
    visit(page, WORLD)
    for again in (False, True):
        if again:
            visit(page, page.url)
            page.reload()
            page.wait_for_selector("[data-testid=player][data-frame]")
        assert (player(page).get_attribute("data-frames"), frame(page)) == ("16", 6)
        expect(page.get_by_test_id("gallery")).to_have_attribute("data-selected", "world")
        expect(page.get_by_role("button", name="world: wall")).to_be_visible()
        wanted = {"source": "world", "world": "wall", "seed": "2000007", "context": "6", "horizon": "10"}
        wait_for_query(page, **wanted, **{"factor.objects": "2"})


def test_the_same_link_shows_the_same_film(new_page: Callable[..., Page], visit: Visit) -> None:
    shown = []
    for _ in range(2):
        page = new_page()
        visit(page, WORLD)
        shown.append([picture(page, tile) for tile in range(3)])
    assert shown[0] == shown[1]


def test_new_seed_gives_another_film_of_the_same_world(page: Page, visit: Visit, settled: Settled) -> None:
    visit(page, WORLD)
    before = picture(page)
    page.get_by_role("button", name="new seed").click()
    wait_for_query(page, seed="2000008", world="wall", **{"factor.objects": "2"})
    settled(page)
    assert picture(page) != before


def test_context_and_horizon_recut_the_film(page: Page, visit: Visit, settled: Settled) -> None:
    visit(page)
    for name, length in (("context", "21"), ("horizon", "22")):
        slider = page.get_by_role("slider", name=f"{name} (frames)")
        if not slider.is_visible():
            page.get_by_role("button", name=re.compile("^context .* horizon")).click()
        slider.focus()
        page.keyboard.press("ArrowRight")
        wait_for_query(page, **{name: "5" if name == "context" else "17"})
        expect(player(page)).to_have_attribute("data-frames", length)
        settled(page)
    assert frame(page) == 5


def test_a_changed_factor_makes_it_your_own_world(page: Page, visit: Visit, settled: Settled) -> None:
    visit(page, "/?source=sample&clip=drop-one")
    before = picture(page)
    page.get_by_role("button", name="world: drop").click()
    page.get_by_role("slider", name="objects (balls)").focus()
    page.keyboard.press("ArrowRight")
    wait_for_query(page, source="world", world="drop", seed="2000011", **{"factor.objects": "2"})
    settled(page)
    assert picture(page) != before
    expect(page.get_by_test_id("gallery")).to_have_attribute("data-selected", "world")


def upload(page: Page, name: str, media_type: str, data: bytes) -> None:
    file = FilePayload(name=name, mimeType=media_type, buffer=data)
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files([file])


def test_an_uploaded_video_is_judged_in_decibels_with_its_limits_said(page: Page, visit: Visit, video: bytes) -> None:
    visit(page, "/?source=upload", player=False)
    upload(page, "bar.mp4", "video/mp4", video)
    page.wait_for_selector("[data-testid=player][data-frame]")
    assert re.fullmatch(r"\d+\.\d+ dB", value(page))
    assert re.fullmatch(r"\d+\.\d+ dB", value(page, 2))
    expect(page.get_by_text("What this can and cannot say")).to_be_visible()
    expect(page.get_by_text("frame widths from the truth")).to_have_count(0)


def test_a_file_that_is_no_video_gets_one_sentence_and_the_page_goes_on(
    page: Page, visit: Visit, settled: Settled
) -> None:
    visit(page, "/?source=upload", player=False)
    upload(page, "notes.mp4", "video/mp4", b"Only words, and none of them moves.\n" * 40)
    alert = page.get_by_test_id("stAlert").filter(visible=True)
    expect(alert).to_have_count(1)
    settled(page)
    assert re.fullmatch(r"[A-Z][^\n]+\.", alert.inner_text().strip())
    choose(page, samples()[0].id)
    wait_for_query(page, clip=samples()[0].id)
    page.wait_for_selector("[data-testid=player][data-frame]")
    assert "frame widths from the truth" in value(page)


@pytest.mark.parametrize("button", ["comparison as MP4", "numbers as CSV"])
def test_what_is_saved_can_be_read_again(page: Page, visit: Visit, button: str) -> None:
    visit(page, "/?source=sample&clip=drop-two&context=4&horizon=10")
    page.get_by_role("button", name="share and save").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    data = Path(waiting.value.path()).read_bytes()
    if button.endswith("MP4"):
        assert len(read_video(data, size=64, fps=10.0)) == 14
    else:
        head, *rows = csv.reader(io.StringIO(data.decode()))
        assert "position_error_widths" in head
        assert {"jepa", "pixel"} < {row[1] for row in rows}
        assert all(len(row) == len(head) for row in rows)


def test_the_shown_link_is_the_address_of_the_view(page: Page, visit: Visit) -> None:
    visit(page, WORLD)
    page.get_by_role("button", name="share and save").click()
    link = page.get_by_test_id("stCode").filter(visible=True).inner_text().strip()
    assert settings(link) == query(page)


def test_playing_and_scrubbing_never_ask_the_server(page: Page, visit: Visit, settled: Settled) -> None:
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data)))
    visit(page)
    settled(page)
    assert sent, "the page's own WebSocket was not seen"
    sent.clear()
    player(page).focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(1000)
    page.keyboard.press("Space")
    track = page.get_by_role("slider", name="Frame", exact=True).bounding_box()
    page.mouse.move(track["x"] + 5, track["y"] + track["height"] / 2)
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] - 5, track["y"] + track["height"] / 2, steps=12)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert len(sent) == 0
