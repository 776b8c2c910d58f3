"""Turned, mirrored, coloured and interlaced films look as in a player, and what was guessed is said."""

from io import BytesIO

import av
import numpy as np
import pytest
from av.video.reformatter import Colorspace
from numbered import film, numbered, numbered_film, numbers
from PIL import Image

from core.clip import Clip
from core.video import read_video
from core.video.limits import DEFAULT_LIMITS
from core.video.squares import FrameTraits, square_picture

ONE, LAST = 1 << 16, 1 << 30


def has_note(clip: Clip, words: str) -> bool:
    return any(words in note for note in clip.notes)


def corners() -> np.ndarray:
    """Red top left, green top right, blue bottom left, white bottom right."""
    frame = np.zeros((64, 96, 3), np.uint8)
    frame[:32, :48, 0] = frame[:32, 48:, 1] = frame[32:, :48, 2] = 255
    frame[32:, 48:] = 255
    return frame


def seen_corners(frame: np.ndarray) -> str:
    """Letters of the corners, from top left by rows."""
    names = {(1, 0, 0): "r", (0, 1, 0): "g", (0, 0, 1): "b", (1, 1, 1): "w"}
    places = [(8, 8), (8, -8), (-8, 8), (-8, -8)]
    return "".join(names[tuple(int(value > 100) for value in frame[place])] for place in places)


ORIENTATIONS = {
    (ONE, 0, 0, ONE): ("rgbw", None),
    (-ONE, 0, 0, ONE): ("grwb", "Mirrored from left to right"),
    (ONE, 0, 0, -ONE): ("bwrg", "Mirrored from top to bottom"),
    (-ONE, 0, 0, -ONE): ("wbgr", "Rotated by 180 degrees"),
    (0, ONE, -ONE, 0): ("brwg", "Rotated by 90 degrees clockwise"),
    (0, -ONE, ONE, 0): ("gwrb", "Rotated by 90 degrees counter-clockwise"),
    (0, ONE, ONE, 0): ("rbgw", "Mirrored along the diagonal from top left"),
    (0, -ONE, -ONE, 0): ("wgbr", "Mirrored along the diagonal from bottom left"),
}


@pytest.mark.parametrize("form", ["mp4", "mov"])
@pytest.mark.parametrize("matrix", ORIENTATIONS)
def test_a_display_matrix_turns_and_mirrors(matrix, form):
    a, b, c, d = matrix
    whole = [a, b, 0, c, d, 0, 0, 0, LAST]
    clip = read_video(film([corners()] * 3, form, rate=10, prepare=lambda stream: stream.set_display_matrix(whole)))
    seen, words = ORIENTATIONS[matrix]
    assert seen_corners(clip.frames[0]) == seen
    turned = [note for note in clip.notes if "as the file specifies" in note]
    assert len(turned) == (words is not None) and (words is None or turned[0].startswith(words))


def test_the_orientation_of_photographs_is_followed_and_said(tmp_path):
    for k in range(2):
        exif = Image.Exif()
        exif[0x0112] = 5
        Image.fromarray(corners()).save(tmp_path / f"{k}.jpg", exif=exif)
    traits = FrameTraits()
    frame = square_picture(Image.open(tmp_path / "0.jpg"), 64, traits, DEFAULT_LIMITS)
    assert seen_corners(frame) == "rbgw"
    assert traits.orientation.description.startswith("Mirrored along the diagonal from top left")
    assert traits.sizes == [(64, 96)]


