"""A V-JEPA 2 checkpoint from a folder is an encoder that sees no future; nothing here touches a network."""

import builtins

import numpy as np
import pytest
import torch

from core.clip import Clip
from core.embedding.embed import embed
from core.models import vjepa2
from core.models.catalog import load
from core.models.vjepa2 import load_vjepa2

transformers = pytest.importorskip("transformers", reason="the optional part worldscope[vjepa2]")
RNG = np.random.default_rng(0)
FRAMES = RNG.integers(0, 256, (1, 32, 64, 64, 3), np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A checkpoint of the same make, tiny and with random weights."""
    place = tmp_path_factory.mktemp("checkpoint")
    torch.manual_seed(0)
    config = transformers.VJEPA2Config(
        patch_size=16, crop_size=64, frames_per_clip=16, tubelet_size=2, hidden_size=48, num_attention_heads=2,
        num_hidden_layers=2, mlp_ratio=2, pred_hidden_size=48, pred_num_attention_heads=2, pred_num_hidden_layers=2,
        pred_num_mask_tokens=2, num_pooler_layers=1,
    )  # fmt: skip
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
    model = load_vjepa2(str(folder))
    table = embed(model, [Clip(FRAMES[0], 10.0)], "frames")
    assert table.vectors == pytest.approx(model.encode(FRAMES)[0].mean(axis=1)), "48 numbers, not 16 x 48"


def test_what_comes_after_its_stretch_changes_nothing(folder):
    model, other = load_vjepa2(str(folder)), FRAMES.copy()
    other[0, 16:] = 0
    before, after = model.encode(FRAMES), model.encode(other)
    assert np.array_equal(before[:, :8], after[:, :8]) and not np.allclose(before[:, 8:], after[:, 8:])


def test_what_was_encoded_is_read_from_disk_and_the_oldest_is_forgotten(folder, monkeypatch):
    model = load_vjepa2(str(folder))
    first = model.encode(FRAMES)
    monkeypatch.setattr(model.network, "get_vision_features", lambda pixels: pytest.fail("it was encoded before"))
    assert np.array_equal(model.encode(FRAMES), first)
    monkeypatch.undo()
    monkeypatch.setattr(vjepa2, "MOST_BYTES", 10_000)
    load_vjepa2(str(folder))._stretch(FRAMES[0, :16] // 2)
    assert len(list(model._kept.glob("*.npy"))) < 3


def test_the_effort_grows_with_the_frames_and_is_told_before(folder):
    model = load_vjepa2(str(folder))
    short, long = model.effort(16), model.effort(160)
    assert long.memory == short.memory > sum(part.numel() * 4 for part in model.network.parameters())
    assert long.seconds > 2 * short.seconds > 0


def test_without_a_way_to_the_hub_one_sentence_says_so(folder, tmp_path):
    with pytest.raises(ValueError, match="can't be fetched: there is no way to the hub"):
        load_vjepa2("facebook/vjepa2-vitl-fpc64-256")
    with pytest.raises(ValueError, match="holds no V-JEPA 2 checkpoint"):
        load_vjepa2(str(tmp_path))
    with pytest.raises(ValueError, match="is no folder and no id"):
        load_vjepa2("somewhere else")


def test_a_checkpoint_that_lacks_weights_is_refused(folder, tmp_path):
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    gone = next(name for name in sorted(weights) if "encoder.layer.1." in name)
    save_file({name: part for name, part in weights.items() if name != gone}, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text((folder / "config.json").read_text())
    with pytest.raises(ValueError, match="lacks weights of the encoder"):
        load_vjepa2(str(tmp_path))


def test_without_the_optional_part_one_sentence_says_how_to_get_it(folder, monkeypatch):
    usual = builtins.__import__

    def without(name, *rest, **named):
        if name == "transformers":
            raise ImportError(name)
        return usual(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ValueError, match=r"worldscope\[vjepa2\]"):
        load_vjepa2(str(folder))
