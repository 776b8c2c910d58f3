"""Input that makes no clip must cost little and get one plain sentence; anything else is a crash in the page."""

import contextlib
import io
import wave
import zipfile

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.clip import Clip
from core.video import VideoError, VideoLimits, probe_video, read_video


def film(count, side=64, rate=10, form="mp4", wide=None):
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = wide or side, side, "yuv420p"
        for k in range(count):
            pixels = np.full((side, wide or side, 3), 8 * k % 250, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels)))
        container.mux(stream.encode(None))
    return out.getvalue()


def picture(name, side=16):
    out = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(out, name)
    return out.getvalue()


def sound_mp4():
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def sound_wav():
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1000))
    return out.getvalue()


def packed(members, **options):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


REFUSED = {
    "empty": (b"", "empty"),
    "text": (b"Once upon a time, there was no film.\n" * 9, "text file"),
    "playlist": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", "text file"),
    "web page": ("<html>é</html>".encode() * 400, "text file"),
    "sound in mp4": (sound_mp4(), "sound but no picture"),
    "sound": (sound_wav(), "sound but no picture"),
    "png": (picture("png"), "single picture"),
    "jpeg": (picture("jpeg"), "single picture"),
    "webp": (picture("webp"), "single picture"),
    "gif": (picture("gif"), "single picture"),
    "bmp": (picture("bmp"), "single picture"),
    "one frame": (film(1), "only one frame"),
    "pdf": (b"%PDF-1.4\n\x00\xff" + bytes(range(256)), "not a video"),
    "empty zip": (packed({}), "no readable PNG or JPEG"),
    "zip of texts": (packed({"a.png": b"no", "b.png": b"no"}), "no readable PNG or JPEG"),
    "zip of one": (packed({"a.png": picture("png")}), "single picture"),
    "cut zip": (packed({"a.png": picture("png"), "b.png": picture("png")})[:-30], "zip file is damaged"),
    "too narrow": (film(3, 16, wide=1600), "too narrow"),
}


def check_sentence(error):
    text = str(error.value)
    assert text[0].isupper() and text.endswith(".") and "\n" not in text and len(text) < 200
    assert not any(word in text for word in ("Error", "av.", "None", "Traceback", "errno"))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_film_gets_its_own_sentence(name):
    content, words = REFUSED[name]
    with pytest.raises(VideoError, match=words) as error:
        read_video(content)
    check_sentence(error)


@pytest.mark.parametrize(
    "request_, words",
    [
        (dict(start=-1.0), "trim start"),
        (dict(start=float("nan")), "trim start"),
        (dict(start=float("inf")), "trim start"),
        (dict(seconds=0.0), "trim length"),
        (dict(seconds=float("nan")), "trim length"),
        (dict(start=5.0), "after the end"),
        (dict(start=1e300), "after the end"),
        (dict(start=0.95), "only one frame"),
        (dict(seconds=0.05), "fewer than two frames"),
        (dict(fps=0.0), "frame rate"),
        (dict(fps=float("inf")), "frame rate"),
        (dict(size=0), "frame size"),
        (dict(size=100_000), "frame size"),
    ],
)
def test_an_impossible_request_names_the_value(request_, words):
    with pytest.raises(VideoError, match=words) as error:
        read_video(film(10), **request_)
    check_sentence(error)


def test_a_path_that_cannot_be_opened(tmp_path):
    for path in (tmp_path / "missing.mp4", tmp_path):
        with pytest.raises(VideoError, match="cannot be opened"):
            read_video(path)
        with pytest.raises(VideoError, match="cannot be opened"):
            probe_video(path)


def test_too_many_bytes():
    content = film(5)
    with pytest.raises(VideoError, match="limit"):
        read_video(content, limits=VideoLimits(max_bytes=len(content) - 1))
    assert read_video(content, limits=VideoLimits(max_bytes=len(content)))


def test_a_large_file_is_refused_without_being_read(tmp_path):
    path = tmp_path / "huge.mp4"
    with path.open("wb") as file:
        file.truncate(10**10)  # sparse: takes no room on the disk
    with pytest.raises(VideoError, match="limit is 200 MB"):
        read_video(path)
    path.unlink()


@pytest.mark.parametrize("form", ["mp4", "h264"])
def test_too_many_pixels(form):
    content = film(3, 128, form=form)
    with pytest.raises(VideoError, match="128 x 128"):
        read_video(content, limits=VideoLimits(max_pixels=127 * 128))
    assert read_video(content, fps=10, limits=VideoLimits(max_pixels=128 * 128))


def test_growing_beyond_the_pixel_limit_in_mid_stream_keeps_what_came_before():
    content = film(10, 64, form="h264") + film(10, 256, form="h264")
    clip = read_video(content, limits=VideoLimits(max_pixels=64 * 64))
    assert 9 <= len(clip) <= 11 and any("damaged" in note for note in clip.notes)


