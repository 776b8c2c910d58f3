"""The browser code is real modules of our own: served under an address that changes with them, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from dashboard.components import modules
from dashboard.components.modules import MODULES, Modules

FOLDER = Path(modules.__file__).parent
ENTRIES = [name for name in MODULES.names if "export default" in (FOLDER / name).read_text(encoding="utf-8")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two modules, one of which imports the other."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "a.js").write_text('import { b } from "../b/b.js";\nexport default () => b;\n', encoding="utf-8")
    (tmp_path / "b" / "b.js").write_text("export const b = 1;\n", encoding="utf-8")
    (tmp_path / "fallback.js").write_text("", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return tmp_path


def get(served: Modules, path: str) -> Response:
    """What the route answers to a path; a 404 if it does not match."""
    (route,) = served.routes()
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "app": Starlette()}
    match, found = route.matches(scope)
    return route.endpoint(Request(scope | found)) if match.value else Response(status_code=404)


def test_every_component_is_a_module_that_loads() -> None:
    assert len(ENTRIES) == 7
    for name in ENTRIES:
        assert name in MODULES.loader(name)


@pytest.mark.parametrize("base", ["/", "/behind/a/proxy/"])
def test_a_module_is_served_as_javascript_and_kept_for_ever(folder: Path, base: str) -> None:
    served = Modules(folder)
    answer = get(served, f"{base}worldscope/modules/{served.digest}/a/a.js")
    assert (answer.status_code, answer.body) == (200, (folder / "a" / "a.js").read_bytes())
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "name", ["secret.txt", "a", "", "a/../secret.txt", "../secret.txt", "/etc/passwd", "a/a.js/", "..%2fsecret.txt"]
)
def test_nothing_but_modules_is_served(folder: Path, name: str) -> None:
    served = Modules(folder)
    assert get(served, f"/worldscope/modules/{served.digest}/{name}").status_code == 404


def test_an_update_has_another_address_and_the_old_one_is_gone(folder: Path) -> None:
    old = Modules(folder)
    (folder / "b" / "b.js").write_text("export const b = 2;\n", encoding="utf-8")
    new = Modules(folder)
    assert old.digest != new.digest, "also for modules that are only imported"
    assert get(new, f"/worldscope/modules/{old.digest}/a/a.js").status_code == 404


def test_a_component_names_its_module_where_a_route_serves_it_and_carries_it_where_none_does(folder: Path) -> None:
    unserved, served = Modules(folder), Modules(folder)
    served.routes()
    short, long = served.loader("a/a.js"), unserved.loader("a/a.js")
    assert f"worldscope/modules/{served.digest}/a/a.js" in short and "export const b" not in short
    assert "export const b" in long and "worldscope/modules" not in long
    assert short.count("export default") == 1
    assert "\n" in short, "Streamlit takes a single line for a path"


def test_an_unknown_module_and_a_circle_of_imports_are_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"no module c\.js; choose one of a/a\.js, b/b\.js"):
        Modules(folder).loader("c.js")
    (folder / "b" / "b.js").write_text('import a from "../a/a.js";\nexport const b = a;\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"circle: a/a\.js -> b/b\.js -> a/a\.js"):
        Modules(folder).loader("a/a.js")


def test_modules_import_only_each_other() -> None:
    for name in MODULES.names:
        text = (FOLDER / name).read_text(encoding="utf-8")
        specifiers = re.findall(r'^(?:import\b.*|\}) from "([^"]+)"', text, re.MULTILINE)
        assert all(specifier.startswith(".") for specifier in specifiers), name
        assert set(MODULES.imports_of(name).values()) <= set(MODULES.names), name


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.js")) + sorted(FOLDER.rglob("*.css")), ids=lambda p: p.name)
def test_browser_code_is_safe_and_self_contained(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert ".innerHTML" not in code  # titles and labels may come from people
    assert set(re.findall(r"https?://[\w.]+", code)) <= {"http://www.w3.org"}  # the SVG namespace is a name, not a link
    assert "url(" not in code.replace('"url(#tip)"', "")
    if path.suffix == ".css":
        assert "@import" not in code
    if path.name != "fallback.js":
        assert not re.search(r"(globalThis|window|self)\.\w+ \??\|?\|?= ", code), "components share no globals"
        assert "Symbol.for" not in code
