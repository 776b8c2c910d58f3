"""Pages share one session and one address bar: no two may share a name in either, and old links open their views."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import old_links
from dashboard.kit.url_state import OldNames, PageState
from dashboard.navigation import PAGES

REPOSITORY = Path(__file__).resolve().parents[2]
ENTRY = REPOSITORY / "dashboard" / "app.py"
NAMES = [page.name for page in PAGES]


def page_of(path: Path) -> str:
    """The page that a source file belongs to; empty for what all pages share."""
    parts = path.relative_to(REPOSITORY).parts
    name = parts[1].removesuffix(".py")
    return name if parts[0] == "pages" or name in NAMES else ""


def literal_keys() -> Iterator[tuple[str, Path, str]]:
    """Every ``key=`` that a page writes out: the place, the file, and how the key begins."""
    for path in [*REPOSITORY.glob("dashboard/**/*.py"), *REPOSITORY.glob("pages/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            for word in node.keywords:
                if word.arg == "key" and isinstance(word.value, ast.Constant | ast.JoinedStr):
                    first = word.value if isinstance(word.value, ast.Constant) else word.value.values[0]
                    text = first.value if isinstance(first, ast.Constant) else ""
                    yield f"{path.relative_to(REPOSITORY)}:{node.lineno}", path, str(text)


def test_a_key_that_a_page_writes_out_begins_with_its_name() -> None:
    for place, path, text in literal_keys():
        if page := page_of(path):
            assert text.startswith(f"{page}."), f"{place}: take the key from the page's STATE"


def test_a_page_takes_its_keys_from_its_own_state() -> None:
    checked = 0
    for page in NAMES:
        sources = [REPOSITORY / "pages" / f"{page}.py", *(REPOSITORY / "dashboard" / page).glob("*.py")]
        for path in sources:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and any(alias.name == "STATE" for alias in node.names):
                    own = node.module == f"dashboard.{page}.state"
                    assert own or all(alias.asname for alias in node.names if alias.name == "STATE"), path
                    checked += own
    assert checked > len(NAMES)


def test_settings_of_pages_have_different_names() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert not any("." in name for name in NAMES)
    assert PageState("compare").key("seed") == "compare.seed" != PageState("exam").key("seed")


def test_an_address_keeps_what_is_the_pages_own_under_its_present_name() -> None:
    old = OldNames({"of": ("model",), "start": ("start", "factor.start")}, ("was",), {"model": {"guard": "term"}})
    state = PageState("toy", old)
    query = {"toy.seed": ["1"], "of": ["guard"], "start": ["2"], "was.a.b": ["3"], "other.seed": ["4"], "utm": ["5"]}
    present = {
        "toy.seed": ["1"],
        "toy.model": ["term"],
        "toy.start": ["2"],
        "toy.factor.start": ["2"],
        "toy.was.a.b": ["3"],
    }
    assert state.own_query(query) == present
    assert state.own_query(present) == present, "a present address is left as it is"
    assert state.own_query({"toy.model": ["new"], "of": ["old"]}) == {"toy.model": ["new"]}, "the present name counts"


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(ENTRY), default_timeout=180)
    if page != NAMES[0]:
        app.run().switch_page(f"../pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception and not app.error
    return app


def address(app: AppTest) -> dict[str, str]:
    return {name: values[-1] if isinstance(values, list) else values for name, values in app.query_params.items()}


OLD = [  # a link as it was before pages had name spaces, and the settings that it opens
    (
        "compare",
        {"v": "1", "source": "sample", "clip": "drop-two", "context": "4", "horizon": "10"},
        {"source": "sample", "clip": "drop-two", "horizon": "10"},
    ),
    (
        "compare",
        {"source": "world", "world": "wall", "seed": "2000007", "context": "6", "objects": "2", "speed": "0.5"},
        {"source": "world", "world": "wall", "seed": "2000007", "factor.objects": "2", "factor.speed": "0.5"},
    ),
    (
        "compare",
        {"source": "world", "world": "occluder", "start": "right"},
        {"world": "occluder", "factor.start": "right"},
    ),
    ("compare", {"source": "upload", "start": "1.5"}, {"source": "upload", "start": "1.5"}),
    ("scoreboard", {"case": "wall", "step": "4"}, {"case": "wall", "step": "4"}),
    ("embeddings", {"view": "patch maps", "of": "V-JEPA"}, {"view": "patch maps", "model": "V-JEPA"}),
    ("embeddings", {"view": "state grid", "grid_by": "PCA 3-D"}, {"view": "state grid", "grid_by": "PCA 3-D"}),
    ("embeddings", {"clips": "your own videos", "unit": "clips"}, {"clips": "your own videos", "unit": "clips"}),
    ("embeddings", {"of": "your own embeddings"}, {"model": "your own embeddings"}),
    (
        "causes",
        {"story": "Smoking and tar", "do": "smoking:2", "draw": "3"},
        {"story": "Smoking and tar", "do": "smoking:2", "draw": "3"},
    ),
    (
        "causes",
        {"story": "Joe's homework", "joe.pays": "0.8", "whose.joe": "drawn", "unit.joe": "7"},
        {"story": "Joe's homework", "joe.pays": "0.8", "whose.joe": "drawn", "unit.joe": "7"},
    ),
    (
        "causes",
        {"story": "Only those in hospital", "do": "diabetes:set:0"},
        {"story": "Only hospital patients", "do": "diabetes:0"},
    ),
    (
        "causes",
        {"story": "A treatment that goes with dying", "do": "days_ill:listen:2*severity"},
        {"story": "A treatment that seems to harm", "do": "days_ill:replace:2*severity"},
    ),
    ("causes", {"story": "A test on a holiday"}, {"story": "An A/B test over a holiday"}),
    ("causes", {"story": "Alike when seen and when done"}, {"story": "Two models, the same experiments"}),
    ("causes", {"causes": "your own problem", "own_graph": "dag { a -> b }"}, {"graph": "dag { a -> b }"}),
    (
        "causes",
        {"causes": "discovery", "nodes": "5", "model": "3", "rows": "300"},
        {"view": "discovery", "nodes": "5", "model": "3", "rows": "300"},
    ),
]


@pytest.mark.parametrize("page, link, settings", OLD, ids=[f"{page} {'&'.join(link)}" for page, link, _ in OLD])
def test_an_old_link_opens_its_view(page: str, link: dict[str, str], settings: dict[str, str]) -> None:
    shown = address(opened(page, **link))
    assert PageState(page).with_prefix(settings).items() <= shown.items()
    assert all(name.startswith(f"{page}.") for name in shown), "only present names stay in the address"


def test_the_former_titles_of_a_model_still_choose_it() -> None:
    from core.models.registry import representations

    state = PageState("embeddings", old_links.EMBEDDINGS)
    former = [(title, spec.title) for spec in representations() for title in spec.former_titles]
    assert ("JEPA predictor", "JEPA") in former
    for title, now in former:
        assert state.own_query({"of": [title]}) == {"embeddings.model": [now]}


def test_another_pages_settings_leave_the_address() -> None:
    app = opened("scoreboard", **{"compare.seed": "2000007", "scoreboard.step": "4", "embed": "true"})
    assert address(app) == {"scoreboard.step": "4", "embed": "true"}


def test_a_new_page_is_one_file_and_one_line(tmp_path: Path) -> None:
    for name in ("dashboard", "pages"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("core", "sample_data"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    (tmp_path / "pages" / "toy.py").write_text(
        "import streamlit as st\n\nfrom dashboard.kit.url_state import PageState\n\nSTATE = PageState('toy')\n"
        "st.title('Is this a toy?')\nst.slider('n', 0, 9, 1, key=STATE.key('n'), bind='query-params')\n"
    )
    listing = tmp_path / "dashboard" / "navigation.py"
    last = '    PageSpec("causes", "Causes", "Intervene", old_links.CAUSES),\n'
    text = listing.read_text()
    assert last in text
    listing.write_text(text.replace(last, f'{last}    PageSpec("toy", "Toy", "Imagine"),\n'))
    script = """
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("dashboard/app.py", default_timeout=120).run()
app.switch_page("../pages/toy.py")
app.query_params["toy.n"] = "4"
app.run()
assert not app.exception and app.title[0].value == "Is this a toy?" and app.slider(key="toy.n").value == 4
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
