"""However the app is served, its components get their code, of this version, and leave no names on the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from headless import COMMAND, IDLE, PATIENCE, running_dashboard
from playwright.sync_api import Browser, Page

from dashboard.components.modules import MODULES
from dashboard.navigation import PAGES

DRAWN = {"compare": "player", "causes": "causal-graph"}  # components by test id; other tests visit the other pages
OWN_NAMES = """() => [...Object.getOwnPropertyNames(window), ...Object.getOwnPropertySymbols(window).map(String)]"""
WITHOUT_COMPONENTS = "train"  # a page without a component of ours and without a chart
OF_STREAMLIT = {
    "Plotly", "PlotlyGeoAssets", "PolyBool", "__TEXT_CACHE", "__TYPEDARRAY_POOL", "sprintf", "vsprintf",
    "__core-js_shared__", "__globalDispatcherInstance", "core", "regeneratorRuntime",
}  # fmt: skip  # what its charts and tables leave on the window
STREAMLIT_RUN = (
    "streamlit", "run", "dashboard/app.py", "--server.port", "{port}", "--server.headless", "true",
    "--server.address", "127.0.0.1",
)  # fmt: skip  # an option and its value beside each other
WAYS = {
    "the command": (COMMAND, ""),
    "the command below a path": (COMMAND, "lab/one"),
    "streamlit run below a path": (STREAMLIT_RUN, "lab"),
}


@pytest.fixture(params=WAYS)
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[bool, str]]:
    """Whether a way to serve the app has a route for our modules, and the address of the app."""
    module, base = WAYS[request.param]
    with running_dashboard(tmp_path, module, base) as address:
        yield module == COMMAND, address
    log = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert "Traceback" not in log, log[-4000:]


def test_every_component_is_drawn_by_modules_of_this_version_alone(
    browser: Browser, served: tuple[bool, str], settled: Callable[[Page], None]
) -> None:
    has_route, address = served
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1440, "height": 900})
    page, wrong, modules = context.new_page(), [], set()
    origin = "/".join(address.split("/")[:3])

    def note_request(request) -> None:
        if not request.url.startswith((f"{origin}/", "data:", "blob:")):
            wrong.append(f"request: {request.url}")
        if "/worldscope/modules/" in request.url:
            modules.add(request.url)

    def heard(message) -> None:
        # Opened at a page's own address, Streamlit first looks for its server below that address.
        if message.type == "error" and "/_stcore/" not in message.location["url"]:
            wrong.append(f"console: {message.text}")

    page.on("request", note_request)
    page.on("console", heard)
    page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
    names: dict[str, set[str]] = {}
    for name in (WITHOUT_COMPONENTS, *DRAWN):
        page.goto(f"{address}/{'' if name == PAGES[0].name else name}")
        page.wait_for_selector(IDLE, timeout=PATIENCE)
        if name in DRAWN:
            page.wait_for_selector(f"[data-testid={DRAWN[name]}] :is(canvas, svg)", timeout=PATIENCE)
        settled(page)
        names[name] = set(page.evaluate(OWN_NAMES))
    context.close()
    assert not wrong, wrong
    prefix = f"{address}/worldscope/modules/{MODULES.digest}/"
    assert bool(modules) is has_route and all(url.startswith(prefix) for url in modules)
    ours = {name: found - names[WITHOUT_COMPONENTS] - OF_STREAMLIT for name, found in names.items()}
    assert set.union(*ours.values()) == (set() if has_route else {"Symbol(worldscope.modules)"})
