"""A map of rows by name, as the command makes it."""

from __future__ import annotations

from core.embedding.directions import from_to
from core.embedding.distances import Distance, in_space
from core.embedding.projection import Projection, pca, tsne
from core.embedding.search import rows_at
from core.embedding.table import Embeddings
from core.embedding.umap_projection import umap


def make_map(
    table: Embeddings, way: str, distance: Distance = Distance.EUCLIDEAN, start: str = "", end: str = ""
) -> Projection:
    """Returns a map of rows.

    Args:
        table: The rows.
        way: ``pca``, ``tsne`` or ``umap``, with their usual settings; nothing for a map from some rows to others.
        distance: How far rows are from one another.
        start, end: Searches for the rows at both ends of the first axis; empty for a map by ``way``.

    Raises:
        ValueError: There is no such way, or it does not go with these rows.
    """
    rows = in_space(table.vectors, distance)
    if start or end:
        return from_to(rows, rows_at(table, start), rows_at(table, end), (start, end))
    ways = {"pca": pca, "tsne": lambda rows: tsne(rows, min(30.0, max(len(rows) // 3, 2))), "umap": umap}
    if way not in ways:
        raise ValueError(f"The map can be made by {', '.join(ways)}, not by {way!r}.")
    return ways[way](rows)
