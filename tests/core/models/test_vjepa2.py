"""A V-JEPA 2 checkpoint from a folder is an encoder that sees no future; nothing here touches a network."""

import builtins
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from core.clip import Clip
from core.embedding.batch import VideoPart, embed_videos
from core.embedding.embed import embed
from core.models.registry import load, null_of
from core.models.vjepa2 import encoder
from core.models.vjepa2.checkpoint import fingerprint, inspect_checkpoint
from core.models.vjepa2.encoder import load_vjepa2
from core.models.vjepa2.spec import with_stretch
from core.video import VideoFile, to_gif, videos_in

transformers = pytest.importorskip("transformers", reason="the optional part worldscope[vjepa2]")
RNG = np.random.default_rng(0)
FRAMES = RNG.integers(0, 256, (1, 32, 64, 64, 3), np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A checkpoint of the same make, tiny and with random weights."""
    place = tmp_path_factory.mktemp("checkpoint")
    torch.manual_seed(0)
    config = transformers.VJEPA2Config(
        patch_size=16,
        crop_size=64,
        frames_per_clip=16,
        tubelet_size=2,
        hidden_size=48,
        num_attention_heads=2,
        num_hidden_layers=2,
        mlp_ratio=2,
        pred_hidden_size=48,
        pred_num_attention_heads=2,
        pred_num_hidden_layers=2,
        pred_num_mask_tokens=2,
        num_pooler_layers=1,
    )
    transformers.VJEPA2Model(config).save_pretrained(place)
    return place


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))


def test_a_folder_is_loaded_by_name_and_gives_tokens_in_the_order_of_time(folder):
    model = load(f"vjepa2:{folder}")
    tokens = model.encode(FRAMES)
    assert tokens.shape == (1, 16, 16, 48) and tokens.dtype == np.float32 and model.size == 64
    other = FRAMES.copy()
    other[0, 4:6] = 255 - other[0, 4:6]  # the third tubelet of the first stretch
    moved = np.abs(model.encode(other) - tokens).mean(axis=(0, 2, 3))
    assert moved[:8].argmax() == 2


def test_a_frame_on_the_map_is_the_mean_of_its_tokens(folder):
    model = load_vjepa2(str(folder), "mine", "Mine")
    table = embed(model, [Clip(FRAMES[0], 10.0)], "frames")
    assert table.vectors == pytest.approx(model.encode(FRAMES)[0].mean(axis=1)), "48 numbers, not 16 x 48"


def test_what_comes_after_its_stretch_changes_nothing(folder):
    model, other = load_vjepa2(str(folder), "mine", "Mine"), FRAMES.copy()
    other[0, 16:] = 0
    before, after = model.encode(FRAMES), model.encode(other)
    assert np.array_equal(before[:, :8], after[:, :8]) and not np.allclose(before[:, 8:], after[:, 8:])


def test_what_was_encoded_is_read_from_disk_and_the_oldest_is_forgotten(folder, monkeypatch):
    model = load_vjepa2(str(folder), "mine", "Mine")
    first = model.encode(FRAMES)
    monkeypatch.setattr(model.network, "get_vision_features", lambda pixels: pytest.fail("it was encoded before"))
    assert np.array_equal(model.encode(FRAMES), first)
    monkeypatch.undo()
    monkeypatch.setattr(encoder, "MOST_BYTES", 10_000)
    load_vjepa2(str(folder), "mine", "Mine")._stretch(FRAMES[0, :16] // 2)
    assert len(list(model._kept.glob("*.npy"))) < 3


def test_the_cost_grows_with_the_frames_and_is_known_before(folder, monkeypatch):
    monkeypatch.setattr("core.models.vjepa2.checkpoint._speed", lambda: 1e9)  # what is timed varies with the load
    network, found = load_vjepa2(str(folder), "mine", "Mine").network, inspect_checkpoint(str(folder))
    short, long = found.cost(16), found.cost(160)
    assert long.memory == short.memory > sum(part.numel() * 4 for part in network.parameters())
    assert long.seconds == pytest.approx(10 * short.seconds) and short.seconds > 0


@pytest.mark.parametrize("count, steps, said", [(31, 16, "once"), (15, 8, "once"), (33, 17, "15 times"), (32, 16, "")])
def test_the_last_frame_is_repeated_to_fill_the_last_stretch(folder, count, steps, said):
    model = load_vjepa2(str(folder), "mine", "Mine")
    whole = RNG.integers(0, 256, (count, 64, 64, 3), np.uint8)
    filled = np.concatenate([whole, np.repeat(whole[-1:], -count % 16, 0)])
    table = embed(model, [Clip(whole, 10.0, source="mine")], "frames")
    assert table.vectors == pytest.approx(model.encode(filled[None])[0].mean(axis=1)[:steps])
    note = f"mine: The last frame is repeated {said} to fill the last stretch of 16 frames."
    assert table.notes == ((note,) if said else ())


def test_a_single_picture_is_repeated_in_time(folder, tmp_path):
    model, path = load_vjepa2(str(folder), "mine", "Mine"), tmp_path / "cat.png"
    Image.fromarray(FRAMES[0, 0]).save(path)
    done = embed_videos(model, videos_in(path), tmp_path / "rows.parquet")
    assert done.rows == 1
    assert done.notes == ("cat.png: The picture is repeated 15 times to fill a stretch of 16 frames.",)


@pytest.mark.parametrize("frames", [2, 8, 32])
def test_the_number_of_frames_at_a_time_is_part_of_the_name(folder, frames):
    name = with_stretch(f"vjepa2:{folder}", frames)
    for place in (name, null_of(name).name, f"{name}?weights=abc"):
        model = load(place)
        assert model.frames == frames and model.encode(FRAMES).shape == (1, 16, 16, 48)
        assert model.name.endswith(f"?frames={frames}")
    with pytest.raises(ValueError, match="a multiple of 2 frames at a time, up to 64, not 7"):
        load(with_stretch(f"vjepa2:{folder}", 7))


def test_rate_start_and_length_are_those_that_are_wanted(folder, tmp_path):
    model = load_vjepa2(str(folder), "mine", "Mine")
    video = VideoFile("ball.gif", 0, lambda: to_gif(FRAMES[0], 10.0))  # 3.2 s
    for part, rows in ((VideoPart(), 16), (VideoPart(fps=5), 8), (VideoPart(start=2.0), 6), (VideoPart(5, 1, 1.2), 3)):
        assert embed_videos(model, [video], tmp_path / "rows.parquet", part=part).rows == rows


class Hub:
    """A hub with one checkpoint, of which it gives the settings alone; counts the calls."""

    def __init__(self, folder, monkeypatch):
        self.calls, self.settings = 0, transformers.PreTrainedConfig.get_config_dict(str(folder))
        monkeypatch.setattr("huggingface_hub.HfApi.model_info", self.info)
        monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *arguments: None)
        monkeypatch.setattr(transformers.PreTrainedConfig, "get_config_dict", lambda *arguments, **named: self.settings)
        monkeypatch.setattr(
            transformers.VJEPA2Model, "from_pretrained", lambda *arguments, **named: pytest.fail("fetched")
        )

    def info(self, source, timeout, files_metadata):
        self.calls += 1
        if source != "some/checkpoint":
            raise ConnectionError("no way to the hub")
        files = {"config.json": 700, "model.safetensors": 1_300_000_000, "pytorch_model.bin": 1_300_000_000}
        return SimpleNamespace(siblings=[SimpleNamespace(rfilename=name, size=size) for name, size in files.items()])


def test_the_cost_of_a_checkpoint_of_the_hub_is_known_before_its_weights_are_fetched(folder, monkeypatch):
    Hub(folder, monkeypatch)
    found = inspect_checkpoint("some/checkpoint")
    assert found.download == 1_300_000_700 and found.cost(16) and found.config.hidden_size == 48
    assert inspect_checkpoint(str(folder)).download == 0


def test_a_download_that_was_cut_short_is_not_at_hand(folder, tmp_path, monkeypatch):
    Hub(folder, monkeypatch)
    (tmp_path / "index.json").write_text('{"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}')
    kept = {"config.json": "config.json", "model.safetensors.index.json": str(tmp_path / "index.json")}
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda source, name: kept.get(name))
    for shard in ("one.safetensors", "two.safetensors"):
        assert inspect_checkpoint("some/checkpoint").download > 0
        kept[shard] = shard
    assert inspect_checkpoint("some/checkpoint").download == 0


def test_replaced_weights_have_another_fingerprint(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "own")
    own = tmp_path / "own"
    before = fingerprint(str(own))
    assert before == fingerprint(str(own)) != ""
    weights = next(own.glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes())
    assert fingerprint(str(own)) != before and fingerprint("facebook/vjepa2-vitl-fpc64-256") == ""
    model = load(f"vjepa2:{own}?weights={before}")
    assert np.array_equal(model.encode(FRAMES), load(f"vjepa2:{own}").encode(FRAMES))
    assert load(null_of(f"vjepa2:{own}?weights={before}").name).title.endswith("random weights")


def test_a_hub_that_cannot_be_reached_is_tried_once(folder, monkeypatch):
    hub = Hub(folder, monkeypatch)
    with pytest.raises(ValueError, match="the hub can't be reached"):
        inspect_checkpoint("another/checkpoint")
    assert hub.calls == 1


def test_another_kind_of_model_is_refused_before_its_weights_are_fetched(folder, monkeypatch):
    hub = Hub(folder, monkeypatch)
    hub.settings = ({"model_type": "bert"}, {})
    with pytest.raises(ValueError, match="another kind of model"):
        inspect_checkpoint("some/checkpoint")


def test_the_null_is_the_same_network_with_random_weights_that_are_always_the_same(folder):
    null = null_of(f"vjepa2:{folder}")
    model, first, again = load(f"vjepa2:{folder}"), load(null.name), load(null.name)
    assert null.is_own and null.title == "random weights"
    shapes = [[part.shape for part in one.network.parameters()] for one in (model, first)]
    assert shapes[0] == shapes[1] and np.array_equal(first.encode(FRAMES), again.encode(FRAMES))
    assert not np.allclose(first.encode(FRAMES), model.encode(FRAMES))


def test_a_changed_checkpoint_is_not_taken_from_a_stopped_run(folder, tmp_path):
    """It has the same name, and nobody keeps a digest of its weights."""
    changed = shutil.copytree(folder, tmp_path / "changed")
    before = load(f"vjepa2:{changed}")
    network = transformers.VJEPA2Model.from_pretrained(str(changed))
    with torch.no_grad():
        for part in network.parameters():
            part.mul_(1.01)
    network.save_pretrained(changed)
    video = VideoFile("ball.gif", 0, lambda: to_gif(FRAMES[0], 10.0))

    def stop(done, total, name):
        if done == 1:
            raise KeyboardInterrupt

    for model in (before, load(f"vjepa2:{changed}")):
        with pytest.raises(KeyboardInterrupt):
            embed_videos(model, [video, video], tmp_path / "rows.parquet", "patches", stop)
    assert len(list((tmp_path / "rows.parquet.parts").iterdir())) == 2


def test_without_a_way_to_the_hub_one_sentence_says_so(folder, tmp_path):
    with pytest.raises(ValueError, match="can't be fetched: the hub can't be reached"):
        load_vjepa2("facebook/vjepa2-vitl-fpc64-256", "theirs", "Theirs")
    with pytest.raises(ValueError, match="has no V-JEPA 2 checkpoint"):
        load_vjepa2(str(tmp_path), "mine", "Mine")
    with pytest.raises(ValueError, match="is neither a folder nor an id"):
        load_vjepa2("somewhere else", "theirs", "Theirs")


def test_a_checkpoint_that_lacks_weights_is_refused(folder, tmp_path):
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    gone = next(name for name in sorted(weights) if "encoder.layer.1." in name)
    save_file({name: part for name, part in weights.items() if name != gone}, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text((folder / "config.json").read_text())
    with pytest.raises(ValueError, match=r"lacks weights that its config\.json needs"):
        load_vjepa2(str(tmp_path), "mine", "Mine")


def test_without_the_optional_part_one_sentence_says_how_to_get_it(folder, monkeypatch):
    usual = builtins.__import__

    def without(name, *rest, **named):
        if name == "transformers":
            raise ImportError(name)
        return usual(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ValueError, match=r"worldscope\[vjepa2\]"):
        load_vjepa2(str(folder), "mine", "Mine")
