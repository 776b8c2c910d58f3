"""Where things lie: what is shipped, and what this machine may forget."""

from __future__ import annotations

import os
from pathlib import Path

SAMPLE_DATA = Path(__file__).resolve().parent.parent / "sample_data"
MODELS = SAMPLE_DATA / "models"
RESULTS = SAMPLE_DATA / "results"


def cache_folder() -> Path:
    """The user's cache for training clips and unfinished runs; ``WORLDSCOPE_CACHE`` moves it."""
    base = _cache_path()
    base.mkdir(parents=True, exist_ok=True)
    return base


def jobs_folder() -> Path:
    """Where jobs lie, a folder each; it need not exist. The models of a training are in ``models`` of its folder."""
    return _cache_path() / "jobs"


def _cache_path() -> Path:
    chosen = os.environ.get("WORLDSCOPE_CACHE")
    return Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "worldscope"
