"""Works off the queue of training jobs, one at a time, at low priority, in a process of its own."""

from __future__ import annotations

import math
import os
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from core.jobs import queue as jobs
from core.jobs.queue import FILM, Job
from core.paths import jobs_folder
from core.readouts.balls.probe import SLOTS, States
from core.training.artifacts import companion_card, save_network, save_probe, save_reference
from core.training.clips import Clips, ClipSet, open_clips
from core.training.loop import Moment, fit, measure
from core.training.recipes import AHEAD, CONTEXT, DecoderRecipe, JepaRecipe, PixelRecipe
from core.training.shipped import BALLS, FILMS, GUARDED, PLAIN_GUARD, UNGUARDED
from core.training.train import keep_memory, run_card, start_card
from core.worlds import WORLDS

_LEARNT, _CHECKED = 600, 288  # clips, of a simulated world
_WINDOW = CONTEXT + AHEAD
_DECODER_SHARE = 0.3  # of the training minutes, afterwards, so that people see something
_REPORTS = 300  # of a run, about; the pages read all of them each time they are drawn


def work() -> None:
    """Train what waits until nothing does, or until the app is gone; ``jobs.work_off`` sees that only one is at it."""
    _step_back()
    parent = os.getppid()
    while (job := _next()) and os.getppid() == parent:
        _try(job, lambda: jobs.PAUSED if os.getppid() != parent else jobs.wish_of(job.name))


def _step_back() -> None:
    """Leave the machine to others: low priority, and one core for the pages."""
    if hasattr(os, "nice"):
        os.nice(10)
    torch.set_num_threads(max(1, (os.cpu_count() or 2) - 1))
    keep_memory()


def _next() -> Job | None:
    return next((progress.job for progress in jobs.all_jobs() if progress.state == jobs.WAITING), None)


def _try(job: Job, wish: Callable[[], str]) -> None:
    jobs.set_state(job.name, jobs.RUNNING)
    try:
        jobs.set_state(job.name, wish() or run(job, wish))  # it may have been cancelled while it was taken up
    except (ValueError, OSError) as error:
        jobs.set_state(job.name, jobs.FAILED, str(error))
    except Exception as error:  # whatever it is, the next job must have its turn
        traceback.print_exc()
        jobs.set_state(
            job.name, jobs.FAILED, f"The training broke off ({type(error).__name__}); worker.log says where."
        )


def run(job: Job, wish: Callable[[], str] = lambda: "") -> str:
    """Train one job, from its checkpoint if there is one; gives the state that it is in then."""
    place = jobs_folder() / job.name
    learn, check = _clips(job, place)
    asked, guard = (BALLS, GUARDED) if job.source in WORLDS else (FILMS[job.arm], PLAIN_GUARD)
    if job.arm == "jepa":
        recipe = JepaRecipe(check, job.seed, guard if job.guarded else UNGUARDED, asked=asked)
    else:
        recipe = PixelRecipe(check, job.seed, asked)
    told, apart = [-math.inf], _apart(job.minutes)

    def report(moment: Moment) -> None:
        if moment.left == 0 or time.monotonic() - told[0] > apart:  # the last one always: it holds the final measures
            told[0] = time.monotonic()
            numbers = {"step": moment.step, "minutes": moment.spent / 60, "left": moment.left / 60}
            jobs.report(job.name, numbers | {"losses": dict(moment.losses), "measures": dict(moment.measures)})

    if not jobs.find(job.name).moments:  # the null: what can be read off a network that has learnt nothing
        untrained = {"step": 0, "minutes": 0.0, "left": job.minutes, "losses": {}}
        jobs.report(job.name, untrained | {"measures": measure(recipe)})
    settings = {"report": report, "cancelled": lambda: bool(wish()), "seed": job.seed}
    every = max(8.0, 60 * job.minutes / 16)
    done = fit(recipe, learn, place / "run", minutes=job.minutes, measure_seconds=every, **settings)
    if done.spent < 60 * job.minutes:
        return wish() or jobs.PAUSED
    learnt = job.source + ("" if job.guarded else ", without its anti-collapse term")
    card = start_card(job.name, job.seed) | {"arm": job.arm, "recipe": f"Train page: {learnt}", "guarded": job.guarded}
    if job.arm == "jepa":
        save_reference(place / "models", job.name, card, recipe.module.eval(), check)
        if learn.states.visible.any():
            save_probe(place / "models", job.name, card, recipe.module, learn, job.seed)
        if not _draw(job, DecoderRecipe(check, job.seed, recipe.module), learn, card, settings["cancelled"]):
            return wish() or jobs.PAUSED
    save_network(place / "models", job.name, recipe.module, card | run_card(recipe, done))
    return jobs.DONE


def _apart(minutes: float) -> float:
    """Seconds between the reports of a run."""
    return max(1.0, 60 * minutes / _REPORTS)


def _draw(job: Job, recipe: DecoderRecipe, learn: Clips, card: dict, cancelled: Callable[[], bool]) -> bool:
    """Train a small decoder, so that people can see what the latents hold; gives whether it was finished."""
    place, minutes, name = jobs_folder() / job.name, _DECODER_SHARE * job.minutes, f"{job.name}-decoder"
    run = fit(recipe, learn, place / "decoder-run", minutes=minutes, seed=job.seed, cancelled=cancelled)
    if run.spent < 60 * minutes:
        return False
    save_network(place / "models", name, recipe.module, companion_card(name, recipe.jepa, card))
    return True


def _clips(job: Job, place: Path) -> tuple[Clips, Clips]:
    """What to learn from and what to be watched on."""
    if job.source == FILM:
        film = np.array(jobs.film_of(job.name))
        cut = jobs.held_out_from(len(film))
        return _windows(film[:cut]), _windows(film[cut:])
    worlds, plain = ((job.source, 1.0),), job.strength == 0
    look = {"backgrounds": (("plain" if plain else "moving", 1.0),), "strength": None if plain else job.strength}
    learn = ClipSet(0, _LEARNT, worlds, **look)
    return open_clips(learn), open_clips(ClipSet(1_000_000, _CHECKED, worlds, **look))


def _windows(film: np.ndarray) -> Clips:
    """Every window of a film as a clip, ``[B, T, H, W, 3]``; nobody knows where things are in it."""
    frames = np.moveaxis(sliding_window_view(film, min(_WINDOW, len(film)), axis=0), -1, 1)
    nothing = np.zeros((*frames.shape[:2], SLOTS, 2), np.float32)
    return Clips(frames, States(nothing, nothing, nothing[..., 0]))
