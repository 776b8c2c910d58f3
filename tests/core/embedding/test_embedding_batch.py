"""Many films become one file, a film at a time; a stopped run goes on, and what can't be read is told by name."""

import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from core.embedding import batch
from core.embedding.batch import embed_videos
from core.embedding.files import read_embeddings
from core.embedding.projection import pca
from core.models.registry import load
from core.video import VideoError, to_gif, to_mp4, videos_in
from core.worlds import Drop, simulate

FILMS = {f"ball {i}.mp4": to_mp4(simulate(Drop(objects=1), seed=i, frames=12).frames, 10.0) for i in (1, 2, 10)}

NAMES = [*FILMS, "more/drop.gif"]


class Means:
    """The mean colour of a frame as its one token; says of how many films it was asked."""

    size, fps, title, name = 64, 10.0, "means", "means"

    def __init__(self):
        self.encoded = 0

    def encode(self, frames):
        self.encoded += frames.shape[1] > 1
        return frames.astype(np.float32).mean(axis=(2, 3))[:, :, None]


def packed(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "clips"
    (place / "more").mkdir(parents=True)
    for name, data in FILMS.items():
        (place / name).write_bytes(data)
    (place / "more" / "drop.gif").write_bytes(to_gif(simulate(Drop(), seed=4, frames=4).frames, 10.0))
    (place / "notes.txt").write_text("not a film")
    return place


def test_a_folder_is_read_in_natural_order_and_what_is_no_film_is_passed_over(folder):
    assert [video.name for video in videos_in(folder)] == NAMES


def test_what_is_called_a_film_is_not_passed_over(folder):
    """So that a damaged one is told of; but not what macOS keeps beside each film."""
    (folder / "broken.mp4").write_bytes(b"no film")
    (folder / "._ball 1.mp4").write_bytes(b"no film")
    assert sorted({video.name for video in videos_in(folder)} ^ set(NAMES)) == ["broken.mp4"]
    packs = {"ball 1.mp4": FILMS["ball 1.mp4"], "broken.mp4": b"no film"}
    assert [video.name for video in videos_in(packed(**packs))] == ["ball 1.mp4", "broken.mp4"]
    pictures = {f"{i}.png": b"\x89PNG\r\n\x1a\n" + bytes(30) for i in range(3)}
    assert [video.name for video in videos_in(packed(**pictures, **{"broken.mp4": b""}), "p.zip")] == ["p.zip"]


def test_a_zip_of_films_is_many_and_a_zip_of_pictures_or_a_film_is_one(folder, tmp_path):
    data = packed(**FILMS, **{"readme.txt": b"hello", "__MACOSX/._ball.mp4": b"x"})
    assert [video.name for video in videos_in(data)] == ["ball 1.mp4", "ball 2.mp4", "ball 10.mp4"]
    assert videos_in(data)[1].read() == FILMS["ball 2.mp4"]
    (tmp_path / "all.zip").write_bytes(data)
    assert videos_in(tmp_path / "all.zip")[2].read() == FILMS["ball 10.mp4"]
    (single,) = videos_in(folder / "ball 1.mp4")
    assert single.name == "ball 1.mp4" and single.size == len(FILMS["ball 1.mp4"])
    pictures = packed(**{"1.png": b"\x89PNG\r\n\x1a\n" + bytes(30)})
    assert [video.name for video in videos_in(pictures, "steps.zip")] == ["steps.zip"]


@pytest.mark.parametrize("name", ["../out.mp4", "/etc/out.mp4", "a/../../out.mp4", "..\\out.mp4"])
def test_a_name_that_leads_out_of_a_zip_is_refused(name):
    with pytest.raises(VideoError, match="leads outside it"):
        videos_in(packed(**{name: FILMS["ball 1.mp4"]}))


def test_a_source_without_videos_is_refused(tmp_path):
    with pytest.raises(VideoError, match="contains no video"):
        videos_in(tmp_path)
    with pytest.raises(VideoError, match="cannot be opened"):
        videos_in(tmp_path / "nowhere")
    with pytest.raises(VideoError, match="damaged or cut short"):
        videos_in(packed(**FILMS)[:-40])


def test_the_file_holds_every_frame_of_every_film_and_opens_again(folder, tmp_path):
    out, reports = tmp_path / "rows.parquet", []
    done = embed_videos(Means(), videos_in(folder), out, report=lambda *now: reports.append(now))
    assert (done.videos, done.rows, done.left_out) == (4, 40, ())
    assert reports[0] == (0, 4, "ball 1.mp4") and reports[-1] == (4, 4, "")
    frame = pd.read_parquet(out)
    assert frame["clip"].tolist() == [name for name, n in zip(NAMES, (12, 12, 12, 4), strict=True) for _ in range(n)]
    assert frame["time (s)"].tolist()[:3] == [0.0, 0.1, 0.2]
    table = read_embeddings(out.read_bytes())
    assert len(table) == 40 and table.vectors.shape[1] == 3 and len(np.unique(table.group)) == 4
    assert not list(tmp_path.glob("*.parts"))


def test_a_stopped_run_goes_on_with_the_next_film(folder, tmp_path):
    out, first, second = tmp_path / "rows.parquet", Means(), Means()

    def stop(done, total, name):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed_videos(first, videos_in(folder), out, report=stop)
    assert first.encoded == 2 and not out.exists()
    assert embed_videos(second, videos_in(folder), out).rows == 40
    assert second.encoded == 2


def test_another_unit_or_a_changed_film_is_not_taken_from_a_stopped_run(folder, tmp_path):
    def stop(done, total, name):
        if done == 3:
            raise KeyboardInterrupt

    out = tmp_path / "rows.parquet"
    with pytest.raises(KeyboardInterrupt):
        embed_videos(Means(), videos_in(folder), out, report=stop)
    (folder / "ball 1.mp4").write_bytes(to_mp4(simulate(Drop(), seed=9, frames=20).frames, 10.0))
    again = Means()
    assert embed_videos(again, videos_in(folder), out).rows == 48 and again.encoded == 2
    assert embed_videos(Means(), videos_in(folder), out, "clips").rows == 4


def stop_at(videos):
    def report(done, total, name):
        if done == videos:
            raise KeyboardInterrupt

    return report


def test_a_film_that_comes_to_stand_before_the_others_shares_its_group_with_none(folder, tmp_path):
    out = tmp_path / "rows.parquet"
    with pytest.raises(KeyboardInterrupt):
        embed_videos(Means(), videos_in(folder), out, report=stop_at(3))
    (folder / "ball 0.mp4").write_bytes(to_mp4(simulate(Drop(), seed=9, frames=20).frames, 10.0))
    again = Means()
    embed_videos(again, videos_in(folder), out)
    frame = pd.read_parquet(out)
    assert again.encoded == 2
    names = ["ball 0.mp4", *NAMES]
    assert frame.groupby("group")["clip"].unique().map(list).to_dict() == {i: [name] for i, name in enumerate(names)}


def test_a_film_of_the_same_name_and_size_with_other_bytes_is_read_anew(folder, tmp_path):
    out, place = tmp_path / "rows.parquet", folder / "ball 1.mp4"
    with pytest.raises(KeyboardInterrupt):
        embed_videos(Means(), videos_in(folder), out, report=stop_at(3))
    data = place.read_bytes()
    place.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    again = Means()
    embed_videos(again, videos_in(folder), out)
    assert again.encoded == 2


class Brighter(Means):
    """Another checkpoint under the same name."""

    def encode(self, frames):
        return super().encode(frames) + 1


def test_what_another_checkpoint_of_the_same_name_has_made_is_not_taken(folder, tmp_path):
    out, again = tmp_path / "rows.parquet", Brighter()
    with pytest.raises(KeyboardInterrupt):
        embed_videos(Means(), videos_in(folder), out, report=stop_at(3))
    embed_videos(again, videos_in(folder), out)
    assert again.encoded == 4


def test_rows_that_no_map_takes_are_refused_before_the_first_film(folder, tmp_path):
    model, reports = load("pixel"), []
    said = r"by 12,288 numbers, and a map takes at most 8,192; pass --points patches \(3 numbers each\), or choose"
    with pytest.raises(ValueError, match=said):
        embed_videos(model, videos_in(folder), tmp_path / "rows.parquet", report=lambda *now: reports.append(now))
    assert not reports and not list(tmp_path.glob("rows*"))


def test_what_cannot_be_read_is_left_out_by_name(folder, tmp_path):
    (folder / "ball 3.mp4").write_bytes(FILMS["ball 1.mp4"][:200])
    done = embed_videos(Means(), videos_in(folder), tmp_path / "rows.parquet")
    assert done.videos == 4 and [name for name, _ in done.left_out] == ["ball 3.mp4"]
    for place in folder.glob("ball *.mp4"):
        place.write_bytes(FILMS["ball 1.mp4"][:200])
    (folder / "more" / "drop.gif").unlink()
    with pytest.raises(ValueError, match=r"None of the videos can be embedded\. ball 1.mp4: "):
        embed_videos(Means(), videos_in(folder), tmp_path / "rows.parquet")
    assert not list(tmp_path.glob("*.parts"))


def test_arguments_are_checked_before_the_first_video(folder, tmp_path):
    videos = videos_in(folder)
    with pytest.raises(ValueError, match="must be one of frames, clips, patches, not 'pixels'"):
        embed_videos(Means(), videos, tmp_path / "rows.parquet", "pixels")
    with pytest.raises(ValueError, match=r"name it rows\.parquet"):
        embed_videos(Means(), videos, tmp_path / "rows.csv")
    with pytest.raises(ValueError, match="Cannot write to"):
        embed_videos(Means(), videos, tmp_path / "nowhere" / "rows.parquet")


def test_rows_have_their_places_on_the_map_of_all_of_them_however_few_are_looked_at_together(
    folder, tmp_path, monkeypatch
):
    """As many as there are components, or all: the map is that of PCA but for its signs."""
    monkeypatch.setattr(batch, "_COMPONENTS", 3)
    for numbers in (1, 10**6):
        monkeypatch.setattr(batch, "_NUMBERS", numbers)
        embed_videos(Means(), videos_in(folder), tmp_path / "out.parquet")
        rows = pd.read_parquet(tmp_path / "out.parquet")
        points = rows[["projection_x", "projection_y", "projection_z"]].to_numpy()
        expected = pca(np.stack(rows["embedding"]), 3).points
        assert np.abs(points) == pytest.approx(np.abs(expected), abs=0.01 * float(np.abs(expected).max()))


def test_one_row_is_a_file_too(folder, tmp_path):
    embed_videos(Means(), videos_in(folder / "ball 1.mp4"), tmp_path / "out.parquet", "clips")
    rows = pd.read_parquet(tmp_path / "out.parquet")
    assert len(rows) == 1 and rows["projection_x"].tolist() == [0.0]


class Wide(Means):
    """60 numbers a frame; what varies most comes with the last films."""

    title, name = "wide", "wide"

    def encode(self, frames):
        rng = np.random.default_rng(int(frames.sum()) % 1000)
        scale = np.where(np.arange(60) < 3, 4.0 if frames.mean() > 128 else 0.1, 1.0)
        return (rng.normal(size=(1, frames.shape[1], 1, 60)) * scale).astype(np.float32)


def test_what_varies_with_the_last_films_alone_is_on_the_map_too(tmp_path, monkeypatch):
    place = tmp_path / "clips"
    place.mkdir()
    for number in range(6):
        frames = np.full((40, 64, 64, 3), 40 + number if number < 4 else 240 + number, np.uint8)
        (place / f"{number}.mp4").write_bytes(to_mp4(frames, 10.0))
    monkeypatch.setattr(batch, "_NUMBERS", 1)  # as few rows together as may be
    embed_videos(Wide(), videos_in(place), tmp_path / "out.parquet")
    rows = pd.read_parquet(tmp_path / "out.parquet")
    points = rows[["projection_x", "projection_y", "projection_z"]].to_numpy()
    expected = pca(np.stack(rows["embedding"]), 3).points
    kept = np.linalg.svd(np.linalg.qr(points - points.mean(0))[0].T @ np.linalg.qr(expected)[0])[1]
    assert kept.min() > 0.98
