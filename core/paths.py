"""Where things lie: what is shipped, and what this machine may forget."""

from __future__ import annotations

import os
from pathlib import Path

SAMPLE_DATA = Path(__file__).resolve().parent.parent / "sample_data"
MODELS = SAMPLE_DATA / "models"
RESULTS = SAMPLE_DATA / "results"


def cache_folder() -> Path:
    """The user's cache for training clips and unfinished runs; ``WORLDSCOPE_CACHE`` moves it."""
    chosen = os.environ.get("WORLDSCOPE_CACHE")
    base = Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "worldscope"
    base.mkdir(parents=True, exist_ok=True)
    return base


def jobs_folder() -> Path:
    """Where the trainings of the Train page lie, a folder each; their models are in ``models`` of it."""
    path = cache_folder() / "jobs"
    path.mkdir(exist_ok=True)
    return path
