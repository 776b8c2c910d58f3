"""The frame on screen at a time is the one that a player shows, whatever the container says of time."""

from io import BytesIO

import av
import numpy as np
import pytest
from numbered import SIDE, numbered, numbered_film, numbers

from core.clip import Clip
from core.video import probe_video, read_video

B_FRAMES = {"bf": "2", "g": "12"}


def has_note(clip: Clip, words: str) -> bool:
    return any(words in note for note in clip.notes)


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
@pytest.mark.parametrize("start", [0.0, 0.5, 1.0, 2.0])
def test_frames_of_an_avi_file_are_counted_as_it_has_no_times_for_showing(codec, start):
    content = numbered_film(90, form="avi", codec=codec, options=B_FRAMES)
    clip = read_video(content, start=start)
    assert numbers(clip) == list(range(round(30 * start), 90, 3))
    assert clip.notes == ("Resampled from 30 to 10 frames a second.",)


@pytest.mark.parametrize("form, codec", [("m4v", "mpeg4"), ("mpeg2video", "mpeg2video"), ("h264", "libx264")])
@pytest.mark.parametrize("start", [0.0, 1.0, 2.6])
def test_bare_streams_with_b_frames(form, codec, start):
    content = numbered_film(90, form=form, codec=codec, options=B_FRAMES)
    assert numbers(read_video(content, start=start)) == list(range(round(30 * start), 90, 3))


@pytest.mark.parametrize("start", [0.0, 1.0])
def test_an_avi_file_of_pictures_that_are_all_key_frames(start):
    content = numbered_film(45, form="avi", codec="mjpeg", pix="yuvj420p", rate=15)
    assert numbers(read_video(content, start=start, fps=15)) == list(range(round(15 * start), 45))


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
@pytest.mark.parametrize("form", ["matroska", "mp4"])
def test_time_stamps_that_repeat_the_order_of_decoding_are_not_for_showing(form, codec):
    """As in AVI files that were wrapped anew."""

    def forget(packet, index):
        packet.pts = packet.dts = index

    content = numbered_film(90, form=form, codec=codec, options=B_FRAMES, change=forget)
    for start in (0.0, 2.0):
        assert numbers(read_video(content, start=start)) == list(range(round(30 * start), 90, 3))


def test_a_long_pause_in_an_avi_file_does_not_shift_what_follows():
    """The count goes on after damage."""
    content = bytearray(numbered_film(90, form="avi", codec="mpeg4", options=B_FRAMES))
    place = content.index(b"00dc", len(content) // 4) + 8
    content[place : place + 60] = bytes(60)
    late = read_video(bytes(content), start=2.0)
    assert numbers(late) == list(range(60, 90, 3))


def joined(shift: float, form: str = "mpegts", rate: int = 25, **how) -> bytes:
    second = numbered_film(50, first=50, form=form, rate=rate, format_options={"output_ts_offset": str(shift)}, **how)
    return numbered_film(50, form=form, rate=rate, **how) + second


@pytest.mark.parametrize("shift", [3600.0, 30.0, 0.0])
@pytest.mark.parametrize("form, codec", [("mpegts", "libx264"), ("mpegts", "mpeg2video"), ("vob", "mpeg2video")])
def test_parts_whose_times_jump_are_shown_one_after_the_other(form, codec, shift):
    content = joined(shift, form, codec=codec, options={"bf": "0", "g": "12"})
    clip = read_video(content, fps=25)
    assert numbers(clip) == list(range(100))
    assert has_note(clip, "the parts are shown one after the other")
    for start in (1.0, 2.0, 2.6, 3.4):
        late = read_video(content, fps=25, start=start)
        assert numbers(late) == list(range(round(25 * start), 100))


def test_b_frames_at_a_jump():
    content = joined(3600.0, options=B_FRAMES)
    assert numbers(read_video(content, fps=25)) == list(range(100))
    assert numbers(read_video(content, fps=25, start=3.0)) == list(range(75, 100))


@pytest.mark.parametrize("form", ["mp4", "matroska"])
def test_a_frame_that_is_held_for_long_is_held_and_it_is_said(form):
    stamps = [0, 100, 200, 40_200, 40_300]
    clip = read_video(numbered_film(5, form=form, rate=1000, stamps=stamps, options={"bf": "0"}))
    assert numbers(clip)[:4] == [0, 1, 2, 2] and numbers(clip)[-2:] == [2, 3]
    assert has_note(clip, "One frame is held for 40 s")


def with_sound(late: float, form: str, count: int = 60, rate: int = 30, sound: float = 4.0) -> bytes:
    """A film whose picture starts some seconds after its sound."""
    out = BytesIO()
    with av.open(out, "w", format=form) as container:
        picture = container.add_stream("libx264" if form != "vob" else "mpeg2video", rate=rate)
        picture.width = picture.height = SIDE
        picture.pix_fmt, picture.options = "yuv420p", {"bf": "0", "g": "10"}
        audio = container.add_stream("mp2" if form in ("vob", "mpegts") else "aac", rate=48000, layout="mono")
        audio.codec_context.open()
        size = audio.codec_context.frame_size
        packets = []
        for k in range(int(sound * 48000 / size)):
            samples = np.zeros((1, size), np.int16 if audio.format.name == "s16" else np.float32)
            frame = av.AudioFrame.from_ndarray(samples, format=audio.format.name, layout="mono")
            frame.sample_rate, frame.pts = 48000, k * size
            packets += audio.encode(frame)
        packets += audio.encode(None)
        for k in range(count):
            frame = av.VideoFrame.from_ndarray(numbered(k))
            frame.pts = k + round(late * rate)
            packets += picture.encode(frame)
        packets += picture.encode(None)
        for packet in sorted(packets, key=lambda packet: float(packet.dts * packet.time_base)):
            container.mux(packet)
    return out.getvalue()


@pytest.mark.parametrize("form", ["mp4", "matroska", "mov", "mpegts"])
@pytest.mark.parametrize("late", [1.0, 0.5])
def test_times_count_from_where_a_player_starts(form, late):
    content = with_sound(late, form)
    at = read_video(content, start=1.02)  # MPEG audio is padded by 0.01 s
    assert numbers(at)[:15] == list(range(round(30 * (1 - late)), 60, 3))[:15]
    assert has_note(at, "The picture starts ") and has_note(at, "after the sound")
    first = read_video(content)
    assert numbers(first)[:3] == [0, 3, 6] and has_note(first, "times count from the start of that track")
    assert probe_video(content).offset == pytest.approx(late, abs=0.05)
    assert not has_note(first, "cut short")


@pytest.mark.parametrize("form", ["mp4", "matroska", "mpegts"])
def test_the_padding_of_sound_is_no_delay(form):
    clip = read_video(with_sound(0.0, form, sound=2.0), start=1.0)
    assert numbers(clip) == list(range(30, 60, 3)) and not has_note(clip, "starts")
