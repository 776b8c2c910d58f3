"""Many videos through a model into one parquet file, one video at a time, so that memory stays flat and a stopped run
can go on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b, file_digest
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.decomposition import IncrementalPCA

from core.clip import Clip
from core.embedding.embed import UNITS, embed, represent
from core.embedding.export import AXES, to_frame
from core.embedding.limits import LIMITS
from core.files import replace_file
from core.models.protocols import frames_per_stretch, mixes_places
from core.models.registry import digest_of
from core.video import VideoFile, is_single_picture, read_picture, read_video
from core.video.sniff import open_source

Report = Callable[[int, int, str], None]
_COMPONENTS = 50  # that are followed from rows to rows, so that the first three of them come out right
_NUMBERS = 2**22  # of the rows that are looked at together


@dataclass(frozen=True)
class Batch:
    """What was done.

    Attributes:
        videos, rows: How many were written.
        left_out: Names of the videos that were left out, each with the reason.
        notes: Sentences about what was done to the videos on the way in, such as how much of them was used.
    """

    videos: int
    rows: int
    left_out: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class VideoPart:
    """The part of each video that is represented.

    Attributes:
        fps: Frames per second; None for the model's own rate.
        start: In seconds.
        seconds: Length; None for all, up to the limits.
    """

    fps: float | None = None
    start: float = 0.0
    seconds: float | None = None


def embed_videos(
    model,
    videos: Sequence[VideoFile],
    out: Path,
    unit: str = "frames",
    report: Report = lambda done, total, name: None,
    part: VideoPart = VideoPart(),
) -> Batch:
    """Write the representation of videos to ``out`` and return what was done.

    The file has a row for each unit with its ``embedding``, ``group`` and ``time``, the name of the ``clip``, and its
    place on a map by PCA. It opens on the Embeddings page.

    Each video's rows are kept in a folder beside ``out`` until all are done; a run that was stopped goes on from there,
    for every video with the same bytes and a model that still gives the same representation.

    Args:
        model: As ``core.embedding.embed.embed`` takes it, with ``name`` and ``fps``.
        videos: What to represent, each read when its turn comes.
        out: A ``.parquet`` file; replaced if it is there.
        unit: One of ``UNITS``.
        report: Called before each video with how many are done, of how many, and its name.
        part: Of each video.

    Raises:
        ValueError: No such unit, not a parquet file, a folder that can't be written, a model of rows that are too wide
            for a map, or no video that can be used.
    """
    _check(out, unit)
    tried = _tried(model)
    _check_width(model, tried, unit)
    mark = f"{model.name} {digest_of(model.name) or _digest(tried.tobytes())} {unit}"
    mark += "" if part == VideoPart() else f" {part}"
    parts = out.with_name(f"{out.name}.parts")
    parts.mkdir(exist_ok=True)
    made: list[Path] = []
    left_out: list[tuple[str, str]] = []
    notes: list[str] = []
    for index, video in enumerate(videos):
        report(index, len(videos), video.name)
        try:
            made.append(_part(model, video, unit, mark, parts, notes, part))
        except ValueError as error:  # not a video, or too short for the model
            left_out.append((video.name, str(error)))
    report(len(videos), len(videos), "")
    rows = _join(made, out) if made else 0
    shutil.rmtree(parts)
    if not made:
        raise ValueError(f"None of the videos can be embedded. {left_out[0][0]}: {left_out[0][1]}")
    return Batch(len(made), rows, tuple(left_out), tuple(notes))


def _check(out: Path, unit: str) -> None:
    if unit not in UNITS:
        raise ValueError(f"The unit must be one of {', '.join(UNITS)}, not {unit!r}.")
    if out.suffix != ".parquet":
        raise ValueError(f"The result is a parquet file; name it {out.with_suffix('.parquet').name}.")
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise ValueError(f"Cannot write to {out.parent}; choose another folder.")


def _check_width(model, tried: np.ndarray, unit: str) -> None:
    _, tokens, numbers = tried.shape
    width = numbers if unit == "patches" or mixes_places(model) else tokens * numbers
    if width > LIMITS.max_dims:
        way = "choose a model with a smaller representation"
        if numbers <= LIMITS.max_dims:
            way = f"pass --points patches ({numbers:,} numbers each), or {way}"
        raise ValueError(
            f"{model.title} represents each of the {unit} by {width:,} numbers, and a map takes at most "
            f"{LIMITS.max_dims:,}; {way}."
        )


def _tried(model) -> np.ndarray:
    """What a model makes of the shortest clip that it takes, of noise that is always the same: tokens ``[S, N, D]``.
    They show how many numbers a row will have, and distinguish models whose weights cannot be read."""
    shape = (frames_per_stretch(model), model.size, model.size, 3)
    return represent(model, Clip(np.random.default_rng(0).integers(0, 256, shape, np.uint8), model.fps))[0]


def _part(model, video: VideoFile, unit: str, mark: str, parts: Path, notes: list[str], part: VideoPart) -> Path:
    """The file with a video's rows, made unless it is there: it is called after all that they depend on. What was
    done to the video on the way is added to ``notes``."""
    source = video.read()
    with open_source(source) as file:
        content = file_digest(file, blake2b).hexdigest()
    path = parts / f"{_digest(repr((video.name, content, mark)).encode())}.parquet"
    if not path.exists():
        clip = replace(_clip(model, source, part), source=video.name)
        table = embed(model, [clip], unit)
        notes.extend(table.notes)
        frame = to_frame(table)
        replace_file(path, lambda place: frame.to_parquet(place, index=False))
    return path


def _clip(model, source: bytes | os.PathLike, part: VideoPart) -> Clip:
    """The part of a video; a single picture is a clip for a model that takes several frames at a time."""
    fps = part.fps or model.fps
    if frames_per_stretch(model) > 1 and is_single_picture(source):
        return read_picture(source, size=model.size, fps=fps)
    return read_video(source, size=model.size, fps=fps, start=part.start, seconds=part.seconds)


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=12).hexdigest()


def _join(parts: Sequence[Path], out: Path) -> int:
    """Write the parts into one file, one after the other, each with its place as its ``group`` and its rows' places on
    a map of all; gives the number of rows. A part can't know either: the next run may find other videos."""
    axes, known = _axes(parts), pq.read_schema(parts[0])
    schema, rows = pa.schema([*known, *(pa.field(name, pa.float32()) for name in AXES[: len(axes.components_)])]), 0
    place_of_group = schema.get_field_index("group")

    def write(place: Path) -> None:
        nonlocal rows
        with pq.ParquetWriter(place, schema) as writer:
            for group, part in enumerate(parts):
                table: pa.Table = pq.read_table(part).cast(known)
                numbers = pa.array(np.full(table.num_rows, group, np.int64))
                table = table.set_column(place_of_group, schema.field(place_of_group), numbers)
                points = (_vectors(table) - axes.mean_) @ axes.components_[: len(AXES)].T
                for name, column in zip(AXES, points.T, strict=False):
                    table = table.append_column(schema.field(name), pa.array(column.astype(np.float32)))
                writer.write_table(table)
                rows += table.num_rows

    replace_file(out, write)
    return rows


def _axes(parts: Sequence[Path]) -> IncrementalPCA:
    """The principal components of all rows, some at a time (Ross et al. 2008)."""
    count, width = sum(pq.read_metadata(part).num_rows for part in parts), _rows_of(parts[0]).shape[1]
    axes = IncrementalPCA(min(_COMPONENTS, count, width))
    with np.errstate(invalid="ignore"):  # a single row has no variance
        for rows in _together(parts, max(_COMPONENTS, _NUMBERS // width)):
            axes.partial_fit(rows)
    return axes


def _together(parts: Sequence[Path], least: int) -> Iterator[np.ndarray]:
    """The rows of all parts, at least so many at a time, or all."""
    waiting = np.empty((0, 0))
    for part in parts:
        rows = _rows_of(part)
        waiting = np.concatenate([waiting, rows]) if len(waiting) else rows
        while len(waiting) >= 2 * least:
            yield waiting[:least]
            waiting = waiting[least:]
    yield waiting


def _rows_of(part: Path) -> np.ndarray:
    return _vectors(pq.read_table(part, columns=["embedding"]))


def _vectors(table: pa.Table) -> np.ndarray:
    """``float64 [rows, D]``."""
    return np.stack(table["embedding"].to_numpy()).astype(np.float64)
