"""Read zip files of numbered pictures with Pillow."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

import numpy as np
from PIL import Image

from core.video.limits import MEGABYTE, VideoError, VideoLimits, check_pixels
from core.video.picture_sets import picture_sets
from core.video.sampling import Shot
from core.video.sniff import open_source
from core.video.squares import FrameTraits, square_picture
from core.video.tracks import VideoInfo

PICTURE_FPS = 10.0
ZIP_LABEL = "zip of pictures"
_MOST_MEMBERS = 20_000
_NO_PICTURES = "This zip file holds no readable PNG or JPEG pictures; pack the frames of a video into it."
_PICTURE_STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM")
_FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "AVIF")
# What Pillow and zipfile raise on damaged input.
DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    RuntimeError,
    LookupError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
    Image.DecompressionBombError,
)


def zip_info(source: bytes | os.PathLike, limits: VideoLimits) -> VideoInfo:
    """Describe a zip file of pictures.

    Raises:
        VideoError: If it holds none or would unpack to too much.
    """
    with open_source(source) as file, open_zip(file) as archive:
        members = _picture_members(archive, limits, FrameTraits())
        for member in members:
            try:
                with open_picture(io.BytesIO(unpack(archive, member, limits)), limits) as image:
                    return VideoInfo(
                        ZIP_LABEL, image.format or "", *image.size, len(members) / PICTURE_FPS, PICTURE_FPS
                    )
            except _Damaged:
                continue
    raise VideoError(_NO_PICTURES)


def zip_shots(source: bytes | os.PathLike, size: int, traits: FrameTraits, limits: VideoLimits) -> Iterator[Shot]:
    """Read the pictures of a zip file in the natural order of their names, ten to the second.

    Args:
        source: Bytes or path.
        size: Side of the square frames, in pixels.
        traits: Collects what is noticed about the pictures.
        limits: What the file may cost.

    Yields:
        The pictures in order, without the damaged ones.

    Raises:
        VideoError: If it holds no picture, is locked or would unpack to too much.
    """
    good, spent = 0, 0
    with open_source(source) as file, open_zip(file) as archive:
        for member in _picture_members(archive, limits, traits):
            try:
                content = unpack(archive, member, limits)
                spent += len(content)
                _check_unpacked(spent, limits)
                square = decode_picture(io.BytesIO(content), size, traits, limits)
            except Exception as error:
                if _is_refusal(error):
                    raise
                traits.lost += 1
                continue
            yield Shot(good / PICTURE_FPS, 1 / PICTURE_FPS, kept(square))
            good += 1


class _Damaged(VideoError):
    """One picture cannot be read; the others may."""


def _is_refusal(error: Exception) -> bool:
    """Whether an error concerns the whole file, not one damaged picture."""
    if isinstance(error, VideoError):
        return not isinstance(error, _Damaged)
    return not isinstance(error, DAMAGE)


def is_picture(head: bytes) -> bool:
    """Whether a file that starts like this is a picture that can be a frame."""
    return head.startswith(_PICTURE_STARTS) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")


def kept(square: np.ndarray) -> Callable[[], np.ndarray]:
    """A function that returns a frame ``uint8 [size, size, 3]`` that is already decoded."""
    return lambda: square


def open_picture(file: BinaryIO, limits: VideoLimits) -> Image.Image:
    """A picture, opened but not decoded.

    Raises:
        VideoError: It is damaged or has too many pixels.
    """
    try:
        image = Image.open(file, formats=_FORMATS)
    except DAMAGE as error:
        raise _Damaged("This picture is damaged; save or upload it again.") from error
    check_pixels(image.width, image.height, limits)
    return image


def decode_picture(file: BinaryIO, size: int, traits: FrameTraits, limits: VideoLimits) -> np.ndarray:
    """A picture as ``uint8 [size, size, 3]``.

    Raises:
        VideoError: It is damaged, too thin or too large.
    """
    with open_picture(file, limits) as image:
        try:
            return square_picture(image, size, traits, limits)
        except DAMAGE as error:
            if isinstance(error, VideoError):
                raise
            raise _Damaged("This picture is damaged; save or upload it again.") from error


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """A zip file, opened.

    Raises:
        VideoError: It is damaged.
    """
    try:
        return zipfile.ZipFile(file)
    except (*DAMAGE, NotImplementedError) as error:  # the latter for a version of the format that no one uses
        raise VideoError("This zip file is damaged or cut short; pack or upload it again.") from error


def _picture_members(archive: zipfile.ZipFile, limits: VideoLimits, traits: FrameTraits) -> list[zipfile.ZipInfo]:
    """The pictures of an archive, recognised by their content, in natural order."""
    members = [member for member in archive.infolist() if is_wanted(member)]
    _check_unpacked(sum(member.file_size for member in members), limits)
    if len(members) > _MOST_MEMBERS:
        raise VideoError(f"This zip file holds {len(members)} files and the limit is {_MOST_MEMBERS}; pack fewer.")
    if any(member.flag_bits & 1 for member in members):
        raise VideoError("This zip file is locked with a password; pack it without one.")
    pictures = [member for member in members if _starts_like_picture(archive, member)]
    if not pictures:
        raise VideoError(_NO_PICTURES)
    sets = picture_sets(pictures, lambda member: member.filename)
    if len(sets) > 1:
        raise VideoError(
            f"This zip file holds {len(sets)} folders of pictures, and each is a clip of its own; pack one of them."
        )
    traits.ignored = len(members) - len(pictures)
    traits.strays = len(pictures) - len(sets[0].members)
    return list(sets[0].members)


def is_wanted(member: zipfile.ZipInfo) -> bool:
    """Whether a member may be a picture: not a folder, and not a file that file managers add by themselves."""
    *folders, name = member.filename.replace("\\", "/").split("/")
    return not (member.is_dir() or "__MACOSX" in folders or name.startswith(".") or name == "Thumbs.db")


def _starts_like_picture(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    try:
        with archive.open(member) as file:
            return is_picture(file.read(12))
    except DAMAGE:
        return False


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: VideoLimits) -> bytes:
    """Unpack one member into memory, never beyond the limit: the directory may give a wrong size."""
    try:
        with archive.open(member) as file:
            content = file.read(limits.max_bytes + 1)
    except DAMAGE as error:
        raise _Damaged("A file in this zip file is damaged; pack it again.") from error
    _check_unpacked(len(content), limits)
    return content


def _check_unpacked(count: int, limits: VideoLimits) -> None:
    if count > limits.max_bytes:
        raise VideoError(
            f"This zip file unpacks to more than {limits.max_bytes / MEGABYTE:.4g} MB, which is the limit; "
            "pack fewer or smaller files."
        )
