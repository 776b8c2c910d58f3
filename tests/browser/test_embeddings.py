"""On the map of embeddings a point leads to its clip, and the clip to its path, without asking the server."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect


@dataclass(frozen=True)
class Heard:
    """What a page sends and receives over its web socket."""

    sent: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Before the page goes anywhere: a socket that is open already is not heard."""

        def opened(socket: WebSocket) -> None:
            socket.on("framesent", lambda frame: self.sent.append(as_bytes(frame)))
            socket.on("framereceived", lambda frame: self.received.append(as_bytes(frame)))

        page.on("websocket", opened)

    def forget(self) -> None:
        self.sent.clear()
        self.received.clear()


def as_bytes(frame: bytes | str) -> bytes:
    return frame if isinstance(frame, bytes) else frame.encode()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def embedded(
    new_page: Callable[..., Page], visit: Callable[..., None], settled: Callable[[Page], None], heard: Heard
) -> Page:
    page = new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    heard.listen(page)
    visit(page, "/embeddings", player=False)
    expect(page.get_by_test_id("embedding-map")).to_have_attribute("data-rows", "1536", timeout=60_000)
    settled(page)
    return page


@pytest.fixture
def given(
    new_page: Callable[..., Page], visit: Callable[..., None], settled: Callable[[Page], None]
) -> Callable[[pd.DataFrame], Page]:
    """Opens the map of a person's own rows."""

    def opened(rows: pd.DataFrame) -> Page:
        page = new_page(viewport={"width": 1440, "height": 1600}, reduced_motion="reduce")
        visit(page, "/embeddings?of=your+own+embeddings", player=False)
        page.locator("input[type=file]").set_input_files(
            {"name": "mine.csv", "mimeType": "text/csv", "buffer": rows.to_csv(index=False).encode()}
        )
        shown = page.get_by_test_id("embedding-map")
        expect(shown).to_have_attribute("data-rows", str(len(rows)), timeout=60_000)
        settled(page)
        return page

    return opened


def click_a_point(page: Page) -> Locator:
    """Click across the middle of the map until a point is hit."""
    shown, box = page.get_by_test_id("embedding-map"), page.locator("canvas.points").bounding_box()
    for share in (0.5, 0.45, 0.4, 0.55, 0.35, 0.6):
        page.mouse.click(box["x"] + share * box["width"], box["y"] + 0.5 * box["height"])
        if int(shown.get_attribute("data-row")) >= 0:
            return shown
    raise AssertionError("there is no point near the middle of the map")


def test_a_clicked_point_shows_its_clip_and_scrubbing_moves_it_along_its_path(embedded: Page) -> None:
    shown = click_a_point(embedded)
    picture, scrubber = embedded.locator(".clip .picture"), embedded.get_by_label("Frame of the clip")
    expect(picture).to_have_attribute("data-ready", "1")
    row, first = int(shown.get_attribute("data-row")), int(shown.get_attribute("data-row")) // 32 * 32
    expect(picture).to_have_attribute("data-frame", str(row - first))
    scrubber.fill("31")
    expect(shown).to_have_attribute("data-current", str(first + 31))
    scrubber.fill("4")
    expect(shown).to_have_attribute("data-current", str(first + 4))
    embedded.locator(".stage").focus()
    embedded.keyboard.press("ArrowRight")
    expect(shown).to_have_attribute("data-current", str(first + 5))
    assert "time 0.5 s" in embedded.locator(".description").inner_text()
    embedded.keyboard.press("Escape")
    expect(shown).to_have_attribute("data-row", "-1")


def test_playing_follows_the_path_and_sends_nothing(
    embedded: Page, settled: Callable[[Page], None], heard: Heard
) -> None:
    shown = click_a_point(embedded)
    settled(embedded)
    heard.forget()
    before = shown.get_attribute("data-current")
    embedded.get_by_role("button", name="Play").click()
    expect(shown).not_to_have_attribute("data-current", before)
    embedded.get_by_role("button", name="Pause").click()
    settled(embedded)
    assert not heard.sent


