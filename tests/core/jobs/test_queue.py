"""Jobs outlive a page: nothing is lost by a reload, one runs at a time, and each obeys what people request."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from core.jobs import folder, kinds, lock, queue, worker
from core.jobs.folder import JobFolder
from core.jobs.kinds import JobContext
from core.jobs.lock import has_worker, sole_worker
from core.jobs.states import Action, State

calls: list[tuple[str, Mapping]] = []


def count_up(spec: Mapping, context: JobContext) -> bool:
    """The kind of job of these tests: counts to ``spec["to"]`` in its log, from where it stopped."""
    calls.append((context.name, spec))
    if message := spec.get("refuses"):
        raise ValueError(message)
    if spec.get("breaks"):
        raise RuntimeError("out of luck")
    done = len(context.log.read().entries)
    while done < spec["to"]:
        if context.should_stop():
            return False
        done += 1
        context.log.append({"count": done})
    return True


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the jobs. No worker process is started."""
    calls.clear()
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))
    monkeypatch.setitem(kinds.KINDS, "count", f"{__name__}:count_up")
    monkeypatch.setattr(queue, "ensure_worker", lambda: None)
    monkeypatch.setattr(worker, "_lower_priority", lambda: None)  # it would last for every test after
    return tmp_path / "jobs"


def submit(to: int = 3, **more: object) -> str:
    return queue.submit("count", {"to": to} | more, name_prefix="count")


def state(name: str) -> State:
    return queue.find(name).state


def counts(name: str) -> list[int]:
    return [entry["count"] for entry in queue.find(name).read_log().entries]


def answers(*values: State | None, then: State | None = None) -> Callable[[], State | None]:
    """A request that gives each value once, then always the last."""
    waiting = iter(values)
    return lambda: next(waiting, then)


def test_a_job_is_run_with_its_specification_and_reports(place: Path) -> None:
    name = submit(unit="m")
    assert (name, state(name), queue.find(name).job.kind) == ("count-1", State.WAITING, "count")
    worker.drain()
    assert calls == [("count-1", {"to": 3, "unit": "m"})]
    status = queue.find(name)
    assert (status.state, status.error, counts(name)) == (State.DONE, "", [1, 2, 3])