def coloured(size: tuple[int, int], matrix: Colorspace, tag: int, pix: str = "yuv420p", **how) -> bytes:
    """A film of four strong colours in the centre square, converted by a matrix and tagged (2: not)."""
    height, width = size
    pixels, side = np.zeros((height, width, 3), np.uint8), min(size)
    left, top = (width - side) // 2, (height - side) // 2
    for k, colour in enumerate(COLOURS):
        pixels[top : top + side, left + k * side // 4 : left + (k + 1) * side // 4] = colour
    return _encoded(pixels, matrix, tag, pix, **how)


COLOURS = ((230, 30, 30), (30, 200, 40), (40, 60, 220), (200, 180, 20))


def _encoded(pixels, matrix, tag, pix, form="mp4", codec="libx264") -> bytes:
    out = BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(codec, rate=10)
        stream.height, stream.width = pixels.shape[:2]
        stream.pix_fmt = pix
        stream.options = {"crf": "5", "preset": "ultrafast"} if codec == "libx264" else {}
        stream.codec_context.colorspace = tag
        for _ in range(2):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=pix, dst_colorspace=matrix)
            frame.colorspace = tag
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def colour_error(clip: Clip) -> int:
    """Largest error of a channel in the middles of the four colours."""
    side = clip.frames.shape[1]
    middles = [clip.frames[0, side // 2, round((k + 0.5) * side / 4)].astype(int) for k in range(4)]
    return max(int(np.abs(middle - colour).max()) for middle, colour in zip(middles, COLOURS, strict=True))


@pytest.mark.parametrize(
    "size, matrix, standard",
    [
        ((720, 1280), Colorspace.ITU709, "BT.709"),
        ((1080, 1920), Colorspace.ITU709, "BT.709"),
        ((1280, 720), Colorspace.ITU709, "BT.709"),
        ((480, 720), Colorspace.ITU601, "BT.601"),
        ((96, 128), Colorspace.ITU601, "BT.601"),
    ],
)
def test_colours_without_a_tag_are_converted_as_players_do(size, matrix, standard):
    clip = read_video(coloured(size, matrix, 2))
    assert colour_error(clip) <= 6
    assert has_note(clip, f"{standard} is assumed")


@pytest.mark.parametrize(
    "matrix, tag", [(Colorspace.ITU709, 1), (Colorspace.ITU601, 5), (Colorspace.ITU601, 6), (Colorspace.BT2020, 9)]
)
@pytest.mark.parametrize("size", [(96, 96), (720, 720)])
def test_colours_with_a_tag_are_converted_by_it_and_nothing_is_said(matrix, tag, size):
    clip = read_video(coloured(size, matrix, tag))
    assert colour_error(clip) <= 6 and not has_note(clip, "assumed")


def test_grey_films_and_rgb_need_no_standard():
    assert not has_note(read_video(numbered_film(9)), "assumed")
    assert not has_note(
        read_video(coloured((96, 96), Colorspace.ITU601, 2, "rgb24", form="mov", codec="png")), "assumed"
    )


def bar_at(place: int, height: int, width: int) -> np.ndarray:
    frame = np.zeros((height, width, 3), np.uint8)
    frame[height // 8 : -height // 8, place : place + width // 12] = 255
    return frame


def interlaced(height, width, step, codec, form, options, bottom_first=False, moving=True) -> bytes:
    """A bar that moves by ``step`` pixels a field."""
    frames = []
    for k in range(8):
        first = bar_at(width // 3 + (2 * k * step if moving else 0), height, width)
        second = bar_at(width // 3 + ((2 * k + 1) * step if moving else 0), height, width)
        frame, other = (second, first) if bottom_first else (first, second)
        frame[1::2] = other[1::2]
        frames.append(frame)
    return film(frames, form, codec, rate=25, options=options)


INTERLACED = {
    "576i mpeg2": (576, 720, 24, "mpeg2video", "vob", {"flags": "+ilme+ildct"}, True),
    "480i h264": (480, 640, 11, "libx264", "mp4", {"x264-params": "tff=1"}, False),
    "bottom first": (240, 320, 9, "libx264", "mpegts", {"x264-params": "bff=1"}, True),
    "1080i": (1080, 1440, 17, "libx264", "matroska", {"x264-params": "tff=1", "preset": "ultrafast"}, False),
}


def bar_places(frame: np.ndarray) -> np.ndarray:
    """Where the bar begins in each row that it crosses, in pixels."""
    rows = frame[len(frame) // 4 : -len(frame) // 4, :, 0] > 110
    assert rows.any(axis=1).all()
    return rows.argmax(axis=1), rows.sum(axis=1)


@pytest.mark.parametrize("name", INTERLACED)
def test_a_frame_of_an_interlaced_film_shows_one_moment(name):
    height, width, step, codec, form, options, bottom_first = INTERLACED[name]
    clip = read_video(interlaced(height, width, step, codec, form, options, bottom_first), size=height // 2, fps=25)
    scale, left = 0.5, (width - height) / 4
    for k, frame in enumerate(clip.frames[:5]):
        begins, widths = bar_places(frame)
        assert np.ptp(begins) <= 1 and np.ptp(widths) <= 1
        wanted = (width // 3 + 2 * k * step) * scale - left
        assert abs(np.median(begins) - wanted) <= 1.5  # the field that was taken first
    assert has_note(clip, "Interlaced: ")


def test_whole_frames_that_are_marked_as_interlaced_stay_whole():
    stripes = numbered(5, 240, 240)
    stripes[100:140:8] = 255  # thin, but not of a single row
    options = {"x264-params": "tff=1", "crf": "1"}
    marked = read_video(film([stripes] * 3, rate=10, options=options), size=240)
    unmarked = read_video(film([stripes] * 3, rate=10, options={"crf": "1"}), size=240)
    assert np.abs(marked.frames.astype(int) - unmarked.frames).max() < 24
    assert has_note(marked, "no frame shows two moments") and not has_note(unmarked, "nterlaced")


def test_interlaced_rows_without_a_mark_are_kept_and_it_is_said():
    clip = read_video(interlaced(240, 320, 9, "libx264", "mp4", {"crf": "10"}), size=120)
    assert has_note(clip, "alternate as if interlaced")


def test_films_of_small_bars_are_not_interlaced():
    clip = read_video(numbered_film(20))
    assert numbers(clip)[:3] == [0, 3, 6] and not has_note(clip, "nterlaced")
