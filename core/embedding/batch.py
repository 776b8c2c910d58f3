"""Many films through a model into one parquet file, a film at a time: memory stays flat, and a stopped run goes on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.embedding.embed import UNITS, embed
from core.embedding.export import to_frame
from core.models.catalog import digest_of
from core.models.store import replace_file
from core.video import Film, read_video

Report = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Batch:
    """What was done: films and rows that were written, and what was left out: names, each with why."""

    films: int
    rows: int
    left_out: tuple[tuple[str, str], ...]


def embed_films(
    model, films: Sequence[Film], out: Path, unit: str = "frames", report: Report = lambda done, total, name: None
) -> Batch:
    """Represent films and write ``out``: a row for each unit with its ``embedding``, ``group`` and ``time``, and the
    name of the ``clip``. It opens on the Embeddings page.

    Each film's rows are kept in a folder beside ``out`` until all are done; a run that was stopped goes on from there.

    Args:
        model: As ``core.embedding.embed.embed`` takes it, with ``name`` and ``fps``.
        films: What to represent, each read when its turn comes.
        out: A ``.parquet`` file; replaced if it is there.
        unit: One of ``UNITS``.
        report: Called before each film with how many are done, of how many, and its name.

    Raises:
        ValueError: No such unit, not a parquet file, a folder that can't be written, or no film that can be used.
    """
    _check(out, unit)
    parts = out.with_name(f"{out.name}.parts")
    parts.mkdir(exist_ok=True)
    made, left_out = [], []
    for index, film in enumerate(films):
        report(index, len(films), film.name)
        content = film.read()
        path = parts / f"{_key(model, film, content, unit)}.parquet"
        if not path.exists():
            try:
                _write_part(model, film, content, unit, path)
            except ValueError as error:  # not a film, or too short for the model
                left_out.append((film.name, str(error)))
                continue
        made.append(path)
    report(len(films), len(films), "")
    if not made:
        shutil.rmtree(parts)
        raise ValueError(f"None of them can be embedded. {left_out[0][0]}: {left_out[0][1]}")
    rows = _join(made, out)
    shutil.rmtree(parts)
    return Batch(len(made), rows, tuple(left_out))


def _check(out: Path, unit: str) -> None:
    if unit not in UNITS:
        raise ValueError(f"There is nothing called {unit!r} to embed; there are {', '.join(UNITS)}.")
    if out.suffix != ".parquet":
        raise ValueError(f"The result is a parquet file; call it {out.with_suffix('.parquet').name}.")
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise ValueError(f"Nothing can be written to {out.parent}; name another folder.")


def _write_part(model, film: Film, content: bytes | Path, unit: str, path: Path) -> None:
    clip = replace(read_video(content, size=model.size, fps=model.fps), source=film.name)
    frame = to_frame(embed(model, [clip], unit))
    replace_file(path, lambda place: frame.to_parquet(place, index=False))


def _key(model, film: Film, content: bytes | Path, unit: str) -> str:
    """Tells parts apart: by the film, the model with its weights, and what a row is of."""
    seen = content.stat().st_mtime_ns if isinstance(content, Path) else blake2b(content).hexdigest()
    told = [film.name, film.size, seen, model.name, getattr(model, "mark", None) or digest_of(model.name), unit]
    return blake2b(repr(told).encode(), digest_size=12).hexdigest()


def _join(parts: Sequence[Path], out: Path) -> int:
    """Write the parts into one file, one after the other, each a group; gives the number of rows."""
    schema, rows = pq.read_schema(parts[0]), 0

    def write(place: Path) -> None:
        nonlocal rows
        with pq.ParquetWriter(place, schema) as writer:
            for index, part in enumerate(parts):
                table: pa.Table = pq.read_table(part)
                at = table.column_names.index("group")
                table = table.set_column(at, "group", pa.array([index] * table.num_rows, pa.int64()))
                writer.write_table(table.cast(schema))
                rows += table.num_rows

    replace_file(out, write)
    return rows
