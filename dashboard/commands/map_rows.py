"""``worldscope map FILE``: a file of embeddings as the Embeddings page reads it, with its map and its verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.embedding.limits import ReadOptions
    from core.embedding.series import EmbeddingSeries
    from core.embedding.summary import EmbeddingSummary
    from core.embedding.table import Embeddings


def map_rows(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Embeddings: .npy, .npz, .csv, .tsv, .jsonl, .parquet, word vectors; of several checkpoints, several.",
        ),
    ],
    metadata: Annotated[
        Path | None, typer.Option(help="A metadata file with a line for each row, as TensorBoard's projector reads it.")
    ] = None,
    columns: Annotated[
        str, typer.Option(help="The embedding: a column, columns separated by commas, first:last, or a pattern with *.")
    ] = "",
    labels: Annotated[str, typer.Option(help="Columns that stay text, separated by commas.")] = "",
    clip: Annotated[str, typer.Option(help="The column that tells clips apart, or none.")] = "",
    time: Annotated[str, typer.Option(help="The column that orders the rows of a clip, or none.")] = "",
    separator: Annotated[str, typer.Option(help="Separator of a text file: comma, semicolon, tab, bar or space.")] = "",
    encoding: Annotated[str, typer.Option(help="Encoding of a text file, such as cp1252.")] = "",
    header: Annotated[str, typer.Option(help="Whether the first line of a text names columns: yes or no.")] = "",
    sample: Annotated[
        bool, typer.Option("--sample", help="Read a random sample of a file with too many rows.")
    ] = False,
    where: Annotated[str, typer.Option(help="Only the rows that match, such as label:cat or year>=2000.")] = "",
    by: Annotated[str, typer.Option(help="What makes the map: pca, tsne or umap.")] = "pca",
    distance: Annotated[str, typer.Option(help="Euclidean, cosine, correlation or standardised.")] = "Euclidean",
    start: Annotated[str, typer.Option("--from", help="A map from these rows, such as label:cat, ...")] = "",
    end: Annotated[str, typer.Option("--to", help="... to these, such as label:dog or row:12.")] = "",
    out: Annotated[Path | None, typer.Option(help="Save rows and map as .parquet, or as .zip for a projector.")] = None,
    neighbours: Annotated[Path | None, typer.Option(help="Save the nearest neighbours of each row as .csv.")] = None,
    count: Annotated[int, typer.Option(help="Neighbours of each row in that file.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Read a file of embeddings and print how it was read, the variance of its map, and whether it has collapsed."""
    from core.embedding.distances import distance_named
    from core.embedding.export import save_rows
    from core.embedding.limits import ReadOptions
    from core.embedding.maps import make_map
    from core.embedding.neighbours import save_neighbours
    from core.embedding.search import with_rows
    from core.embedding.summary import summarise
    from core.results import to_json

    options = ReadOptions(columns, labels, clip, time, separator, encoding, header)
    if len(files) > 1:
        series = _series(files, options, sample)
        typer.echo(json.dumps(to_json(series)) if as_json else "\n".join(_series_lines(series)))
        return
    table = with_rows(_read(files[0], options, sample, metadata), where)
    measured = distance_named(distance)
    projection = make_map(table, by, measured, start, end)
    if out is not None:
        save_rows(table, projection.points, out)
    if neighbours is not None:
        save_neighbours(table, count, neighbours, measured)
    summary = summarise(table, projection, measured)
    typer.echo(json.dumps(to_json(summary)) if as_json else "\n".join(_lines(summary)))


def _read(file: Path, options: ReadOptions, sample: bool, metadata: Path | None = None) -> Embeddings:
    from core.embedding.files import read_embeddings

    described = None if metadata is None else metadata.read_bytes()
    return read_embeddings(file.read_bytes(), sample_seed=0 if sample else None, options=options, metadata=described)


def _series(files: list[Path], options: ReadOptions, sample: bool) -> EmbeddingSeries:
    from core.embedding.series import examine_series

    names = [file.name for file in files]
    named = dict(zip(names if len(set(names)) == len(names) else map(str, files), files, strict=True))
    return examine_series({name: _read(file, options, sample) for name, file in named.items()})


def _lines(summary: EmbeddingSummary) -> list[str]:
    from core.wording import percent

    protocol = summary.protocol
    shares = " and ".join(f"{percent(share)}" for share in summary.explained)
    return [
        f"{protocol.rows:,} rows of {protocol.dimensions:,} dimensions.",
        *summary.notes,
        f"{protocol.map}" + (f": {shares} of the variance." if shares else "."),
        f"{summary.finding.state.capitalize()}. {summary.finding.text}",
        "",
        *(f"{one.name}: {one.reason if one.value is None else f'{one.value:.2g}'}" for one in summary.measures),
    ]


def _series_lines(series: EmbeddingSeries) -> list[str]:
    lines = [series.finding.text, ""]
    for step in series.steps:
        moving = "" if step.moving is None else f", moving share {step.moving:.2g}"
        lines.append(
            f"{step.name}: {step.state}, effective rank {step.effective_rank:.2g}, participation ratio "
            f"{step.directions:.2g}, spread {step.spread:.2g}{moving}"
        )
    return lines
