"""One click is one entry of the browser's history, and Back brings back the view with its choices."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

SECTIONS = {
    "Compare": "Predict",
    "Scoreboard": "Predict",
    "Train": "Predict",
    "Embeddings": "Look inside",
    "Causes": "Intervene",
}
VIEWS = {  # a view that no page opens with by itself, and what to see of it
    "Compare": ("/?compare.clip=wall-one&compare.horizon=10", "horizon 10"),
    "Scoreboard": ("/scoreboard?scoreboard.case=wall", "steps ahead"),
    "Train": ("/train", "Watch a world model learn"),
    "Embeddings": ("/embeddings?embeddings.view=what+it+knows", "of the labels"),
    "Causes": ("/causes?causes.view=discovery&causes.nodes=4&causes.rows=300", "arrows per node"),
}


def length(page: Page) -> int:
    return page.evaluate("history.length")


def choose(page: Page, title: str, settled: Callable[[Page], None]) -> None:
    """Choose a page in the menu."""
    page.get_by_test_id("stTopNavSection").filter(has_text=SECTIONS[title]).click()
    page.locator("a").filter(has_text=re.compile(rf"^\s*{title}\s*$")).last.click()
    page.wait_for_url(lambda url: url.split("?")[0].endswith("/" if title == "Compare" else f"/{title.lower()}"))
    settled(page)


@pytest.mark.parametrize("title", VIEWS)
def test_back_from_each_other_page_brings_back_the_view(
    title: str, page: Page, visit: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    link, seen = VIEWS[title]
    visit(page, link, player=title == "Compare")
    expect(page.get_by_text(seen).first).to_be_visible()
    address = page.url
    assert length(page) == 2, "opening a link adds one entry to the empty one that a browser begins with"
    for other in VIEWS:
        if other in (title, "Embeddings"):  # whose default view encodes all clips
            continue
        before = length(page)
        choose(page, other, settled)
        assert length(page) == (3 if before > 2 else before + 1), "a click in the menu is one entry"
        page.go_back()
        page.wait_for_url(address)
        settled(page)
        expect(page.get_by_text(seen).first).to_be_visible()


def test_a_page_that_is_opened_again_comes_back_with_its_choices(
    page: Page, visit: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    visit(page, VIEWS["Embeddings"][0], player=False)
    choose(page, "Scoreboard", settled)
    page.get_by_text("occluder", exact=True).click()
    page.wait_for_url("**/scoreboard?scoreboard.case=occluder")
    settled(page)
    assert length(page) == 4
    choose(page, "Embeddings", settled)
    page.wait_for_url("**/embeddings?embeddings.view=what+it+knows")
    settled(page)
    assert length(page) == 5, "the page and its choices are one entry"
    for address in ("scoreboard?scoreboard.case=occluder", "scoreboard", "embeddings?embeddings.view=what+it+knows"):
        page.go_back()
        page.wait_for_url(f"**/{address}")
        settled(page)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)


def test_a_story_and_its_interventions_are_one_entry_and_back_restores_both(
    page: Page, visit: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    visit(page, "/causes?causes.story=Smoking+and+tar&causes.do=smoking%3A0", player=False)
    choose(page, "Train", settled)
    choose(page, "Compare", settled)
    assert length(page) == 4
    page.go_back()
    settled(page)
    page.go_back()
    page.wait_for_url("**/causes?causes.story=Smoking+and+tar*")
    settled(page)
    assert "causes.do=smoking" in page.url
    expect(page.get_by_role("combobox", name="story")).to_have_value("Smoking and tar")
