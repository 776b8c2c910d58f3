"""Files that are never half there: JSON read and written, any file replaced as a whole, and why the system refused."""

from __future__ import annotations

import errno
import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def read_json(path: Path) -> Any:
    """Contents of a JSON file.

    Raises:
        ValueError: The file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path.parent.name}/{path.name} is missing or is not JSON.") from error


def read_object(path: Path) -> dict[str, Any]:
    """The object that a JSON file holds, such as the card of a model.

    Raises:
        ValueError: The file is missing, is not JSON or holds something else.
    """
    content = read_json(path)
    if not isinstance(content, dict):
        raise ValueError(f"{path.parent.name}/{path.name} must hold a JSON object.")
    return content


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write ``content`` as indented JSON, in one step; a number that is not finite becomes ``null``."""
    text = json.dumps(json_safe(content), indent=2, ensure_ascii=False) + "\n"
    replace_file(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def json_safe(value: Any) -> Any:
    """A copy with None in place of every number that is not finite, at any depth: JSON has no NaN and no infinity."""
    if isinstance(value, Mapping):
        return {key: json_safe(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_safe(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file in one step: ``write`` fills a temporary file in the same folder, which is then renamed to ``path``.

    If ``write`` raises, ``path`` stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def explain(error: Exception) -> str:
    """The sentence for people of an error that they can correct: the message of one of ours, or what the system refused
    and what to do about it."""
    if not isinstance(error, OSError):
        return str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"There is no space left to write {error.filename or 'on the disk'}; free some space and try again."
    if not error.filename:
        return str(error)
    place = str(error.filename)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"The system refuses access to {place} ({error.strerror}); check its permissions or use another folder."
    return f"The system cannot use {place} ({error.strerror}); check the path."
