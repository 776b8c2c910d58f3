"""Trainings that outlive a page: nothing is lost by a reload, one runs at a time, and each obeys."""

import subprocess
import sys

import numpy as np
import pytest

from core.models.learned import load_jepa, load_pixel
from core.models.pixel import PixelConfig
from core.models.trunk import TrunkConfig
from core.training import companions, jobs, probing, recipes, watching, worker
from core.training.jobs import Job
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
    monkeypatch.setattr(worker, "_EVERY", 0.0)
    monkeypatch.setattr(recipes, "TrunkConfig", lambda: TrunkConfig(dim=4, width=16, memory=16))
    monkeypatch.setattr(recipes, "PixelConfig", lambda: PixelConfig(width=16, memory=16, paint=16))
    monkeypatch.setattr(recipes.JepaRecipe, "batch", 2)
    monkeypatch.setattr(recipes.PixelRecipe, "batch", 2)
    monkeypatch.setattr(recipes.DecoderRecipe, "batch", 2)
    for module in (companions, watching):
        monkeypatch.setattr(module, "fit_probe", lambda *a, **k: probing.fit_probe(*a, **k | {"steps": 5}))
    return tmp_path / "jobs"


def job(name="my-jepa-1", arm="jepa", source="drop", minutes=1e-4, **more):
    return Job(name, arm, source, **{"strength": 0.0, "guarded": True, "minutes": minutes} | more)


def state(name):
    return jobs.find(name).state


def test_a_job_is_worked_off_and_its_model_can_be_used(place):
    jobs.submit(job())
    assert state("my-jepa-1") == "waiting"
    jobs.work_off()
    done = jobs.find("my-jepa-1")
    assert done.state == "done" and done.job == job() and not done.error
    assert done.moments[0]["step"] == 0 and done.moments[0]["measures"]["effective rank"] >= 0
    assert done.moments[1]["step"] == 1 and done.moments[1]["losses"]["loss"] > 0
    model = load_jepa(place / "my-jepa-1" / "models", "my-jepa-1")
    frames = np.zeros((1, 4, 64, 64, 3), np.uint8)
    assert model.can_decode and np.isfinite(model.locate(model.predict(frames, 3))).all()


def test_jobs_run_one_after_the_other_in_the_order_they_came(place):
    for k in (1, 2):
        jobs.submit(job(f"my-pixel-{k}", "pixel"))
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
    jobs.submit(job(arm="pixel"))
    second = "from core.training.jobs import work_off; import sys; work_off(); sys.exit('torch' in sys.modules)"
    with jobs.sole_worker() as free:
        assert free
        assert subprocess.run([sys.executable, "-c", second]).returncode == 0, "it must not even import torch"
        assert state("my-jepa-1") == "waiting"
    jobs.work_off()
    assert state("my-jepa-1") == "done"


def test_a_film_is_split_in_time_and_learnt_from(place):
    film = np.concatenate([simulate(Leaves(), seed).frames for seed in (1, 2, 3)])
    jobs.submit(job("my-pixel-1", "pixel", "film"), film)
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
    jobs.submit(job("my-pixel-1", "pixel", "film"), film)
    learn, check = worker._clips(jobs.find("my-pixel-1").job, place / "my-pixel-1")
    assert (len(learn.frames), len(check.frames)) == (cut - 19, frames - cut - 19)


def test_a_few_windows_of_a_film_do_not_say_what_is_usual(place):
    film = np.concatenate([simulate(Leaves(), seed).frames for seed in (1, 2, 3)])
    jobs.submit(job("my-jepa-1", "jepa", "film"), film)
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
    jobs.submit(job(arm="pixel", minutes=100.0))
    wishes = iter(["", "", "paused"])
    assert worker.run(jobs.find("my-jepa-1").job, lambda: next(wishes, "paused")) == "paused"
    jobs.set_state("my-jepa-1", "paused")
    jobs.ask("my-jepa-1", "resume")
    assert state("my-jepa-1") == "waiting"
    wishes = iter([""] * 1)
    worker.run(jobs.find("my-jepa-1").job, lambda: next(wishes, "paused"))
    steps = [moment["step"] for moment in jobs.find("my-jepa-1").moments]
    assert steps == [0, 1, 2, 3], "the untrained network, two steps before the pause, one after it"


def test_a_running_job_obeys_and_a_waiting_one_is_cancelled_at_once(place):
    jobs.submit(job())
    jobs.ask("my-jepa-1", "cancel")
    assert state("my-jepa-1") == "cancelled"
    jobs.work_off()
    assert state("my-jepa-1") == "cancelled", "a cancelled job is not worked off"
    jobs.set_state("my-jepa-1", "running")
    with jobs.sole_worker():
        jobs.ask("my-jepa-1", "pause")
        assert jobs.wish_of("my-jepa-1") == "paused"
        jobs.remove("my-jepa-1")
        assert state("my-jepa-1") == "running", "what runs is not forgotten"


def test_a_job_whose_worker_is_gone_counts_as_paused(place):
    jobs.submit(job())
    jobs.set_state("my-jepa-1", "running")
    assert state("my-jepa-1") == "paused"
    jobs.remove("my-jepa-1")
    with pytest.raises(ValueError, match="no training called 'my-jepa-1'"):
        jobs.find("my-jepa-1")


def test_what_goes_wrong_is_told_and_the_next_job_has_its_turn(place, monkeypatch):
    jobs.submit(job("my-jepa-1", "pixel"))
    jobs.submit(job("my-pixel-1", "pixel"))
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
    jobs.submit(job(jobs.new_name("jepa")))
    assert (jobs.new_name("jepa"), jobs.new_name("pixel")) == ("my-jepa-2", "my-pixel-1")
    jobs.remove("my-jepa-1")
    assert jobs.new_name("jepa") == "my-jepa-2", "a name is never used twice"
