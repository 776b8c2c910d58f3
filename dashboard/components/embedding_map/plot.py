"""What the embedding map shows, and how it is packed for the browser. Needs no Streamlit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np

from core.embedding.projection import Projection
from core.embedding.table import Embeddings
from core.wording import percent
from dashboard.components.packing import Payload, encode_frames
from dashboard.kit.colours import CATEGORIES, RAMPS, SCHEMES, colour

_LISTED = len(CATEGORIES)  # categories that a legend lists, each in a colour of its own; the rarest share one entry


@dataclass(frozen=True, eq=False)
class MapPlot:
    """Rows on a map.

    Attributes:
        table: The rows and what is known about them.
        projection: The position of each row.
        color_by: The column by which they are coloured at first; empty for the first column.
    """

    table: Embeddings
    projection: Projection
    color_by: str = ""

    @cached_property
    def table_id(self) -> str:
        """Identifies the table; maps of the same table share it."""
        return blake2b(self.table.vectors.tobytes() + self.table.source.encode(), digest_size=8).hexdigest()

    @cached_property
    def packed(self) -> bytes:
        """The bytes for the browser, made once."""
        return pack(self)


def pack(plot: MapPlot) -> bytes:
    """Packs a map for the browser (see `dashboard.components.packing` for the container)."""
    table, payload = plot.table, Payload()
    columns = [_column(name, column, payload) for name, column in table.columns.items()]
    header = {
        "rows": len(table),
        "dims": plot.projection.points.shape[1],
        "points": _array(plot.projection.points, "<f4", payload),
        "group": None if table.group is None else _array(table.group, "<i4", payload),
        "axes": _axes(plot.projection),
        "fileRow": None if table.row is None else _array(table.row, "<i4", payload),
        "columns": columns,
        "colorBy": plot.color_by if plot.color_by in table.columns else next(iter(table.columns), ""),
        "categories": CATEGORIES,
        "ramps": dict(RAMPS),
        "colors": {scheme: {role: colour(role, scheme) for role in ("truth", "baseline")} for scheme in SCHEMES},
        "clips": _clips(table, payload),
    }
    known = b"".join(column.tobytes() for column in table.columns.values())
    digest = blake2b(plot.projection.points.tobytes() + known + plot.table_id.encode(), digest_size=8).hexdigest()
    return payload.join(header | {"id": digest, "table": plot.table_id})


def _array(values: np.ndarray, kind: str, payload: Payload) -> dict[str, object]:
    return payload.append("application/octet-stream", [np.ascontiguousarray(values, kind).tobytes()])


def _column(name: str, column: np.ndarray, payload: Payload) -> dict[str, object]:
    if column.dtype.kind == "f":
        known = column[np.isfinite(column)]
        low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
        return {"name": name, "low": low, "high": high, "data": _array(column, "<f8", payload)}
    words, codes, counts = np.unique(column, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")  # the most frequent first
    place = np.empty(len(order), int)
    place[order] = np.arange(len(order))
    return {
        "name": name,
        "names": words[order].tolist(),
        "counts": counts[order].tolist(),
        "listed": _LISTED,
        "data": _array(place[codes], "<u4", payload),
    }


def _axes(projection: Projection) -> list[str]:
    """Names of the axes; empty if they have no meaning."""
    if projection.axes:
        return list(projection.axes)
    return [f"component {i + 1} ({percent(share)} of variance)" for i, share in enumerate(projection.explained)]


def _clips(table: Embeddings, payload: Payload) -> dict[str, object] | None:
    if table.thumbnails is None:
        return None
    thumbnails = table.thumbnails
    media, pictures = encode_frames(list(thumbnails.pictures), lossless=False, quality=82)
    return {
        "pictures": payload.append(media, pictures),
        "starts": thumbnails.starts.tolist(),
        "fps": thumbnails.fps,
        "side": int(thumbnails.pictures.shape[1]),
        "at": _array(thumbnails.at, "<i4", payload),
    }
