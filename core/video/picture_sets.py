"""Which pictures are the frames of one clip: those of one folder, in the natural order of their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Generic, TypeVar

Member = TypeVar("Member")


@dataclass(frozen=True)
class PictureSet(Generic[Member]):
    """The frames of a clip.

    Attributes:
        folder: Where they lie, without a slash at either end; empty at the top.
        members: In order.
    """

    folder: str
    members: tuple[Member, ...]


def picture_sets(pictures: Sequence[Member], name_of: Callable[[Member], str]) -> list[PictureSet[Member]]:
    """Pictures by folder, in natural order; a single picture in a folder is no clip beside others that are.

    If no folder has two, each frame lies in a folder of its own, and all of them are one clip.
    """
    folders: dict[str, list[Member]] = {}
    ordered = sorted(pictures, key=lambda picture: natural_key(name_of(picture)))
    for picture in ordered:
        folders.setdefault(folder_of(name_of(picture)), []).append(picture)
    several = [PictureSet(folder, tuple(found)) for folder, found in folders.items() if len(found) > 1]
    return several or [PictureSet("", tuple(ordered))]


def folder_of(name: str) -> str:
    """The folder of a file, by its path, without parts that lead upwards."""
    *folders, _ = PurePosixPath(name.replace("\\", "/")).parts or ("",)
    return "/".join(part for part in folders if part not in ("/", "..", "."))


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Sort key under which ``frame2`` comes before ``frame10``."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.lower())
    return [(0, int(part[:18]), part) if part[0] in "0123456789" else (1, 0, part) for part in parts]
