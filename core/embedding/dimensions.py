"""Which columns of a file are the embedding: the ones a person names, or the likeliest, and what else there is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from core.embedding.cells import is_label
from core.embedding.export import AXES
from core.embedding.families import families_of, family_key, says_embedding
from core.embedding.labels import KINDS, TIMES, stray_words
from core.embedding.limits import VECTORS, EmbeddingError
from core.embedding.list_columns import is_list_column, width_of
from core.wording import count_of

_OTHER = re.compile(  # numbers about a row that are no embedding of it
    r"(.*[^a-z])?(b?box(es)?|bounds|coords?|coordinates?|positions?|xy|xyz|umap|t-?sne|pca|projection|ids|mask|tokens?|"
    r"offsets?|labels?|shape|size|years?|lag|probs?|probabilit(y|ies)|scores?|logits?|counts?|points?|keypoints?)"
    r"([^a-z].*)?",
    re.IGNORECASE,
)
_DESCRIPTIVE = {*KINDS, *TIMES, *AXES, "index", "row", "row name", "number", "count", "n"}
_CALENDAR = re.compile(
    r"(.*[^a-z])?(years?|months?|days?|hours?|minutes?|dates?|timestamps?|lat|latitude|lon|lng|longitude)"
    r"([^a-z].*)?",
    re.IGNORECASE,
)
_UNNAMED_INDEX = re.compile(
    r"unnamed: \d+.*|index( level \d+)?|level_\d+|row([ _]?(id|number|index|name))?|idx|#", re.IGNORECASE
)
_LEAST_FAMILY = 3  # of names that don't say what they are
_LISTED = 8


@dataclass(frozen=True)
class Candidate:
    """Columns that may be the embedding.

    Attributes:
        columns: Their names, in the order of the file.
        width: Numbers in each row.
    """

    columns: tuple[str, ...]
    width: int

    @property
    def selection(self) -> str:
        """What a person writes to take these columns."""
        if len(self.columns) == 1:
            return self.columns[0]
        if len({family_key(name) for name in self.columns}) == 1 and family_key(self.columns[0]) is not None:
            return f"{self.columns[0]}:{self.columns[-1]}"
        return ",".join(self.columns)

    @property
    def description(self) -> str:
        """Which columns they are, for people."""
        if len(self.columns) == 1:
            return f"{self.columns[0]} ({count_of(self.width, 'number')} in each row)"
        if len(self.columns) > 4 or ":" in self.selection:
            return f"{self.columns[0]} to {self.columns[-1]} ({len(self.columns):,} columns)"
        return f"{', '.join(self.columns)} ({len(self.columns):,} columns)"


def candidates(columns: Mapping[str, np.ndarray]) -> tuple[Candidate, ...]:
    """Returns the columns ``[N, ...]`` that may be the embedding, the likeliest first; empty if there are none."""
    lists = [Candidate((name,), width_of(column)) for name, column in columns.items() if is_list_column(name, column)]
    numbers = [name for name, column in columns.items() if column.ndim == 1 and column.dtype.kind in "fiu"]
    families = [Candidate(family, len(family)) for family in families_of(numbers)]
    families = [_without_labels(family, columns) for family in families]
    large = [family for family in families if family.width >= _LEAST_FAMILY or _is_named(family)]
    loose = [name for name in numbers if not _is_descriptive(name, columns[name])]
    spread = [] if lists or large or not loose else [Candidate(tuple(loose), len(loose))]
    if not lists and len(families) == 1 and not large:  # two numbered ones beside others say little
        numbered = [name for name in families[0].columns if name in loose]
        spread = [Candidate(tuple(numbered), len(numbered)), *spread] if len(numbered) > 1 else spread
    return tuple(sorted([*lists, *large], key=_rank, reverse=True)) + tuple(spread)


def chosen(columns: Mapping[str, np.ndarray], selection: str) -> Candidate:
    """Returns the columns that a person named: one, several between commas, ``first:last`` or a pattern with ``*``.
    Columns are ``[N, ...]``.

    Raises:
        EmbeddingError: There is no such column.
    """
    if selection in columns:
        return Candidate((selection,), width_of(columns[selection]))
    names = dict.fromkeys(name for part in selection.split(",") for name in _matching(part.strip(), list(columns)))
    return Candidate(tuple(names), len(names))


def _matching(part: str, names: list[str]) -> list[str]:
    first, colon, last = part.partition(":")
    first, last = first.strip(), last.strip()
    if part in names:
        return [part]
    if colon and first in names and last in names:
        span = names[names.index(first) : names.index(last) + 1]
        if family_key(first) is not None and family_key(first) == family_key(last):
            return [name for name in span if family_key(name) == family_key(first)]
        return span
    if found := [name for name in names if fnmatchcase(name, part)] if "*" in part else []:
        return found
    shown = ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else "")
    raise EmbeddingError(f"There is no column {part!r} in this file; it has {shown}.")


def _is_named(candidate: Candidate) -> bool:
    name = candidate.columns[0]
    return says_embedding(name) and _OTHER.fullmatch(name) is None


def _rank(candidate: Candidate) -> tuple[bool, bool, bool, int]:
    """An exact name first, then a name that says so and four numbers or more, then no sign of something else, then the
    widest."""
    name = candidate.columns[0]
    exact = len(candidate.columns) == 1 and name.lower() in VECTORS
    return exact, _is_named(candidate) and candidate.width >= 4, _OTHER.fullmatch(name) is None, candidate.width


def _is_descriptive(name: str, column: np.ndarray) -> bool:
    """Whether numbers say what a row is: a label, an id, a date, a place, or a counter of the rows."""
    low = name.lower()
    if low in _DESCRIPTIVE or is_label(name) or _UNNAMED_INDEX.fullmatch(low) or _CALENDAR.fullmatch(name):
        return True
    return _counts(column)


def _counts(column: np.ndarray) -> bool:
    """Whether whole numbers climb by one from row to row."""
    return column.dtype.kind in "iu" and len(column) > 3 and bool((np.diff(column.astype(np.float64)) == 1).all())


def _without_labels(family: Candidate, columns: Mapping[str, np.ndarray]) -> Candidate:
    """A family of columns without names of their own, without a counter or a label before or behind numbers with
    decimals."""
    key = family_key(family.columns[0])
    if key not in (("column ", ""), ("V", "")) or len(family.columns) < 4:
        return family
    whole = {name for name in family.columns if _is_whole(columns[name])}
    ends = {family.columns[0], family.columns[-1]}
    if not whole or not whole <= ends:
        return family
    kept = tuple(name for name in family.columns if name not in whole)
    return Candidate(kept, len(kept))


def _is_whole(column: np.ndarray) -> bool:
    known = column[~np.isnan(column.astype(np.float64))]
    return len(known) > 1 and bool((known == np.round(known)).all()) and bool((known != known[0]).any())


def check_words(taken: Candidate, columns: Mapping[str, np.ndarray]) -> None:
    """Refuse a dimension, a column ``[N]``, in which some words stand among the numbers.

    Raises:
        EmbeddingError: Names the column and the first word.
    """
    keys = {family_key(name) for name in taken.columns} - {None}
    spread = len(taken.columns) > 1 or taken.width == 1
    for name, column in columns.items():
        alike = family_key(name) in keys if keys else name.lower() not in _DESCRIPTIVE and not is_label(name)
        if name not in taken.columns and spread and alike and (stray := stray_words(column)):
            raise EmbeddingError(
                f"{name} holds numbers, but {stray}; correct it, or name the column label if it holds labels."
            )


def describe_choice(taken: Candidate, found: Sequence[Candidate], selected: bool) -> str:
    """A sentence on which columns are the embedding, and what else may be."""
    others = [one.description for one in found if set(one.columns).isdisjoint(taken.columns)]
    by = " (your choice)" if selected else ""
    said = f"The embedding is {taken.description}{by}"
    if others and not selected:
        return f"{said}; it may also be {' or '.join(others[:3])}: choose the columns if it is."
    return f"{said}."
