"""On the map of embeddings a point leads to its clip, and the clip to its path, without asking the server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect


@pytest.fixture
def embedded(new_page: Callable[..., Page], visit: Callable[..., None], settled: Callable[[Page], None]) -> Page:
    page = new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    visit(page, "/embeddings", player=False)
    expect(page.get_by_test_id("embedding-map")).to_have_attribute("data-rows", "1536", timeout=60_000)
    settled(page)
    return page


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
    assert "time 0.5 s" in embedded.locator(".told").inner_text()
    embedded.keyboard.press("Escape")
    expect(shown).to_have_attribute("data-row", "-1")


def test_playing_follows_the_path_and_sends_nothing(embedded: Page, settled: Callable[[Page], None]) -> None:
    shown = click_a_point(embedded)
    settled(embedded)
    sent: list[object] = []
    embedded.on("request", lambda request: sent.append(request.url))
    before = shown.get_attribute("data-current")
    embedded.get_by_role("button", name="Play").click()
    expect(shown).not_to_have_attribute("data-current", before)
    embedded.get_by_role("button", name="Pause").click()
    assert not sent


def test_colours_and_kinds_are_chosen_without_the_server(embedded: Page) -> None:
    shown = embedded.get_by_test_id("embedding-map")
    entry = embedded.get_by_role("button", name="is stopped by a wall")
    entry.click()
    expect(embedded.get_by_role("button", name="is stopped by a wall")).to_have_attribute("aria-pressed", "true")
    expect(embedded.get_by_role("button", name="passes behind a screen")).to_contain_text("0 / 512")
    embedded.get_by_label("Colour by").select_option("y (widths)")
    expect(shown).to_have_attribute("data-color-by", "y (widths)")
    expect(embedded.locator(".scale")).to_be_visible()


def test_another_model_is_another_map(embedded: Page) -> None:
    embedded.get_by_text("clips", exact=True).click()
    expect(embedded.get_by_test_id("embedding-map")).to_have_attribute("data-rows", "48", timeout=60_000)


def test_the_chosen_point_stays_chosen_on_another_map_of_the_same_rows(
    embedded: Page, settled: Callable[[Page], None]
) -> None:
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
