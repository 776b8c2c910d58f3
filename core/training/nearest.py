"""The memory of the nearest-clip baseline: thumbnails of training clips and the seeds to simulate them again."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np

from core.models.nearest import NearestConfig, thumbnails
from core.models.store import save_model
from core.training.clip_cache import Clips, ClipSet, pick
from core.training.probing import required_readout
from core.training.settings import CONTEXT
from core.worlds.stage.layout import BACKGROUNDS, StageFactors

ENTRIES = 2000
_LATEST = 12  # frames; in later windows little moves


def train_nearest(data: Clips, clips: ClipSet, folder: Path, card: dict) -> None:
    """Store one window of each of the first clips, from a random frame on.

    Raises:
        ValueError: The worlds of the clips have no read-out.
    """
    readout = required_readout(data)
    config = NearestConfig(CONTEXT, [name for name, _ in clips.worlds], list(BACKGROUNDS))
    count = min(ENTRIES, len(data.frames))
    starts = np.random.default_rng(clips.first_seed).integers(0, _LATEST, count)
    picked = [pick(clips, index) for index in range(count)]
    factors = [cast(StageFactors, each) for each, _ in picked]
    arrays = {
        "thumbs": np.stack([thumbnails(data.frames[i, s : s + CONTEXT], readout) for i, s in enumerate(starts)]),
        "seeds": np.array([seed for _, seed in picked], np.int64),
        "starts": starts.astype(np.int64),
        "worlds": np.array([config.worlds.index(f.world) for f in factors], np.int64),
        "backgrounds": np.array([config.backgrounds.index(f.background) for f in factors], np.int64),
    }
    save_model(folder, config, arrays, card | {"entries": count})
