"""The package and the dashboard import nothing that only one system has, and ask no process by a signal."""

from __future__ import annotations

import ast
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = [path for folder in ("core", "dashboard", "pages") for path in sorted((REPOSITORY / folder).rglob("*.py"))]
ONE_SYSTEM = {
    "crypt",
    "fcntl",
    "grp",
    "msvcrt",
    "nis",
    "posix",
    "pty",
    "pwd",
    "readline",
    "resource",
    "spwd",
    "syslog",
    "termios",
    "tty",
    "winreg",
    "winsound",
    "_winapi",
}
POSIX_CALLS = {"os.fork", "os.kill", "os.killpg", "os.getuid", "os.geteuid", "os.setsid", "os.waitpid", "signal.alarm"}


def test_no_module_of_one_system_is_imported() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & ONE_SYSTEM, (path, names)


def test_no_call_of_one_system_is_made() -> None:
    """On Windows, ``os.kill(process, 0)`` does not ask whether a process lives: it presses Ctrl-C."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                assert ast.unparse(node.func) not in POSIX_CALLS, (path, node.lineno)
