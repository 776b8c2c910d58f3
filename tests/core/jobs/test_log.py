"""A log that was cut off or damaged costs its readers one line, never the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.jobs.log import JobLog, LogContents

ENTRIES = ({"step": 0, "losses": {}}, {"step": 1, "losses": {"position R²": 0.5}}, {"step": 2, "losses": {"x": 1e-9}})


@pytest.fixture
def log(tmp_path: Path) -> JobLog:
    log = JobLog(tmp_path / "progress.jsonl")
    for entry in ENTRIES:
        log.append(entry)
    return log


def test_a_log_holds_what_was_appended_in_order(log: JobLog) -> None:
    assert log.read() == LogContents(ENTRIES)


def test_a_log_without_a_file_is_empty(tmp_path: Path) -> None:
    assert JobLog(tmp_path / "progress.jsonl").read() == LogContents(())


def test_a_log_cut_at_any_byte_keeps_every_whole_line_and_takes_new_ones(log: JobLog) -> None:
    whole = log.path.read_bytes()
    lines = whole.splitlines()
    for cut in range(len(whole) + 1):
        log.path.write_bytes(whole[:cut])
        pieces = [piece for piece in whole[:cut].split(b"\n") if piece]
        kept = sum(piece == line for piece, line in zip(pieces, lines, strict=False))
        expected = LogContents(ENTRIES[:kept], len(pieces) - kept)
        assert expected.unreadable <= 1
        assert log.read() == expected, f"cut at byte {cut}"
        log.append({"step": 9})
        assert log.read() == LogContents((*expected.entries, {"step": 9}), expected.unreadable), f"cut at byte {cut}"


@pytest.mark.parametrize(
    "damage", [b"\xff\xfe", b"\x00" * 40, b"3", b"null", b'["step"]', b"{" * 5000, b"[" * 100_000, "²".encode()[:1]]
)
def test_a_damaged_line_is_skipped_and_counted(log: JobLog, damage: bytes) -> None:
    first, *rest = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(first + damage + b"\n" + b"".join(rest))
    assert log.read() == LogContents(ENTRIES, 1)
