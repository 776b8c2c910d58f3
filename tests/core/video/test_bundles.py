"""One folder of pictures is one clip, in folders, zip files and uploads."""

import io
import zipfile
from pathlib import Path

import pytest
from numbered import numbered, numbered_film, numbers
from PIL import Image

from core.video import VideoError, VideoLimits, probe_video, read_video, videos_among, videos_given, videos_in


def picture(index: int, form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(numbered(index)).save(out, form)
    return out.getvalue()


def frames(folder: str, first: int, count: int = 12, form: str = "JPEG") -> dict[str, bytes]:
    return {f"{folder}{k}.{form.lower()}": picture(first + k, form) for k in range(count)}


def laid_out(place: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def read(videos) -> dict[str, list[int]]:
    return {video.name: numbers(read_video(video.read())) for video in videos}


TWO = frames("walk/frame", 0) | frames("run/frame", 100)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "BMP", "TIFF", "WEBP"])
def test_a_plain_folder_of_pictures_is_one_clip(tmp_path, form):
    place = laid_out(tmp_path / "clip", frames("", 0, form=form) | {"notes.txt": b"hello", ".DS_Store": b"x"})
    assert read(videos_in(place)) == {"clip": list(range(12))}
    clip = read_video(place)
    assert numbers(clip) == list(range(12)) and "10 a second are assumed" in clip.notes[0]
    assert probe_video(place).seconds == 1.2


def test_each_folder_of_pictures_is_a_clip_of_its_own(tmp_path):
    wanted = {"run": list(range(100, 112)), "walk": list(range(12))}
    assert read(videos_in(laid_out(tmp_path / "set", TWO))) == wanted
    assert read(videos_in(packed(TWO), "set.zip")) == wanted
    assert read(videos_among([*TWO.items()])) == wanted


def test_two_folders_are_never_read_as_one_clip(tmp_path):
    with pytest.raises(VideoError, match="2 folders of pictures"):
        read_video(packed(TWO))
    with pytest.raises(VideoError, match="2 folders of pictures"):
        probe_video(packed(TWO))
    with pytest.raises(VideoError, match="2 clips"):
        read_video(laid_out(tmp_path, TWO))


def test_deep_folders_and_films_beside_them(tmp_path):
    files = {f"set/{name}": content for name, content in TWO.items()} | {"set/film.mp4": numbered_film(9, rate=10)}
    wanted = {"set/film.mp4": list(range(9)), "set/run": list(range(100, 112)), "set/walk": list(range(12))}
    assert read(videos_in(laid_out(tmp_path, files))) == wanted
    assert read(videos_in(packed(files), "set.zip")) == wanted


def test_pictures_beside_a_film_are_its_previews(tmp_path):
    files = {"film.mp4": numbered_film(9, rate=10), "film.jpg": picture(1), "poster.png": picture(2, "PNG")}
    assert list(read(videos_in(laid_out(tmp_path, files)))) == ["film.mp4"]


def test_a_cover_beside_the_folder_of_frames_is_left_out_and_it_is_said():
    clip = read_video(packed(frames("frames/", 0) | {"cover.png": picture(500, "PNG")}))
    assert numbers(clip) == list(range(12))
    assert "1 picture in another folder was left out." in clip.notes


def test_pictures_that_lie_in_a_folder_each_are_one_clip(tmp_path):
    files = {f"{k}/image.png": picture(k, "PNG") for k in range(12)}
    assert list(read(videos_in(laid_out(tmp_path / "clip", files))).values()) == [list(range(12))]
    assert numbers(read_video(packed(files))) == list(range(12))


def test_too_many_bytes_in_a_folder_of_pictures(tmp_path):
    place = laid_out(tmp_path / "clip", frames("", 0))
    with pytest.raises(VideoError, match="the limit is"):
        read_video(place, limits=VideoLimits(max_bytes=10_000))


def test_a_folder_without_pictures(tmp_path):
    with pytest.raises(VideoError, match="cannot be opened as a clip"):
        read_video(laid_out(tmp_path, {"a.txt": b"hello"}))


def test_pictures_that_are_given_together_are_one_clip():
    given = [*frames("", 0).items(), ("film.mp4", numbered_film(9, rate=10)), ("set.zip", packed(TWO))]
    assert [len(frames) for frames in read(videos_given(given)).values()] == [9, 12, 12, 12]
    assert [video.name for video in videos_given([("a.txt", b"hello"), ("a.png", picture(1, "PNG"))])] == [
        "a.txt",
        "a.png",
    ]
