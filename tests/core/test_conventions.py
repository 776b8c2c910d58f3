"""Conventions that a test can hold: see ``docs/conventions.md``."""

import io
import re
import tokenize
from pathlib import Path

import pytest

from core.paths import SAMPLE_DATA

HOUSE = SAMPLE_DATA.parent
WRITTEN = sorted(
    path
    for part in ("core", "dashboard", "pages", "tests", "docs", "sample_data")
    for path in (HOUSE / part).rglob("*.py")
)


SWITCH = re.compile(r"# ?fmt: ?(skip|off)")
EXPLAINED = re.compile(SWITCH.pattern + r"  # \w.{5,}")


def unexplained(source: str) -> list[int]:
    """The lines that switch the formatter off without a reason in the same line, such as
    ``# fmt: skip  # a kernel, row by row``."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = [token for token in tokens if token.type == tokenize.COMMENT]
    return [token.start[0] for token in comments if SWITCH.match(token.string) and not EXPLAINED.match(token.string)]


def test_a_reason_is_a_second_comment():
    assert unexplained("a = [\n    1\n]  # fmt: skip\n# fmt: off\nb = 2  # fmt: skip  # a row of a kernel\n") == [3, 4]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda p: str(Path(p).relative_to(HOUSE)))
def test_the_formatter_is_switched_off_only_for_a_reason(path):
    assert not unexplained(path.read_text(encoding="utf-8"))
