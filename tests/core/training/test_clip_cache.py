"""Room for new training clips is made while other processes make and rename theirs."""

from pathlib import Path

from core.training import clip_cache


def test_a_draft_that_disappears_while_room_is_made_is_ignored(tmp_path, monkeypatch):
    for name in ("draft", "renamed", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "frames.npy").write_bytes(bytes(10))
    original = Path.iterdir

    def renamed(path):
        if path.name == "draft":
            path.rename(tmp_path / "made")
        if path.name == "renamed":
            yield path / "gone.npy"
        yield from original(path)

    monkeypatch.setattr(Path, "iterdir", renamed)
    monkeypatch.setattr(clip_cache, "MOST_BYTES", 20)
    clip_cache._make_room(tmp_path, 10)
    assert (tmp_path / "old").exists()
    clip_cache._make_room(tmp_path, 30)
    assert not (tmp_path / "old").exists() and not (tmp_path / "made").exists()
