"""How long a person waits, measured in a real browser, as one JSON object: cold start, settled interactions, memory."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
BROWSER = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
IDLE = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FINDING = 'document.querySelector(\'[class*="st-key-"][class*="-finding"]\')?.innerText'
LAST_CHANGE = """() => {
  addEventListener("pointerdown", () => { window.clicked = window.changed = performance.now() }, true)
  new MutationObserver(() => { window.changed = performance.now() }).observe(
    document.querySelector("[data-testid=stMain]"),
    { childList: true, subtree: true, attributes: true, characterData: true })
}"""
# Components live in shadow roots, which document.querySelector never enters.
SEEK = """
globalThis.seek = (selector, root = document) => root.querySelector(selector)
  ?? [...root.querySelectorAll('*')].map((node) => node.shadowRoot && seek(selector, node.shadowRoot)).find(Boolean);
"""
FRAME = "seek('[data-testid=player]').dataset.frame"
ROW = "seek('[data-testid=embedding-map]').dataset.row"
FRAMES = """() => {
  const began = performance.now(), times = []
  let before = 0
  const tick = (now) => {
    if (before) times.push(now - before)
    before = now
    if (now - began < 1500) requestAnimationFrame(tick)
    else window.times = times
  }
  delete window.times
  requestAnimationFrame(tick)
}"""
DESCRIPTION = "seek('.description').innerText"
NEAR = "seek('[data-testid=neighbours] button')?.title"
CLIPS = ("drop-two", "wall-one", "drop-three", "wall-two", "occluder-slow")


@pytest.mark.skipif(BROWSER is None, reason="needs an installed Chrome or Chromium")
def test_pages(capsys, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", "dashboard.cli", "app", "--port", address.rsplit(":", 1)[1]]
    results: dict[str, float] = {}
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS).new_page()
        page.add_init_script(SEEK)
        began = time.perf_counter()
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        server = subprocess.Popen(
            command, cwd=REPOSITORY, env=os.environ | {"WORLDSCOPE_CACHE": str(tmp_path)}, **quiet
        )
        try:
            _until_answers(address)
            page.goto(address)
            page.wait_for_selector("[data-testid=player][data-frame]", timeout=120_000)
            results["cold start, command to player (s)"] = round(time.perf_counter() - began, 2)
            page.wait_for_selector(IDLE)
            _measure(page, results)
            _measure_map(page, address, results, tmp_path)
            _measure_causes(page, address, results)
            results["memory of the server after all this (MB)"] = _megabytes(server.pid)
        finally:
            server.terminate()
            server.wait(20)
    with capsys.disabled():
        print("\n" + json.dumps(results, indent=2))
    assert all(value >= 0 for value in results.values())


def _measure(page: Page, results: dict[str, float]) -> None:
    def pick(clip: str) -> None:
        page.locator(f"[data-id='{clip}']").click()
        page.wait_for_url(lambda url: f"clip={clip}" in url)

    _note(results, "a clip not seen before", [_settled(page, lambda c=clip: pick(c), FINDING) for clip in CLIPS])
    _note(results, "a clip seen before", [_settled(page, lambda c=clip: pick(c), FINDING) for clip in 3 * CLIPS])
    page.get_by_test_id("player").focus()
    step = [_settled(page, lambda: page.keyboard.press("ArrowRight"), FRAME) for _ in range(10)]
    _note(results, "a key in the player", step)
    page.get_by_role("button", name="Predict").click()
    page.get_by_role("menuitem", name="Scoreboard").click()
    page.get_by_text("Error against cost").wait_for()
    page.wait_for_selector(IDLE)
    slider = page.get_by_role("slider").first
    slider.focus()
    step = [_settled(page, lambda: slider.press("ArrowRight"), FINDING) for _ in range(8)]
    _note(results, "a step of the Scoreboard", step)


def _measure_map(page: Page, address: str, results: dict[str, float], folder: Path) -> None:
    """The Embeddings page: from its address to the map, a click on 98,304 points, an own file of 20,000 rows."""
    began = time.perf_counter()
    page.goto(f"{address}/embeddings")
    page.wait_for_selector("[data-testid=embedding-map][data-rows]", timeout=120_000)
    results["Embeddings, address to map (s)"] = round(time.perf_counter() - began, 2)
    page.goto(f"{address}/embeddings?unit=patches")
    page.wait_for_selector("[data-testid=embedding-map][data-rows='98304']", timeout=240_000)
    page.wait_for_selector(IDLE, timeout=240_000)
    box, shown, near = page.locator("canvas.points").bounding_box(), [], []
    for index in range(23):
        before = page.evaluate(f"[{ROW}, {DESCRIPTION}, {NEAR}]")
        began = time.perf_counter()
        page.mouse.click(box["x"] + (0.42 + 0.008 * index) * box["width"], box["y"] + 0.5 * box["height"])
        page.wait_for_function(f"([row, description]) => {ROW} !== row && {DESCRIPTION} !== description", arg=before)
        shown.append(1e3 * (time.perf_counter() - began))
        page.wait_for_function(f"([row, description, near]) => ({NEAR} ?? near) !== near", arg=before)
        near.append(1e3 * (time.perf_counter() - began))
        page.wait_for_selector(IDLE)
    _note(results, "a click on 98,304 points to its clip", shown[3:])  # the first three warm up
    _note(results, "a click on 98,304 points to its neighbours", near[3:])
    _note(results, "a frame while a clip plays among 98,304 points", _frames(page))  # that of the last click
    for what, pressed in (("hovered over", False), ("moved", True)):
        _note(results, f"a frame while 98,304 points are {what}", _frames(page, box, pressed))
    file = folder / "own.npy"
    np.save(file, np.random.default_rng(0).normal(size=(20_000, 128)).astype(np.float32))
    page.goto(f"{address}/embeddings?of=your+own+embeddings")
    page.get_by_text("Drop in .npz").wait_for()
    began = time.perf_counter()
    page.locator("input[type=file]").set_input_files(file)
    page.wait_for_selector("[data-testid=embedding-map][data-rows='20000']", timeout=120_000)
    results["own file of 20,000 x 128, upload to map (s)"] = round(time.perf_counter() - began, 2)


def _frames(page: Page, box: dict[str, float] | None = None, pressed: bool = False) -> list[float]:
    """Milliseconds from each frame to the next for a second and a half in which the pointer goes about in a box."""
    if pressed:
        page.mouse.down()
    page.evaluate(FRAMES)
    for index in itertools.count():
        if page.evaluate("window.times !== undefined"):
            break
        if box:
            x, y = 0.5 + 0.2 * np.cos(index / 5), 0.5 + 0.2 * np.sin(index / 5)
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    if pressed:
        page.mouse.up()
    return page.evaluate("window.times")


def _measure_causes(page: Page, address: str, results: dict[str, float]) -> None:
    """The Causes page: a node is set and left alone again, 10,000 units. Told by the page itself, so that what the test
    takes to ask does not count: from the click to the last change that follows."""
    page.goto(f"{address}/causes")
    page.wait_for_selector("[data-testid=causal-graph][data-ready]")
    page.wait_for_selector(IDLE)
    page.wait_for_timeout(1000)
    page.evaluate(LAST_CHANGE)
    node, spent = page.locator("[data-node=ice_cream]"), []
    for index in range(20):
        node.click()
        page.get_by_text("made so that ice cream" if index % 2 else "nothing is set, so").wait_for()
        page.wait_for_selector(IDLE)
        page.wait_for_timeout(700)  # nothing changes any more
        spent.append(page.evaluate("window.changed - window.clicked"))
    _note(results, "do() on a graph of 10,000 units, click to last change", spent)


def _settled(page: Page, act: Callable[[], None], shown: str) -> float:
    """Milliseconds from an action until what it shows (an expression in the page) has changed and the page rests."""
    before, began = page.evaluate(shown), time.perf_counter()
    act()
    page.wait_for_function(f"before => {shown} !== before", arg=before)
    page.wait_for_selector(IDLE)
    return 1e3 * (time.perf_counter() - began)


def _note(results: dict[str, float], what: str, spent: list[float]) -> None:
    results[f"{what}: median (ms)"] = round(float(np.median(spent)))
    results[f"{what}: 95th percentile (ms)"] = round(float(np.quantile(spent, 0.95)))


def _until_answers(address: str) -> None:
    for _ in range(2400):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server does not answer")


def _megabytes(pid: int) -> float:
    """Resident memory of a process, where the system says it."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1024)
