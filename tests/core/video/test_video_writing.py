"""What the page plays must be what the model made: same frames, same order, same bytes each time, playable anywhere."""

import io

import av
import numpy as np
import pytest
from PIL import Image

from core.video import read_video, to_gif, to_mp4, to_webp


def clip(count=20, height=64, width=64):
    """A coloured disc that crosses a grey floor."""
    rows, columns = np.mgrid[:height, :width]
    frames = np.full((count, height, width, 3), 90, np.uint8)
    for k in range(count):
        frames[k, (rows - height / 2) ** 2 + (columns - 5 - 2.5 * k) ** 2 < 36] = (230, 120, 40)
    return frames


def psnr(one, other):
    error = np.mean((one.astype(float) - other) ** 2)
    return 10 * np.log10(255**2 / max(error, 1e-9))


@pytest.mark.parametrize("write, least", [(to_mp4, 32), (to_gif, 35), (to_webp, 28)])
@pytest.mark.parametrize("fps", [10, 12.5, 24])
def test_a_round_trip_gives_the_frames_back(write, least, fps):
    frames = clip()
    back = read_video(write(frames, fps), fps=fps)
    assert back.frames.shape == frames.shape
    assert min(psnr(a, b) for a, b in zip(back.frames, frames, strict=True)) > least


@pytest.mark.parametrize("colour", [(220, 30, 30), (20, 200, 40), (30, 40, 210)])
def test_colours_come_back(colour):
    frames = np.full((3, 64, 64, 3), colour, np.uint8)
    frames[1, :16, :16] = 128  # something must move, or an animation holds its only frame
    for write in (to_mp4, to_gif, to_webp):
        back = read_video(write(frames, 10))
        assert np.abs(back.frames[0, 40, 40].astype(int) - colour).max() <= 4


def test_the_same_frames_give_the_same_bytes():
    for write in (to_mp4, to_gif, to_webp):
        assert write(clip(), 10) == write(clip(), 10)


def test_browsers_can_play_the_mp4_at_once():
    content = to_mp4(clip(), 10)
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height, stream.average_rate) == (384, 384, 10)


@pytest.mark.parametrize(
    "height, width, expected",
    [
        (64, 64, (384, 384)),
        (33, 33, (396, 396)),
        (400, 500, (400, 500)),
        (385, 401, (386, 402)),
        (64, 1500, (128, 3000)),
    ],
)
def test_small_films_are_enlarged_by_a_whole_factor_and_odd_ones_padded(height, width, expected):
    with av.open(io.BytesIO(to_mp4(clip(2, height, width), 10))) as container:
        stream = container.streams.video[0]
        assert (stream.height, stream.width) == expected


def test_enlarging_keeps_hard_edges():
    frames = np.zeros((3, 64, 64, 3), np.uint8)
    frames[:, :, 32:] = 255
    with av.open(io.BytesIO(to_mp4(frames, 10))) as container:
        row = next(container.decode(video=0)).to_ndarray(format="gray")[192]
    assert row[189] < 40 and row[194] > 215


@pytest.mark.parametrize("write, form", [(to_gif, "GIF"), (to_webp, "WEBP")])
def test_animations_loop_for_ever(write, form):
    with Image.open(io.BytesIO(write(clip(), 10))) as image:
        assert image.format == form and image.n_frames == 20 and image.info["loop"] == 0


def test_a_gif_keeps_its_length_although_it_counts_in_hundredths():
    with Image.open(io.BytesIO(to_gif(clip(30, width=96), 30))) as image:
        total = 0
        for k in range(image.n_frames):
            image.seek(k)
            total += image.info["duration"]
    assert total == 1000


@pytest.mark.parametrize("write", [to_mp4, to_gif, to_webp])
@pytest.mark.parametrize(
    "frames, fps",
    [
        (np.zeros((2, 8, 8, 3), np.float32), 10),
        (np.zeros((0, 8, 8, 3), np.uint8), 10),
        (np.zeros((8, 8, 3), np.uint8), 10),
        (np.zeros((2, 8, 8, 3), np.uint8), 0),
        (np.zeros((2, 8, 8, 3), np.uint8), float("nan")),
    ],
)
def test_frames_that_are_no_frames_are_refused(write, frames, fps):
    with pytest.raises(ValueError, match=r"uint8|rate"):
        write(frames, fps)


@pytest.mark.parametrize("write", [to_mp4, to_gif, to_webp])
def test_a_single_frame_can_be_written(write):
    assert len(write(clip(1), 10)) > 50
