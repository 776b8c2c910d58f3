"""Text in any common encoding, as UTF-8."""

from __future__ import annotations

import codecs

from core.delimited import NotUtf8Error
from core.embedding.limits import EmbeddingError

_MARKS = (  # the longer ones first: the mark of UTF-16 begins that of UTF-32
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES = {"utf-8": "UTF-8", "cp1252": "Windows-1252 (Latin-1)", "latin-1": "Latin-1"}
_HEAD = 4096  # bytes that tell UTF-16 without a mark: half of them are zero
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f"))
_MOSTLY_ASCII = 0.7  # of a table in Latin-1, which is made of digits for the most part


def to_utf8(data: bytes, encoding: str = "") -> tuple[bytes, str]:
    """Returns text as UTF-8 without a byte-order mark, and the name of the encoding that it was in.

    Args:
        data: The content of a file.
        encoding: Its encoding; empty to tell it by the content.

    Raises:
        NotUtf8Error: It is no text.
        EmbeddingError: There is no such encoding, or the text is not in it.
    """
    if encoding:
        return _decoded(data, encoding)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _transcoded(data[len(mark) :], name)
    for name, zeros in (("utf-16-le", slice(1, _HEAD, 2)), ("utf-16-be", slice(0, _HEAD, 2))):
        if len(data) >= 4 and 2 * data[zeros].count(0) > len(data[zeros]) and len(data) % 2 == 0:
            return _transcoded(data, name)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _single_bytes(data)
    if b"\0" in data[:_HEAD]:
        raise NotUtf8Error("This file is not text.")
    return data, "UTF-8"


def _decoded(data: bytes, encoding: str) -> tuple[bytes, str]:
    try:
        name = codecs.lookup(encoding).name
        return data.decode(name).removeprefix("\ufeff").encode(), _NAMES.get(name, name)
    except LookupError as error:
        raise EmbeddingError(
            f"There is no encoding called {encoding!r}; write utf-8, utf-16, cp1252, shift_jis or another name of "
            "Python's."
        ) from error
    except UnicodeError as error:
        raise EmbeddingError(f"This file is not text in {encoding}; choose another encoding.") from error


def _transcoded(data: bytes, name: str) -> tuple[bytes, str]:
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        raise NotUtf8Error("This file is not text.") from error
    if "\0" in text[:_HEAD]:
        raise NotUtf8Error("This file is not text.")
    return text.encode(), _NAMES.get(name, name.upper().removesuffix("-LE").removesuffix("-BE"))


def _single_bytes(data: bytes) -> tuple[bytes, str]:
    """Text of one byte a letter, if it looks like a table: several lines, no controls, ASCII for the most part."""
    head = data[: 64 * _HEAD]
    has_lines, has_controls = b"\n" in head or b"\r" in head, head.translate(None, _CONTROLS) != head
    ascii_share = len(head.decode("ascii", "ignore")) / len(head)
    if not has_lines or has_controls or ascii_share < _MOSTLY_ASCII:
        raise NotUtf8Error("This file is not text.")
    for name in ("cp1252", "latin-1"):
        try:
            return data.decode(name).encode(), _NAMES[name]
        except UnicodeDecodeError:
            continue
    raise NotUtf8Error("This file is not text.")
