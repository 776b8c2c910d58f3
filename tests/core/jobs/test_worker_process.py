"""The worker as pages start it: a process of its own, which can be killed, told to stop, and left alone by the app."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.jobs import queue
from core.jobs.lock import has_worker
from core.jobs.queue import JobStatus
from core.jobs.states import Action, State

REPOSITORY = Path(__file__).resolve().parents[3]
PATIENCE = 120.0  # seconds; only an upper bound
# A kind of job is a plain function in one file, and one line that names it. Python runs a sitecustomize at its start.
TOY = """
import os, time

def run(spec, context):
    done = len(context.log.read().entries)
    while done < spec["to"]:
        if spec.get("deaf"):
            context.log.append({"pid": os.getpid()})
            time.sleep(600)
        if context.should_stop():
            return False
        done += 1
        context.log.append({"count": done, "pid": os.getpid()})
        time.sleep(spec.get("seconds", 0))
    return True
"""
LINE = 'from core.jobs.kinds import KINDS\nKINDS["toy"] = "toy_kind:run"\n'


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the jobs; each worker process knows the toy kind. No worker is left in the end."""
    (tmp_path / "toy_kind.py").write_text(TOY, encoding="utf-8")
    (tmp_path / "sitecustomize.py").write_text(LINE, encoding="utf-8")
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(REPOSITORY))))
    yield tmp_path / "cache" / "jobs"
    for status in queue.all_jobs():
        queue.request(status.job.name, Action.CANCEL)
    wait_until(lambda: not has_worker())


def submit(to: int, **more: object) -> str:
    return queue.submit("toy", {"to": to} | more, name_prefix="toy")


def wait_until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, [(status.job.name, status.state, status.error) for status in queue.all_jobs()]
        time.sleep(0.02)


def entries(name: str) -> list[dict]:
    return [dict(entry) for entry in queue.find(name).read_log().entries]


def wait_for(name: str, state: State) -> JobStatus:
    wait_until(lambda: queue.find(name).state == state)
    return queue.find(name)


def worker_of(name: str) -> int:
    wait_until(lambda: entries(name))
    return entries(name)[-1]["pid"]


def test_a_kind_of_job_in_one_file_is_run_to_its_end_by_the_worker_that_a_page_starts(place: Path) -> None:
    name = submit(3)
    assert wait_for(name, State.DONE).error == ""
    assert [entry["count"] for entry in entries(name)] == [1, 2, 3]
    assert {entry["pid"] for entry in entries(name)} != {os.getpid()}
    assert (place / "worker.log").read_bytes() == b""


def test_two_workers_at_once_share_no_job(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "ensure_worker", lambda: None)
    names = [submit(5, seconds=0.02) for _ in range(3)]
    workers = [subprocess.Popen([sys.executable, "-m", "core.jobs.worker"], cwd=REPOSITORY) for _ in range(2)]
    assert [worker.wait(PATIENCE) for worker in workers] == [0, 0]
    for name in names:
        assert [entry["count"] for entry in entries(name)] == [1, 2, 3, 4, 5]
        assert queue.find(name).state == State.DONE


def test_a_killed_worker_leaves_no_lock_and_its_job_goes_on_from_where_it_was(place: Path) -> None:
    name = submit(6, seconds=0.1)
    wait_until(lambda: len(entries(name)) >= 2)
    os.kill(worker_of(name), signal.SIGKILL)
    status = wait_for(name, State.PAUSED)
    assert status.error == (
        "The process that ran this job was stopped. Resume the job to continue from its last checkpoint."
    )
    assert (place / "worker.lock").exists() and not has_worker()
    queue.request(name, Action.RESUME)
    assert wait_for(name, State.DONE).error == ""
    assert [entry["count"] for entry in entries(name)] == [1, 2, 3, 4, 5, 6]


def test_a_job_that_does_not_listen_is_cancelled_all_the_same_and_the_next_one_runs(place: Path) -> None:
    deaf, next_one = submit(1, deaf=True), submit(2)
    worker_of(deaf)
    queue.request(deaf, Action.CANCEL)
    assert wait_for(deaf, State.CANCELLED).error == ""
    wait_for(next_one, State.DONE)
    assert [entry["count"] for entry in entries(next_one)] == [1, 2]


def test_a_job_pauses_when_the_app_that_started_its_worker_is_killed(place: Path) -> None:
    code = """
import time
from core.jobs import queue
print(queue.submit("toy", {"to": 1000, "seconds": 0.05}, name_prefix="toy"), flush=True)
time.sleep(600)
"""
    app = subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    try:
        assert app.stdout is not None
        name = app.stdout.readline().strip()
        worker_of(name)
    finally:
        app.kill()
        app.communicate()
    wait_for(name, State.PAUSED)
    wait_until(lambda: not has_worker())
    count = len(entries(name))
    queue.request(name, Action.RESUME)
    wait_until(lambda: len(entries(name)) > count)
    assert [entry["count"] for entry in entries(name)][: count + 1] == list(range(1, count + 2))
