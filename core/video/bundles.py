"""The videos of a folder, of a zip file, of several files or of a single one, one after the other."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath, PurePosixPath
from typing import IO

from core.video.kinds import ANIMATIONS, CONTAINERS
from core.video.limits import DEFAULT_LIMITS, VideoError, VideoLimits, check_bytes
from core.video.picture_sets import PictureSet, folder_of, natural_key, picture_sets
from core.video.pictures import is_picture, is_wanted, open_zip, unpack
from core.video.sniff import open_source, sniff

MAX_VIDEOS = 1000
_SUFFIXES = frozenset(
    (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".wmv", ".flv", ".mpg", ".mpeg", ".ogv", ".3gp", ".y4m", ".m2ts")
)
_LOCKED = "This zip file is locked with a password; pack it without one."
_NONE = "This zip file or folder contains no video; add MP4, MOV, WebM, AVI or GIF files, or folders of pictures."
_UNREADABLE = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, RuntimeError)


@dataclass(frozen=True)
class VideoFile:
    """A video with its name and its size in bytes; ``read`` returns its bytes or its path and keeps nothing."""

    name: str
    size: int
    read: Callable[[], bytes | Path]


@dataclass(frozen=True)
class _Member:
    """A file among others: its path among them, its size in bytes, and how to look into it and to read it."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]
    read: Callable[[], bytes | Path]


def videos_in(source: bytes | os.PathLike, name: str = "", limits: VideoLimits = DEFAULT_LIMITS) -> list[VideoFile]:
    """The videos of a folder (and of those in it), of a zip file or of a single file, in natural order.

    A folder of pictures is a video: its pictures are the frames.

    Args:
        source: A path, or the bytes of a file.
        name: Of a single video given as bytes; a path has a name.
        limits: What each video may cost.

    Raises:
        VideoError: One sentence: nothing there, no video in it, or too many; a zip file that is damaged, locked, or
            holds names that lead out of it.
    """
    if isinstance(source, bytes):
        return _checked(_of_file(source, name, limits))
    path = Path(source)
    if not path.is_dir():
        return _checked(_of_file(path, path.name, limits))
    files = (inside for inside in path.rglob("*") if inside.is_file() and not _is_hidden(inside.relative_to(path)))
    members = [
        _Member(file.relative_to(path).as_posix(), file.stat().st_size, partial(open_source, file), partial(Path, file))
        for file in files
    ]
    return _checked(_found(members, path.resolve().name, limits))


def videos_among(files: Sequence[tuple[str, bytes]], limits: VideoLimits = DEFAULT_LIMITS) -> list[VideoFile]:
    """The videos among files that are given by their paths and bytes, such as those of an uploaded folder; may be none.

    Raises:
        VideoError: There are too many.
    """
    members = [
        _Member(name, len(content), partial(io.BytesIO, content), partial(bytes, content))
        for name, content in files
        if not _is_hidden(PurePosixPath(name))
    ]
    found = _found(members, "pictures", limits)
    return _checked(found) if found else []


def videos_given(files: Sequence[tuple[str, bytes]], limits: VideoLimits = DEFAULT_LIMITS) -> list[VideoFile]:
    """The videos of files that are given together by their names and bytes: pictures are the frames of one clip; each
    other file is a zip file of videos or, whatever it holds, one for the reader.

    Raises:
        VideoError: As ``videos_in`` does.
    """
    pictures = [(name, content) for name, content in files if is_picture(content[:12]) and not is_video(content, name)]
    loose = pictures if len(pictures) > 1 else []
    found = [video for file in files if file not in loose for video in videos_in(file[1], file[0], limits)]
    return _checked(found + videos_among(loose, limits)) if files else []


def is_video(source: bytes | Path, name: str) -> bool:
    """Whether a file starts like a video or has the name of one: a damaged video must be reported, not skipped."""
    if _is_hidden(PurePosixPath(PurePosixPath(name).name)):
        return False
    return _kind(_Member(name, 0, partial(open_source, source), Path)) == "video"


