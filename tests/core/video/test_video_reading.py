"""Whatever people upload, a clip must show the right pictures in the right order, or the results mean nothing.

Every film here is made on the spot: a white bar that steps from left to right tells which frame is which.
"""

import io
import os
import subprocess
import sys
import zipfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from core.video import VideoError, probe_video, read_video
from core.video.stamps import Clock

SIDE = 64
COUNT = 15


def bar(index, height=SIDE, width=SIDE):
    """Frame ``index`` of a film: a bar whose left edge is at ``4 index`` of 64."""
    frame = np.zeros((height, width, 3), np.uint8)
    unit = width / SIDE
    frame[:, round(4 * index * unit) : round(4 * (index + 1) * unit)] = 255
    return frame


def index_of(frame):
    """Read the index of a frame back from its lower half."""
    light = frame[frame.shape[0] // 2 :].mean(axis=(0, 2))
    return round((np.flatnonzero(light > light.max() / 2).mean() + 0.5) * SIDE / len(light) / 4 - 0.5)


def film(frames, form="mp4", codec="libx264", rate=10, pix="yuv420p", stamps=None, ratio=None, turn=None, options=None):
    out = io.BytesIO()
    with av.open(out, "w", format=form, options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pix
        stream.options = options or {}
        if ratio:
            stream.codec_context.sample_aspect_ratio = ratio
        if turn:
            stream.set_display_rotation(turn)
        for k, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgba" if pixels.shape[-1] == 4 else "rgb24")
            if stamps:
                frame.pts, frame.time_base = stamps[k], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def film_elsewhere(name):
    """The film of one of ``CONTAINERS``, made in a process that ends with it: SVT-AV1 changes the scheduling policy of
    the thread that calls it."""
    code = f"import sys; import {__name__} as here; sys.stdout.buffer.write(here.contained({name!r}))"
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[3])])
    made = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": paths}, stdout=subprocess.PIPE, check=True
    )
    return made.stdout


def bars(count=COUNT, **shape):
    return [bar(k, **shape) for k in range(count)]


def contained(name):
    return film(bars(), **CONTAINERS[name])


def indices(clip):
    return [index_of(frame) for frame in clip.frames]


def has_note(clip, words):
    return any(words in note for note in clip.notes)


