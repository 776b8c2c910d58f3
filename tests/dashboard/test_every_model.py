"""A model that is listed and cannot be opened is worse than none: every shipped model opens on every page that offers
it, and a new one is offered everywhere by one file and one entry."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.embedding.samples import sample_clips
from core.models import registry, shipped
from core.models.registry import card, forecasters, shipped_representations, shipped_specs
from core.models.shipped import SHIPPED
from core.models.spec import ModelSpec
from core.worlds import Drop, simulate
from dashboard.embeddings import clips
from dashboard.kit.looks import label_of

ENTRY = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
Command = Callable[..., tuple[int, str, str]]

TOY = '''
"""64 patches of mean colour, which fade to grey."""

import numpy as np

from core.models.spec import DECODES, Family, ModelSpec, Purpose, Space


class Fading:
    is_pixel, is_baseline = False, False
    context, fps, size = 1, 10.0, 64

    def __init__(self, name, title):
        self.name, self.title = name, title

    def encode(self, frames):
        cut = frames.reshape(*frames.shape[:2], 8, 8, 8, 8, 3)
        return (cut.mean(axis=(3, 5), dtype=np.float32) / 255).reshape(*frames.shape[:2], 64, 3)

    def start(self, context):
        return self.encode(context[:, -1:])[:, 0]

    def step(self, state):
        ahead = 0.9 * state + np.float32(0.05)
        return ahead, ahead

    def predict(self, context, horizon):
        state, latents = self.start(context), []
        for _ in range(horizon):
            state, latent = self.step(state)
            latents.append(latent)
        return np.stack(latents, axis=1)

    def decode(self, latents):
        grid = latents.reshape(*latents.shape[:2], 8, 8, 3).repeat(8, axis=2).repeat(8, axis=3)
        return (255 * grid).astype(np.uint8)

    def read(self, latents):
        return np.full((*latents.shape[:2], 3, 2), 0.5, np.float32)


SPEC = ModelSpec(
    name="fading", title="fading patches", label="fading", description="lets every patch fade to grey",
    family=Family.OTHER, purpose=Purpose.ARM, capabilities=DECODES, space=Space.LATENTS, role="latent",
    loader=lambda spec, models: Fading(spec.name, spec.title),
)
'''


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()


@pytest.fixture
def few_clips(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A sample set of eight clips, so that every model has encoded it soon."""
    few = sample_clips()[::6]
    st.cache_resource.clear()
    monkeypatch.setattr(clips, "sample_clips", lambda: few)
    yield
    st.cache_resource.clear()


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelSpec:
    """A model in a file of its own, and its one entry in the list of the shipped ones."""
    path = tmp_path / "fading.py"
    path.write_text(TOY, encoding="utf-8")
    found = importlib.util.spec_from_file_location("fading", path)
    module: ModuleType = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    monkeypatch.setattr(shipped, "SHIPPED", (*SHIPPED, module.SPEC))
    return module.SPEC


def written(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.text))


def embeddings() -> AppTest:
    app = AppTest.from_file(str(ENTRY), default_timeout=240).run()
    app.switch_page("../pages/embeddings.py").run()
    return app


@pytest.mark.usefixtures("few_clips")
def test_every_shipped_representation_opens_on_the_embeddings_page() -> None:
    app = embeddings()
    for view in ("map", "patch maps"):
        app.segmented_control(key="embeddings.view").set_value(view).run()
        for spec in shipped_representations():
            app.selectbox(key="embeddings.model").set_value(spec.name).run()
            assert not app.exception and not app.error, (view, spec.name, app.exception, app.error)
            assert (f"**{spec.title}**" in written(app)) == (card(spec.name) is not None), (view, spec.name)


def test_every_shipped_model_has_something_about_it() -> None:
    def script() -> None:
        from core.models.registry import shipped_specs
        from dashboard.kit.model_card import show_card

        for spec in shipped_specs():
            show_card(spec.name, spec.title)

    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    for spec in shipped_specs():
        assert f"**{spec.title}**" in written(app)
    assert written(app).count("its weights are drawn at random") == sum(
        bool(spec.folder) and not (card(spec.name).get("steps") or card(spec.name).get("entries"))
        for spec in shipped_specs()
    )


def test_the_scoreboard_has_a_row_for_every_measured_model() -> None:
    app = AppTest.from_file(str(ENTRY), default_timeout=180).run()
    app.switch_page("../pages/scoreboard.py").run()
    assert not app.exception
    assert {label_of(spec.name) for spec in forecasters()} <= set(app.dataframe[0].value.index)


def test_titles_are_those_of_the_specs_whatever_the_stored_file_says() -> None:
    app = AppTest.from_file(str(ENTRY), default_timeout=180).run()
    app.switch_page("../pages/scoreboard.py").run()
    everything = written(app) + str([frame.value.index.tolist() for frame in app.dataframe])
    assert "JEPA predictor" not in everything and "pixel predictor" not in everything


@pytest.mark.usefixtures("few_clips")
def test_a_new_model_is_offered_on_the_embeddings_page(toy: ModelSpec) -> None:
    app = embeddings()
    app.selectbox(key="embeddings.model").set_value(toy.name).run()
    assert not app.exception and not app.error
    assert f"as the {toy.title} represents them" in written(app)


def test_a_new_model_is_offered_on_compare_and_predicts_there(toy: ModelSpec) -> None:
    app = AppTest.from_file(str(ENTRY), default_timeout=180).run()
    assert toy.title in app.selectbox(key="compare.latent").options
    app.selectbox(key="compare.latent").set_value(toy.name).run()
    assert not app.exception and not app.error
    assert f"**{toy.title}**" in written(app)


def test_a_new_model_is_measured_by_the_commands(toy: ModelSpec, command: Command) -> None:
    code, out, _ = command("evaluate", "forecast", "--clips", "2", "--horizon", "2", "--json")
    assert code == 0
    scores = json.loads(out)["models"]
    assert list(scores) == [spec.name for spec in forecasters()] and scores[toy.name]["title"] == toy.title


def test_a_new_model_embeds_films(toy: ModelSpec, command: Command, tmp_path: Path, film: bytes) -> None:
    (tmp_path / "film.mp4").write_bytes(film)
    out = tmp_path / "rows.parquet"
    code, _, _ = command("embed", str(tmp_path / "film.mp4"), "--out", str(out), "--model", toy.name)
    assert code == 0 and len(pd.read_parquet(out)) > 0


@pytest.fixture(scope="module")
def film() -> bytes:
    from core.video import to_mp4

    return to_mp4(np.stack(list(simulate(Drop(), 2_000_000, size=96).frames)), 10.0)


def test_an_unknown_model_is_refused_with_the_new_one_among_those_there_are(toy: ModelSpec) -> None:
    with pytest.raises(ValueError, match=toy.name):
        registry.load("dreamer")
