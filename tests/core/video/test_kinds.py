"""What moves is read as a film whatever its format, and what does not is refused in a sentence."""

import io
import struct
import zlib

import numpy as np
import pytest
from numbered import SIDE, numbered, numbered_film, numbers
from PIL import Image

from core.clip import Clip
from core.video import VideoError, is_video, probe_video, read_video


def has_note(clip: Clip, words: str) -> bool:
    return any(words in note for note in clip.notes)


def pictures(count: int, side: int = SIDE) -> list[Image.Image]:
    return [Image.fromarray(numbered(k, side, side)) for k in range(count)]


def animation(form: str, count: int = 10, first: Image.Image | None = None, **how) -> bytes:
    images, out = pictures(count), io.BytesIO()
    if form != "TIFF":
        how = {"duration": 100} | how
    start, rest = (images[0], images[1:]) if first is None else (first, images)
    start.save(out, form, save_all=True, append_images=rest, **how)
    return out.getvalue()


def with_chunk(png: bytes, size: int) -> bytes:
    """A PNG file with so many bytes of metadata after its header."""
    body = b"iTXt" + b"XML:com.adobe.xmp\0\0\0\0\0" + b"x" * size
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:33] + chunk + png[33:]


@pytest.mark.parametrize("size", [10, 7_000, 9_000, 300_000])
def test_metadata_before_the_mark_of_an_animated_png_does_not_hide_it(size):
    assert numbers(read_video(with_chunk(animation("PNG"), size))) == list(range(10))
    still = io.BytesIO()
    pictures(1)[0].save(still, "PNG")
    with pytest.raises(VideoError, match="single picture"):
        read_video(with_chunk(still.getvalue(), size))


def test_the_default_image_of_an_animated_png_may_be_no_frame():
    cover = Image.fromarray(numbered(500))
    assert numbers(read_video(animation("PNG", first=cover, default_image=True))) == list(range(10))
    assert numbers(read_video(animation("PNG", first=cover))) == [500, *range(10)]


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_an_animated_avif_is_read_whole(mode):
    images, out = [image.convert(mode) for image in pictures(20)], io.BytesIO()
    images[0].save(out, "AVIF", save_all=True, append_images=images[1:], duration=100, quality=90)
    for major in (b"avis", b"avif", b"mif1"):  # the brand that comes first is up to the writer
        content = out.getvalue()[:8] + major + out.getvalue()[12:]
        assert numbers(read_video(content)) == list(range(20))
    out = io.BytesIO()
    images[0].save(out, "AVIF")
    with pytest.raises(VideoError, match="single picture"):
        read_video(out.getvalue())


def test_the_pages_of_a_tiff_file_are_frames():
    clip = read_video(animation("TIFF"))
    assert numbers(clip) == list(range(10)) and has_note(clip, "no frame rate; 10 a second are assumed")
    out = io.BytesIO()
    pictures(1)[0].save(out, "TIFF", save_all=True, append_images=[pictures(1, 16)[0]])  # a preview
    with pytest.raises(VideoError, match="single picture"):
        read_video(out.getvalue())


@pytest.mark.parametrize("kind, scale", [(np.uint16, 257), (np.uint16, 16), (np.float32, 1 / 255), (np.float32, 40)])
def test_numbers_of_any_range_are_shown_from_black_to_white(kind, scale):
    pages = [Image.fromarray((numbered(k)[..., 0] * np.float64(scale)).astype(kind)) for k in range(6)]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    clip = read_video(out.getvalue())
    assert numbers(clip) == list(range(6)) and has_note(clip, "these are shown as black and white")


def motion_jpeg(**how) -> bytes:
    return numbered_film(20, form="mjpeg", codec="mjpeg", pix="yuvj420p", rate=25, **how)


def test_jpeg_pictures_one_after_the_other_are_a_film():
    clip = read_video(motion_jpeg(), fps=25)
    assert numbers(clip) == list(range(20))
    assert has_note(clip, "The file carries no frame rate; 25 a second are assumed.")
    assert numbers(read_video(motion_jpeg(), fps=25, start=0.4)) == list(range(10, 20))


