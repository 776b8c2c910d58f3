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
SCHEMES = ("light", "dark")


def findings(page: Page) -> list[str]:
    # Streamlit 1.67 puts the sections of its navigation on a phone between list and items; nothing of ours is in there.
    answer = Axe().run(page, {"exclude": [["[data-testid=stSidebarNav]"]]}, {"runOnly": RULES}).response
    return [
        f"{found['impact']} {found['id']}: {[(node['target'], node['failureSummary']) for node in found['nodes']][:4]}"
        for found in answer["violations"]
        if found["impact"] in ("serious", "critical") and found["id"] not in ALLOWED
    ]


@pytest.fixture
def turn(settled: Callable[[Page], None]) -> Callable[[Page, str], None]:
    """Turns the lights on or off while the page is open, as machines do in the evening."""

    def turn(page: Page, scheme: str) -> None:
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("[data-testid=stApp]")).to_have_css("color-scheme", scheme)
        settled(page)

    return turn


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious(new_page: Callable[..., Page], visit: Callable[..., None], turn, size) -> None:
    page = new_page(viewport={"width": size[0], "height": size[1]})
    visit(page)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= size[0]
    for scheme in SCHEMES:
        turn(page, scheme)
        expect(page.get_by_test_id("player")).to_have_attribute("data-scheme", scheme)
        assert (scheme, findings(page)) == (scheme, [])


@pytest.mark.parametrize(
    "address, button",
    [
        ("/train", "start training"),
        ("/scoreboard", "measure drop again"),
        ("/embeddings", "Show everything"),
        ("/causes", "bootstrap"),
        ("/causes?causes=your+own+problem", "run the refuters"),
    ],
)
def test_axe_finds_nothing_serious_on_the_other_pages(
    page: Page, visit: Callable[..., None], turn, address: str, button: str
) -> None:
    visit(page, address, player=False)
    for scheme in SCHEMES:
        turn(page, scheme)
        expect(page.get_by_role("button", name=button)).to_be_visible()
        assert (scheme, findings(page)) == (scheme, [])


def test_axe_finds_nothing_serious_in_an_open_popover(
    page: Page, visit: Callable[..., None], settled: Callable[[Page], None], turn
) -> None:
    visit(page)
    for name in ("context", "world:", "about these models", "share and save"):
        page.get_by_role("button", name=name).first.click()
        for scheme in SCHEMES:
            turn(page, scheme)
            assert (name, scheme, findings(page)) == (name, scheme, [])
        page.keyboard.press("Escape")
        settled(page)


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
