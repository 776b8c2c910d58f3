"""Trainings that a visitor starts: what is learnt, what is reported, and what is left when one is stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from core.jobs import queue, worker
from core.jobs.folder import JobFolder
from core.jobs.kinds import JobContext
from core.jobs.states import Action, State
from core.models.forecast.pixel import PixelConfig
from core.models.forecast.trunk import TrunkConfig
from core.models.protocols import Decoder
from core.models.readers import reader_of
from core.models.registry import load, user_specs
from core.models.store import load_card
from core.training import artifacts, job, monitoring, probing, recipes, settings, user_trainings
from core.training.clip_cache import Clips
from core.training.loop import Moment, Run
from core.training.user_trainings import TrainingReport, TrainingSpec, submit_training
from core.worlds import Leaves, simulate


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Trainings in a folder of their own, with tiny networks and few clips. No worker process is started."""
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))
    monkeypatch.setattr(user_trainings, "MINUTES", (1e-5, 240.0))
    monkeypatch.setattr(queue, "ensure_worker", lambda: None)
    monkeypatch.setattr(worker, "_lower_priority", lambda: None)  # both would last for every test after
    monkeypatch.setattr(job, "_share_the_machine", lambda: None)
    monkeypatch.setattr(job, "_TRAINING_CLIPS", 16)
    monkeypatch.setattr(job, "_VALIDATION_CLIPS", 16)
    monkeypatch.setattr(job, "_report_interval", lambda minutes: 0.0)
    monkeypatch.setattr(recipes, "TrunkConfig", lambda: TrunkConfig(dim=4, width=16, memory=16))
    monkeypatch.setattr(recipes, "PixelConfig", lambda: PixelConfig(width=16, memory=16, decoder_width=16))
    monkeypatch.setattr(recipes.JepaRecipe, "batch_size", 2)
    monkeypatch.setattr(recipes.PixelRecipe, "batch_size", 2)
    monkeypatch.setattr(recipes.DecoderRecipe, "batch_size", 2)
    for module in (artifacts, monitoring):
        monkeypatch.setattr(module, "fit_probe", lambda *a, **k: probing.fit_probe(*a, **k | {"steps": 5}))
    return tmp_path / "jobs"


def spec(arm: str = "jepa", source: str = "drop", minutes: float = 1e-4, **more) -> TrainingSpec:
    return TrainingSpec(arm, source, **{"strength": 0.0, "anti_collapse": True, "minutes": minutes} | more)


def state(name: str) -> State:
    return queue.find(name).state


def reports(name: str) -> tuple[TrainingReport, ...]:
    return user_trainings.find_training(name).history().reports


def context(name: str, should_stop: Callable[[], bool] = lambda: False) -> JobContext:
    folder = JobFolder.of(name)
    return JobContext(name, folder.path, folder.log, should_stop)


def run(name: str, should_stop: Callable[[], bool] = lambda: False) -> bool:
    return job.run(JobFolder.of(name).read_job().spec, context(name, should_stop))


def leaves() -> np.ndarray:
    return np.concatenate([simulate(Leaves(), seed).frames for seed in (1, 2, 3)])


def test_a_training_runs_and_its_model_can_be_used(place: Path) -> None:
    submit_training(spec())
    worker.drain()
    training = user_trainings.find_training("my-jepa-1")
    assert (training.name, training.state, training.spec, training.status.error) == (
        "my-jepa-1",
        State.DONE,
        spec(),
        "",
    )
    untrained, first = training.history().reports[:2]
    assert (untrained.step, untrained.losses) == (0, {}) and untrained.measures["effective rank"] >= 0
    assert first.step == 1 and first.losses["loss"] > 0
    model = load("my-jepa-1")
    frames = np.zeros((1, 4, 64, 64, 3), np.uint8)
    assert isinstance(model, Decoder)
    assert np.isfinite(reader_of(model).read(model.predict(frames, 3))).all()
    assert [(spec.name, spec.is_pixel) for spec in user_specs()] == [("my-jepa-1", False)]
    card = load_card(place / "my-jepa-1" / "models" / "my-jepa-1")
    assert (card["arm"], card["anti_collapse"], card["recipe"]) == ("jepa", True, "Train page: drop")


