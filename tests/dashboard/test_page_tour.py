"""Pages share one session: whatever was chosen on one of them, every other one opens after it."""

from __future__ import annotations

from itertools import pairwise, permutations
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ENTRY = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
PAGES = ("compare", "scoreboard", "train", "embeddings", "causes")


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLDSCOPE_CACHE", str(tmp_path))


def circuit(pages: tuple[str, ...]) -> list[str]:
    """A tour from the first page that takes every step from one page to another exactly once (Hierholzer)."""
    ahead = {page: [other for other in pages if other != page] for page in pages}
    path, tour = [pages[0]], []
    while path:
        if ahead[path[-1]]:
            path.append(ahead[path[-1]].pop())
        else:
            tour.append(path.pop())
    return tour[::-1]


def open_page(app: AppTest, page: str) -> None:
    app.switch_page(f"../pages/{page}.py").run()
    assert not app.exception, (page, app.exception)


def test_every_page_opens_after_every_other() -> None:
    app = AppTest.from_file(str(ENTRY), default_timeout=180).run()
    tour = circuit(PAGES)
    assert set(pairwise(tour)) == set(permutations(PAGES, 2))
    for page in tour[1:]:
        open_page(app, page)
    keys = set(app._session_state._state._key_id_mapper._key_id_mapping)
    strangers = {key for key in keys if key.split(".")[0] not in PAGES}
    assert len(keys) > 50 and not strangers, "every control's key begins with the name of its page"


@pytest.mark.parametrize("source", ["your own videos", "a folder of videos"])
def test_other_pages_open_after_any_source_of_embeddings(source: str) -> None:
    app = AppTest.from_file(str(ENTRY), default_timeout=180).run()
    open_page(app, "embeddings")
    app.segmented_control(key="embeddings.clips").set_value(source).run()
    for page in ("compare", "embeddings", "train"):
        open_page(app, page)