def _checked(found: list[VideoFile]) -> list[VideoFile]:
    if not found:
        raise VideoError(_NONE)
    if len(found) > MAX_VIDEOS:
        raise VideoError(
            f"This zip file or folder contains {len(found):,} videos and the limit is {MAX_VIDEOS:,}; use fewer."
        )
    return found


def _found(members: Sequence[_Member], whole: str, limits: VideoLimits) -> list[VideoFile]:
    """The videos among files, and the folders of pictures that have no video beside them; failing both, the pictures.

    Args:
        members: In any order.
        whole: What pictures at the top are called together.
        limits: What each video may cost.
    """
    kinds = [_kind(member) for member in members]
    videos = [member for member, kind in zip(members, kinds, strict=True) if kind == "video"]
    taken = {folder_of(video.name) for video in videos}
    pictures = [member for member, kind in zip(members, kinds, strict=True) if kind == "picture"]
    frames = [picture for picture in pictures if folder_of(picture.name) not in taken]
    found = [VideoFile(video.name, video.size, video.read) for video in videos]
    for frame_set in picture_sets(frames, lambda member: member.name):
        size = sum(member.size for member in frame_set.members)
        if len(frame_set.members) > 1:
            found.append(VideoFile(frame_set.folder or whole, size, partial(_packed, frame_set, limits)))
        elif not found:  # a single picture is for the reader to refuse or to repeat
            found += [VideoFile(member.name, member.size, member.read) for member in frame_set.members]
    return sorted(found, key=lambda video: natural_key(video.name))


def _packed(pictures: PictureSet[_Member], limits: VideoLimits) -> bytes:
    """The pictures of a folder as a zip file; the same pictures give the same bytes."""
    check_bytes(sum(member.size for member in pictures.members), limits)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for member in pictures.members:
            content = member.read()
            archive.writestr(
                zipfile.ZipInfo(member.name),
                content if isinstance(content, bytes) else content.read_bytes(),
            )
    return out.getvalue()


def _of_file(source: bytes | Path, name: str, limits: VideoLimits) -> list[VideoFile]:
    with open_source(source) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        whole = VideoFile(name, size, lambda: source)
        if sniff(file) != "zip":
            return [whole]  # whoever reads it finds out whether it is one
        file.seek(0)
        with open_zip(file) as archive:
            infos = [info for info in archive.infolist() if is_wanted(info)]
            _check_members(infos)
            members = [
                _Member(
                    info.filename, info.file_size, partial(archive.open, info), partial(_unpacked, source, info, limits)
                )
                for info in infos
            ]
            found = _found(members, PurePosixPath(name).stem, limits)
            sure = [member for member in members if _kind(member, by_name=False) == "video"]
    # Without a video that starts like one, a damaged one among pictures is none, and one set of them is the whole file.
    sets = [video for video in found if isinstance(video.read, partial) and video.read.func is _packed]
    return found if sure or len(sets) > 1 else [whole]


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


def _kind(member: _Member, by_name: bool = True) -> str:
    """``video``, ``picture`` or neither: by the content, and for a damaged video by the name."""
    suffix = PurePosixPath(member.name).suffix.lower()
    if by_name and suffix in _SUFFIXES:
        return "video"
    try:
        with member.open() as file:
            head = file.read(12)
            if suffix in (".jpg", ".jpeg") and is_picture(head):  # not to read every photograph to its end
                return "picture"
            file.seek(0)
            kind = sniff(file)
    except (*_UNREADABLE, VideoError):
        return ""
    if kind in ANIMATIONS or (kind in CONTAINERS and kind != "unknown"):
        return "video"
    return "picture" if kind == "picture" and is_picture(head) else ""


def _is_hidden(path: PurePath) -> bool:
    """Whether a file is what macOS or version control keep beside others."""
    return any(part.startswith(".") and part not in (".", "..") for part in path.parts)
