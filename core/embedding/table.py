"""Embeddings: the noun that maps, diagnostics and files share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True)
class Embeddings:
    """Rows of a representation with what is known of each.

    Attributes:
        vectors: ``float32 [N, D]``.
        columns: What is known, by name: numbers ``float64 [N]`` (NaN where unknown) or words ``str [N]``.
        group: The clip that each row is of, ``int64 [N]``, rows of a clip in the order of time; None if nobody knows.
        time: Seconds (or frames) within the clip, ``float64 [N]``; None if nobody knows.
        thumbnails: ``uint8 [N, h, w, 3]``; None if there are none.
        source: Where they are from, for people.
        notes: Sentences about what was done to them on the way in.
    """

    vectors: np.ndarray
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)
    group: np.ndarray | None = None
    time: np.ndarray | None = None
    thumbnails: np.ndarray | None = None
    source: str = ""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.vectors)

    def take(self, index: np.ndarray) -> Embeddings:
        """Some of the rows."""

        def cut(part: np.ndarray | None) -> np.ndarray | None:
            return None if part is None else part[index]

        columns = {name: column[index] for name, column in self.columns.items()}
        parts = {name: cut(getattr(self, name)) for name in ("group", "time", "thumbnails")}
        return replace(self, vectors=self.vectors[index], columns=columns, **parts)


def in_order(table: Embeddings) -> Embeddings:
    """Rows by clip, and within a clip by time: as everything expects them that looks at paths."""
    if table.group is None:
        return table
    time = np.arange(len(table)) if table.time is None else table.time
    return table.take(np.lexsort((time, table.group)))