def test_a_video_is_split_in_time_and_learnt_from(place: Path) -> None:
    video = leaves()
    submit_training(spec("pixel", "film"), video)
    training, validation = job._clips(spec("pixel", "film"), context("my-pixel-1"))
    assert (training.frames[0] == video[:20]).all() and (validation.frames[-1] == video[-20:]).all()
    assert (training.frames[-1, -1] == video[75]).all() and (validation.frames[0, 0] == video[76]).all(), (
        "no frame is in both"
    )
    worker.drain()
    assert state("my-pixel-1") == State.DONE
    model = load("my-pixel-1")
    assert model.predict(video[None, :4], 2).shape == (1, 2, 4096, 3)


@pytest.mark.parametrize("frames, cut", [(60, 40), (80, 60), (95, 75), (200, 160)])
def test_a_fifth_of_a_video_and_at_least_a_window_is_held_out(place: Path, frames: int, cut: int) -> None:
    assert user_trainings.held_out_from(frames) == cut
    submit_training(spec("pixel", "film"), np.zeros((frames, 64, 64, 3), np.uint8))
    training, validation = job._clips(spec("pixel", "film"), context("my-pixel-1"))
    assert (len(training.frames), len(validation.frames)) == (cut - 19, frames - cut - 19)


def test_a_window_of_a_video_is_what_a_recipe_needs() -> None:
    assert user_trainings.WINDOW == settings.CONTEXT + settings.HORIZON


def test_a_few_windows_of_a_video_are_too_few_for_a_reference(place: Path) -> None:
    submit_training(spec("jepa", "film"), leaves())
    worker.drain()
    assert state("my-jepa-1") == State.DONE
    assert isinstance(load("my-jepa-1"), Decoder)
    assert not (place / "my-jepa-1" / "models" / "my-jepa-1-reference").exists()


def test_a_training_that_is_cancelled_while_its_decoder_learns_leaves_no_model(place: Path) -> None:
    name = submit_training(spec())
    run(name, lambda: bool(reports(name)))  # makes its clips, and no step
    stops = iter([False])  # the arm makes one step, the decoder none
    assert run(name, lambda: next(stops, True)) is False
    assert [report.step for report in reports(name)] == [0, 1]
    assert not (place / name / "models" / name).exists()


def test_a_training_that_is_paused_while_its_clips_are_made_stops_before_they_are(place: Path) -> None:
    name = submit_training(spec("pixel", minutes=100.0))
    assert run(name, lambda: True) is False
    assert list((place.parent / "clips").iterdir()) == [] and reports(name) == ()
    stops = iter([False] * 8)
    assert run(name, lambda: next(stops, True)) is False
    assert reports(name)[0].step == 0, "it goes on as if it began now"


