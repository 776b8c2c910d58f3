"""Takes the pictures of the README again: drives the dashboard in a headless Chromium and writes ``docs/*.png``.

    python tests/tools/screenshots.py [NAME ...] [--out FOLDER]

Each name is that of a picture without ``.png``; all by default. The dashboard runs on a free port with an empty cache.
The picture of Train is of two real trainings of two minutes each, so it takes about five minutes; every other picture
takes seconds. Pictures without films have 256 colours.
"""

from __future__ import annotations

import argparse
import io
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from headless import FLAGS, IDLE, PATIENCE, REPOSITORY, browser_path, running_dashboard
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.video.writing import to_mp4

DESKTOP, PHONE, HALF = (1440, 900), (390, 844), (720, 900)
FILMS = ("compare-light", "compare-dark", "compare-phone", "compare-upload", "embeddings")
TRAINING_WAIT = 3_600_000  # ms, for two trainings of two minutes on a busy machine
Open = Callable[..., Page]


def main() -> None:
    """Take the pictures that are named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(PICTURES)}")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs", help="folder of the pictures")
    options = parser.parse_args()
    if unknown := set(options.names) - set(PICTURES):
        parser.error(f"There is no picture called {', '.join(sorted(unknown))}; choose from {', '.join(PICTURES)}.")
    expect.set_options(timeout=PATIENCE)
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        running_dashboard(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=browser_path(), headless=True, args=FLAGS)
        for name in options.names or PICTURES:
            shot = PICTURES[name](opener(browser, address))
            save(shot, options.out / f"{name}.png")
        browser.close()


def opener(browser: Browser, address: str) -> Open:
    """A function that opens a path of the dashboard in a fresh session and waits until it is drawn."""

    def open_page(path: str, size: tuple[int, int] = DESKTOP, scheme: str = "light") -> Page:
        context = browser.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            reduced_motion="reduce",  # films wait, so that a picture shows the frame that is asked for
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(path)
        settle(page)
        return page

    return open_page


def settle(page: Page) -> None:
    """Wait until the script has run and every figure is drawn."""
    page.wait_for_timeout(500)
    page.wait_for_selector(IDLE)
    expect(page.get_by_test_id("stSkeleton").locator("visible=true")).to_have_count(0)
    page.wait_for_timeout(1500)


def step(page: Page, frames: int) -> None:
    """Step the player forward, and leave it without its mark of focus."""
    player = page.get_by_test_id("player")
    expect(player).to_have_attribute("data-frame", re.compile(r"\d"))
    player.evaluate("node => node.focus({ preventScroll: true })")
    for _ in range(frames):
        page.keyboard.press("ArrowRight")
    player.evaluate("node => node.blur()")


def save(shot: bytes, path: Path) -> None:
    """Write a screenshot, with 256 colours where it has neither films nor many hues."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    small = image if path.stem in FILMS else image.quantize(256)
    small.save(path, optimize=True)
    print(f"{path.name}: {image.width} x {image.height}, {path.stat().st_size / 1000:.0f} kB")


def compare(open_page: Open, size: tuple[int, int], scheme: str, clip: str = "drop-three", steps: int = 3) -> bytes:
    """Compare on a sample clip, some frames after the first prediction."""
    page = open_page(f"/?compare.source=sample&compare.clip={clip}", size, scheme)
    step(page, steps)
    settle(page)
    return page.screenshot()


def compare_upload(open_page: Open) -> bytes:
    """Compare on a video of a pendulum, drawn here and uploaded as a visitor would."""
    page = open_page("/?compare.source=upload")
    files = page.get_by_test_id("stFileUploader").locator("input[type=file]")
    files.set_input_files([{"name": "pendulum.mp4", "mimeType": "video/mp4", "buffer": to_mp4(pendulum(), 25.0)}])
    page.wait_for_selector("[data-testid=player][data-frame]")
    settle(page)
    step(page, 3)
    page.get_by_test_id("player").evaluate("node => node.scrollIntoView({ block: 'center' })")
    settle(page)
    return page.screenshot()


