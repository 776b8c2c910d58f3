"""How a picture is turned and mirrored before it is shown: display matrices of videos, EXIF tags of photographs."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import av
import numpy as np
from av.sidedata.sidedata import Type
from PIL import Image

_EXIF_TAG = 0x0112


@dataclass(frozen=True)
class Orientation:
    """A mirroring from left to right and then quarter turns.

    Attributes:
        turns: Counter-clockwise, 0 to 3.
        mirrored: Whether left and right change places first.
    """

    turns: int = 0
    mirrored: bool = False

    @property
    def swaps_sides(self) -> bool:
        """Whether width and height change places."""
        return self.turns % 2 == 1

    @property
    def description(self) -> str:
        """What is done, as a verb in the past; empty if nothing is."""
        return _MIRRORED[self.turns] if self.mirrored else _TURNED[self.turns]

    def apply(self, pixels: np.ndarray) -> np.ndarray:
        """``[H, W, C]`` as shown."""
        return np.rot90(pixels[:, ::-1] if self.mirrored else pixels, self.turns)

    def _matrix(self) -> np.ndarray:
        """What it does to steps to the right and down, ``[2, 2]``."""
        mirror = np.diag([-1, 1]) if self.mirrored else np.eye(2)
        return np.linalg.matrix_power(_QUARTER_TURN, self.turns) @ mirror


_QUARTER_TURN = np.array([[0, 1], [-1, 0]])  # a step to the right becomes one up, a step down one to the right
_TURNED = (
    "",
    "Rotated by 90 degrees counter-clockwise",
    "Rotated by 180 degrees",
    "Rotated by 90 degrees clockwise",
)
_MIRRORED = (
    "Mirrored from left to right",
    "Mirrored along the diagonal from top left to bottom right",
    "Mirrored from top to bottom",
    "Mirrored along the diagonal from bottom left to top right",
)
_ALL = tuple(Orientation(turns, mirrored) for mirrored in (False, True) for turns in range(4))
_EXIF = {
    2: Orientation(0, True),
    3: Orientation(2),
    4: Orientation(2, True),
    5: Orientation(1, True),
    6: Orientation(3),
    7: Orientation(3, True),
    8: Orientation(1),
}


def frame_orientation(frame: av.VideoFrame) -> Orientation:
    """How a decoded frame is to be shown, by its display matrix; odd angles count as the nearest right one."""
    try:
        matrix = frame.side_data[Type.DISPLAYMATRIX]  # type: ignore[typeddict-item]  # PyAV's stub has no kind of it
    except KeyError:
        return Orientation()
    return nearest_orientation(struct.unpack("=9i", bytes(matrix)[:36]))


def nearest_orientation(matrix: tuple[int, ...]) -> Orientation:
    """The orientation nearest to a display matrix of 9 numbers, row by row, as MP4 stores it."""
    given = np.array([[matrix[0], matrix[3]], [matrix[1], matrix[4]]], float)  # on columns (right, down)
    return max(_ALL, key=lambda orientation: float((orientation._matrix() * given).sum()))


def picture_orientation(image: Image.Image) -> Orientation:
    """How a photograph is to be shown, by its EXIF tag."""
    return _EXIF.get(image.getexif().get(_EXIF_TAG, 1), Orientation())
