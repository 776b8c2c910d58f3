"""One click is one entry of the browser's history, and Back brings back the view with its choices."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

SECTIONS = {
    "Compare": "Predict",
    "Scoreboard": "Predict",
    "Train": "Predict",
    "Embeddings": "Look inside",
    "Causes": "Intervene",
}
CHOICES = {"Scoreboard": ("wall", "case=wall"), "Causes": ("your own problem", "view=your+own+problem")}
EMBEDDINGS = "/embeddings?embeddings.view=what+it+knows"  # which encodes no clips


def length(page: Page) -> int:
    return page.evaluate("history.length")


def open_in_menu(page: Page, title: str, settled: Callable[[Page], None]) -> None:
    page.get_by_test_id("stTopNavSection").filter(has_text=SECTIONS[title]).click()
    page.locator("a").filter(has_text=re.compile(rf"^\s*{title}\s*$")).last.click()
    page.wait_for_url(lambda url: url.split("?")[0].endswith("/" if title == "Compare" else f"/{title.lower()}"))
    settled(page)


def test_a_click_is_one_entry_and_back_goes_through_the_views_with_their_choices(
    page: Page, visit: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    visit(page, EMBEDDINGS, player=False)
    assert length(page) == 2, "a link is one entry, after the empty one that a browser begins with"
    seen = [(page.url, page.locator("h1").inner_text())]

    def note(entries: int) -> None:
        assert length(page) == len(seen) + 1 + entries, f"{entries} entry for {page.url}"
        seen.append((page.url, page.locator("h1").inner_text()))

    there = ("Scoreboard", "Causes", "Train", "Compare")
    for title in there:
        open_in_menu(page, title, settled)
        note(1)
        if title in CHOICES:
            choice, address = CHOICES[title]
            page.get_by_text(choice, exact=True).first.click()
            page.wait_for_url(f"**{address}")
            settled(page)
            note(1)
    for title in (*reversed(there[:-1]), "Embeddings"):  # each page as it was left, at once
        open_in_menu(page, title, settled)
        if title in CHOICES:
            assert CHOICES[title][1] in page.url
        note(1)
    assert page.url.endswith(EMBEDDINGS)
    for address, title in reversed(seen[:-1]):
        page.go_back()
        page.wait_for_url(address)
        settled(page)
        expect(page.locator("h1")).to_have_text(title)
    expect(page.get_by_text("of the labels").first).to_be_visible()


def test_back_restores_a_story_and_its_interventions(
    page: Page, visit: Callable[..., None], settled: Callable[[Page], None]
) -> None:
    visit(page, "/causes?causes.story=Smoking+and+tar&causes.do=smoking%3A0", player=False)
    open_in_menu(page, "Train", settled)
    page.go_back()
    page.wait_for_url("**/causes?causes.story=Smoking+and+tar*")
    settled(page)
    assert "causes.do=smoking" in page.url
    expect(page.get_by_role("combobox", name="story")).to_have_value("Smoking and tar")


def test_what_a_link_asks_for_in_vain_is_text_and_leaves_the_address(page: Page, visit: Callable[..., None]) -> None:
    visit(page, "/train?train.job=![p](http://a.example/x)&train.colour=red", player=False)
    sentence = page.get_by_test_id("stAlert").filter(has_text="This link asks for")
    expect(sentence).to_contain_text("This link asks for job=![p](http:")
    expect(sentence).to_contain_text("colour=red")
    expect(sentence.locator("img, a")).to_have_count(0)
    assert page.url.endswith("/train")
