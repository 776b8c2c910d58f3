"""Thumbnails of a file, small."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from core.embedding.labels import THUMBNAILS
from core.embedding.limits import EmbeddingError

_SIDE = 64  # px of a thumbnail that is kept


def thumbnails_in(columns: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """The column of thumbnails, ``[N, ...]``; None if there is none."""
    return next((column for name, column in columns.items() if name.lower() in THUMBNAILS), None)


def small_pictures(found: np.ndarray) -> np.ndarray:
    """Thumbnails ``uint8 [N, 64, 64, 3]`` of pictures as arrays, or of the bytes of PNG or JPEG files.

    Raises:
        EmbeddingError: One of them is no picture.
    """
    pictures = []
    for picture in found:
        if isinstance(picture, dict):  # of the library datasets
            picture = picture.get("bytes")
        if isinstance(picture, (bytes, np.bytes_)):
            decoded = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR) if len(picture) else None
            picture = None if decoded is None else decoded[..., ::-1]
        whole = isinstance(picture, np.ndarray) and picture.size > 0
        if not whole or picture.dtype != np.uint8 or picture.shape[2:] != (3,):
            raise EmbeddingError("Thumbnails must be uint8 [rows, height, width, 3], or PNG or JPEG files as bytes.")
        pictures.append(cv2.resize(picture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA))
    return np.stack(pictures)
