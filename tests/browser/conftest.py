"""A person's browser and the server as the command starts it: what only the two together can break is seen here."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import pytest
from headless import BROWSERS, FLAGS, IDLE, PATIENCE, browser_path, running_dashboard
from playwright.sync_api import Browser, Page, expect, sync_playwright

expect.set_options(timeout=PATIENCE)

# Where a page is closed while a large message is on its way to it, Streamlit 1.67 closes the connection twice and logs
# that; nothing of ours is to be seen in it.
LEFT = re.compile(
    r"^Traceback .*\n(?:[ \t].*\n|\n)*starlette\.websockets\.WebSocketDisconnected: .*(?:\n|$)", re.MULTILINE
)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running dashboard. Its log must be free of tracebacks in the end."""
    folder = tmp_path_factory.mktemp("server")
    with running_dashboard(folder) as address:
        yield address
    log = (folder / "log.txt").read_text()
    assert "Traceback" not in log, log[-4000:]


@pytest.fixture(scope="module")  # not longer: while Playwright runs, nothing else in this thread can use asyncio
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    path = browser_path()
    if path is None:
        reason = f"no browser on the path: {', '.join(BROWSERS)}"
        if os.environ.get("WORLDSCOPE_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """Opens pages in fresh sessions; none of them may log an error or ask another machine for anything."""
    contexts, wrong = [], []

    def heard(message) -> None:
        # Opened at a page's own address, Streamlit first looks for its server below that address.
        if message.type == "error" and "/_stcore/" not in message.location["url"]:
            wrong.append(f"console: {message.text}")

    def note_request(request) -> None:
        if not request.url.startswith((f"{server}/", "data:", "blob:")):
            wrong.append(f"request: {request.url}")

    def make(**options: object) -> Page:
        usual = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", "base_url": server}
        context = browser.new_context(**(usual | options))
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
        page.on("request", note_request)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not wrong, wrong


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of a desktop size, not yet anywhere, that asks for less motion: films wait for a person."""
    return new_page()


@pytest.fixture
def settled() -> Callable[[Page], None]:
    """Waits until the script has run and the browser has drawn what came of it."""

    def wait(page: Page) -> None:
        page.wait_for_timeout(200)
        page.wait_for_selector(IDLE, timeout=PATIENCE)
        page.wait_for_timeout(150)

    return wait


@pytest.fixture
def visit(settled: Callable[[Page], None]) -> Callable[..., None]:
    """Goes to an address of the dashboard and waits for the player."""

    def go(page: Page, address: str = "/", *, player: bool = True) -> None:
        page.goto(address)
        page.wait_for_selector(IDLE, timeout=PATIENCE)
        if player:
            page.wait_for_selector("[data-testid=player][data-frame]", timeout=PATIENCE)
        settled(page)

    return go
