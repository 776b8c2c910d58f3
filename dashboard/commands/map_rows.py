"""``worldscope map FILE``: a file of embeddings as the Embeddings page reads it, with its map and its verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.embedding.summary import EmbeddingSummary


def map_rows(
    file: Annotated[Path, typer.Argument(help="Embeddings: .npy, .npz, .csv, .tsv, .jsonl, .parquet, word vectors.")],
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
    out: Annotated[Path | None, typer.Option(help="Save rows and map as .parquet, or as .zip for a projector.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Read a file of embeddings and print how it was read, the variance of its map, and whether it has collapsed."""
    from core.embedding.export import save_rows
    from core.embedding.files import read_embeddings
    from core.embedding.limits import ReadOptions
    from core.embedding.projection import pca
    from core.embedding.summary import summarise
    from core.results import to_json

    table = read_embeddings(
        file.read_bytes(),
        sample_seed=0 if sample else None,
        options=ReadOptions(columns, labels, clip, time, separator, encoding, header),
        metadata=None if metadata is None else metadata.read_bytes(),
    )
    projection = pca(table.vectors)
    if out is not None:
        save_rows(table, projection.points, out)
    summary = summarise(table, projection)
    typer.echo(json.dumps(to_json(summary)) if as_json else "\n".join(_lines(summary)))


def _lines(summary: EmbeddingSummary) -> list[str]:
    protocol = summary.protocol
    shares = " and ".join(f"{share:.0%}" for share in summary.explained)
    return [
        f"{protocol.rows:,} rows of {protocol.dimensions:,} dimensions.",
        *summary.notes,
        f"{protocol.map}" + (f": {shares} of the variance." if shares else "."),
        f"{summary.finding.state.capitalize()}. {summary.finding.text}",
        "",
        *(f"{one.name}: {one.reason if one.value is None else f'{one.value:.2g}'}" for one in summary.measures),
    ]
