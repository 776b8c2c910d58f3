"""The Train page shows a training as it stands, and offers what its state allows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import queue as jobs
from core.jobs.queue import Job
from core.samples import sample_named
from dashboard.train import live

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
def nobody_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))
    monkeypatch.setattr(jobs, "wake", lambda: None)


def submit(state: str, measures: dict | None = None, error: str = "", **more: object) -> str:
    usual = {"arm": "jepa", "source": "drop", "strength": 0.0, "guarded": True, "minutes": 2.0}
    name = jobs.submit(Job(**usual | more))
    if measures is not None:
        for step in (1, 2):
            numbers = {"step": step, "minutes": step / 2, "left": 2 - step / 2}
            jobs.report(name, numbers | {"losses": LOSSES, "measures": measures})
    jobs.set_state(name, state, error)
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


def test_compare_opens_on_what_a_model_has_learnt_and_for_a_film_on_what_it_has_not() -> None:
    submit("done", source="wall")
    submit("done", arm="pixel", source="leaves")
    film = np.zeros((95, 64, 64, 3), np.uint8)
    jobs.submit(Job("jepa", "film", 0.0, True, 2.0), film)
    views = {name: live._where_to_look(jobs.find(name).job) for name in ("my-jepa-1", "my-pixel-1", "my-jepa-2")}
    assert sample_named(views["my-jepa-1"].pop("clip")).factors.name == "wall"
    assert views == {
        "my-jepa-1": {"latent": "my-jepa-1"},
        "my-pixel-1": {"pixel": "my-pixel-1", "source": "upload"},
        "my-jepa-2": {"latent": "my-jepa-2", "source": "upload", "start": "7.5"},  # the last 2 s of 9.5 s
    }


@pytest.mark.parametrize(
    "state, offered",
    [
        ("waiting", {"pause", "cancel"}),
        ("paused", {"resume", "cancel"}),
        ("done", {"look at it on Compare", "forget this training"}),
        ("cancelled", {"forget this training"}),
        ("failed", {"resume", "forget this training"}),
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
    submit("done", MEASURES | {"moving share": 0.001, "position R²": 0.1}, guarded=False)
    assert "**Collapsed.**" in written(open_page())


def test_a_pixel_training_has_curves_and_no_verdict() -> None:
    submit("done", {"skill": 0.4, "skill at 1 step": 0.5, "skill at 8 steps": 0.3}, arm="pixel")
    app = open_page()
    assert not app.exception
    assert "Healthy" not in written(app) and "skill: 0.40" in written(app)


def test_before_its_first_step_a_training_promises_nothing_of_clips_that_may_be_there() -> None:
    name = submit("waiting")
    assert "its turn" in written(open_page())
    jobs.set_state(name, "running")
    with jobs.sole_worker():
        app = open_page()
    assert "if clips must be simulated" in written(app)
    assert "clips" not in app.get("progress")[0].proto.text


def test_start_puts_a_training_into_the_queue_and_shows_it() -> None:
    submit("done", MEASURES)
    app = open_page()
    app.toggle(key="train.guarded").set_value(False)
    app.number_input(key="train.minutes").set_value(1.0)
    app.button(key="train.start").click().run()
    assert not app.exception
    job = jobs.find("my-jepa-2").job
    assert (job.arm, job.source, job.guarded, job.minutes) == ("jepa", "drop", False, 1.0)
    assert "my-jepa-2" in app.get("progress")[0].proto.text


def test_a_link_to_a_training_that_is_gone_shows_the_newest() -> None:
    submit("done", MEASURES)
    app = open_page(job="my-jepa-9")
    assert not app.exception and "my-jepa-1" in app.get("progress")[0].proto.text


def test_to_forget_a_training_removes_it() -> None:
    submit("done", MEASURES)
    app = open_page()
    app.button(key="train.remove").click().run()
    assert not app.exception and jobs.all_jobs() == []
    assert app.info