def test_jpeg_pictures_from_another_writer_are_a_film():
    content = b""
    for image in pictures(12):
        out = io.BytesIO()
        image.save(out, "JPEG", progressive=True, exif=Image.Exif(), comment=b"\xff\xd9 \xff\xd8\xff")
        content += out.getvalue()
    assert numbers(read_video(content, fps=25)) == list(range(12))


def test_photographs_with_a_preview_or_a_second_picture_are_stills():
    large, small, announced = io.BytesIO(), io.BytesIO(), io.BytesIO()
    pictures(1)[0].save(large, "JPEG")
    pictures(1, 32)[0].save(small, "JPEG")
    images = pictures(2)
    images[0].save(announced, "MPO", save_all=True, append_images=images[1:])
    exif = large.getvalue()[:2] + b"\xff\xe1" + struct.pack(">H", len(small.getvalue()) + 2) + small.getvalue()
    exif += large.getvalue()[2:]
    for content in (large.getvalue() + small.getvalue(), announced.getvalue(), exif, large.getvalue() + bytes(500)):
        with pytest.raises(VideoError, match="single picture"):
            read_video(content)


MORE = {
    "y4m": dict(form="yuv4mpegpipe", codec="wrapped_avframe"),
    "ivf": dict(form="ivf", codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8"}),
    "nut": dict(form="nut", codec="mpeg4"),
    "mxf": dict(form="mxf", codec="mpeg2video"),
    "mpjpeg": dict(form="mpjpeg", codec="mjpeg", pix="yuvj420p"),
    "3gp": dict(form="3gp", codec="mpeg4"),
    "m4v": dict(form="m4v", codec="mpeg4"),
    "f4v": dict(form="f4v"),
    "asf": dict(form="asf", codec="mpeg4"),
    "theora or vp8 in ogg": dict(form="ogg", codec="libvpx"),
    "uncompressed avi": dict(form="avi", codec="rawvideo"),
}


@pytest.mark.parametrize("name", MORE)
def test_whatever_the_decoder_knows_is_read_by_its_content(name, tmp_path):
    how = {"rate": 25} | MORE[name]
    content = numbered_film(20, **how)
    clip = read_video(content, fps=25)
    assert numbers(clip) == list(range(20))
    path = tmp_path / "clip.bin"
    path.write_bytes(content)
    assert numbers(read_video(path, fps=25, start=0.4))[:3] == [10, 11, 12]
    assert probe_video(path).width == SIDE


def test_a_playlist_is_still_no_film(tmp_path):
    (tmp_path / "film.mp4").write_bytes(numbered_film(9))
    for text in (f"ffconcat version 1.0\nfile '{tmp_path}/film.mp4'\n", "#EXTM3U\n#EXTINF:1,\nfilm.mp4\n"):
        with pytest.raises(VideoError, match="text file"):
            read_video(text.encode())


def test_a_folder_of_films_is_searched_by_content(tmp_path):
    (tmp_path / "a.bin").write_bytes(numbered_film(9, form="ivf", codec="libvpx"))
    (tmp_path / "b.ts").write_text("export const a = 1")
    (tmp_path / "c.bin").write_bytes(motion_jpeg())
    assert [is_video(tmp_path / name, name) for name in ("a.bin", "b.ts", "c.bin")] == [True, False, True]


def test_a_still_in_a_film_container_is_refused():
    with pytest.raises(VideoError, match="only one frame"):
        read_video(numbered_film(1))


def test_frames_keep_their_times_in_an_animation():
    images, out = pictures(4), io.BytesIO()
    images[0].save(out, "PNG", save_all=True, append_images=images[1:], duration=[100, 300, 200, 100])
    assert numbers(read_video(out.getvalue())) == [0, 1, 1, 1, 2, 2, 3]
