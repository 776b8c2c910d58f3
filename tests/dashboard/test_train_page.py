"""The Train page shows a training as it stands, and offers what its state allows."""

from __future__ import annotations

import errno
import re
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import queue
from core.jobs.folder import JobFolder
from core.jobs.lock import sole_worker
from core.jobs.states import State
from core.samples import sample_named
from core.training.user_trainings import TrainingReport, TrainingSpec, find_training, submit_training
from dashboard.train import progress_view

REPOSITORY = Path(__file__).resolve().parents[2]
LOSSES = {"loss": 0.4, "prediction": 0.3, "spread": 0.0, "correlation": 0.01}
MEASURES = {
    "position R²": 0.97,
    "velocity R²": 0.5,
    "skill at 4 steps": 0.6,
    "moving share": 0.35,
    "effective rank": 14.0,
}


@pytest.fixture(autouse=True)
def no_worker_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))
    monkeypatch.setattr(queue, "ensure_worker", lambda: None)


def submit(state: str, measures: dict | None = None, error: str = "", **more: object) -> str:
    usual = {"arm": "jepa", "source": "drop", "strength": 0.0, "anti_collapse": True, "minutes": 2.0}
    name = submit_training(TrainingSpec(**usual | more))
    if measures is not None:
        for step in (1, 2):
            JobFolder.of(name).log.append(asdict(TrainingReport(step, step / 2, 2 - step / 2, LOSSES, measures)))
    JobFolder.of(name).write_state(State(state), error)
    return name


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(str(REPOSITORY / "dashboard" / "app.py"), default_timeout=60)
    app.run()
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page("../pages/train.py").run()


def written(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def buttons(app: AppTest) -> set[str]:
    return {button.label for button in app.button} - {"start training (2 min)"}


def test_without_a_training_the_page_invites_one() -> None:
    app = open_page()
    assert not app.exception
    assert "Two minutes are enough" in app.info[0].value


def test_compare_opens_on_the_world_that_was_learnt_and_on_the_held_out_part_of_a_video() -> None:
    submit("done", source="wall")
    submit("done", arm="pixel", source="leaves")
    video = np.zeros((95, 64, 64, 3), np.uint8)
    submit_training(TrainingSpec("jepa", "film", 0.0, True, 2.0), video)
    views = {
        name: progress_view._compare_query(name, find_training(name).spec)
        for name in ("my-jepa-1", "my-pixel-1", "my-jepa-2")
    }
    assert sample_named(views["my-jepa-1"].pop("clip")).factors.world == "wall"
    assert views == {
        "my-jepa-1": {"latent": "my-jepa-1"},
        "my-pixel-1": {"pixel": "my-pixel-1", "source": "world", "world": "leaves"},
        "my-jepa-2": {"latent": "my-jepa-2", "source": "upload", "start": "7.5"},  # the last 2 s of 9.5 s
    }


@pytest.mark.parametrize(
    "state, offered",
    [
        ("waiting", {"pause", "cancel"}),
        ("paused", {"resume", "cancel"}),
        ("done", {"open on Compare", "delete this training"}),
        ("cancelled", {"delete this training"}),
        ("failed", {"resume", "delete this training"}),
    ],
)
def test_a_training_offers_what_its_state_allows(state: str, offered: set[str]) -> None:
    submit(state, MEASURES, error="The disk is full." if state == "failed" else "")
    app = open_page()
    assert not app.exception
    assert buttons(app) == offered
    assert "**Healthy.**" in written(app)
    assert [error.value for error in app.error] == (["The disk is full."] if state == "failed" else [])


def test_a_collapse_is_called_by_its_name() -> None:
    submit("done", MEASURES | {"moving share": 0.001, "position R²": 0.1}, anti_collapse=False)
    assert "**Collapsed.**" in written(open_page())


def test_a_pixel_training_has_curves_and_no_verdict() -> None:
    submit("done", {"skill": 0.4, "skill at 1 step": 0.5, "skill at 8 steps": 0.3}, arm="pixel")
    app = open_page()
    assert not app.exception
    assert "Healthy" not in written(app) and "skill: 0.40" in written(app)


def test_before_its_first_step_a_training_says_that_clips_may_have_to_be_simulated() -> None:
    name = submit("waiting")
    assert "soon after it starts" in written(open_page())
    JobFolder.of(name).write_state(State.RUNNING)
    with sole_worker():
        app = open_page()
    assert "if clips must be simulated" in written(app)
    assert "clips" not in app.get("progress")[0].proto.text


@pytest.mark.parametrize(
    "button, said, offered",
    [
        ("train.cancel", "is being cancelled and stops within about a second", set()),
        ("train.pause", "pauses after its current step", {"cancel"}),
    ],
)
def test_a_request_to_a_training_that_gets_ready_is_acknowledged_at_once(
    button: str, said: str, offered: set[str]
) -> None:
    JobFolder.of(submit("waiting")).write_state(State.RUNNING)
    with sole_worker():
        app = open_page()
        assert "getting ready" in app.get("progress")[0].proto.text
        app.button(key=button).click().run()
        assert not app.exception
        assert app.get("progress")[0].proto.text == f"**my-jepa-1** {said}"
        assert buttons(app) == offered


@pytest.mark.parametrize("button, function", [("train.resume", "request"), ("train.remove", "remove")])
def test_an_action_on_a_full_disk_is_refused_in_one_sentence(
    button: str, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/a_b/state.json")

    submit("failed", MEASURES)
    monkeypatch.setattr(queue, function, fail)
    app = open_page()
    app.button(key=button).click().run()
    assert not app.exception
    assert [error.value for error in app.error] == [
        r"There is no space left to write /a\_b/state.json; free some space and try again."
    ]


def test_a_button_of_a_training_that_was_deleted_elsewhere_harms_nothing() -> None:
    submit("failed", MEASURES)
    app = open_page()
    queue.remove("my-jepa-1")
    app.button(key="train.resume").click().run()
    assert not app.exception and app.info


def test_a_folder_that_cannot_be_written_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path / "file"))
    app = open_page()
    assert not app.exception
    app.button(key="train.start").click().run()
    assert not app.exception
    assert {re.sub(r"\\", "", error.value) for error in app.error} == {
        f"The system cannot use {tmp_path}/file/jobs (Not a directory); check the path."
    }


