"""Lists of nearest neighbours, for a click and for a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from core.embedding.distances import Distance, distance_of, in_space
from core.embedding.projection import all_nearest
from core.embedding.table import Embeddings
from core.files import replace_file
from core.wording import count_of

MOST = 100  # neighbours of each row in a file
_COLUMNS = 8  # of what is known of a neighbour


def neighbour_table(
    table: Embeddings,
    count: int,
    distance: Distance = Distance.EUCLIDEAN,
    report: Callable[[float], None] = lambda share: None,
) -> pd.DataFrame:
    """Returns a line for each row and each of its neighbours, the nearest first: ``row`` and ``neighbour`` (places in
    the file, from 1), ``rank``, ``distance``, and for the first eight columns of the file what is known of both.

    Args:
        table: The rows.
        count: Neighbours of each row.
        distance: How far rows are from one another.
        report: Called with the share that is done.

    Raises:
        ValueError: Too many or too few neighbours.
    """
    most = min(MOST, len(table) - 1)
    if not 1 <= count <= most:
        raise ValueError(
            f"The number of neighbours of {count_of(len(table), 'row')} must be from 1 to {most}, not {count}."
        )
    places, distances = all_nearest(in_space(table.vectors, distance), count, report)
    of = np.repeat(np.arange(len(table)), count)
    near = places.ravel()
    number = (np.arange(len(table)) if table.row is None else table.row) + 1
    frame = {
        "row": number[of],
        "rank": np.tile(np.arange(1, count + 1), len(table)),
        "neighbour": number[near],
        "distance": distance_of(distances.ravel(), distance),
    }
    for name, column in [*table.columns.items()][:_COLUMNS]:
        frame |= {f"{name} of the row": column[of], f"{name} of the neighbour": column[near]}
    return pd.DataFrame(frame)


def neighbour_csv(table: Embeddings, count: int, distance: Distance = Distance.EUCLIDEAN) -> bytes:
    """Returns ``neighbour_table`` as CSV, UTF-8 with distances of six significant digits.

    Raises:
        ValueError: As there.
    """
    return neighbour_table(table, count, distance).to_csv(index=False, float_format="%.6g").encode()


def save_neighbours(table: Embeddings, count: int, out: Path, distance: Distance = Distance.EUCLIDEAN) -> None:
    """Write ``neighbour_csv`` to a ``.csv`` file.

    Raises:
        ValueError: As ``neighbour_table``, or a file with another ending.
    """
    if out.suffix != ".csv":
        raise ValueError(f"The neighbours are a .csv file; name it {out.with_suffix('.csv').name}.")
    data = neighbour_csv(table, count, distance)
    replace_file(out, lambda place: place.write_bytes(data))