def test_a_long_film_is_used_up_to_the_limit_of_seconds():
    clip = read_video(film(40), limits=VideoLimits(max_seconds=2.0))
    assert len(clip) == 20
    assert "Only the first 2 s are used; move the trim start to see the rest." in clip.notes
    later = read_video(film(40), start=1.0, limits=VideoLimits(max_seconds=2.0))
    assert later.frames[0, 0, 0, 0] == clip.frames[10, 0, 0, 0]
    whole = read_video(film(20), limits=VideoLimits(max_seconds=2.0))
    assert len(whole) == 20 and not any("Only" in note for note in whole.notes)


def test_a_long_film_is_used_up_to_the_limit_of_frames():
    clip = read_video(film(40), limits=VideoLimits(max_frames=7))
    assert len(clip) == 7 and any(note.startswith("Only the first 0.7 s") for note in clip.notes)


def test_a_rest_of_one_hour_is_not_decoded(monkeypatch):
    """Decoding must stop at the limit, not sort out the rest afterwards."""
    from core.video import sampling

    seen = []
    add = sampling.Sampler._add
    monkeypatch.setattr(sampling.Sampler, "_add", lambda self, shot: (seen.append(shot.time), add(self, shot))[1])
    read_video(film(200), limits=VideoLimits(max_seconds=1.0))
    assert len(seen) <= 12


def test_only_frames_that_are_kept_are_converted(monkeypatch):
    from core.video import streams

    calls = []
    square = streams.square_frame
    monkeypatch.setattr(streams, "square_frame", lambda *args: (calls.append(1), square(*args))[1])
    assert len(read_video(film(60, rate=60), fps=10)) == len(calls) == 10


def test_a_zip_bomb_is_refused_from_its_directory(monkeypatch):
    from core.video import pictures

    monkeypatch.setattr(pictures, "unpack", lambda *args: pytest.fail("nothing may be unpacked"))
    content = packed({f"{k}.png": picture("png") + bytes(10_000_000) for k in range(3)})
    with pytest.raises(VideoError, match="unpacks to more than 20 MB"):
        read_video(content, limits=VideoLimits(max_bytes=20_000_000))


def test_a_zip_bomb_whose_directory_lies_stops_while_reading():
    size = 3_000_000
    content = packed({"a.png": picture("png") + bytes(size), "b.png": picture("png")})
    honest = (len(picture("png")) + size).to_bytes(4, "little")
    lying = content.replace(honest, (100).to_bytes(4, "little"))
    with pytest.raises(VideoError):
        read_video(lying, limits=VideoLimits(max_bytes=1_000_000))


def test_a_picture_in_a_zip_file_obeys_the_pixel_limit():
    content = packed({"a.png": picture("png", 100), "b.png": picture("png", 100)})
    with pytest.raises(VideoError, match="100 x 100"):
        read_video(content, limits=VideoLimits(max_pixels=9_999))


def test_nothing_is_written_to_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    read_video(packed({"../a.png": picture("png"), "/b.png": picture("png")}))
    assert not list(tmp_path.rglob("*"))


def clip_or_sentence(content, **request):
    try:
        clip = read_video(content, **request)
    except VideoError as error:
        assert str(error).endswith(".")
    else:
        assert isinstance(clip, Clip) and len(clip) >= 2 and clip.frames.shape[1:] == (64, 64, 3)
    with contextlib.suppress(VideoError):
        probe_video(content)


STARTS = [b"", b"\x00\x00\x00\x18ftypisom", b"GIF89a", b"\x1aE\xdf\xa3", b"RIFF\x10\x00\x00\x00AVI ", b"PK\x03\x04"]
STARTS += [b"RIFF\x10\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02", b"\x89PNG\r\n\x1a\nacTL", b"\x00\x00\x00\x01\x67", b"G"]
STARTS += [b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"FLV\x01", b"OggS", b"0&\xb2u\x8ef\xcf\x11"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=600))
def test_random_bytes_give_a_sentence(start, rest):
    clip_or_sentence(start + rest)


def animation(name):
    images = [Image.new("RGB", (32, 32), (k * 20, 0, 0)) for k in range(5)]
    out = io.BytesIO()
    images[0].save(out, name, save_all=True, append_images=images[1:], duration=100)
    return out.getvalue()


WHOLE = [film(12, 32), film(12, 32, form="mpegts"), film(12, 32, form="matroska"), film(12, 32, form="h264")]
WHOLE += [animation("webp"), animation("png"), animation("gif")]
WHOLE += [packed({f"{k}.png": picture("png", 16 + k) for k in range(4)})]


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=30),
    st.floats(0.1, 1),
    st.sampled_from([0.0, 0.4]),
)
def test_a_damaged_film_gives_a_clip_or_a_sentence(whole, changes, kept, start):
    damaged = bytearray(whole)
    for place, value in changes:
        damaged[int(place * len(damaged))] = value
    clip_or_sentence(bytes(damaged[: int(len(damaged) * kept)]), start=start)
