"""Rows of JSON and JSON Lines: objects with a vector and what is known of it, lists of vectors, vectors by name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.embedding.cells import EXACT, is_label, objects
from core.embedding.families import families_of
from core.embedding.limits import VECTORS, Contents, EmbeddingError

_DEEPEST = 4  # levels of objects that are unfolded: response.body.data.embedding


def read_json(text: bytes) -> Contents | None:
    """Returns what stands in JSON or JSON Lines; None for a text in brackets that is neither.

    Raises:
        EmbeddingError: It is damaged, or holds no rows; the message says where.
    """
    try:
        value, kind = json.loads(text), "JSON"
    except RecursionError as error:
        raise EmbeddingError("This JSON is nested too deeply; save a list of objects, one for each row.") from error
    except (ValueError, UnicodeDecodeError):
        lines = _lines(text)
        if lines is None:
            return None
        value, kind = lines, "JSON Lines"
    contents = _contents(value)
    return Contents(contents.columns, (f"The file is {kind}.", *contents.notes))


def _lines(text: bytes) -> list | None:
    """The values of JSON Lines; None if the first line is a list that JSON does not know."""
    found = []
    for number, line in enumerate(text.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(_slim(json.loads(line)))
        except (ValueError, RecursionError, UnicodeDecodeError) as error:
            if not found and line.startswith(b"["):
                return None
            if not found:
                raise EmbeddingError("This JSON is damaged or cut short; save or upload it again.") from error
            raise EmbeddingError(f"Line {number:,} of this file is not JSON; save or upload it again.") from error
    return found


def _slim(value: Any) -> Any:
    """A value whose long lists of numbers are arrays, which take a tenth of the memory."""
    if isinstance(value, dict):
        return {key: _slim(entry) for key, entry in value.items()}
    return _array(value) if isinstance(value, list) and len(value) > 8 else value


def _array(value: list) -> Any:
    if not all(isinstance(entry, (int, float)) and not isinstance(entry, bool) for entry in value):
        return value
    return np.asarray(value, np.float64).astype(np.float32)


def _contents(value: Any) -> Contents:
    if isinstance(value, dict):
        return _of_object(value)
    if isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
        return Contents(_columns(value))
    if isinstance(value, list) and value and all(isinstance(entry, (list, np.ndarray)) for entry in value):
        return Contents({VECTORS[0]: objects(value)})
    raise EmbeddingError(
        "This JSON holds no rows; save a list of objects, one for each row, such as "
        '{"id": "a", "embedding": [0.1, 0.2]}.'
    )


def _of_object(value: dict) -> Contents:
    if set(value) >= {"columns", "data"} and _is_list(value["data"]):  # pandas, orient="split"
        records = [dict(zip(map(str, value["columns"]), row, strict=False)) for row in value["data"]]
        return Contents(_columns(records))
    for entry in value.values():  # an answer of a service, or rows below a name
        if isinstance(entry, list) and entry and all(isinstance(row, dict) for row in entry):
            return Contents(_columns(entry))
    entries = list(value.values())
    if entries and all(isinstance(entry, dict) for entry in entries):
        keys = set(entries[0])
        if len(entries) > 1 and all(set(entry) == keys for entry in entries) and all(key.isdecimal() for key in keys):
            return Contents({name: _column(name, list(column.values())) for name, column in value.items()})  # pandas
        return Contents(_columns([{"key": key, **entry} for key, entry in value.items()]))
    lists = {name: entry for name, entry in value.items() if _is_list(entry) and len(entry)}
    if not lists:
        return _contents(None)
    if len(lists) == len(value) and _are_vectors_by_name(lists):
        return Contents(
            {"key": objects(list(lists)), VECTORS[0]: objects(list(lists.values()))},
            ("Each name in it is a row.",),
        )
    longest = max(map(len, lists.values()))
    columns = {name: _column(name, entry) for name, entry in lists.items() if len(entry) == longest}
    left = [name for name in value if name not in columns]
    return Contents(columns, (f"Left out: {', '.join(left[:8])}, not a value for each row.",) if left else ())


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, np.ndarray))


def _are_vectors_by_name(lists: Mapping[str, Sequence]) -> bool:
    """Whether an object is one of vectors by name, not of columns by name: flat lists of numbers, and names that are
    no family and not those of columns."""
    flat = all(all(isinstance(entry, (int, float, np.number)) for entry in column) for column in lists.values())
    as_columns = [name for name in lists if is_label(name) or name.lower() in (*VECTORS, "x", "y", "z", "time")]
    family = max((len(members) for members in families_of(lists)), default=0)
    width = len(next(iter(lists.values())))
    return flat and len(lists) > 1 and not as_columns and (2 * family < len(lists) or family > width > 3)


def _columns(records: Sequence[Mapping[str, Any]]) -> dict[str, np.ndarray]:
    rows = [_flat(record) for record in records]
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: _column(name, [row.get(name) for row in rows]) for name in names}


def _flat(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """The entries of an object, and those of objects in it by names with dots."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            value = value[0]
        if isinstance(value, dict) and depth < _DEEPEST:
            found |= _flat(value, f"{name}.", depth + 1)
        else:
            found[name] = value
    return found


def _column(name: str, values: list) -> np.ndarray:
    known = [value for value in values if value is not None]
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known)
    if known and numbers:
        exact = all(not isinstance(value, int) or abs(value) <= EXACT for value in known)
        if exact and not is_label(name):
            if len(known) == len(values) and all(isinstance(value, int) for value in known):
                return np.array(values, np.int64)
            return np.array([np.nan if value is None else value for value in values], np.float64)
        return objects([None if value is None else str(value) for value in values])
    if any(isinstance(value, (list, np.ndarray)) for value in known):
        return objects(values)
    return objects(
        [None if value is None else value if isinstance(value, str) else json.dumps(value) for value in values]
    )
