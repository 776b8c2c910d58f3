"""Embed every video of a folder, save the rows as parquet and say how many dimensions they use.

    python docs/examples/embed_a_folder.py FOLDER OUT.parquet

The Embeddings page opens the file.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from core.embedding.batch import embed_videos
from core.embedding.rank_metrics import effective_rank
from core.models.registry import load
from core.video import videos_in


def main(folder: Path, out: Path) -> None:
    """Write ``out`` and print what it holds."""
    done = embed_videos(load("jepa"), videos_in(folder), out, "clips")
    rows = np.stack(pd.read_parquet(out)["embedding"].tolist())
    print(f"{done.videos} videos, {len(rows)} rows of {rows.shape[1]:,} numbers in {out.name}")
    print(f"effective rank {effective_rank(rows):.1f} of at most {min(rows.shape)}")
    for name, reason in done.left_out:
        print(f"{name} was left out: {reason}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
