"""The worker process: runs the waiting jobs one at a time, at low priority.

``python -m core.jobs.worker`` starts it; ``core.jobs.queue.ensure_worker`` does so when it is needed.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from functools import partial

from core.jobs.folder import Job, JobFolder
from core.jobs.kinds import JobContext, function_of
from core.jobs.lock import sole_worker
from core.jobs.queue import all_jobs, request_of
from core.jobs.states import State


def drain() -> None:
    """Run the waiting jobs until there are none or the app that started this process is gone.

    Returns at once if another worker is at work.
    """
    with sole_worker() as is_sole:
        if not is_sole:
            return
        _lower_priority()
        parent = os.getppid()

        def has_parent() -> bool:
            return os.getppid() == parent

        while (job := next_job()) and has_parent():
            run_job(job, partial(_request, job.name, has_parent))


def _request(name: str, has_parent: Callable[[], bool]) -> State | None:
    """The state in which a job is to stop now: paused if the app is gone; None to go on."""
    return request_of(name) if has_parent() else State.PAUSED


def next_job() -> Job | None:
    """The job that has waited longest; None if none waits."""
    return next((status.job for status in all_jobs() if status.state == State.WAITING), None)


def run_job(job: Job, request: Callable[[], State | None]) -> None:
    """Run one job and store how it ended.

    Args:
        job: The job.
        request: The state in which the job is to stop now; None to go on.
    """
    folder = JobFolder.of(job.name)
    folder.write_state(State.RUNNING)
    try:
        folder.write_state(_run(job, folder, request))
    except (ValueError, OSError) as error:
        folder.write_state(State.FAILED, str(error))
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
        os.nice(10)


if __name__ == "__main__":
    drain()
