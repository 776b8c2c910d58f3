"""Cells of text: numbers, lists of numbers, or words that stay as they stand."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Sequence

import numpy as np

from core.embedding.limits import EmbeddingError
from core.wording import row_at

MISSING = frozenset({"", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "none", "?"})  # in columns of numbers
EXACT = 2**53  # whole numbers beyond it lose digits as floating-point numbers
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?", re.IGNORECASE)
_WHOLE, _PADDED, _POINTED = re.compile(r"[+-]?\d+"), re.compile(r"[+-]?0\d"), re.compile(r"[+-]?\d+\.0+")
_LABEL = re.compile(
    r"(labels?|class(es)?|clusters?|categor(y|ies)|kind|target|group|clip|video|species|digit|(.*[ _.-])?"
    r"(ids?|uid|uuid|guid|key|code|zip|isbn|ean|sku|doi|label|class))",
    re.IGNORECASE,
)
_CAMEL_ID = re.compile(r".*[a-z]I[dD]s?")
_WRAPPER = re.compile(r"\b(?:np\.|numpy\.|torch\.)?(?:array|tensor|float(?:16|32|64))\(|, ?d(?:type|evice)=[^\]\)]*")
_OPENING, _BARE = "[({<", re.compile(r"[\s,;|]+")
_LEAST_BARE = 4  # numbers in a row without brackets that are a list; fewer may be a date or a place


def is_number(cell: str, decimal: str = ".") -> bool:
    """Whether a cell is a number."""
    return _NUMBER.fullmatch(cell.strip().replace(decimal, ".")) is not None


def is_label(name: str) -> bool:
    """Whether a column's name says that it holds labels or ids, which stay as they stand."""
    return _LABEL.fullmatch(name) is not None or _CAMEL_ID.fullmatch(name) is not None


def typed(name: str, cells: Sequence[str | None], decimal: str = ".") -> np.ndarray:
    """A column of text ``[N]`` as numbers if each cell is one, else as objects: ``str``, or None where a cell is empty.

    Labels, ids, numbers with leading zeros and whole numbers of more than 15 digits stay text, so that nothing of them
    is lost.
    """
    bare = _ungrouped(["" if cell is None else cell.strip() for cell in cells], decimal)
    if is_label(name):
        return as_text(_without_points(bare))
    known = [cell.replace(decimal, ".") for cell in bare if cell.lower() not in MISSING]
    if not known or not all(map(_NUMBER.fullmatch, known)) or any(map(_loses_digits, known)):
        return as_text(bare)
    if len(known) == len(bare) and all(map(_WHOLE.fullmatch, known)):
        return np.array([int(cell) for cell in known], np.int64)
    numbers = iter(known)
    return np.array([np.nan if cell.lower() in MISSING else float(next(numbers)) for cell in bare])


def _ungrouped(cells: list[str], decimal: str) -> list[str]:
    """Numbers such as 1,234.5 without the signs between thousands, if each cell is a number and one has both signs."""
    sign = "," if decimal == "." else "."
    grouped = re.compile(rf"[+-]?\d{{1,3}}({re.escape(sign)}\d{{3}})*({re.escape(decimal)}\d+)?")
    known = [cell for cell in cells if cell.lower() not in MISSING]
    if not any(sign in cell and decimal in cell for cell in known):
        return cells
    return [cell.replace(sign, "") for cell in cells] if all(map(grouped.fullmatch, known)) else cells


def as_text(cells: Iterable[str]) -> np.ndarray:
    """Cells as objects ``[N]``; None for an empty one."""
    return objects([cell or None for cell in cells])


def objects(values: Sequence) -> np.ndarray:
    """An array of objects ``[N]``, whatever they are."""
    array = np.empty(len(values), object)
    for place, value in enumerate(values):
        array[place] = value
    return array


def _loses_digits(cell: str) -> bool:
    return _PADDED.match(cell) is not None or (_WHOLE.fullmatch(cell) is not None and abs(int(cell)) > EXACT)


def _without_points(cells: list[str]) -> list[str]:
    """Labels that another program wrote as 0.0, 1.0 and so on, because some rows have none, as whole numbers."""
    if not all(_POINTED.fullmatch(cell) for cell in cells if cell) or not any(cells):
        return cells
    return [cell.partition(".")[0] for cell in cells]


def holds_lists(cells: np.ndarray) -> bool:
    """Whether text cells ``[N]`` are lists of numbers, except for a few: judged by the first twenty that are not
    empty."""
    known = [cell for cell in cells[:200] if isinstance(cell, str) and cell.strip()][:20]
    return bool(known) and 2 * sum(map(is_list, known)) > len(known)


def list_width(cell: str) -> int:
    """How many numbers a list as text holds, in its innermost lists; 1 for no list."""
    try:
        return _list_of(cell.strip()).shape[-1]
    except (ValueError, SyntaxError, RecursionError, MemoryError, IndexError):
        return 1


def is_list(cell: str) -> bool:
    """Whether a cell is a list of numbers as text: in brackets, or several numbers with separators between them."""
    text = _WRAPPER.sub("", cell).strip()
    if text[:1] in _OPENING and text[:1]:
        return bool(_tokens(text)) and all(is_number(token) or token in ("...", "nan") for token in _tokens(text))
    parts = [part for part in _BARE.split(text) if part]
    return len(parts) >= _LEAST_BARE and all(map(is_number, parts)) and any("." in part for part in parts)


def _tokens(text: str) -> list[str]:
    return [part for part in re.split(r"[\s,;|\[\](){}<>]+", text) if part]


def read_lists(name: str, cells: np.ndarray) -> np.ndarray:
    """Lists as text, as objects: arrays ``[D]`` or ``[T, D]``, or None where a cell is empty.

    Raises:
        EmbeddingError: A cell is no list, or was shortened when it was printed; the message names its row.
    """
    found: list[np.ndarray | None] = []
    for row, cell in enumerate(cells):
        text = str(cell).strip() if cell is not None else ""
        if text.lower() in MISSING:
            found.append(None)
            continue
        if "..." in text:
            raise EmbeddingError(
                f"The list of {name} in {row_at(row)} was shortened with '...' when it was printed, so its numbers are "
                "lost; save the embeddings with numpy.save or to_parquet."
            )
        try:
            found.append(_list_of(text))
        except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
            raise EmbeddingError(
                f"{name} is not a list of numbers in {row_at(row)}; correct it or leave it out."
            ) from error
    return objects(found)


def _list_of(text: str) -> np.ndarray:
    if text.startswith("[") and "," in text:
        try:
            return np.asarray(json.loads(text), np.float32)
        except json.JSONDecodeError:  # points without digits, tuples, types
            pass
    text = _WRAPPER.sub("", text)
    text = text.rstrip(")") if text.startswith("[") else text  # what closes a wrapper
    if text.count("[") + text.count("(") > 1 and re.match(r"[\[(]\s*[\[(]", text):
        rows = re.sub(r"([\d.])\s+(?=[-+\d.\[(])", r"\1, ", re.sub(r"([\])])\s*(?=[\[(])", r"\1, ", text))
        return np.asarray(ast.literal_eval(rows), np.float32)
    return np.array([float(token) for token in _tokens(text)], np.float32)