def test_jobs_run_one_after_the_other_in_the_order_they_came(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(spec: Mapping, context: JobContext) -> bool:
        seen.append((context.name, [status.state for status in queue.all_jobs()]))
        return True

    monkeypatch.setattr(worker, "function_of", lambda kind: look)
    submit()
    submit()
    worker.drain()
    assert seen == [("count-1", [State.RUNNING, State.WAITING]), ("count-2", [State.DONE, State.RUNNING])]


def test_only_one_worker_works(place: Path) -> None:
    name = submit()
    second = "import core.jobs.worker as w, sys; w.drain(); sys.exit('torch' in sys.modules)"
    with sole_worker() as is_sole:
        assert is_sole
        assert subprocess.run([sys.executable, "-c", second]).returncode == 0, "it must not even import torch"
        assert state(name) == State.WAITING
    worker.drain()
    assert state(name) == State.DONE


def test_the_worker_process_runs_what_waits_and_ends(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = queue.submit("training", {"arm": "none"}, name_prefix="my-none")
    done = subprocess.run([sys.executable, "-m", "core.jobs.worker"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (state(name), queue.find(name).error) == (State.FAILED, "The job is not a training of this version.")


def test_readers_neither_block_the_worker_nor_mistake_each_other_for_it(place: Path) -> None:
    stop, seen = threading.Event(), set()

    def look() -> None:
        while not stop.is_set():
            seen.add(has_worker())

    lookers = [threading.Thread(target=look) for _ in range(4)]
    for looker in lookers:
        looker.start()
    try:
        while not seen:
            pass
        assert seen == {False}, "there is no worker yet"
        for _ in range(20):
            with sole_worker() as is_sole:
                assert is_sole and has_worker()
            stop.wait(0.005)
    finally:
        stop.set()
        for looker in lookers:
            looker.join()


def test_a_paused_job_goes_on_where_it_stopped(place: Path) -> None:
    name = submit()
    worker.run_job(worker.next_job(), answers(None, None, then=State.PAUSED))
    assert (state(name), counts(name)) == (State.PAUSED, [1])
    queue.request(name, Action.RESUME)
    assert state(name) == State.WAITING
    worker.drain()
    assert (state(name), counts(name)) == (State.DONE, [1, 2, 3])


def test_a_running_job_obeys_and_a_waiting_one_is_cancelled_at_once(place: Path) -> None:
    first = submit()
    queue.request(first, Action.CANCEL)
    assert state(first) == State.CANCELLED
    worker.drain()
    assert (state(first), calls) == (State.CANCELLED, []), "a cancelled job is not run"
    second = submit()
    JobFolder.of(second).write_state(State.RUNNING)
    with sole_worker():
        queue.request(second, Action.PAUSE)
        assert queue.request_of(second) == State.PAUSED
        queue.remove(second)
        assert state(second) == State.RUNNING, "a running job is not removed"
    queue.request(second, Action.RESUME)
    assert state(second) == State.WAITING and queue.request_of(second) is None


@pytest.mark.parametrize("action, after", [(Action.CANCEL, State.CANCELLED), (Action.PAUSE, State.PAUSED)])
def test_a_request_made_while_a_job_starts_is_obeyed(place: Path, action: Action, after: State) -> None:
    name = submit()
    job = worker.next_job()
    queue.request(name, action)
    worker.run_job(job, lambda: queue.request_of(name))
    assert (state(name), calls) == (after, [])


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("at", [State.DONE, State.CANCELLED])
def test_a_job_that_has_ended_takes_no_requests(place: Path, action: Action, at: State) -> None:
    name = submit()
    JobFolder.of(name).write_state(at)
    queue.request(name, action)
    assert state(name) == at and queue.request_of(name) is None


def test_a_job_whose_worker_is_gone_counts_as_paused(place: Path) -> None:
    name = submit()
    JobFolder.of(name).write_state(State.RUNNING)
    assert state(name) == State.PAUSED
    queue.remove(name)
    with pytest.raises(ValueError, match="no job called 'count-1'"):
        queue.find(name)


def test_a_job_that_fails_says_why_and_the_next_one_runs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken, refused, unknown, good = submit(breaks=True), submit(refuses="The disk is full."), submit(), submit()
    JobFolder.of(unknown).write_job(folder.Job(unknown, "sail", {}, 0.0))
    worker.drain()
    errors = {name: queue.find(name).error for name in (broken, refused, unknown)}
    assert {state(name) for name in errors} == {State.FAILED} and state(good) == State.DONE
    assert "RuntimeError" in errors[broken] and "out of luck" in capsys.readouterr().err
    assert errors[refused] == "The disk is full."
    assert errors[unknown] == "This version of worldscope cannot run jobs of the kind 'sail'."


def test_every_kind_names_a_function_that_exists() -> None:
    for kind in kinds.KINDS:
        assert callable(kinds.function_of(kind))


def test_a_new_name_is_free(place: Path) -> None:
    assert [submit(), submit(), queue.submit("count", {}, name_prefix="more")] == ["count-1", "count-2", "more-1"]
    queue.remove("count-2")
    assert submit() == "count-3", "a name is never used twice"
    (place / "count-4").mkdir()  # another session is just submitting it
    assert submit() == "count-5"


def test_a_removed_job_leaves_nothing_but_its_name(place: Path) -> None:
    name = queue.submit("count", {"to": 1}, name_prefix="count", arrays={"rows": np.arange(6)})
    assert (JobFolder.of(name).open_array("rows") == np.arange(6)).all()
    (place / name / "models" / name).mkdir(parents=True)
    queue.remove(name)
    assert list((place / name).iterdir()) == [] and queue.all_jobs() == []
    assert JobFolder.of(name).open_array("rows") is None


def test_a_folder_is_no_job_while_it_is_made_or_removed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, seen, write, rmtree = submit(), [], folder.write_json, folder.shutil.rmtree

    def look() -> None:
        seen.append([status.job.name for status in queue.all_jobs()])
        assert all(path.with_name("state.json").exists() for path in place.glob("*/job.json"))

    monkeypatch.setattr(folder, "write_json", lambda *given: (look(), write(*given), look()))
    name = submit()
    assert seen[:-1] == [[kept]] * (len(seen) - 1) and seen[-1] == [kept, name]
    (place / name / "run").mkdir()
    monkeypatch.setattr(folder.shutil, "rmtree", lambda path: (look(), rmtree(path), look()))
    queue.remove(name)
    assert seen[-2:] == [[kept], [kept]]


@pytest.mark.parametrize(
    "file, text",
    [
        ("state.json", None),
        ("state.json", "{"),
        ("state.json", "[]"),
        ("state.json", '{"state": "asleep", "error": ""}'),
        ("job.json", "{}"),
        ("job.json", "[1]"),
        ("job.json", '{"kind": "count", "spec": 3, "submitted": 1}'),
    ],
)
def test_a_damaged_job_does_not_hide_the_others(place: Path, file: str, text: str | None) -> None:
    damaged, whole = submit(), submit()
    (place / damaged / file).unlink()
    if text is not None:
        (place / damaged / file).write_text(text, encoding="utf-8")
    assert [status.job.name for status in queue.all_jobs()] == [whole] and worker.next_job().name == whole
    with pytest.raises(ValueError, match="no job called"):
        queue.find(damaged)


def test_a_log_is_read_only_where_it_is_shown(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [submit(), submit()]
    for name in names:
        JobFolder.of(name).log.append({"count": 1})
    monkeypatch.setattr(type(JobFolder.of(names[0]).log), "read", lambda self: pytest.fail("a list reads no log"))
    assert [status.job.name for status in queue.all_jobs()] == names


def test_a_job_stored_before_kinds_had_names_opens_as_a_training(place: Path) -> None:
    old = place / "my-jepa-1"
    old.mkdir(parents=True)
    stored = {"arm": "jepa", "source": "drop", "strength": 0.0, "guarded": False, "minutes": 2.0, "film": "", "seed": 0}
    (old / "job.json").write_text(json.dumps(stored | {"name": "my-jepa-1", "submitted": 1.5}), encoding="utf-8")
    (old / "state.json").write_text('{"state": "done", "error": ""}', encoding="utf-8")
    (status,) = queue.all_jobs()
    assert (status.job.name, status.job.kind, status.job.submitted) == ("my-jepa-1", "training", 1.5)
    assert status.job.spec == stored | {"name": "my-jepa-1"} and status.state == State.DONE


def test_a_job_that_cannot_be_written_is_refused_and_leaves_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(JobFolder, "write_job", full)
    with pytest.raises(OSError, match="No space left"):
        queue.submit("count", {"to": 1}, name_prefix="count", arrays={"rows": np.arange(6)})
    assert queue.all_jobs() == [] and list((place / "count-1").iterdir()) == []


def test_a_job_that_fills_the_disk_fails_in_one_sentence(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(spec: Mapping, context: JobContext) -> bool:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(worker, "function_of", lambda kind: fill)
    name = submit()
    worker.drain()
    assert queue.find(name).error == "There is no space left to write on the disk; free some space and try again."


def test_a_worker_that_cannot_store_a_state_ends_in_one_sentence(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    submit()

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", "state.json")

    monkeypatch.setattr(JobFolder, "write_state", refuse)
    with pytest.raises(SystemExit, match=r"^The worker stopped\. The system refuses access to state\.json .*\.$"):
        worker.main()


def test_jobs_in_a_folder_that_takes_no_files_are_listed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    JobFolder.of(submit()).write_state(State.RUNNING)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(lock.FileLock, "acquire", refuse)
    assert [status.state for status in queue.all_jobs()] == [State.PAUSED]


def test_nothing_is_made_where_jobs_are_only_listed(place: Path) -> None:
    assert queue.all_jobs() == [] and not place.exists()