def test_a_click_is_answered_in_less_than_5_kilobytes(
    embedded: Page, settled: Callable[[Page], None], heard: Heard
) -> None:
    click_a_point(embedded)  # the first brings the strip of neighbours
    settled(embedded)
    strip = embedded.get_by_test_id("neighbours").get_by_role("button")
    before = strip.first.get_attribute("aria-label")
    heard.forget()
    strip.nth(4).click()
    expect(strip.first).not_to_have_attribute("aria-label", before)
    settled(embedded)
    assert 0 < sum(map(len, heard.sent)) < 5000
    assert 0 < sum(map(len, heard.received)) < 5000


def test_colours_and_kinds_are_chosen_without_the_server(embedded: Page) -> None:
    shown = embedded.get_by_test_id("embedding-map")
    entry = embedded.get_by_role("button", name="is stopped by a wall")
    entry.click()
    expect(embedded.get_by_role("button", name="is stopped by a wall")).to_have_attribute("aria-pressed", "true")
    expect(embedded.get_by_role("button", name="passes behind a screen")).to_contain_text("0 / 288")
    embedded.get_by_label("Colour by").select_option("y (frame widths)")
    expect(shown).to_have_attribute("data-color-by", "y (frame widths)")
    expect(embedded.locator(".scale")).to_be_visible()


def draw_around(page: Page, span: tuple[float, float]) -> None:
    """Draw a square by hand, from one share of the map's sides to another."""
    low, high = span
    box = page.locator("canvas.points").bounding_box()
    page.get_by_role("button", name="Select with a lasso").click()
    for index, (x, y) in enumerate(((low, high), (low, low), (high, low), (high, high))):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
        if index == 0:
            page.mouse.down()
    page.mouse.up()


def test_points_are_drawn_around_counted_and_taken_home(embedded: Page) -> None:
    shown = embedded.get_by_test_id("embedding-map")
    draw_around(embedded, (0.3, 0.7))
    count = int(shown.get_attribute("data-taken"))
    assert 0 < count < 1536
    expect(embedded.get_by_text(f"{count} of 1536 selected")).to_be_visible()
    with embedded.expect_download() as download:
        embedded.get_by_role("button", name="save as CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == count + 1 and lines[0].startswith("row,clip,time (s)")
    embedded.get_by_role("button", name="clear").click()
    expect(shown).to_have_attribute("data-taken", "0")


def test_points_of_a_file_are_taken_home_with_the_rows_and_the_numbers_of_the_file(
    given: Callable[[pd.DataFrame], Page],
) -> None:
    """The file's rows are of clips and times in disorder, and hold numbers that no float32 does."""
    random = np.random.default_rng(0)
    rows = pd.DataFrame(random.normal(size=(30, 3)), columns=["0", "1", "2"])
    rows["time"], rows["clip"] = random.permutation(30) / 10 + 1e6, random.permutation(np.arange(30) % 3)
    page = given(rows)
    draw_around(page, (0.05, 0.95))
    with page.expect_download() as download:
        page.get_by_role("button", name="save as CSV").click()
    saved = pd.read_csv(download.value.path(), index_col="row")
    assert len(saved) > 20 and saved.index.is_monotonic_increasing
    assert saved["time"].tolist() == rows["time"][saved.index].tolist()
    assert saved["clip"].tolist() == rows["clip"][saved.index].tolist()
    expect(page.get_by_text("Is the representation sound?")).to_be_visible()
    page.get_by_test_id("stPopoverButton").filter(has_text="save").click()
    with page.expect_download() as download:
        page.get_by_text("parquet, with the map").click()
    whole = pd.read_parquet(download.value.path()).set_index("row of the file")
    vectors = np.stack(whole["embedding"].to_list())
    assert vectors == pytest.approx(rows[["0", "1", "2"]].to_numpy()[whole.index], abs=1e-6)
    assert {"projection_x", "projection_y", "time", "group"} <= set(whole.columns)


def test_rows_without_clips_are_described_in_words(given: Callable[[pd.DataFrame], Page]) -> None:
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 3)), columns=["0", "1", "2"])
    rows["label"] = [f"sort {row % 3}" for row in range(30)]
    page = given(rows)
    shown = page.get_by_test_id("embedding-map")
    expect(page.get_by_text("Click a point to see its details here.")).to_be_visible()
    expect(shown.locator("canvas.picture")).to_be_hidden()
    shown.get_by_role("application").focus()
    page.keyboard.press("Enter")
    strip = page.get_by_test_id("neighbours").get_by_role("button")
    expect(strip).to_have_count(8)
    assert all(re.match(r"sort [012]", text) for text in strip.all_inner_texts())


