"""Words from people and from links, on their way into Markdown."""

from __future__ import annotations

import re

_JOINED = "\u2060"  # stands between two characters and takes no room
_TURNED = re.compile(r"www(?=\.)|:(?=//)|@|-(?=[->])|[<>~](?=[-=])", re.IGNORECASE)  # into links, arrows and dashes
_SIGNS = re.compile(r"(?<=\n)[-+#>=]|^[-+#>=]|[\\`*_\[\]<$~|&]|:(?=\w)")  # those that begin a line, and all others


def plain(text: str) -> str:
    """Text that Markdown shows as it stands: a link must not bring pictures, other links or make-up along."""
    return _SIGNS.sub(r"\\\g<0>", _TURNED.sub(lambda found: found[0] + _JOINED, text))
