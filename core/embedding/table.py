"""Embeddings: the noun that maps, diagnostics and files share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True)
class Thumbnails:
    """The pictures behind rows, the pictures of each clip one after the other.

    Attributes:
        pictures: ``uint8 [P, h, w, 3]``.
        starts: First picture of each clip and, at the end, P: ``int64 [G + 1]``.
        at: The picture that each row is of, ``int64 [N]``.
        fps: Pictures per second.
    """

    pictures: np.ndarray
    starts: np.ndarray
    at: np.ndarray
    fps: float = 10.0


@dataclass(frozen=True)
class Embeddings:
    """Rows of a representation, with what is known of each.

    Attributes:
        vectors: ``float32 [N, D]``.
        columns: What is known, by name: numbers ``float64 [N]`` (NaN where unknown) or words ``str [N]``.
        group: The clip that each row is of, ``int64 [N]`` from 0, rows of a clip in the order of time; None if it is
            not known.
        time: Seconds (or frames) within the clip, ``float64 [N]``; None if it is not known.
        thumbnails: What they look like; None if it is not known.
        source: Where they are from, for people.
        notes: Sentences about what was done to them on the way in.
        row: Which row of the file it was, ``int64 [N]`` from 0; None where they are from no file.
    """

    vectors: np.ndarray
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)
    group: np.ndarray | None = None
    time: np.ndarray | None = None
    thumbnails: Thumbnails | None = None
    source: str = ""
    notes: tuple[str, ...] = ()
    row: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.vectors)

    def take(self, index: np.ndarray) -> Embeddings:
        """The rows at some indices, ``int64 [M]``, in that order."""
        columns = {name: column[index] for name, column in self.columns.items()}
        group, time, row = (None if part is None else part[index] for part in (self.group, self.time, self.row))
        thumbnails = None if self.thumbnails is None else replace(self.thumbnails, at=self.thumbnails.at[index])
        vectors = self.vectors[index]
        return replace(self, vectors=vectors, columns=columns, thumbnails=thumbnails, group=group, time=time, row=row)

    @property
    def path(self) -> np.ndarray | None:
        """``group [N]`` where rows of a clip follow one another in time; None where several share a moment, as patches
        of a frame do, or where it is not known."""
        if self.group is None or self.time is None:
            return self.group
        same = (np.diff(self.group) == 0) & (np.diff(self.time) == 0)
        return None if same.any() else self.group

    @property
    def order(self) -> np.ndarray:
        """Rows by clip and within a clip by time, ``int64 [N]``: as everything expects them that looks at paths."""
        rows = np.arange(len(self))
        return np.lexsort((rows if self.time is None else self.time, rows * 0 if self.group is None else self.group))


def thumbnails_of_rows(group: np.ndarray | None, pictures: np.ndarray) -> Thumbnails:
    """Thumbnails of rows with one picture each, ``[N, h, w, 3]``, the pictures of each clip in order of time."""
    count = len(pictures)
    starts = np.arange(count) if group is None else np.flatnonzero(np.diff(group, prepend=-1))
    return Thumbnails(pictures, np.append(starts, count), np.arange(count))
