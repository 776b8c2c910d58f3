"""What the patch maps show, and how it is packed for the browser. Needs no Streamlit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np

from core.embedding.patches import PatchMaps
from dashboard.components.packing import Payload, encode_frames
from dashboard.kit.colours import RAMPS


@dataclass(frozen=True)
class Tile:
    """A model's maps under its name."""

    title: str
    maps: PatchMaps


@dataclass(frozen=True, eq=False)
class PatchPlot:
    """A clip, ``uint8 [T, H, W, 3]`` at ``fps``, and the maps of one or more models of it."""

    frames: np.ndarray
    fps: float
    tiles: tuple[Tile, ...]

    @cached_property
    def id(self) -> str:
        """Identifies the plot."""
        digest = blake2b(self.frames.tobytes(), digest_size=8)
        for tile in self.tiles:  # a title may stand for more than one model
            digest.update(tile.title.encode() + tile.maps.colors.tobytes() + tile.maps.directions.tobytes())
        return digest.hexdigest()

    @cached_property
    def packed(self) -> bytes:
        """The container that the browser unpacks."""
        payload = Payload()
        pictures = payload.append(*encode_frames(list(self.frames), lossless=False, quality=88))
        tiles = [
            {
                "title": tile.title,
                "side": tile.maps.side,
                "every": tile.maps.every,
                "steps": len(tile.maps.colors),
                "dim": tile.maps.directions.shape[2],
                "explained": round(sum(tile.maps.explained), 4),
                "colors": payload.append("", [np.ascontiguousarray(tile.maps.colors).tobytes()]),
                "directions": payload.append("", [np.ascontiguousarray(tile.maps.directions).tobytes()]),
            }
            for tile in self.tiles
        ]
        ramp = RAMPS["light"]  # it fills a picture of its own, whatever the page
        return payload.join({"id": self.id, "fps": self.fps, "pictures": pictures, "tiles": tiles, "ramp": ramp})