CONTAINERS = {
    "mp4": dict(),
    "mov": dict(form="mov"),
    "webm": dict(form="webm", codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8"}),
    "av1": dict(form="webm", codec="libsvtav1", options={"preset": "12", "svtav1-params": "lp=1"}),
    "mkv": dict(form="matroska"),
    "avi": dict(form="avi", codec="mpeg4"),
    "mpeg-ps": dict(form="vob", codec="mpeg2video", rate=25),
    "mpeg-ts": dict(form="mpegts"),
    "h264": dict(form="h264"),
    "hevc": dict(form="mp4", codec="libx265", options={"x265-params": "log-level=none:pools=1"}),
    "gif": dict(form="gif", codec="gif", pix="rgb8"),
    "flv": dict(form="flv", codec="flv"),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_gives_every_frame_in_order(name):
    options = CONTAINERS[name]
    content = film_elsewhere(name) if name == "av1" else contained(name)
    clip = read_video(content, fps=options.get("rate", 10))
    assert clip.frames.shape == (COUNT, SIDE, SIDE, 3)
    assert indices(clip) == list(range(COUNT))
    assert clip.source.startswith("video, ")
    assert not clip.notes


@pytest.mark.parametrize("name", ["webp", "png"])
def test_animated_pictures_are_read(name):
    images = [Image.fromarray(frame) for frame in bars()]
    out = io.BytesIO()
    images[0].save(out, name, save_all=True, append_images=images[1:], duration=100)
    assert indices(read_video(out.getvalue())) == list(range(COUNT))


def test_the_content_counts_and_not_the_name(tmp_path):
    path = tmp_path / "film.gif"
    path.write_bytes(film(bars()))
    assert indices(read_video(path)) == list(range(COUNT))
    assert probe_video(path).format == "MP4"


def test_probe_reads_the_header():
    info = probe_video(film(bars(height=48), rate=10))
    assert (info.codec, info.width, info.height, info.seconds, info.fps) == ("H.264", 64, 48, 1.5, 10)
    assert probe_video(film(bars(), form="h264")).seconds is None


def test_a_lower_rate_shows_the_frame_that_was_on_screen():
    clip = read_video(film(bars(), rate=30), fps=10)
    assert indices(clip) == [0, 3, 6, 9, 12]
    assert has_note(clip, "Resampled from 30 to 10")


def test_a_higher_rate_repeats_frames():
    assert indices(read_video(film(bars(3), rate=5), fps=10)) == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("form", ["mp4", "matroska"])
def test_a_varying_rate_is_resampled_by_time_stamps(form):
    stamps = [0, 100, 200, 600, 700, 1200]
    clip = read_video(film(bars(6), form=form, stamps=stamps, rate=1000, options={"bf": "0"}), fps=10)
    assert indices(clip)[:12] == [0, 1, 2, 2, 2, 2, 3, 4, 4, 4, 4, 4]
    assert has_note(clip, "varying rate")


@pytest.mark.parametrize("form", ["mp4", "matroska", "mpegts", "h264"])
def test_trimming_starts_and_ends_at_the_given_times(form):
    clip = read_video(film(bars(), form=form, options={"g": "5"}), start=0.6, seconds=0.5)
    assert indices(clip) == [6, 7, 8, 9, 10]
    assert len(clip) == 5 and not has_note(clip, "Only")


def test_a_trim_between_two_frames_shows_the_one_on_screen():
    assert indices(read_video(film(bars(), rate=30), start=0.065, fps=20))[:4] == [1, 3, 4, 6]


def test_a_late_trim_does_not_decode_what_comes_before(monkeypatch):
    from core.video import sampling

    times = []
    add = sampling.Sampler._add
    monkeypatch.setattr(sampling.Sampler, "_add", lambda self, shot: (times.append(shot.time), add(self, shot))[1])
    read_video(film(bars(), options={"g": "5", "bf": "0"}), start=1.0)
    assert times[0] == 1.0


def test_time_goes_on_where_stamps_are_missing_repeated_or_start_again():
    clock = Clock(step=0.1, origin=None)
    stamps = [5.0, 5.1, 5.1, None, 5.5, 1.0, 1.3, 1.4]
    assert np.allclose([clock.time(stamp) for stamp in stamps], [0, 0.1, 0.2, 0.3, 0.5, 0.6, 0.9, 1.0])


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_rotation_in_the_header_is_applied(turn):
    frame = np.zeros((48, 64, 3), np.uint8)
    frame[:24, :32] = 255  # the top left corner is white
    clip = read_video(film([frame] * 3, turn=turn))
    corners = {"lower left": (52, 11), "lower right": (52, 52), "upper right": (11, 52)}
    bright = {name for name, (row, column) in corners.items() if clip.frames[0, row, column, 0] > 128}
    # The header turns pictures counter-clockwise.
    assert bright == {{90: "lower left", 180: "lower right", 270: "upper right"}[turn]}
    assert has_note(clip, "Rotated by") and (turn == 180 or has_note(clip, "48 x 64"))


def test_pixels_are_made_square():
    frame = np.zeros((64, 64, 3), np.uint8)
    frame[16:48, 24:40] = 255  # 16 x 32 coded, so a square of 32 once pixels are 2 : 1
    clip = read_video(film([frame] * 3, ratio=Fraction(2, 1)))
    lit = clip.frames[0, ..., 0] > 128
    assert abs(lit.any(0).sum() - 32) <= 2 and abs(lit.any(1).sum() - 32) <= 2
    assert has_note(clip, "128 x 64")


def test_the_centre_square_is_kept():
    frame = np.zeros((64, 128, 3), np.uint8)
    frame[:, :32] = 255
    clip = read_video(film([frame, frame]))
    assert clip.frames[0, :, 2:].max() < 40
    assert has_note(clip, "Cropped to the centre square of 128 x 64.")


@pytest.mark.parametrize("height, width", [(33, 57), (17, 17), (101, 99)])
def test_odd_sizes(height, width):
    frames = bars(height=height, width=width)
    clip = read_video(film(frames, form="mov", codec="png", pix="rgb24"), size=32)
    assert clip.frames.shape == (COUNT, 32, 32, 3)


def test_ten_bits():
    assert indices(read_video(film(bars(), pix="yuv420p10le"))) == list(range(COUNT))


def test_colours_survive():
    frame = np.zeros((64, 64, 3), np.uint8)
    frame[:] = (200, 40, 90)
    clip = read_video(film([frame] * 3))
    assert np.abs(clip.frames[0, 32, 32].astype(int) - (200, 40, 90)).max() < 8


def test_transparent_parts_are_shown_over_white_and_it_is_said():
    frames = [np.dstack([frame, frame[..., :1]]) for frame in bars()]  # black is clear
    clip = read_video(film(frames, form="mov", codec="png", pix="rgba"))
    assert clip.frames.min() == 255
    assert has_note(clip, "over white")


@pytest.mark.parametrize("form", ["h264", "mpegts"])
def test_the_frame_size_may_change_on_the_way(form):
    joined = film(bars(8), form=form) + film([bar(k, 96, 128) for k in range(8)], form=form)
    clip = read_video(joined, fps=10)
    assert clip.frames.shape[1:] == (SIDE, SIDE, 3)
    assert len(clip) >= 15 and has_note(clip, "size changes")


def test_pictures_in_a_zip_file_come_in_natural_order():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for k in reversed(range(COUNT)):
            archive.writestr(f"/../shots/frame{k}.png", png(bar(k)))
            archive.writestr(f"__MACOSX/._frame{k}.png", b"junk")
        archive.writestr("readme.txt", b"hello")
    clip = read_video(out.getvalue())
    assert indices(clip) == list(range(COUNT))
    assert has_note(clip, "10 a second are assumed") and has_note(clip, "1 file that is not a picture was ignored.")
    assert probe_video(out.getvalue()).seconds == 1.5


def test_a_damaged_picture_in_a_zip_file_is_skipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for k in range(5):
            content = png(bar(k))
            archive.writestr(f"{k}.png", content[: len(content) // 2] if k in (0, 2) else content)
    clip = read_video(out.getvalue())
    assert indices(clip) == [1, 3, 4]
    assert has_note(clip, "2 damaged")


def png(pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "png")
    return out.getvalue()


NOISE = np.random.default_rng(0).integers(0, 255, (60, SIDE, SIDE, 3), dtype=np.uint8)


def noisy(**options):
    """A film whose packets are all large, so that damage hits pictures and not headers."""
    return film([np.maximum(NOISE[k] // 4, bar(k % COUNT)) for k in range(60)], **options)


@pytest.mark.parametrize("form", ["mp4", "mpegts", "matroska", "avi"])
def test_a_film_cut_short_gives_what_it_has_and_says_so(form):
    options = {"g": "10", "bf": "0"} | ({"b": "3000000"} if form == "avi" else {})
    whole = noisy(form=form, codec="mpeg4" if form == "avi" else "libx264", options=options)
    if form == "mp4":
        whole = index_first(whole)
    clip = read_video(whole[: len(whole) * 6 // 10 + 7])
    assert 25 <= len(clip) <= 40
    assert [index_of(f) for f in clip.frames[:10]] == list(range(10))
    assert has_note(clip, "cut short") or has_note(clip, "damaged")


def index_first(content):
    """Move the index of an mp4 file before its pictures, as films for the web have it."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder, av.open(io.BytesIO(content)) as source:
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w", options={"movflags": "+faststart"}) as target:
            stream = target.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    target.mux(packet)
        return path.read_bytes()


def test_flipped_bytes_lose_some_packets_and_it_is_said():
    damaged = bytearray(noisy(options={"g": "10", "bf": "0"}))
    for place in np.random.default_rng(0).integers(len(damaged) // 5, len(damaged) * 4 // 5, 80):
        damaged[place] ^= 0xFF
    clip = read_video(bytes(damaged))
    assert len(clip) >= 40
    assert has_note(clip, "damaged")


def test_an_mp4_without_its_index_is_refused_in_one_sentence():
    whole = film(bars())
    with pytest.raises(VideoError, match="no index; save or upload it again"):
        read_video(whole[: len(whole) // 2])


def test_a_film_without_motion_says_so():
    black = [np.zeros((SIDE, SIDE, 3), np.uint8)] * 5
    assert has_note(read_video(film(black)), "Every frame is black")
    assert has_note(read_video(film([bar(3)] * 5)), "Nothing moves")
    assert not has_note(read_video(film(bars())), "moves")
