"""What tests of several folders use: commands, and comparisons, of which a model's answer takes a second."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from core.clip import Clip
from core.evaluation.compare import Comparison, compare
from core.models.registry import load
from core.video import to_mp4
from core.worlds import Drop, simulate
from dashboard import cli
from dashboard.cached.models import FILM_BASELINES, FILM_PAIR, WORLD_BASELINES, WORLD_PAIR
from dashboard.cached.videos import shrink
from dashboard.cached.worlds import DISPLAY_SIZE

CONTEXT, HORIZON = 4, 10
settings.register_profile("worldscope", deadline=None)  # a busy machine is no failure
settings.load_profile("worldscope")


@pytest.fixture(autouse=True)
def kept_scheduling_policy() -> Iterator[None]:
    """Fails a test that leaves another scheduling policy behind: servers and browsers of later tests would inherit it,
    and under SCHED_FIFO they starve a small machine for ever."""
    before = scheduling_policies()
    yield
    changed = {thread: policy for thread, policy in scheduling_policies().items() if policy != before.get(thread, 0)}
    for thread in changed:  # so that one test at fault does not take the others down
        os.sched_setscheduler(thread, os.SCHED_OTHER, os.sched_param(0))
    assert not changed, f"threads run under another scheduling policy: {changed}"


def scheduling_policies() -> dict[int, int]:
    """The scheduling policy of every thread of this process; empty where the system has no such policies."""
    policies = {}
    for folder in Path("/proc/self/task").glob("*"):
        with suppress(ProcessLookupError):  # it ended meanwhile
            policies[int(folder.name)] = os.sched_getscheduler(int(folder.name))
    return policies


@pytest.fixture(scope="session")
def simulated() -> tuple[Comparison, Clip]:
    """A clip with truth: two balls, so that one of three places stays empty; and the same clip as people see it."""
    factors, seed = Drop(objects=2), 2_000_023
    models = [load(name) for name in (*WORLD_BASELINES, *WORLD_PAIR)]
    return compare(simulate(factors, seed), models, CONTEXT, HORIZON), simulate(factors, seed, size=DISPLAY_SIZE)


@pytest.fixture(scope="session")
def filmed() -> tuple[Comparison, Clip]:
    """A clip without truth, as an uploaded video is, and itself."""
    clip = Clip(moving_bar(30, 256, 256), 10.0)
    return compare(shrink(clip), [load(name) for name in (*FILM_BASELINES, *FILM_PAIR)], CONTEXT, HORIZON), clip


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs ``worldscope``: its exit code, and what it says and complains of."""

    def running(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["worldscope", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return running


@pytest.fixture(scope="session")
def video() -> bytes:
    """An MP4 of the usual shape, three seconds long."""
    return to_mp4(moving_bar(30, 240, 320), 10.0)


def moving_bar(frames: int, height: int, width: int) -> np.ndarray:
    """A bright bar that crosses a dim picture."""
    film = np.full((frames, height, width, 3), (40, 60, 80), np.uint8)
    for t in range(frames):
        left = 10 + t * (width - 50) // frames
        film[t, height // 4 : -height // 4, left : left + 30] = (230, 180, 60)
    return film
