"""Of several tracks the film is read, and its length is not that of another."""

from io import BytesIO

import av
import numpy as np
import pytest
from av.stream import Disposition
from numbered import SIDE, numbered, numbered_film, numbers

from core.clip import Clip
from core.video import VideoError, probe_video, read_video


def has_note(clip: Clip, words: str) -> bool:
    return any(words in note for note in clip.notes)


def several(form: str, *tracks: dict, sound: float = 0.0, subtitle: float = 0.0, tags: bool = True) -> bytes:
    """A file of picture tracks, each with a ``side``, a ``count`` of frames, and the number of the ``first``."""
    out, options = BytesIO(), {} if tags else {"fflags": "+bitexact"}
    with av.open(out, "w", format=form, options=options) as container:
        packets = []
        for track in tracks:
            stream = container.add_stream(track.get("codec", "libx264"), rate=10)
            stream.width = stream.height = track.get("side", SIDE)
            stream.pix_fmt = track.get("pix", "yuv420p")
            stream.options = {"bf": "0", "g": "5"}
            if "disposition" in track:
                stream.disposition = track["disposition"]
            packets.append((stream, track))
        audio = container.add_stream("mp2" if form == "mpegts" else "aac", rate=48000, layout="mono") if sound else None
        text = container.add_stream("srt" if form == "matroska" else "mov_text") if subtitle else None
        made = []
        for stream, track in packets:
            for k in range(track["count"]):
                pixels = numbered(track.get("first", 0) + k, stream.height, stream.width)
                made += stream.encode(av.VideoFrame.from_ndarray(pixels))
            made += stream.encode(None)
        if audio:
            audio.codec_context.open()
            size = audio.codec_context.frame_size
            for k in range(int(sound * 48000 / size)):
                kind = np.int16 if audio.format.name == "s16" else np.float32
                frame = av.AudioFrame.from_ndarray(np.zeros((1, size), kind), format=audio.format.name, layout="mono")
                frame.sample_rate, frame.pts = 48000, k * size
                made += audio.encode(frame)
            made += audio.encode(None)
        if text:
            packet = av.Packet(b"hello")
            packet.stream, packet.time_base = text, text.time_base or "1/1000"
            packet.pts = packet.dts = int(1 / packet.time_base)
            packet.duration = int((subtitle - 1) / packet.time_base)
            made.append(packet)
        for packet in sorted(made, key=lambda packet: float(packet.dts * packet.time_base)):
            container.mux(packet)
    return out.getvalue()


@pytest.mark.parametrize("tags", [True, False])
@pytest.mark.parametrize("form", ["matroska", "mp4", "mov"])
def test_a_longer_sound_does_not_cut_the_picture_short(form, tags):
    content = several(form, dict(count=20), sound=6.0, tags=tags)
    clip = read_video(content)
    assert numbers(clip) == list(range(20)) and not has_note(clip, "cut short")
    assert probe_video(content).seconds in (None, 2.0)


@pytest.mark.parametrize("tags", [True, False])
def test_a_longer_second_picture_does_not_cut_the_first_short(tags):
    tracks = dict(count=20, disposition=Disposition.default), dict(count=70, first=100, disposition=Disposition(0))
    clip = read_video(several("matroska", *tracks, tags=tags))
    assert numbers(clip) == list(range(20)) and not has_note(clip, "cut short")


def test_a_film_that_is_cut_short_is_still_found():
    whole = several("matroska", dict(count=60), sound=6.0)
    assert has_note(read_video(whole[: len(whole) // 2]), "cut short")


@pytest.mark.parametrize("form", ["matroska", "mp4"])
def test_the_track_that_is_marked_is_read(form):
    tracks = dict(count=20, disposition=Disposition(0)), dict(count=20, first=100, disposition=Disposition.default)
    clip = read_video(several(form, *tracks))
    assert numbers(clip) == list(range(100, 120))
    assert has_note(clip, "Of 2 picture tracks, track 2 (96 x 96) is read: the file marks it as the one to show.")


@pytest.mark.parametrize(
    "sides, counts, read", [((64, 128), (20, 20), 2), ((128, 64), (20, 20), 1), ((96, 96), (10, 30), 2)]
)
def test_of_equal_tracks_the_larger_and_then_the_longer_is_read(sides, counts, read):
    tracks = [
        dict(side=side, count=count, first=100 * (k + 1), disposition=Disposition.default)
        for k, (side, count) in enumerate(zip(sides, counts, strict=True))
    ]
    clip = read_video(several("matroska", *tracks))
    assert numbers(clip)[:5] == list(range(100 * read, 100 * read + 5))
    assert has_note(clip, f"track {read} ")


def test_tracks_of_a_broadcast_carry_no_mark():
    clip = read_video(several("mpegts", dict(side=64, count=20), dict(side=128, count=20, first=100)))
    assert numbers(clip)[:5] == [100, 101, 102, 103, 104] and has_note(clip, "it is the largest")


def test_a_preview_of_a_single_frame_is_not_the_film():
    tracks = dict(count=1, side=256, codec="mjpeg", pix="yuvj420p"), dict(count=20, first=100)
    assert numbers(clip := read_video(several("mov", *tracks)))[:3] == [100, 101, 102]
    assert not has_note(clip, "track")


def test_covers_are_no_films():
    kind = Disposition.attached_pic
    tracks = dict(count=1, side=256, codec="mjpeg", pix="yuvj420p", disposition=kind), dict(count=20, first=100)
    clip = read_video(several("mp4", *tracks))
    assert numbers(clip)[:3] == [100, 101, 102] and not has_note(clip, "track")
    with pytest.raises(VideoError, match="sound but no picture"):
        read_video(several("mp4", tracks[0], sound=1.0))


def test_a_single_track_is_not_mentioned():
    assert not has_note(read_video(numbered_film(20, rate=10)), "track")
