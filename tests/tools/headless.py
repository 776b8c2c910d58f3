"""A dashboard of its own and a headless Chromium, for the browser tests and the pictures of the README."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
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


@contextmanager
def running_dashboard(folder: Path) -> Iterator[str]:
    """The address of a dashboard on a free port, whose cache and log (``log.txt``) lie in ``folder``.

    Raises:
        RuntimeError: The server ended or did not become healthy; its log is in the message.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log, environment = folder / "log.txt", os.environ | {"WORLDSCOPE_CACHE": str(folder / "cache")}
    command = [sys.executable, "-m", "dashboard.cli", "app", "--port", str(port)]
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=file, stderr=subprocess.STDOUT)
    try:
        _wait_until_healthy(process, f"http://127.0.0.1:{port}", log)
        yield f"http://127.0.0.1:{port}"
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
