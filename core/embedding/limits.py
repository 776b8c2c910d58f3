"""What a file of embeddings may hold, what is said of it, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

VECTORS = ("embeddings", "embedding", "vectors", "vector", "features")


class EmbeddingError(ValueError):
    """A file that can't be used; the message says why and what to do."""


@dataclass(frozen=True)
class EmbeddingLimits:
    """What may come in."""

    max_bytes: int = 512 * 2**20  # unpacked
    max_rows: int = 100_000
    max_dims: int = 8192

    def check_unpacked(self, size: int) -> None:
        """Refuse what unpacks to more bytes than may come in.

        Raises:
            EmbeddingError: It is too large.
        """
        if size > self.max_bytes:
            raise EmbeddingError(
                f"This file unpacks to more than {self.max_bytes // 2**20} MB; save fewer rows, dimensions or words."
            )


LIMITS = EmbeddingLimits()


@dataclass(frozen=True)
class ReadOptions:
    """How a file is read, where a person says so; what is empty is guessed, and the guess is said.

    Attributes:
        columns: The embedding: a column (or array), columns separated by commas, or ``first:last``.
        labels: Columns that are kept as text, separated by commas, even if they hold numbers.
        clip: The column that says which clip a row is of; ``none`` if no column does.
        time: The column that orders the rows of a clip; ``none`` if no column does.
        separator: What separates cells in a text: ``comma``, ``semicolon``, ``tab``, ``bar`` or ``space``.
        encoding: The encoding of a text, by its name in Python, such as ``cp1252``.
        header: ``yes`` if the first line of a text names the columns, ``no`` if it is a row.
    """

    columns: str = ""
    labels: str = ""
    clip: str = ""
    time: str = ""
    separator: str = ""
    encoding: str = ""
    header: str = ""

    @property
    def label_names(self) -> tuple[str, ...]:
        """The columns that are kept as text."""
        return tuple(name for part in self.labels.split(",") if (name := part.strip()))


GUESS = ReadOptions()


@dataclass(frozen=True)
class Contents:
    """What stands in a file.

    Attributes:
        columns: Arrays by name: numbers, text (objects: ``str``, or None where there is no entry), lists of numbers.
        notes: Sentences about how it was read.
    """

    columns: Mapping[str, np.ndarray]
    notes: tuple[str, ...] = ()
