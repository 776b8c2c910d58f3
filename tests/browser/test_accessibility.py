"""The page must work for people who read it with other tools, in the dark, on a phone or without a mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

RULES = ["wcag2a", "wcag2aa", "wcag21aa"]
ALLOWED: set[str] = set()  # ids of axe rules that may fail, each with a comment on why; there are none
FOCUSED = """() => {
    let node = document.activeElement;
    while (node && node.shadowRoot && node.shadowRoot.activeElement) node = node.shadowRoot.activeElement;
    return node ? (node.dataset.testid || node.getAttribute("role") || node.tagName.toLowerCase()) : "";
}"""
TABS = 60


def findings(page: Page) -> list[str]:
    answer = Axe().run(page, options={"runOnly": RULES}).response
    return [
        f"{found['impact']} {found['id']}: {[(node['target'], node['failureSummary']) for node in found['nodes']][:4]}"
        for found in answer["violations"]
        if found["impact"] in ("serious", "critical") and found["id"] not in ALLOWED
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious(
    new_page: Callable[..., Page], visit: Callable[..., None], settled: Callable[[Page], None], scheme: str, size
) -> None:
    page = new_page(color_scheme=scheme, viewport={"width": size[0], "height": size[1]})
    visit(page)
    expect(page.get_by_test_id("player")).to_have_attribute("data-scheme", scheme)
    assert findings(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "address, button",
    [
        ("/train", "start training"),
        ("/scoreboard", "measure drop again"),
        ("/embeddings", "Show everything"),
        ("/causes", "bootstrap"),
        ("/causes?causes=your+own+problem", "try to refute it"),
    ],
)
def test_axe_finds_nothing_serious_on_the_other_pages(
    new_page: Callable[..., Page], visit: Callable[..., None], settled: Callable[[Page], None], scheme: str,
    address: str, button: str,
) -> None:  # fmt: skip
    page = new_page(color_scheme=scheme)
    visit(page, address, player=False)
    expect(page.get_by_role("button", name=button)).to_be_visible()
    settled(page)
    assert findings(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_an_open_popover(
    new_page: Callable[..., Page], visit: Callable[..., None], settled: Callable[[Page], None], scheme: str
) -> None:
    page = new_page(color_scheme=scheme)
    visit(page)
    for name in ("context", "world:", "about these models", "share and save"):
        page.get_by_role("button", name=name).first.click()
        settled(page)
        assert (name, findings(page)) == (name, [])
        page.keyboard.press("Escape")
        settled(page)


def test_a_phone_never_scrolls_sideways(new_page: Callable[..., Page], visit: Callable[..., None]) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    visit(page)
    width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= 390


def tab_to(page: Page, wanted: str) -> None:
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == wanted:
            return
    pytest.fail(f"{TABS} presses of Tab never reached {wanted}")


def test_the_keyboard_alone_chooses_a_clip_and_plays_it(page: Page, visit: Callable[..., None], settled) -> None:
    visit(page)
    gallery, player = page.get_by_test_id("gallery"), page.get_by_test_id("player")
    before = gallery.get_attribute("data-selected")
    tab_to(page, "radio")
    page.keyboard.press("ArrowRight")
    expect(gallery).not_to_have_attribute("data-selected", before)
    chosen = gallery.get_attribute("data-selected")
    page.wait_for_url(lambda url: f"clip={chosen}" in url)
    settled(page)
    tab_to(page, "player")
    frame = player.get_attribute("data-frame")
    page.keyboard.press("ArrowRight")
    expect(player).to_have_attribute("data-frame", str(int(frame) + 1))
    page.keyboard.press("Space")
    expect(player).to_have_attribute("data-playing", "true")
    page.keyboard.press("Space")
    expect(player).to_have_attribute("data-playing", "false")
