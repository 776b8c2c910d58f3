"""The worker process: runs the waiting jobs one at a time, at low priority.

``python -m core.jobs.worker`` starts it; ``core.jobs.queue.ensure_worker`` does so when it is needed.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from core.files import explain
from core.jobs.folder import Job, JobFolder
from core.jobs.interruption import interrupted_on_cancel
from core.jobs.kinds import JobContext, function_of
from core.jobs.lock import sole_worker
from core.jobs.queue import all_jobs, request_of
from core.jobs.states import State

_NICENESS = 10

Interruption = Callable[[JobFolder], AbstractContextManager[object]]


def drain(interruption: Interruption = nullcontext) -> None:
    """Run the waiting jobs until there are none or the app that started this process is gone.

    Returns at once if another worker is at work.

    Args:
        interruption: A context for each job while it runs, made from its folder.

    Raises:
        OSError: The state of a job cannot be written.
    """
    with sole_worker() as is_sole:
        if not is_sole:
            return
        _lower_priority()
        parent = os.getppid()

        def has_parent() -> bool:
            return os.getppid() == parent

        while (job := next_job()) and has_parent():
            run_job(job, partial(_request, job.name, has_parent), interruption)


def _request(name: str, has_parent: Callable[[], bool]) -> State | None:
    """The state in which a job is to stop now: paused if the app is gone; None to go on."""
    return request_of(name) if has_parent() else State.PAUSED


def next_job() -> Job | None:
    """The job that has waited longest; None if none waits."""
    return next((status.job for status in all_jobs() if status.state == State.WAITING), None)


def run_job(job: Job, request: Callable[[], State | None], interruption: Interruption = nullcontext) -> None:
    """Run one job and store how it ended.

    Args:
        job: The job.
        request: The state in which the job is to stop now; None to go on.
        interruption: A context for the job while it runs, made from its folder.
    """
    folder = JobFolder.of(job.name)
    folder.write_state(State.RUNNING)
    try:
        with interruption(folder):
            state = _run(job, folder, request)
        folder.write_state(state)
    except (ValueError, OSError) as error:
        folder.write_state(State.FAILED, explain(error))
    except Exception as error:  # whatever it is, the next job must have its turn
        traceback.print_exc()
        folder.write_state(
            State.FAILED, f"The job stopped because of an error ({type(error).__name__}); worker.log has the details."
        )


def _run(job: Job, folder: JobFolder, request: Callable[[], State | None]) -> State:
    """Run the function of a job's kind; the state in which the job is then."""
    if requested := request():  # left while the job was about to start
        return requested
    context = JobContext(job.name, folder.path, folder.log, lambda: request() is not None)
    if function_of(job.kind)(job.spec, context):
        return State.DONE
    return request() or State.PAUSED


def _lower_priority() -> None:
    """Leave the machine to others."""
    if hasattr(os, "nice"):
        os.nice(max(0, _NICENESS - os.nice(0)))  # a restarted process has been here before


def _restart() -> None:
    """Replace this process by a new worker; locks and open files end with the old one."""
    os.execv(sys.executable, [sys.executable, "-m", "core.jobs.worker"])


def main() -> None:
    """Run the waiting jobs as a process of its own; a disk that cannot be written is one sentence in the log."""
    try:
        drain(partial(interrupted_on_cancel, restart=_restart))
    except OSError as error:
        sys.exit(f"The worker stopped. {explain(error)}")


if __name__ == "__main__":
    main()
