"""Results of evaluations: frozen dataclasses that ``to_json`` prints and ``from_json`` reads back.

Every evaluation returns a subclass of ``Result``. It holds the protocol (what was fixed before the run, the seed
included), the numbers, and the provenance (command, date, machine). Its JSON has the fields of the dataclass, with
``schema_version`` and ``kind`` before them; a number that is not defined (NaN) is ``null``. JSON of schema version 1 is
still read: ``Result.upgrade`` turns it into the present form.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
import os
import platform
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

import numpy as np

from core.files import read_json, write_json

SCHEMA_VERSION = 2
Floats = Annotated[np.ndarray, np.float64]
Singles = Annotated[np.ndarray, np.float32]
Flags = Annotated[np.ndarray, np.bool_]
Pixels = Annotated[np.ndarray, np.uint8]
Value = TypeVar("Value")
AnyResult = TypeVar("AnyResult", bound="Result")


@dataclass(frozen=True)
class Provenance:
    """How a result was made.

    Attributes:
        command: The command or the function that measured it.
        date: Day of the measurement, ``YYYY-MM-DD``.
        machine: Processor and number of cores.
    """

    command: str
    date: str
    machine: str


def provenance(command: str) -> Provenance:
    """Provenance of what ``command`` measures today on this machine."""
    machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
    return Provenance(command, datetime.date.today().isoformat(), machine)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What every evaluation returns; each subclass has a ``protocol`` and a ``kind``."""

    kind: ClassVar[str]
    schema_version: ClassVar[int] = SCHEMA_VERSION
    protocol: Any
    provenance: Provenance

    @property
    def seed(self) -> int | None:
        """The seed that the protocol starts from; None if nothing was drawn at random."""
        return getattr(self.protocol, "seed", None)

    @classmethod
    def upgrade(cls, data: dict[str, Any]) -> dict[str, Any]:
        """JSON of schema version 1 in the form of version 2; version 1 knew only some kinds of results."""
        return data


@dataclass(frozen=True)
class Finding:
    """What numbers say, in a state that code can ask for and a sentence that people can read.

    Attributes:
        state: One of a few words that the function which returns the finding documents.
        text: Plain sentences without markup.
        numbers: The numbers that the state follows from, by name.
    """

    state: str
    text: str
    numbers: Mapping[str, float] = dataclasses.field(default_factory=dict)


def to_json(value: Any) -> Any:
    """Plain data of a result, or of any dataclass, list, mapping, array or number within one: NaN becomes None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
        if isinstance(value, Result):
            made = fields.pop("provenance")
            return {"schema_version": SCHEMA_VERSION, "kind": value.kind, **fields, "provenance": made}
        return fields
    if isinstance(value, Mapping):
        return {key: to_json(part) for key, part in value.items()}
    if isinstance(value, (np.ndarray, np.generic)):
        return to_json(value.tolist())
    if isinstance(value, (list, tuple)):
        return [to_json(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def from_json(kind: type[Value], data: Any, source: str = "The result") -> Value:
    """A dataclass read from what ``to_json`` made of it.

    Args:
        kind: A subclass of ``Result``, or any dataclass.
        data: Parsed JSON.
        source: Where it is from, for error messages: a file name.

    Raises:
        ValueError: Names the source, the field and what is wrong with it.
    """
    try:
        if issubclass(kind, Result):
            data = _fields_of_result(kind, data)
        return _read(kind, data, "")
    except _FieldError as error:
        raise ValueError(f"{source} is damaged: {error}.") from error


def load_result(kind: type[AnyResult], path: Path) -> AnyResult:
    """The result stored in a JSON file.

    Raises:
        ValueError: The file is missing, is not JSON, or does not hold such a result; names file and field.
    """
    return from_json(kind, read_json(path), f"{path.parent.name}/{path.name}")


def save_result(result: Result, path: Path) -> None:
    """Write a result as JSON, in one step."""
    write_json(path, to_json(result))


class _FieldError(ValueError):
    """Names a field and what is wrong with it."""


def _fields_of_result(kind: type[Result], data: Any) -> dict[str, Any]:
    """The fields of a result in the present form, without the two that say which form that is."""
    if not isinstance(data, dict):
        raise _FieldError(f"it must be an object, not {_shown(data)}")
    version = data.get("schema_version", 1)
    if version == 1:
        try:
            return kind.upgrade(data)
        except (KeyError, TypeError, AttributeError) as error:
            raise _FieldError(f"it is not a {kind.kind} result of schema version 1 ({error})") from error
    if version != SCHEMA_VERSION:
        raise _FieldError(f"schema_version must be 1 or {SCHEMA_VERSION}, not {_shown(version)}")
    if data.get("kind") != kind.kind:
        raise _FieldError(f"kind must be {kind.kind!r}, not {_shown(data.get('kind'))}")
    return {name: value for name, value in data.items() if name not in ("schema_version", "kind")}


def _read(hint: Any, value: Any, at: str) -> Any:
    """``value`` as the type that ``hint`` names; ``at`` is the path of its field."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if origin is Annotated:
        return _read_array(arguments[1], value, at)
    if origin in (types.UnionType, typing.Union):
        (inner,) = (argument for argument in arguments if argument is not types.NoneType)
        return None if value is None else _read(inner, value, at)
    if origin in (list, tuple):
        _check(value, list, "a list", at)
        return origin(_read(arguments[0], part, f"{at}[{index}]") for index, part in enumerate(value))
    if origin in (dict, Mapping):
        _check(value, dict, "an object", at)
        return {name: _read(arguments[1], part, _below(at, name)) for name, part in value.items()}
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _read_dataclass(hint, value, at)
    return _read_plain(hint, value, at)


def _read_plain(hint: type, value: Any, at: str) -> Any:
    if hint is float:
        if value is None:
            return math.nan
        if isinstance(value, bool):
            raise _FieldError(f"{at} must be a number, not {_shown(value)}")
        _check(value, (int, float), "a number", at)
        return float(value)
    if hint is int and isinstance(value, bool):
        raise _FieldError(f"{at} must be a whole number, not {_shown(value)}")
    names = {int: "a whole number", str: "a string", bool: "true or false"}
    _check(value, hint, names[hint], at)
    return value


def _read_array(dtype: type, value: Any, at: str) -> np.ndarray:
    _check(value, list, "a list", at)
    try:
        return np.array(value, dtype)
    except (TypeError, ValueError) as error:
        raise _FieldError(f"{at} must be a table of numbers") from error


def _read_dataclass(kind: type, value: Any, at: str) -> Any:
    _check(value, dict, "an object", at)
    hints, fields = _hints(kind), dataclasses.fields(kind)
    if unknown := sorted(set(value) - {field.name for field in fields}):
        raise _FieldError(f"{_below(at, unknown[0])} is not a field of {kind.__name__}")
    found = {}
    for field in fields:
        if field.name in value:
            found[field.name] = _read(hints[field.name], value[field.name], _below(at, field.name))
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise _FieldError(f"{_below(at, field.name)} is missing")
    return kind(**{field.name: found[field.name] for field in fields if field.init and field.name in found})


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)


def _check(value: Any, kind: Any, name: str, at: str) -> None:
    if not isinstance(value, kind):
        raise _FieldError(f"{at or 'it'} must be {name}, not {_shown(value)}")


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _shown(value: Any) -> str:
    """A value for an error message: short, whatever it is."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
