"""Cards: what is stored beside a model about how it was made."""

from __future__ import annotations

import datetime
import os
import platform

import torch

from core.training.clip_cache import ClipSet
from core.training.loop import Run
from core.training.recipe import Recipe


def start_card(name: str, seed: int, clips: ClipSet | None = None, minutes: float | None = None) -> dict:
    """What is known of a model before it is trained: recipe, seeds, machine and date."""
    option = "" if minutes is None else f" --minutes {minutes:g}"
    return {
        "name": name,
        "recipe": f"worldscope train {name}{option} --seed {seed}",
        "seed": seed,
        "data_seeds": [clips.first_seed, clips.first_seed + clips.clips] if clips else None,
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
        "torch": torch.__version__,
        "date": datetime.date.today().isoformat(),
    }


def run_card(recipe: Recipe, run: Run) -> dict:
    """What a finished training adds to the card: minutes, steps, size and validation numbers."""
    return {
        "minutes": round(run.spent / 60, 2),
        "cpu_minutes": round(run.cpu / 60, 1),
        "steps": run.step,
        "threads": torch.get_num_threads(),
        "batch": recipe.batch_size,
        "parameters": sum(p.numel() for p in recipe.module.parameters() if p.requires_grad),
        "measures": run.measures,
        "history": run.history,
    }
