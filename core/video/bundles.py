"""The videos of a folder, of a zip file or of a single file, one after the other."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from core.video.limits import DEFAULT_LIMITS, VideoError, VideoLimits
from core.video.pictures import is_wanted, natural_key, open_zip, unpack
from core.video.sniff import ANIMATIONS, CONTAINERS, HEAD, open_source, sniff

MAX_VIDEOS = 1000
_SUFFIXES = {".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi"}
_LOCKED = "This zip file is locked with a password; pack it without one."
_NONE = "This zip file or folder contains no video; add MP4, MOV, WebM, AVI or GIF files."


@dataclass(frozen=True)
class VideoFile:
    """A video with its name and its size in bytes; ``read`` returns its bytes or its path and keeps nothing."""

    name: str
    size: int
    read: Callable[[], bytes | Path]


def videos_in(source: bytes | os.PathLike, name: str = "", limits: VideoLimits = DEFAULT_LIMITS) -> list[VideoFile]:
    """The videos of a folder (and of those in it), of a zip file or of a single file, in natural order.

    Args:
        source: A path, or the bytes of a file.
        name: Of a single video given as bytes; a path has a name.
        limits: What each video may cost.

    Raises:
        VideoError: One sentence: nothing there, no video in it, or too many; a zip file that is damaged, locked, or
            holds names that lead out of it.
    """
    if isinstance(source, bytes):
        found = list(_of_file(source, name, limits))
    elif Path(source).is_dir():
        inside = (path for path in Path(source).rglob("*") if path.is_file())
        files = sorted(inside, key=lambda path: natural_key(str(path)))
        found = [
            VideoFile(str(path.relative_to(source)), path.stat().st_size, partial(Path, path))
            for path in files
            if is_video(path, path.name)
        ]
    else:
        found = list(_of_file(Path(source), Path(source).name, limits))
    if not found:
        raise VideoError(_NONE)
    if len(found) > MAX_VIDEOS:
        raise VideoError(
            f"This zip file or folder contains {len(found):,} videos and the limit is {MAX_VIDEOS:,}; use fewer."
        )
    return found


def _of_file(source: bytes | Path, name: str, limits: VideoLimits) -> Iterator[VideoFile]:
    with open_source(source) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if sniff(file.read(HEAD)) != "zip":
            yield VideoFile(name, size, lambda: source)  # whoever reads it finds out whether it is one
            return
        file.seek(0)
        with open_zip(file) as archive:
            members = [member for member in archive.infolist() if is_wanted(member)]
            _check_members(members)
            videos = [member for member in members if _starts_like_video(archive, member)]
            if videos:  # else the pictures are one, and a damaged video among them is none
                videos = [member for member in members if member in videos or _has_video_suffix(member.filename)]
    if not videos:
        yield VideoFile(name, size, lambda: source)  # pictures: a video by themselves
    for member in sorted(videos, key=lambda member: natural_key(member.filename)):
        yield VideoFile(member.filename, member.file_size, partial(_unpacked, source, member, limits))


def _unpacked(source: bytes | Path, member: zipfile.ZipInfo, limits: VideoLimits) -> bytes:
    with open_source(source) as file, open_zip(file) as archive:
        return unpack(archive, member, limits)


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & 1 for member in members):
        raise VideoError(_LOCKED)
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if ".." in parts or member.filename.startswith(("/", "\\")):
            raise VideoError("A file name in this zip file leads outside it; pack the videos again, without folders.")


def _starts_like_video(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    try:
        with archive.open(member) as file:
            return _is_kind(sniff(file.read(HEAD)))
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError):
        return False


def is_video(source: bytes | Path, name: str) -> bool:
    """Whether a file starts like a video or has the name of one: a damaged video must be reported, not skipped."""
    if PurePosixPath(name).name.startswith("."):  # what macOS keeps beside a video
        return False
    if _has_video_suffix(name):
        return True
    try:
        with open_source(source) as file:
            return _is_kind(sniff(file.read(HEAD)))
    except (OSError, VideoError):
        return False


def _has_video_suffix(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in _SUFFIXES


def _is_kind(kind: str) -> bool:
    return kind in ANIMATIONS or (kind in CONTAINERS and kind != "unknown")
