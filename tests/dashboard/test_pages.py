"""Every page runs through the entry script, from any link and after any file, and never shows an exception."""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.embedding.projection import tsne
from core.evaluation.scoreboard import CASES
from core.models.forecast.trunk import TrunkConfig
from core.paths import jobs_folder
from core.samples import samples
from core.training.artifacts import random_jepa, save_network
from core.video import to_mp4
from dashboard.cached.models import load_model
from dashboard.compare.controls import VIDEO, VIEW, UploadedVideo
from dashboard.embeddings import made_map, tables
from dashboard.kit import tasks
from dashboard.kit.tasks import progress_bar

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = sorted(path.name for path in (REPOSITORY / "pages").glob("*.py"))


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What people train on this machine is not looked at, and nothing is added to it."""
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))


def open_app(**query: str) -> AppTest:
    app = AppTest.from_file(str(REPOSITORY / "dashboard" / "app.py"), default_timeout=180)
    for name, value in query.items():
        app.query_params[name] = value
    return app


def written(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.text))


def query(app: AppTest) -> dict[str, str]:
    """The settings in the address, without the prefix of their page."""
    return {
        name.split(".", 1)[1]: values[0] if isinstance(values, list) else values
        for name, values in app.query_params.items()
    }


@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs(page: str) -> None:
    app = open_app().run()
    app.switch_page(f"../pages/{page}").run()
    assert not app.exception
    assert not app.error
    assert app.title


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.id)
def test_every_sample_clip_opens_and_gets_its_finding(sample) -> None:
    app = open_app(source="sample", clip=sample.id).run()
    assert not app.exception
    assert not app.error
    assert re.search(r"the JEPA is \d\.\d\d frame widths from the truth, the pixel model \d\.\d\d", written(app))
    assert query(app)["clip"] == sample.id


@pytest.mark.parametrize("world", ["drop", "wall", "occluder"])
def test_every_world_opens_from_a_link(world: str) -> None:
    link = {"source": "world", "world": world, "seed": "2000007", "context": "6", "horizon": "10"}
    app = open_app(**link, objects="2").run()
    assert not app.exception
    assert not app.error
    assert (link | {"factor.objects": "2"}).items() <= query(app).items()
    assert f"world `{world}`, seed 2000007" in written(app)


def test_the_longest_view_of_the_most_balls_runs() -> None:
    app = open_app(source="world", world="drop", objects="3", context="999", horizon="999", background="moving").run()
    assert not app.exception
    assert not app.error
    assert (query(app)["context"], query(app)["horizon"]) == ("12", "28")


def test_nonsense_in_the_address_is_mended_and_shown_mended() -> None:
    app = open_app(source="dream", clip="x", context="many", horizon="nan").run()
    assert not app.exception
    assert query(app)["clip"] == samples()[0].id


def test_new_seed_goes_on_to_the_next_one() -> None:
    app = open_app(source="world", world="wall", seed="2000007").run()
    app.button(key="compare.roll").click().run()
    assert not app.exception
    assert app.session_state[VIEW].seed == 2_000_008
    assert query(app)["seed"] == "2000008"


def test_controls_change_the_state_and_stay_where_they_were_put() -> None:
    app = open_app(source="world", world="wall", seed="2000007").run()
    app.slider(key="compare.context").set_value(7).run()
    app.slider(key="compare.factor.wall.objects").set_value(2).run()
    assert not app.exception
    state = app.session_state[VIEW]
    assert (state.context, state.factors.objects, state.seed) == (7, 2, 2_000_007)
    assert app.slider(key="compare.context").value == 7
    app.selectbox(key="compare.world").set_value("occluder").run()
    assert not app.exception
    assert (query(app)["world"], query(app)["context"]) == ("occluder", "7")


def test_missing_weights_get_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ValueError(f"The weights of {name} are missing or damaged; train it again.")

    monkeypatch.setattr("dashboard.cached.models.load", missing)
    load_model.clear()
    try:
        app = open_app(source="world", seed="2000999").run()
    finally:
        load_model.clear()
    assert not app.exception
    assert [error.value for error in app.error] == ["The weights of pixel are missing or damaged; train it again."]


def test_without_a_file_the_page_invites_one() -> None:
    app = open_app(source="upload").run()
    assert not app.exception
    assert not app.error
    assert "Drop in a short clip" in app.info[0].value


@pytest.mark.parametrize(
    "data",
    [b"", b"only words\n" * 50, b"\x00\x00\x00\x18ftypmp42" + bytes(400), b"GIF89a"],
    ids=["empty", "words", "mp4 without a film", "gif without a picture"],
)
def test_a_file_that_is_no_video_gets_one_sentence(data: bytes) -> None:
    app = open_app(source="upload")
    app.session_state[VIDEO] = UploadedVideo("a", data)
    app.run()
    assert not app.exception
    (error,) = app.error
    assert re.fullmatch(r"[A-Z][^\n]+\.", error.value)


def test_a_film_that_is_too_short_gets_one_sentence() -> None:
    app = open_app(source="upload", context="8")
    frames = np.random.default_rng(0).integers(0, 255, (6, 64, 64, 3), dtype=np.uint8)
    app.session_state[VIDEO] = UploadedVideo("b", to_mp4(frames, 10.0))
    app.run()
    assert not app.exception
    (error,) = app.error
    assert "too short" in error.value


def test_an_uploaded_film_is_judged_without_truth(video: bytes) -> None:
    app = open_app(source="upload").run()
    app.file_uploader(key="compare.upload").upload("bar.mp4", video).run()
    assert not app.exception
    assert not app.error
    assert "What this can and cannot say." in written(app)
    assert re.search(r"\d\.\d dB", written(app))
    assert "frame widths from the truth" not in written(app)


def test_a_start_beyond_the_end_of_the_film_gets_one_sentence(video: bytes) -> None:
    app = open_app(source="upload", start="500")
    app.session_state[VIDEO] = UploadedVideo("c", video)
    app.run()
    assert not app.exception
    assert len(app.error) == 1


def test_the_scoreboard_names_the_arm_that_is_ahead_and_measures_again() -> None:
    app = open_app().run()
    app.switch_page("../pages/scoreboard.py").run()
    assert "the JEPA is closer (" in written(app)
    table, budgets, seeds, tried = (frame.value for frame in app.dataframe)
    assert tried.index[0].startswith("base recipe") and len(tried) >= 8
    assert all(tried["difference at 4"].iloc[1:] != "")
    assert list(seeds.index) == list(CASES) and all(cell.count(" · ") == 2 for cell in seeds["step 8"])
    assert list(seeds["goal at 16"])[:3] == ["", "0.06", "0.14"]
    assert list(table.index)[-2:] == ["elasticity unknown (simulator)", "best possible (simulator)"]
    assert list(budgets.index) == list(table.index)[:-2]
    assert {"JEPA", "no anti-collapse", "random weights", "pixel model", "pixel model's features"} <= set(budgets.index)
    assert budgets.loc["JEPA", "minutes"] == budgets.loc["pixel model", "minutes"] != ""
    app.slider(key="scoreboard.step").set_value(4).run()
    assert "0.4 s ahead" in written(app)
    app.button(key="scoreboard.again.drop").click().run(timeout=300)
    assert not app.exception
    assert all("→" in cell for cell in app.dataframe[0].value["0.4 s"])


def test_the_scoreboard_says_how_a_ball_comes_out_where_there_is_a_screen() -> None:
    app = open_app().run()
    app.switch_page("../pages/scoreboard.py").run()
    assert "reappearing" not in app.dataframe[1].value
    app.segmented_control(key="scoreboard.case").set_value("occluder").run()
    assert "clips)" in app.dataframe[1].value.loc["JEPA", "reappearing"]


def test_where_the_compute_goes_is_measured_when_it_is_opened() -> None:
    app = open_app().run()
    assert "of the loss of the pixel model" not in written(app)
    app.session_state["compare.compute"] = True
    app.run(timeout=120)
    assert not app.exception
    text = written(app)
    assert "of the loss of the pixel model" in text and "that figure is quoted" in text


def test_a_model_without_a_position_readout_shows_no_positions() -> None:
    models = jobs_folder() / "my-jepa-77" / "models"
    network = random_jepa(TrunkConfig(width=16, memory=16), 0)
    trained = {"minutes": 1.0, "cpu_minutes": 1.0, "steps": 1, "batch": 1, "parameters": 1, "data_seeds": None}
    card = trained | {"arm": "jepa", "machine": "none", "date": "today", "recipe": "film"}
    save_network(models, "my-jepa-77", network, card)
    app = open_app(clip="drop-two", latent="my-jepa-77").run()
    assert not app.exception
    assert "my-jepa-77 has no read-out of ball positions" in app.info[0].value
    assert "frame widths from the truth" not in written(app)


def test_a_link_that_asks_for_what_is_gone_says_so_until_something_is_changed() -> None:
    app = open_app(clip="gone", latent="my-jepa-99").run()
    assert "clip=gone, latent=my-jepa-99" in app.info[0].value
    app.button(key="compare.roll").click().run()
    assert not app.info


def test_the_map_of_a_collapsed_representation_says_so() -> None:
    app = open_app().run()
    app.switch_page("../pages/embeddings.py").run()
    assert "**Healthy.**" in written(app) and "trustworthiness" in written(app)
    app.selectbox(key="embeddings.model").set_value("unguarded").run()
    assert "**Collapsed.**" in written(app) and not app.exception


def test_every_view_opens_and_a_file_of_numbers_has_a_map_alone() -> None:
    app = open_app().run()
    app.switch_page("../pages/embeddings.py").run()
    assert "persistence skill" in list(app.table[0].value["measure"])
    for view, said in (
        ("patch maps", "Each patch is one token"),
        ("state grid", "Each of the 289 points is a frame with one red ball at rest"),
    ):
        app.segmented_control(key="embeddings.view").set_value(view).run(timeout=120)
        assert not app.exception and not app.error and said in written(app)
        assert "your own embeddings" not in app.selectbox(key="embeddings.model").options
    assert written(app).count("A linear map reads the position") == 2
    app.segmented_control(key="embeddings.view").set_value("what it knows").run()
    assert not app.exception and "V-JEPA: 0.97 M parameters · 30 training minutes" in written(app)


@pytest.fixture
def checkpoint(tmp_path: Path) -> str:
    """The folder of a tiny V-JEPA 2."""
    transformers = pytest.importorskip("transformers", reason="the optional part worldscope[vjepa2]")
    config = transformers.VJEPA2Config(
        crop_size=32,
        frames_per_clip=16,
        hidden_size=24,
        num_attention_heads=2,
        num_hidden_layers=1,
        mlp_ratio=2,
        pred_hidden_size=24,
        pred_num_attention_heads=2,
        pred_num_hidden_layers=1,
        pred_num_mask_tokens=2,
        num_pooler_layers=1,
    )
    transformers.VJEPA2Model(config).save_pretrained(tmp_path / "checkpoint")
    return str(tmp_path / "checkpoint")


def test_a_checkpoint_is_held_against_its_own_network_or_the_page_says_whose_the_random_weights_are(
    checkpoint: str,
) -> None:
    app = open_app().run()
    app.switch_page("../pages/embeddings.py").run()
    app.selectbox(key="embeddings.model").set_value("checkpoint").run()
    app.text_input(key="embeddings.checkpoint").set_value(checkpoint).run()
    assert not app.exception and not app.error and "to download" not in written(app) and "GB of memory" in written(app)
    next(button for button in app.button if "encode" in button.label).click().run(timeout=120)
    assert not app.exception and not app.error
    assert "random weights" in app.table[0].value and "the difference is the effect of training" in written(app)
    app.checkbox[0].set_value(False).run()
    next(button for button in app.button if "encode" in button.label).click().run(timeout=120)
    assert "random weights of the JEPA" in app.table[0].value
    assert "not of this model" in written(app) and not app.exception


def test_user_videos_go_through_a_model_and_other_files_are_refused(video: bytes) -> None:
    app = open_app().run()
    app.switch_page("../pages/embeddings.py").run()
    app.segmented_control(key="embeddings.clips").set_value("your own videos").run()
    assert "Drop in videos" in app.info[0].value
    uploader = app.file_uploader(key="embeddings.user_videos")
    uploader.upload("bar.mp4", video).upload("a.txt", b"hello")
    app.run(timeout=120)
    assert not app.exception and not app.error
    assert [warning.value.split(",")[0] for warning in app.warning] == ["a.txt: This is a text file"]
    assert "from 1 of your videos" in written(app)
    app.segmented_control(key="embeddings.view").set_value("patch maps").run(timeout=120)
    assert not app.exception and app.selectbox[1].options == ["bar.mp4"]


def test_of_a_folder_the_videos_are_taken_in_natural_order_and_all_else_is_passed_over(video: bytes) -> None:
    app = open_app(clips="a folder of videos").run()
    app.switch_page("../pages/embeddings.py").run()
    app.segmented_control(key="embeddings.clips").set_value("a folder of videos").run()
    assert "Drop in a folder of videos" in app.info[0].value
    app.file_uploader(key="embeddings.user_folder").upload("mine/a.txt", b"hello").run()
    assert [warning.value for warning in app.warning] == ["None of the 1 files in this folder is a video."]
    for name, content in {"mine/10.mp4": video, "mine/9.mp4": video + b"\0"}.items():
        app.file_uploader(key="embeddings.user_folder").upload(name, content)
    app.segmented_control(key="embeddings.view").set_value("patch maps").run(timeout=120)
    assert not app.exception and not app.error and not app.warning
    assert app.selectbox[1].options == ["mine/9.mp4", "mine/10.mp4"]


def test_each_folder_of_pictures_in_a_folder_is_a_clip() -> None:
    app = open_app(clips="a folder of videos").run()
    app.switch_page("../pages/embeddings.py").run()
    app.segmented_control(key="embeddings.clips").set_value("a folder of videos").run()
    for k in range(8):
        out = io.BytesIO()
        Image.new("RGB", (32, 32), (30 * k, 0, 0)).save(out, "JPEG")
        for folder in ("walk", "run"):
            app.file_uploader(key="embeddings.user_folder").upload(f"mine/{folder}/{k}.jpg", out.getvalue())
    app.segmented_control(key="embeddings.view").set_value("patch maps").run(timeout=120)
    assert not app.exception and not app.error and not app.warning
    assert app.selectbox[1].options == ["mine/run", "mine/walk"]


def test_a_single_picture_is_a_clip_of_one_frame() -> None:
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(out, "PNG")
    for view in ("map", "patch maps"):
        app = open_app(clips="your own videos").run()
        app.switch_page("../pages/embeddings.py").run()
        app.segmented_control(key="embeddings.clips").set_value("your own videos").run()
        app.file_uploader(key="embeddings.user_videos").upload("cat.png", out.getvalue())
        app.segmented_control(key="embeddings.view").set_value(view).run(timeout=120)
        assert not app.exception, view


def test_a_cancelled_embedding_says_so_and_continues_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    shares, encoded = [], []

    @contextmanager
    def recorded(label: str, key: str, on_cancel):
        with progress_bar(label, key, on_cancel) as report:
            yield lambda share: (shares.append(share), report(share))

    monkeypatch.setattr(tasks, "progress_bar", recorded)
    tables._clip_tables.clear()
    app = open_app()
    app.session_state["embeddings.clip_tables"] = ("jepa", "clips", "samples")
    app.run()
    app.switch_page("../pages/embeddings.py").run()
    app.segmented_control(key="embeddings.unit").set_value("clips").run()
    assert "embedding 48 clips as clips (JEPA): cancelled." in written(app) and "PCA of" not in written(app)
    shares.clear()
    tables._clip_tables.clear()  # so that frames are embedded in the same run, for the verdict
    kept = load_model("jepa")
    monkeypatch.setattr(kept, "encode", lambda frames: encoded.append(frames) or pytest.fail("encoded before"))
    next(button for button in app.button if button.label == "continue").click().run()
    assert not app.exception and "PCA of 48 rows" in written(app) and not encoded
    assert [share * 48 for share in shares[:49]] == pytest.approx(range(49))


def test_a_map_by_tsne_keeps_to_its_bounds_and_can_be_left() -> None:
    app = open_app().run()
    app.switch_page("../pages/embeddings.py").run()
    app.segmented_control(key="embeddings.unit").set_value("clips").run()
    app.segmented_control(key="embeddings.map_by").set_value("t-SNE").run()
    assert not app.exception and not app.error
    assert "The perplexity is 16, the highest value for 48 points" in written(app)
    assert "perplexity 16, early exaggeration 12" in written(app)
    app.slider(key="embeddings.perplexity").set_value(10).run()
    assert not app.exception and not app.error and "perplexity 10, early" in written(app)
    app.segmented_control(key="embeddings.map_by").set_value("PCA").run()
    assert not app.exception and "PCA of 48 rows" in written(app)


def test_other_clusters_are_no_reason_to_make_the_map_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(
        made_map, "tsne", lambda *arguments, **rest: made.append(arguments[1:]) or tsne(*arguments, **rest)
    )
    app = open_app().run()
    app.switch_page("../pages/embeddings.py").run()
    app.segmented_control(key="embeddings.unit").set_value("clips").run()
    app.segmented_control(key="embeddings.map_by").set_value("t-SNE").run()
    app.number_input(key="embeddings.tsne_seed").set_value(77).run()
    before = len(made)
    app.number_input(key="embeddings.clusters").set_value(3).run()
    assert not app.exception and len(made) == before
    app.number_input(key="embeddings.exaggeration").set_value(4).run()
    assert len(made) == before + 1 and made[-1] == (16.0, 77, 4.0)


def test_every_number_of_axes_has_a_trustworthiness_of_its_own() -> None:
    app = embeddings_page("mine.npy", npy(np.random.default_rng(5).normal(size=(60, 8))))

    def trust() -> str:
        return next(one.value for one in app.markdown if "trustworthiness" in one.value and "continuity" in one.value)

    flat = trust()
    app.segmented_control(key="embeddings.map_by").set_value("PCA 3-D").run()
    assert not app.exception and trust() != flat


def embeddings_page(name: str, data: bytes) -> AppTest:
    app = open_app().run()
    app.switch_page("../pages/embeddings.py").run()
    app.selectbox(key="embeddings.model").set_value("file").run()
    assert "Drop in .npz" in app.info[0].value
    app.file_uploader(key="embeddings.user_embeddings").upload(name, data).run()
    return app


def npy(rows: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, rows)
    return file.getvalue()


def test_an_own_file_goes_in_and_its_map_and_verdict_come_out() -> None:
    app = embeddings_page("mine.npy", npy(np.random.default_rng(0).normal(size=(60, 20, 8))))
    assert not app.exception and not app.error
    assert "PCA of 1,200 rows" in written(app) and "**Healthy.**" in written(app)
    assert "random weights" not in app.table[0].value


def test_an_own_file_is_still_there_after_another_view_until_it_is_let_go() -> None:
    app = embeddings_page("mine.npy", npy(np.random.default_rng(0).normal(size=(60, 20, 8))))
    app.selectbox(key="embeddings.model").set_value("jepa").run()
    app.segmented_control(key="embeddings.view").set_value("state grid").run(timeout=120)
    app.segmented_control(key="embeddings.view").set_value("map").run(timeout=120)
    app.selectbox(key="embeddings.model").set_value("file").run()
    assert not app.exception and "Still open: mine.npy" in written(app) and "PCA of 1,200 rows" in written(app)
    app.button(key="embeddings.user_embeddings.forget").click().run()
    assert "Drop in .npz" in app.info[0].value


def test_a_bad_file_does_not_take_the_place_of_a_good_one() -> None:
    app = embeddings_page("mine.npy", npy(np.random.default_rng(0).normal(size=(60, 20, 8))))
    app.file_uploader(key="embeddings.user_embeddings").set_value([("bad.npy", b"no numbers at all", "")]).run()
    assert not app.exception and len(app.error) == 1
    app.run()
    assert len(app.error) == 1, "as long as it is there"
    app.selectbox(key="embeddings.model").set_value("jepa").run()
    app.selectbox(key="embeddings.model").set_value("file").run()
    assert not app.error and "Still open: mine.npy" in written(app) and "PCA of 1,200 rows" in written(app)


def test_the_verdict_on_an_own_file_reads_its_places_or_says_what_is_missing() -> None:
    places = np.random.default_rng(0).normal(size=(40, 10, 2)).cumsum(axis=1).reshape(-1, 2)
    frame = pd.DataFrame({f"dim_{i}": places @ [i, 1.0] for i in range(4)})
    frame = frame.assign(x=places[:, 0], y=places[:, 1], clip=np.arange(400) // 10, time=np.arange(400) % 10)

    def shown(frame: pd.DataFrame) -> dict[str, str]:
        app = embeddings_page("mine.csv", frame.to_csv(index=False).encode())
        assert not app.exception and not app.error
        return dict(app.table[0].value.iloc[:, :2].itertuples(index=False))

    found = shown(frame)
    assert float(found["position, read linearly"]) > 0.99 and float(found["velocity, read linearly"]) > 0.99
    assert abs(float(found["persistence skill, linear"])) < 1
    assert "these two columns" in shown(frame.drop(columns="x"))["position, read linearly"]
    assert "a column group" in shown(frame.drop(columns="clip"))["persistence skill, linear"]


def test_of_two_rows_nothing_is_judged_and_no_nan_is_shown() -> None:
    app = embeddings_page("two.npy", npy(np.random.default_rng(0).normal(size=(2, 3))))
    assert not app.exception and not app.error
    assert "**Too few rows to judge.** 2 rows" in written(app)
    assert "trustworthiness is not defined, because all rows are the same or there are too few" in written(app)
    assert "nan" not in app.table[0].value.iloc[:, 1].tolist()


def test_a_bad_file_gets_one_sentence_and_the_page_goes_on() -> None:
    app = embeddings_page("mine.csv", b"name,colour\nball,red\n")
    assert [error.value for error in app.error] == [
        "This file has no numbers to map; add an array named embeddings, or a column for each dimension."
    ]
    app.selectbox(key="embeddings.model").set_value("jepa").run()
    assert not app.error and "**Healthy.**" in written(app)


def test_of_too_many_rows_a_sample_is_offered_and_called_one() -> None:
    app = embeddings_page("many.npy", npy(np.random.default_rng(0).normal(size=(100_001, 3)).astype(np.float32)))
    assert "has 100,001 rows and the limit is 100,000" in app.error[0].value
    next(button for button in app.button if "sample" in button.label).click().run()
    assert not app.error and not app.exception
    assert "A random sample: 100,000 of 100,001 rows (seed 0)." in written(app)