def test_a_paused_training_goes_on_where_it_stopped(place: Path) -> None:
    name = submit_training(spec("pixel", minutes=100.0))
    run(name, lambda: bool(reports(name)))  # makes its clips, and no step
    stops = iter([False, False])
    assert run(name, lambda: next(stops, True)) is False
    JobFolder.of(name).write_state(State.PAUSED)
    queue.request(name, Action.RESUME)
    assert state(name) == State.WAITING
    stops = iter([False])
    run(name, lambda: next(stops, True))
    steps = [report.step for report in reports(name)]
    assert steps == [0, 1, 2, 3], "the untrained network, two steps before the pause, one after it"


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"arm": "gan"}, "jepa or pixel"),
        ({"source": "sea"}, "source one of drop, wall"),
        ({"minutes": 241.0}, "not 241"),
        ({"minutes": 0.0}, "not 0"),
        ({"strength": 1.5}, "0 to 1, not 1.5"),
    ],
)
def test_a_training_out_of_bounds_is_refused(wrong: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        spec(**{"minutes": 2.0} | wrong)


@pytest.mark.parametrize("video", [None, np.zeros((59, 64, 64, 3), np.uint8)])
def test_too_short_a_video_is_refused_and_leaves_nothing(place: Path, video: np.ndarray | None) -> None:
    with pytest.raises(ValueError, match="at least 6 s"):
        submit_training(spec(source="film"), video)
    assert queue.all_jobs() == [] and not place.exists()


def test_a_removed_training_leaves_no_video(place: Path) -> None:
    name = submit_training(spec("pixel", "film"), np.zeros((60, 64, 64, 3), np.uint8))
    assert user_trainings.video_of(name).shape == (60, 64, 64, 3)
    queue.remove(name)
    assert user_trainings.video_of(name) is None and user_trainings.all_trainings() == []


def test_a_specification_survives_the_disk_and_old_names_are_accepted(place: Path) -> None:
    wanted = spec("jepa", "leaves", 2.0, anti_collapse=False, video="abc", seed=7)
    assert TrainingSpec.from_json(json.loads(json.dumps(asdict(wanted)))) == wanted
    old = {"arm": "jepa", "source": "leaves", "strength": 0.0, "guarded": False, "minutes": 2.0, "film": "abc"}
    assert TrainingSpec.from_json(old | {"seed": 7, "name": "my-jepa-1"}) == wanted


@pytest.mark.parametrize("stored", [{}, {"arm": "jepa"}, asdict(spec(minutes=2.0)) | {"colour": "red"}])
def test_a_specification_of_another_version_is_refused_and_not_listed(place: Path, stored: dict) -> None:
    with pytest.raises(ValueError, match="not a training of this version"):
        TrainingSpec.from_json(stored)
    queue.submit("training", stored, name_prefix="my-jepa")
    queue.submit("other", asdict(spec()), name_prefix="other")
    whole = submit_training(spec())
    assert [training.name for training in user_trainings.all_trainings()] == [whole]


def test_a_report_that_lacks_fields_or_holds_other_types_is_skipped_and_counted(place: Path) -> None:
    name = submit_training(spec())
    report = TrainingReport(1, 0.5, 1.5, {"loss": 0.25}, {"skill": 0.5})
    log = JobFolder.of(name).log
    log.append(asdict(report))
    log.append({"step": 2})
    log.append(asdict(report) | {"losses": None})
    log.path.write_bytes(log.path.read_bytes() + b'{"step": 3, "min')
    history = user_trainings.find_training(name).history()
    assert (history.reports, history.unreadable) == ((report,), 3)


def test_a_long_training_reports_some_hundred_times_and_always_at_its_end(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    assert [job._report_interval(minutes) for minutes in (0.5, 5.0, 240.0)] == [1.0, 1.0, 48.0]
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(place.parent))
    monkeypatch.setattr(queue, "ensure_worker", lambda: None)
    monkeypatch.setattr(job, "_share_the_machine", lambda: None)
    monkeypatch.setattr(
        job, "_clips", lambda *_: (Clips(np.zeros((1, user_trainings.WINDOW, 64, 64, 3), np.uint8)),) * 2
    )
    monkeypatch.setattr(job, "measure", lambda recipe: {})

    def fit(*_, report, **settings):
        for step in (1, 2, 3):
            report(Moment(step, {"loss": 1.0}, {}, 4800.0 * step, 4800.0 * (3 - step)))
        return Run(step=3, spent=0.0)

    monkeypatch.setattr(job, "fit", fit)
    name = submit_training(spec("pixel", minutes=240.0))
    run(name)
    assert [report.step for report in reports(name)] == [0, 1, 3]
