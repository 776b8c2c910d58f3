"""A dashboard of its own and a headless Chromium, for the browser tests and the pictures of the README."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BROWSERS = (
    "chromium-headless-shell",  # the same engine without the window, which takes a third less processor time
    "chromium",
    "chromium-browser",
    "google-chrome",
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
IDLE = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
PATIENCE = 120_000  # ms; only an upper bound: no test measures time


def browser_path() -> str | None:
    """The Chrome or Chromium on the path, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


COMMAND = ("dashboard.cli", "app", "--port", "{port}")


@contextmanager
def running_dashboard(folder: Path, module: Sequence[str] = COMMAND, base: str = "") -> Iterator[str]:
    """The address of a dashboard on a free port, whose cache and log (``log.txt``) lie in ``folder``.

    Args:
        folder: Also the home folder, if there is a base path.
        module: The module that serves and its arguments, the port being ``{port}``.
        base: Path below which the dashboard is served, as behind a proxy.

    Raises:
        RuntimeError: The server ended or did not become healthy; its log is in the message.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log, environment = folder / "log.txt", os.environ | {"WORLDSCOPE_CACHE": str(folder / "cache")}
    if base:
        (folder / ".streamlit").mkdir()
        (folder / ".streamlit" / "config.toml").write_text(f'[server]\nbaseUrlPath = "{base}"\n', encoding="utf-8")
        environment |= {"HOME": str(folder)}
    command = [sys.executable, "-m", *(part.format(port=port) for part in module)]
    address = f"http://127.0.0.1:{port}/{base}".rstrip("/")
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=file, stderr=subprocess.STDOUT)
    try:
        _wait_until_healthy(process, address, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_healthy(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The server never became healthy: {log.read_text()[-2000:]}")
