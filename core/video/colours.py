"""Which colours the numbers of a frame stand for."""

from __future__ import annotations

import av
from av.video.reformatter import Colorspace

_UNSTATED = (2, 3)  # unspecified and reserved, as numbered in ITU-T H.273
_HDR_CURVES = (16, 18)  # PQ and HLG
_HD_WIDTH, _SD_HEIGHT = 1280, 576  # players take what is wider or higher than these for high definition


def is_hdr(frame: av.VideoFrame) -> bool:
    """Whether a frame has a high dynamic range."""
    return frame.color_trc in _HDR_CURVES


def guessed_matrix(frame: av.VideoFrame, codec: str) -> Colorspace | None:
    """The matrix to convert a frame by, as players guess it from its size; None if the frame states it or needs none.

    Args:
        frame: As decoded.
        codec: FFmpeg's name of its coding.
    """
    if frame.colorspace not in _UNSTATED or frame.format.is_rgb or len(frame.format.components) < 3:
        return None
    if codec == "vp8":  # its specification knows no other
        return Colorspace.ITU601
    is_hd = frame.width >= _HD_WIDTH or frame.height > _SD_HEIGHT
    return Colorspace.ITU709 if is_hd else Colorspace.ITU601
