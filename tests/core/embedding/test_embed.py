"""Rows are of the clip, the time and the place that they say, whatever the model."""

import numpy as np
import pytest

from core.clip import Clip
from core.embedding.embed import UNITS, describe_frame, embed
from core.embedding.samples import SAMPLES, sample_clips
from core.worlds import Drop, Wall, simulate
from core.worlds.stage.events import main_event


class Brightness:
    """Its four tokens are the mean colours of the quarters of a frame."""

    title, size = "brightness", 64

    def encode(self, frames):
        quarters = frames.reshape(*frames.shape[:2], 2, 32, 2, 32, 3).mean(axis=(3, 5))
        return quarters.reshape(*frames.shape[:2], 4, 3).astype(np.float32)


class InPairs(Brightness):
    """One latent for two frames, of stretches of eight."""

    frames = 8

    def encode(self, frames):
        return super().encode(frames)[:, ::2]


CLIPS = [simulate(Drop(objects=1), 5, frames=16), simulate(Wall(objects=2, gravity=1.5), 6, frames=20, size=96)]


def test_a_row_for_each_frame_with_its_truth():
    table = embed(Brightness(), CLIPS, "frames")
    assert table.vectors.shape == (36, 12) and table.group.tolist() == [0] * 16 + [1] * 20
    assert np.array_equal(table.vectors[3], Brightness().encode(CLIPS[0].frames[None])[0, 3].ravel())
    assert table.time == pytest.approx(np.concatenate([np.arange(16), np.arange(20)]) / 10)
    assert table.columns["x (frame widths)"][16 + 4] == pytest.approx(CLIPS[1].truth.x[4, 0])
    assert table.columns["gravity (frame widths/s²)"][[0, 20]].tolist() == [2.0, 1.5]
    assert table.columns["world"][[0, 20]].tolist() == ["drop", "wall"]
    assert table.columns["clip"][[15, 16]].tolist() == ["drop, seed 5", "wall, seed 6"]


def test_the_pictures_are_those_of_the_rows():
    table = embed(Brightness(), CLIPS, "frames")
    assert table.thumbnails.starts.tolist() == [0, 16, 36] and table.thumbnails.pictures.shape == (36, 64, 64, 3)
    assert np.array_equal(table.thumbnails.pictures[table.thumbnails.at[7]], CLIPS[0].frames[7])
    late = embed(InPairs(), CLIPS, "frames")
    assert late.thumbnails.at[:3].tolist() == [0, 2, 4] and late.thumbnails.at[8] == 16


def test_patches_know_their_place_and_clips_their_mean():
    patches = embed(Brightness(), CLIPS, "patches")
    assert patches.vectors.shape == (36 * 4, 3)
    assert patches.columns["row"][:4].tolist() == [0, 0, 1, 1] and patches.columns["column"][:4].tolist() == [
        0,
        1,
        0,
        1,
    ]
    assert patches.thumbnails.at[:5].tolist() == [0, 0, 0, 0, 1]
    whole, frames = embed(Brightness(), CLIPS, "clips"), embed(Brightness(), CLIPS, "frames")
    assert whole.vectors[1] == pytest.approx(frames.vectors[16:].mean(axis=0), rel=1e-5)
    assert whole.columns["x (frame widths)"][0] == pytest.approx(CLIPS[0].truth.x[:, 0].mean())


def test_a_model_of_stretches_sees_whole_ones_and_the_last_frame_fills_the_last():
    table = embed(InPairs(), CLIPS, "frames")
    assert table.group.tolist() == [0] * 8 + [1] * 10, "16 and 20 frames, one latent for two"
    assert table.time[8:11] == pytest.approx([0, 0.2, 0.4])
    assert len(table.notes) == 1 and "The last frame is repeated 4 times" in table.notes[0]
    short = embed(InPairs(), [simulate(Drop(), 1, frames=5)], "frames")
    assert len(short.vectors) == 3 and "repeated 3 times" in short.notes[0]


class Mixing(Brightness):
    """Its tokens each know of all others."""

    mixes_places = True


def test_a_frame_of_a_model_that_mixes_places_is_the_mean_of_its_tokens():
    table = embed(Mixing(), CLIPS, "frames")
    assert table.vectors[3] == pytest.approx(Brightness().encode(CLIPS[0].frames[None])[0, 3].mean(axis=0))
    assert embed(Mixing(), CLIPS, "clips").vectors[1] == pytest.approx(table.vectors[16:].mean(axis=0), rel=1e-5)
    assert embed(Mixing(), CLIPS, "patches").vectors.shape == (36 * 4, 3), "a patch stays one token"
    assert describe_frame(Mixing()) == "the mean of its tokens" != describe_frame(Brightness())


def test_progress_is_reported():
    shares = []
    embed(Brightness(), CLIPS, "clips", shares.append)
    assert shares == [0, 0.5, 1]


def test_films_without_truth_have_rows_too():
    film = Clip(CLIPS[0].frames, 10.0, source="my film")
    table = embed(Brightness(), [film, CLIPS[1]], "frames")
    assert set(table.columns) == {"clip", "time (s)"} and table.columns["clip"][0] == "my film"


def test_notes_of_a_video_carry_its_name():
    film = Clip(CLIPS[0].frames, 10.0, source="my film", notes=("Only the first 60 s are used.",))
    assert embed(Brightness(), [film, CLIPS[1]]).notes == ("my film: Only the first 60 s are used.",)


@pytest.mark.parametrize(
    "broken, said",
    [
        (lambda frames: frames["x"], "brightness cannot encode this clip"),
        (lambda frames: np.full((1, len(frames[0]), 4, 3), np.nan), "it should return finite numbers"),
        (lambda frames: np.zeros((1, 7, 4, 3)), "steps divides"),
        (lambda frames: np.zeros((1, 32, 12)), r"returns \[1, 32, 12\]"),
    ],
)
def test_a_model_that_breaks_its_protocol_is_named(broken, said):
    model = Brightness()
    model.encode = broken
    with pytest.raises(ValueError, match=said):
        embed(model, CLIPS[:1])


def test_what_cannot_be_embedded_is_said():
    with pytest.raises(ValueError, match="must be one of frames, clips, patches, not 'pixels'"):
        embed(Brightness(), CLIPS, "pixels")
    with pytest.raises(ValueError, match="no clips"):
        embed(Brightness(), [], next(iter(UNITS)))


def test_the_sample_clips_are_test_clips_of_every_world():
    clips = sample_clips()
    assert len({clip.source for clip in clips}) == len(clips) == 48
    wanted = [kind for kind, (_, places) in SAMPLES.items() for _ in places]
    assert [main_event(clip.truth, 0, len(clip)) for clip in clips] == wanted
    assert {clip.truth.world for clip in clips} == {"drop", "wall", "occluder"}
    assert all(2_000_000 <= clip.truth.seed < 3_000_000 for clip in clips)
