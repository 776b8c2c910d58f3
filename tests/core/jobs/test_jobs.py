"""Trainings that outlive a page: nothing is lost by a reload, one runs at a time, and each obeys."""

import fcntl
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.jobs import queue as jobs
from core.jobs import worker
from core.jobs.queue import Job
from core.models.forecast.pixel import PixelConfig
from core.models.forecast.trunk import TrunkConfig
from core.models.learned import load_jepa, load_pixel
from core.training import artifacts, clips, monitoring, probing, recipes
from core.training.loop import Moment, Run
from core.worlds import Leaves, simulate


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Jobs in a folder of their own, with tiny networks and few clips; nobody is woken."""
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))
    monkeypatch.setattr(jobs, "MINUTES", (1e-5, 240.0))
    monkeypatch.setattr(jobs, "wake", lambda: None)
    monkeypatch.setattr(worker, "_step_back", lambda: None)  # it would last for every test after
    monkeypatch.setattr(worker, "_LEARNT", 16)
    monkeypatch.setattr(worker, "_CHECKED", 16)
    monkeypatch.setattr(worker, "_apart", lambda minutes: 0.0)
    monkeypatch.setattr(recipes, "TrunkConfig", lambda: TrunkConfig(dim=4, width=16, memory=16))
    monkeypatch.setattr(recipes, "PixelConfig", lambda: PixelConfig(width=16, memory=16, paint=16))
    monkeypatch.setattr(recipes.JepaRecipe, "batch", 2)
    monkeypatch.setattr(recipes.PixelRecipe, "batch", 2)
    monkeypatch.setattr(recipes.DecoderRecipe, "batch", 2)
    for module in (artifacts, monitoring):
        monkeypatch.setattr(module, "fit_probe", lambda *a, **k: probing.fit_probe(*a, **k | {"steps": 5}))
    return tmp_path / "jobs"


def job(arm="jepa", source="drop", minutes=1e-4, **more):
    return Job(arm, source, **{"strength": 0.0, "guarded": True, "minutes": minutes} | more)


def state(name):
    return jobs.find(name).state


def test_a_job_is_worked_off_and_its_model_can_be_used(place):
    jobs.submit(job())
    assert state("my-jepa-1") == "waiting"
    jobs.work_off()
    done = jobs.find("my-jepa-1")
    assert done.state == "done" and done.job == job(name="my-jepa-1") and not done.error
    assert done.moments[0]["step"] == 0 and done.moments[0]["measures"]["effective rank"] >= 0
    assert done.moments[1]["step"] == 1 and done.moments[1]["losses"]["loss"] > 0
    model = load_jepa(place / "my-jepa-1" / "models", "my-jepa-1")
    frames = np.zeros((1, 4, 64, 64, 3), np.uint8)
    assert model.can_decode and np.isfinite(model.locate(model.predict(frames, 3))).all()


def test_jobs_run_one_after_the_other_in_the_order_they_came(place):
    for _ in range(2):
        jobs.submit(job("pixel"))
    order = []
    original = worker.run

    def watched(one, wish):
        order.append((one.name, [progress.state for progress in jobs.all_jobs()]))
        return original(one, wish)

    worker.run = watched
    try:
        jobs.work_off()
    finally:
        worker.run = original
    assert order == [("my-pixel-1", ["running", "waiting"]), ("my-pixel-2", ["done", "running"])]


def test_only_one_worker_works(place):
    jobs.submit(job("pixel"))
    second = "from core.jobs.queue import work_off; import sys; work_off(); sys.exit('torch' in sys.modules)"
    with jobs.sole_worker() as free:
        assert free
        assert subprocess.run([sys.executable, "-c", second]).returncode == 0, "it must not even import torch"
        assert state("my-pixel-1") == "waiting"
    jobs.work_off()
    assert state("my-pixel-1") == "done"


def test_who_only_looks_does_not_keep_the_worker_out(place, monkeypatch):
    asked, original = [], fcntl.flock
    monkeypatch.setattr(jobs.fcntl, "flock", lambda file, kind: (asked.append(kind), original(file, kind)))
    assert not jobs._is_busy()
    assert asked == [fcntl.LOCK_SH | fcntl.LOCK_NB], "two who look must not take each other for the worker"
    with (place / "worker.lock").open("w") as looking:
        original(looking, fcntl.LOCK_SH)
        monkeypatch.setattr(jobs.time, "sleep", lambda seconds: original(looking, fcntl.LOCK_UN))
        with jobs.sole_worker() as free:
            assert free and jobs._is_busy()


def test_a_film_is_split_in_time_and_learnt_from(place):
    film = np.concatenate([simulate(Leaves(), seed).frames for seed in (1, 2, 3)])
    jobs.submit(job("pixel", "film"), film)
    learn, check = worker._clips(jobs.find("my-pixel-1").job, place / "my-pixel-1")
    assert (learn.frames[0] == film[:20]).all() and (check.frames[-1] == film[-20:]).all()
    assert (learn.frames[-1, -1] == film[75]).all() and (check.frames[0, 0] == film[76]).all(), "no frame is in both"
    jobs.work_off()
    assert state("my-pixel-1") == "done"
    assert load_pixel(place / "my-pixel-1" / "models", "my-pixel-1").predict(film[None, :4], 2).shape == (1, 2, 4096, 3)


@pytest.mark.parametrize("frames, cut", [(60, 40), (80, 60), (95, 75), (200, 160)])
def test_what_is_kept_of_a_film_is_a_fifth_and_at_least_a_window(place, frames, cut):
    assert jobs.held_out_from(frames) == cut
    film = np.zeros((frames, 64, 64, 3), np.uint8)
    jobs.submit(job("pixel", "film"), film)
    learn, check = worker._clips(jobs.find("my-pixel-1").job, place / "my-pixel-1")
    assert (len(learn.frames), len(check.frames)) == (cut - 19, frames - cut - 19)


def test_a_few_windows_of_a_film_do_not_say_what_is_usual(place):
    film = np.concatenate([simulate(Leaves(), seed).frames for seed in (1, 2, 3)])
    jobs.submit(job("jepa", "film"), film)
    jobs.work_off()
    assert state("my-jepa-1") == "done"
    assert load_jepa(place / "my-jepa-1" / "models", "my-jepa-1").can_decode
    assert not (place / "my-jepa-1" / "models" / "my-jepa-1-reference").exists()


def test_a_job_that_is_cancelled_while_its_decoder_learns_leaves_no_model(place):
    jobs.submit(job(minutes=1e-4))
    wishes = iter(["", "cancelled"])  # the arm makes one step, the decoder none
    assert worker.run(jobs.find("my-jepa-1").job, lambda: next(wishes, "cancelled")) == "cancelled"
    assert not (place / "my-jepa-1" / "models" / "my-jepa-1").exists()


def test_a_paused_job_goes_on_where_it_stopped(place):
    name = jobs.submit(job("pixel", minutes=100.0))
    wishes = iter(["", "", "paused"])
    assert worker.run(jobs.find(name).job, lambda: next(wishes, "paused")) == "paused"
    jobs.set_state(name, "paused")
    jobs.ask(name, "resume")
    assert state(name) == "waiting"
    wishes = iter([""] * 1)
    worker.run(jobs.find(name).job, lambda: next(wishes, "paused"))
    steps = [moment["step"] for moment in jobs.find(name).moments]
    assert steps == [0, 1, 2, 3], "the untrained network, two steps before the pause, one after it"


def test_a_running_job_obeys_and_a_waiting_one_is_cancelled_at_once(place):
    jobs.submit(job())
    jobs.ask("my-jepa-1", "cancel")
    assert state("my-jepa-1") == "cancelled"
    jobs.work_off()
    assert state("my-jepa-1") == "cancelled", "a cancelled job is not worked off"
    jobs.submit(job())
    jobs.set_state("my-jepa-2", "running")
    with jobs.sole_worker():
        jobs.ask("my-jepa-2", "pause")
        assert jobs.wish_of("my-jepa-2") == "paused"
        jobs.remove("my-jepa-2")
        assert state("my-jepa-2") == "running", "what runs is not forgotten"
    jobs.ask("my-jepa-2", "resume")
    assert state("my-jepa-2") == "waiting" and not jobs.wish_of("my-jepa-2")


@pytest.mark.parametrize("wish, after", [("cancel", "cancelled"), ("pause", "paused")])
def test_what_is_asked_while_a_job_is_taken_up_is_obeyed(place, monkeypatch, wish, after):
    name = jobs.submit(job())
    taken = worker._next()
    jobs.ask(name, wish)
    monkeypatch.setattr(worker, "run", lambda *_: pytest.fail("it was not to be run any more"))
    worker._try(taken, lambda: jobs.wish_of(name))
    assert state(name) == after


def test_a_job_whose_worker_is_gone_counts_as_paused(place):
    jobs.submit(job())
    jobs.set_state("my-jepa-1", "running")
    assert state("my-jepa-1") == "paused"
    jobs.remove("my-jepa-1")
    with pytest.raises(ValueError, match="no training called 'my-jepa-1'"):
        jobs.find("my-jepa-1")


def test_what_goes_wrong_is_told_and_the_next_job_has_its_turn(place, monkeypatch):
    jobs.submit(job("jepa"))
    jobs.submit(job("pixel"))
    original = worker.run

    def broken(one, wish):
        if one.name == "my-jepa-1":
            raise RuntimeError("out of luck")
        return original(one, wish)

    monkeypatch.setattr(worker, "run", broken)
    jobs.work_off()
    assert state("my-jepa-1") == "failed" and "RuntimeError" in jobs.find("my-jepa-1").error
    assert state("my-pixel-1") == "done"


@pytest.mark.parametrize(
    "wrong, said",
    [({"arm": "gan"}, "jepa or pixel"), ({"source": "sea"}, "on drop, wall"), ({"minutes": 241.0}, "not 241"),
     ({"minutes": 0.0}, "not 0"), ({"strength": 1.5}, "0 to 1, not 1.5")],
)  # fmt: skip
def test_a_job_out_of_bounds_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        job(**{"minutes": 2.0} | wrong)


@pytest.mark.parametrize("film", [None, np.zeros((59, 64, 64, 3), np.uint8)])
def test_too_short_a_film_is_refused_and_leaves_nothing(place, film):
    with pytest.raises(ValueError, match="at least 6 s"):
        jobs.submit(job(source="film"), film)
    assert jobs.all_jobs() == []


def test_a_new_name_is_free(place):
    assert [jobs.submit(job(arm)) for arm in ("jepa", "jepa", "pixel")] == ["my-jepa-1", "my-jepa-2", "my-pixel-1"]
    jobs.remove("my-jepa-2")
    assert jobs.submit(job()) == "my-jepa-3", "a name is never used twice"
    (place / "my-jepa-4").mkdir()  # another session is just submitting it
    assert jobs.submit(job()) == "my-jepa-5"


def test_what_is_forgotten_leaves_nothing_but_its_name(place):
    name = jobs.submit(job("pixel", "film"), np.zeros((60, 64, 64, 3), np.uint8))
    (place / name / "models" / name).mkdir(parents=True)
    jobs.remove(name)
    assert list((place / name).iterdir()) == [] and jobs.all_jobs() == [] and jobs.film_of(name) is None


def test_a_job_that_is_being_made_or_removed_is_no_job_yet_or_any_more(place, monkeypatch):
    kept, seen, write, rmtree = jobs.submit(job()), [], jobs.write_json, jobs.shutil.rmtree

    def look():
        seen.append([progress.job.name for progress in jobs.all_jobs()])
        assert all(path.with_name("state.json").exists() for path in place.glob("*/job.json"))

    monkeypatch.setattr(jobs, "write_json", lambda *given: (look(), write(*given), look()))
    name = jobs.submit(job())
    assert seen[:-1] == [[kept]] * (len(seen) - 1) and seen[-1] == [kept, name]
    (place / name / "run").mkdir()
    monkeypatch.setattr(jobs.shutil, "rmtree", lambda path: (look(), rmtree(path), look()))
    jobs.remove(name)
    assert seen[-2:] == [[kept], [kept]]


@pytest.mark.parametrize("file, text", [("state.json", None), ("state.json", "{"), ("job.json", "{}")])
def test_a_damaged_job_does_not_hide_the_others(place, file, text):
    damaged, whole = jobs.submit(job()), jobs.submit(job())
    (place / damaged / file).unlink()
    if text is not None:
        (place / damaged / file).write_text(text, encoding="utf-8")
    assert [progress.job.name for progress in jobs.all_jobs()] == [whole] and worker._next().name == whole
    with pytest.raises(ValueError, match="no training called"):
        jobs.find(damaged)


def test_what_a_job_has_reported_is_read_only_where_it_is_shown(place):
    for _ in range(2):
        jobs.report(jobs.submit(job()), {"step": 0})
    (place / "my-jepa-2" / "progress.jsonl").write_text("damaged", encoding="utf-8")
    first, _ = jobs.all_jobs()
    assert first.moments == [{"step": 0}]


def test_a_long_run_reports_some_hundred_times_and_always_at_its_end(place, monkeypatch):
    monkeypatch.undo()
    assert [worker._apart(minutes) for minutes in (0.5, 5.0, 240.0)] == [1.0, 1.0, 48.0]
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(place.parent))
    monkeypatch.setattr(jobs, "wake", lambda: None)
    monkeypatch.setattr(worker, "_clips", lambda *_: (None, None))
    monkeypatch.setattr(worker, "measure", lambda recipe: {})

    def fit(*_, report, **settings):
        for step in (1, 2, 3):
            report(Moment(step, {"loss": 1.0}, {}, 4800.0 * step, 4800.0 * (3 - step)))
        return Run(step=3, spent=0.0)

    monkeypatch.setattr(worker, "fit", fit)
    name = jobs.submit(job("pixel", minutes=240.0))
    worker.run(jobs.find(name).job)
    assert [moment["step"] for moment in jobs.find(name).moments] == [0, 1, 3]


def test_a_draft_that_goes_while_room_is_made_is_not_missed(tmp_path, monkeypatch):
    for name in ("draft", "renamed", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "frames.npy").write_bytes(bytes(10))
    original = Path.iterdir

    def renamed(path):
        if path.name == "draft":
            path.rename(tmp_path / "made")
        if path.name == "renamed":
            yield path / "gone.npy"
        yield from original(path)

    monkeypatch.setattr(Path, "iterdir", renamed)
    monkeypatch.setattr(clips, "MOST_BYTES", 20)
    clips._make_room(tmp_path, 10)
    assert (tmp_path / "old").exists()
    clips._make_room(tmp_path, 30)
    assert not (tmp_path / "old").exists() and not (tmp_path / "made").exists()
