"""The log of a job: one JSON object a line, appended while it runs and readable at any time."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class LogContents:
    """What could be read of a log: its entries, oldest first, and the number of lines that were skipped."""

    entries: tuple[Mapping[str, Any], ...]
    unreadable: int = 0


@dataclass(frozen=True)
class JobLog:
    """The log in the file ``path``; the file need not exist."""

    path: Path

    def append(self, entry: Mapping[str, Any]) -> None:
        """Add an entry as a line of its own, even if the line before it was cut off."""
        line = json.dumps(entry).encode() + b"\n"
        with self.path.open("ab+") as file:
            if file.tell() and not _ends_a_line(file):
                line = b"\n" + line
            file.write(line)

    def read(self) -> LogContents:
        """All entries that can be read. A line that was cut off or is damaged is skipped and counted."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return LogContents(())
        parsed = [_parse(line) for line in lines if line.strip()]
        entries = tuple(entry for entry in parsed if entry is not None)
        return LogContents(entries, len(parsed) - len(entries))


def _ends_a_line(file) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _parse(line: bytes) -> Mapping[str, Any] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):  # not JSON, not UTF-8, or nested without end
        return None
    return entry if isinstance(entry, dict) else None