def test_a_training_whose_worker_was_killed_says_so() -> None:
    JobFolder.of(submit("waiting", MEASURES)).write_state(State.RUNNING)
    app = open_page()
    assert buttons(app) == {"resume", "cancel"}
    assert [info.value for info in app.info] == [
        "The process that ran this job was stopped. Resume the job to continue from its last checkpoint."
    ]


def test_start_puts_a_training_into_the_queue_and_shows_it() -> None:
    submit("done", MEASURES)
    app = open_page()
    app.toggle(key="train.anti_collapse").set_value(False)
    app.number_input(key="train.minutes").set_value(1.0)
    app.button(key="train.start").click().run()
    assert not app.exception
    spec = find_training("my-jepa-2").spec
    assert (spec.arm, spec.source, spec.anti_collapse, spec.minutes) == ("jepa", "drop", False, 1.0)
    assert "my-jepa-2" in app.get("progress")[0].proto.text


def test_a_link_to_a_training_that_is_gone_shows_the_newest() -> None:
    submit("done", MEASURES)
    app = open_page(job="my-jepa-9")
    assert not app.exception and "my-jepa-1" in app.get("progress")[0].proto.text


def test_deleting_a_training_removes_it() -> None:
    submit("done", MEASURES)
    app = open_page()
    app.button(key="train.remove").click().run()
    assert not app.exception and queue.all_jobs() == []
    assert app.info


def test_lines_of_a_log_that_cannot_be_read_are_counted_on_the_page() -> None:
    name = submit("done", MEASURES)
    log = JobFolder.of(name).log
    log.path.write_bytes(log.path.read_bytes() + b'{"step": 3, "minu')
    app = open_page()
    assert not app.exception and "**Healthy.**" in written(app)
    assert app.warning[0].value == "Unreadable lines in the log of this training: 1. The curves omit them."