def pendulum(seconds: float = 3.6, fps: float = 25.0, size: int = 240) -> np.ndarray:
    """Frames of a pendulum that swings, ``uint8 [T, size, size, 3]``."""
    frames = []
    for time in np.arange(0, seconds, 1 / fps):
        angle = 0.6 * np.cos(2 * np.pi * time / 1.8)
        pivot = np.array([size / 2, size * 0.04])
        bob = pivot + 0.68 * size * np.array([np.sin(angle), np.cos(angle)])
        frame = np.full((size, size, 3), (205, 200, 190), np.uint8)
        ends = [tuple(round(16 * v) for v in point) for point in (pivot, bob)]
        cv2.line(frame, *ends, (70, 70, 64), size // 34, cv2.LINE_AA, 4)
        cv2.circle(frame, ends[1], 16 * size // 10, (60, 90, 160), -1, cv2.LINE_AA, 4)
        frames.append(frame)
    return np.stack(frames)


def compute(open_page: Open) -> bytes:
    """Where the compute goes: the expander alone."""
    page = open_page("/?compare.source=sample&compare.clip=drop-two")
    page.get_by_text("Where the compute goes").click()
    expander = page.get_by_test_id("stExpander").filter(has_text="Where the compute goes")
    settle(page)
    return expander.screenshot()


def scoreboard(open_page: Open) -> bytes:
    """The Scoreboard as it opens."""
    page = open_page("/scoreboard")
    settle(page)
    return page.screenshot()


def train(open_page: Open) -> bytes:
    """Two trainings side by side: the JEPA's recipe, and the same without its anti-collapse term."""
    page = open_page("/train")
    page.get_by_role("button", name="start training").click()
    expect(page.get_by_text(re.compile("my-jepa-1 is (training|waiting)"))).to_be_visible()
    page.get_by_text("anti-collapse term", exact=True).click()
    settle(page)
    page.get_by_role("button", name="start training").click()
    expect(page.get_by_text("your trainings, newest first")).to_be_visible()
    halves = []
    for name in ("my-jepa-1", "my-jepa-2"):
        half = open_page(f"/train?train.job={name}", HALF)
        expect(half.get_by_text(re.compile(f"{name} is trained"))).to_be_visible(timeout=TRAINING_WAIT)
        line = half.get_by_text(re.compile(f"{name} is trained"))
        settle(half)
        line.evaluate("node => { node.style.scrollMarginTop = '76px'; node.scrollIntoView() }")  # below the header
        settle(half)
        halves.append(np.asarray(Image.open(io.BytesIO(half.screenshot())).convert("RGB")))
    both = io.BytesIO()
    Image.fromarray(np.concatenate(halves, axis=1)).save(both, "png")
    return both.getvalue()


def embeddings(open_page: Open) -> bytes:
    """The map of the sample clips, with one point chosen and its path."""
    page = open_page("/embeddings")
    embedding_map = page.get_by_test_id("embedding-map")
    expect(embedding_map).to_have_attribute("data-rows", re.compile(r"\d"))
    embedding_map.get_by_role("application").evaluate("node => node.focus({ preventScroll: true })")
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    embedding_map.get_by_role("application").evaluate("node => node.blur()")
    settle(page)
    return page.screenshot()


def causes(open_page: Open) -> bytes:
    """The story of ice cream and drownings, with ice cream set to 1."""
    page = open_page("/causes")
    settle(page)
    return page.screenshot()


PICTURES: dict[str, Callable[[Open], bytes]] = {
    "compare-light": lambda open_page: compare(open_page, DESKTOP, "light"),
    "compare-dark": lambda open_page: compare(open_page, DESKTOP, "dark"),
    "compare-phone": lambda open_page: compare(open_page, PHONE, "light", clip="drop-one"),
    "compare-upload": compare_upload,
    "compute": compute,
    "scoreboard": scoreboard,
    "embeddings": embeddings,
    "causes": causes,
    "train": train,
}


if __name__ == "__main__":
    main()
