"""The shell must start anywhere and say plainly why it can't: the claims on files, caches, alt texts and commands."""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.navigation import PAGES, SECTIONS

REPOSITORY = Path(__file__).resolve().parents[2]
SHELL = REPOSITORY / "dashboard"
SOURCES = sorted([*SHELL.rglob("*.py"), *(REPOSITORY / "pages").glob("*.py")])
CACHES = ("cache_data", "cache_resource")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dashboard.cli", *arguments]
    kept = {name: value for name, value in os.environ.items() if name != "PORT"}
    return subprocess.run(
        command, cwd=REPOSITORY, env=kept | environment, capture_output=True, text=True, timeout=120, check=False
    )


def nodes(*kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Every node of these kinds in the shell, with the place to name when it is wrong."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kinds):
                yield f"{path.relative_to(REPOSITORY)}:{node.lineno}", node


def test_no_folder_beside_the_entry_script_turns_on_streamlits_old_pages() -> None:
    assert not (SHELL / "pages").exists()


def test_every_page_that_is_named_exists_and_every_page_is_named() -> None:
    assert {page.file for page in PAGES} == set((REPOSITORY / "pages").glob("*.py"))
    assert {page.section for page in PAGES} <= set(SECTIONS)


def test_every_cache_is_bounded() -> None:
    used, bounded = [], []
    for place, node in nodes(ast.Attribute):
        if node.attr in CACHES:
            used.append(place)
    for place, node in nodes(ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in CACHES:
            assert "max_entries" in {word.arg for word in node.keywords}, place
            bounded.append(place)
    assert used
    assert sorted(used) == sorted(bounded), "a cache without brackets has no bound"


def test_every_picture_has_a_text_for_those_who_do_not_see_it() -> None:
    drawn = 0
    for place, node in nodes(ast.Call):
        if ast.unparse(node.func) in ("st.plotly_chart", "st.image", "show_chart"):
            assert "alt" in {word.arg for word in node.keywords}, place
            drawn += 1
    assert drawn > 20


def test_every_chart_is_shown_by_one_function() -> None:
    for place, node in nodes(ast.Attribute):
        assert node.attr != "plotly_chart" or place.startswith("dashboard/kit/charts.py"), f"{place}: use show_chart"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in the wheel, built as pip builds it, but with what is installed here."""
    folder = tmp_path_factory.mktemp("wheel")
    code = "import sys, hatchling.build; hatchling.build.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=REPOSITORY, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_all_that_the_app_reads(wheel: set[str]) -> None:
    wanted = {
        "pages/compare.py",
        "sample_data/clips.json",
        "dashboard/.streamlit/config.toml",
        "dashboard/favicon.png",
        "dashboard/theme.css",
        "dashboard/wordmark.png",
    }
    models = REPOSITORY / "sample_data" / "models"
    stories = REPOSITORY / "sample_data" / "stories"
    wanted |= {path.relative_to(REPOSITORY).as_posix() for path in (*models.glob("*/*.*"), *stories.glob("*.txt"))}
    wanted |= {
        path.relative_to(REPOSITORY).as_posix()
        for package in ("core", "dashboard", "pages")
        for kind in ("py", "js", "css")
        for path in (REPOSITORY / package).rglob(f"*.{kind}")
    }
    assert {f"sample_data/models/{name}/weights.safetensors" for name in ("jepa", "pixel", "jepa-decoder")} <= wanted
    assert "sample_data/stories/ice-cream.txt" in wanted
    assert wanted - wheel == set()


def test_the_wheel_holds_no_tests_and_no_compiled_files(wheel: set[str]) -> None:
    assert [name for name in wheel if name.startswith("tests/") or name.endswith(".pyc")] == []


def test_version() -> None:
    answer = run("--version")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("worldscope")


def test_help_lists_every_command() -> None:
    answer = run("--help")
    assert answer.returncode == 0
    for name in ("app", "train", "evaluate"):
        assert re.search(rf"^\W*{name}\s+[A-Z]", answer.stdout, re.MULTILINE)


def test_the_help_of_embed_names_every_kind_of_model() -> None:
    answer = run("embed", "--help")
    assert answer.returncode == 0
    for name in ("jepa", "jepa-memory", "random", "pixel-hidden", "unguarded", "jepa-leaves", "vjepa2:"):
        assert re.search(rf"(?<![\w-]){name}(?![\w-])", answer.stdout), name


def test_help_needs_neither_torch_nor_streamlit() -> None:
    code = "import sys, dashboard.cli; print(sorted({'torch', 'streamlit'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_installed_command_keeps_the_apps_own_settings(tmp_path: Path) -> None:
    """The command lies in an environment's bin/, and Streamlit looks for settings beside argv[0] only."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = f"""
import sys
sys.path.insert(0, {str(REPOSITORY)!r})
sys.argv = [{str(tmp_path / "worldscope")!r}]
from streamlit import config
from streamlit.web.server.starlette.starlette_server import UvicornRunner
names = ("browser.gatherUsageStats", "client.toolbarMode", "server.allowedHosts", "theme.light.backgroundColor")
UvicornRunner.run = lambda self: print([config.get_option(name) for name in names])
from dashboard.commands.app import app
app(port={port})
"""
    answer = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[False, 'minimal', ['127.0.0.1', 'localhost'], '#fbfaf6']"


def refused(answer: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a command that could not do what was asked."""
    assert answer.returncode == 2, answer
    assert answer.stdout.strip() == ""
    assert re.fullmatch(r"worldscope: [^\n]+\.\n", answer.stderr), answer.stderr
    return answer.stderr


def test_an_unknown_world_is_refused() -> None:
    assert "'mars'" in refused(run("evaluate", "forecast", "--world", "mars"))


def test_an_unknown_model_is_refused() -> None:
    assert "'dreamer'" in refused(run("train", "dreamer"))


@pytest.mark.parametrize("arguments", [(), ("app",)], ids=["alone", "app"])
@pytest.mark.parametrize("port", ["", "http", "0", "-1", "65536", "8501.5"])
def test_a_bad_port_is_refused(arguments: tuple[str, ...], port: str) -> None:
    assert "PORT" in refused(run(*arguments, PORT=port))


def test_a_busy_port_is_refused_with_a_way_out() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert "--port" in refused(run("app", "--port", str(port)))
        assert "--port" in refused(run("--port", str(port)))
        assert "--port" in refused(run(PORT=str(port)))


def test_an_address_that_is_none_is_refused_with_a_way_out() -> None:
    assert "--host 127.0.0.1" in refused(run("--host", "300.1.1.1"))
    assert "after app" in refused(run("--port", "8600", "train", "pixel"))


def test_a_module_of_the_shell_is_never_imported_under_two_names() -> None:
    own = {path.stem for path in SHELL.glob("*.py")} | {path.name for path in SHELL.iterdir() if path.is_dir()}
    for place, node in nodes(ast.Import, ast.ImportFrom):
        modules = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        roots = {(module or ".").split(".")[0] for module in modules}
        assert not roots & (own - {"app", "commands"}), place