def test_the_keys_in_the_help_select_points_and_clips_and_draw(embedded: Page) -> None:
    shown, stage = embedded.get_by_test_id("embedding-map"), embedded.locator(".stage")
    expect(embedded.get_by_text("Enter selects the point in the middle")).to_be_visible()
    stage.focus()
    embedded.keyboard.press("Enter")
    expect(shown).not_to_have_attribute("data-row", "-1")
    row = int(shown.get_attribute("data-row"))
    embedded.keyboard.press("ArrowDown")
    expect(shown).to_have_attribute("data-row", str((row // 32 + 1) * 32 % 1536))
    embedded.keyboard.press("ArrowUp")
    expect(shown).to_have_attribute("data-row", str(row // 32 * 32))
    embedded.keyboard.press("Escape")
    expect(shown).to_have_attribute("data-row", "-1")
    embedded.keyboard.press("ArrowRight")
    expect(shown).to_have_attribute("data-row", str(row))
    lasso = embedded.get_by_role("button", name="Select with a lasso")
    for key, pressed in (("Shift+L", "true"), ("l", "false"), ("L", "true")):
        embedded.keyboard.press(key)
        expect(lasso).to_have_attribute("aria-pressed", pressed)


def test_the_map_is_taken_home_as_a_picture(embedded: Page) -> None:
    with embedded.expect_download() as download:
        embedded.get_by_role("button", name="as SVG").click()
    drawn = download.value.path().read_text()
    assert drawn.count("<circle") == 1536 and "color(" not in drawn, "what not every viewer reads"
    for text in ("component 1 (", "component 2 (", "coloured by event", "is stopped by a wall (288)"):
        assert text in drawn
    embedded.get_by_label("Colour by").select_option("time (s)")
    with embedded.expect_download() as download:
        embedded.get_by_role("button", name="as SVG").click()
    assert ">3.1</text>" in download.value.path().read_text(), "the last second of a clip, on the scale"
    with embedded.expect_download() as download:
        embedded.get_by_role("button", name="save as PNG").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_map_of_three_axes_turns(embedded: Page) -> None:
    embedded.get_by_text("PCA 3-D", exact=True).click()
    expect(embedded.get_by_test_id("embedding-map")).to_have_attribute("data-dims", "3")
    canvas = embedded.locator("canvas.points")
    box, before = canvas.bounding_box(), canvas.screenshot()
    embedded.mouse.move(box["x"] + 300, box["y"] + 200)
    embedded.mouse.down()
    embedded.mouse.move(box["x"] + 420, box["y"] + 240, steps=4)
    embedded.mouse.up()
    assert canvas.screenshot() != before


def test_a_clicked_patch_shows_what_is_like_it_in_every_frame(
    new_page: Callable[..., Page], visit: Callable[..., None]
) -> None:
    page = new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    visit(page, "/embeddings?view=patch+maps", player=False)
    maps = page.get_by_test_id("patch-maps")
    expect(maps).to_have_attribute("data-ready", "1")
    page.locator("canvas.clip").click(position={"x": 100, "y": 100})
    expect(maps).to_have_attribute("data-chosen", "0")
    expect(page.get_by_text("Brighter patches are more similar to the marked one at 0.0 s")).to_be_visible()
    expect(page.locator(".mark").first).to_be_visible()
    maps.focus()
    page.keyboard.press("ArrowRight")
    expect(maps).to_have_attribute("data-frame", "1")
    expect(page.locator(".mark").first).to_be_hidden()
    page.keyboard.press("Escape")
    expect(maps).to_have_attribute("data-chosen", "")
    expect(page.get_by_role("button", name="show colours again")).to_be_hidden()


def test_keys_mark_a_patch_and_the_maps_are_taken_home_as_a_picture(
    new_page: Callable[..., Page], visit: Callable[..., None]
) -> None:
    page = new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    visit(page, "/embeddings?view=patch+maps", player=False)
    maps, mark = page.get_by_test_id("patch-maps"), page.locator(".mark").first
    expect(maps).to_have_attribute("data-ready", "1")
    expect(page.get_by_text("Enter marks the patch in the middle")).to_be_visible()
    maps.focus()
    page.keyboard.press("Enter")
    expect(maps).to_have_attribute("data-chosen", "0")
    assert mark.evaluate("node => [node.style.left, node.style.top]") == ["50%", "50%"]
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    assert mark.evaluate("node => [node.style.left, node.style.top]") == ["37.5%", "37.5%"]
    expect(maps).to_have_attribute("data-frame", "0")
    with page.expect_download() as download:
        page.get_by_role("button", name="as SVG").click()
    drawn = download.value.path().read_text()
    assert drawn.count("<image") == 3 and drawn.count("#D55E00") == 3 and "random weights" in drawn
    with page.expect_download() as download:
        page.get_by_role("button", name="save as PNG").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_state_grid_is_taken_home_as_a_picture(
    new_page: Callable[..., Page], visit: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    page = new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    visit(page, "/embeddings?view=state+grid", player=False)
    button = page.locator("[data-title^='Download plot']").first
    expect(button).to_be_visible()
    with page.expect_download() as download:
        button.click()
    drawn = download.value.path().read_text()
    assert drawn.startswith("<svg") and "<image" not in drawn.split("colorbar")[0]


def test_a_long_embedding_is_cancelled_and_goes_on(new_page: Callable[..., Page]) -> None:
    """289 clips of 16 frames: on no machine is that over before a person can click."""
    page = new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page.goto("/embeddings?view=state+grid&of=V-JEPA")
    page.get_by_text(re.compile(r"embedding the grid \(V-JEPA\).* left")).wait_for()
    page.get_by_role("button", name="cancel").dispatch_event("click")  # a click would wait until it moves no more
    expect(page.get_by_text("cancelled.")).to_be_visible()
    found = page.get_by_text("A linear map reads the position")
    expect(found).to_have_count(0)
    page.get_by_role("button", name="continue").click()
    expect(found).to_have_count(2)


def test_another_model_is_another_map(embedded: Page) -> None:
    embedded.get_by_role("radio", name="clips", exact=True).click()
    expect(embedded.get_by_test_id("embedding-map")).to_have_attribute("data-rows", "48", timeout=60_000)


def test_the_chosen_point_stays_chosen_on_another_map_of_the_same_rows(
    embedded: Page, visit: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    visit(embedded, "/embeddings", player=False)  # again: now the first bar on the page is that of t-SNE
    expect(embedded.get_by_test_id("embedding-map")).to_have_attribute("data-rows", "1536")
    settled(embedded)
    shown = click_a_point(embedded)
    row = shown.get_attribute("data-row")
    strip = embedded.get_by_test_id("neighbours")
    expect(strip.get_by_role("button")).to_have_count(8, timeout=30_000)
    embedded.get_by_text("t-SNE", exact=True).click()
    expect(embedded.get_by_text("perplexity").first).to_be_visible()
    expect(embedded.get_by_test_id("embedding-map")).to_be_visible(timeout=120_000)
    settled(embedded)
    expect(shown).to_have_attribute("data-row", row)
    strip.get_by_role("button").nth(2).click()
    expect(shown).not_to_have_attribute("data-row", row)
