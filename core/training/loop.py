"""The one training loop: reports, checkpoints, resumes and stops cleanly."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from core.files import replace_file
from core.models.tensors import as_tensor
from core.training.clips import Clips

CHECKPOINT_SECONDS = 60.0
_CHECKPOINT = "checkpoint.safetensors"


class Recipe(Protocol):
    """How one model is trained.

    Attributes:
        module: What is trained.
        window: Frames of a training window.
        batch: Clips of a batch.
        rate: Largest learning rate.
    """

    module: torch.nn.Module
    window: int
    batch: int
    rate: float

    def losses(self, frames: torch.Tensor, progress: float, generator: torch.Generator) -> Mapping[str, torch.Tensor]:
        """Named parts of the loss for ``[B, T, 3, H, W]``; ``loss`` is what is minimised. ``progress`` is 0 to 1; what
        is drawn by chance comes from ``generator``."""
        ...

    def measures(self) -> Mapping[str, float]:
        """Named numbers on validation clips, the one for people first."""
        ...


@dataclass(frozen=True)
class Moment:
    """What a run reports: ``losses`` and ``measures`` by name (no measures until the first ones), seconds spent and to
    go."""

    step: int
    losses: Mapping[str, float]
    measures: Mapping[str, float]
    spent: float
    left: float


@dataclass
class Run:
    """A run under way; what the checkpoint holds besides the weights."""

    step: int = 0
    spent: float = 0.0
    cpu: float = 0.0
    measures: dict[str, float] = field(default_factory=dict)
    history: list[dict] = field(default_factory=list)


def fit(
    recipe: Recipe,
    clips: Clips,
    folder: Path,
    *,
    minutes: float,
    seed: int,
    report: Callable[[Moment], None] = lambda moment: None,
    cancelled: Callable[[], bool] = lambda: False,
    measure_seconds: float | None = 180.0,
    clock: Callable[[], float] = time.monotonic,
) -> Run:
    """Train for a number of minutes by ``clock``, or what is left of them if ``folder`` holds a checkpoint.

    Windows come from one stream that depends on the seed alone, so that two arms see the same clips in the same order
    and a resumed run goes on as if it had never stopped. Stopping early (``cancelled`` or Ctrl-C) leaves a checkpoint.

    Returns:
        The run as it ended; it is finished if ``spent`` reached the minutes.
    """
    optimiser = torch.optim.AdamW(recipe.module.parameters(), lr=recipe.rate, weight_decay=1e-3)
    run = _resume(folder, recipe, optimiser)
    budget, saved, measured = 60.0 * minutes, time.monotonic(), run.spent
    recipe.module.train()
    try:
        while run.spent < budget and not cancelled():
            began, cpu = clock(), time.process_time()
            losses = _step(recipe, optimiser, clips, seed, run.step, run.spent / budget)
            run.step += 1
            run.spent += clock() - began
            run.cpu += time.process_time() - cpu
            if measure_seconds is not None and (run.spent - measured > measure_seconds or run.spent >= budget):
                run.measures, measured = measure(recipe), run.spent
                run.history.append({"step": run.step, "minutes": run.spent / 60, **losses, **run.measures})
            report(Moment(run.step, losses, run.measures, run.spent, max(0.0, budget - run.spent)))
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                _checkpoint(folder, recipe, optimiser, run)
                saved = time.monotonic()
    finally:  # Ctrl-C comes here too
        _checkpoint(folder, recipe, optimiser, run)
        recipe.module.eval()
    return run


def batch_of(clips: Clips, batch: int, window: int, seed: int, step: int) -> torch.Tensor:
    """The clips of a step: ``float32 [B, T, 3, H, W]`` in [0, 1].

    Half of them are mirrored left to right, and the colour channels of each are shuffled. Every clip has a red ball and
    only some a green one; without the shuffle the red ball alone supplies the variance that the anti-collapse term asks
    for, and the others are dropped (in a trial its tokens grew ten times as large as the blue one's).
    """
    return as_tensor(np.stack([_window(clips, window, seed, n) for n in range(step * batch, (step + 1) * batch)]))


def _window(clips: Clips, window: int, seed: int, number: int) -> np.ndarray:
    """The window with a number, of one stream for a seed: arms with other batch sizes read the same stream."""
    rng = np.random.default_rng([seed, number])
    chosen = rng.integers(len(clips.frames))
    # Early windows more often: that is where balls still fall and run.
    start = int(rng.random() ** 1.7 * (clips.frames.shape[1] - window + 1))
    direction = -1 if rng.random() < 0.5 else 1
    return clips.frames[chosen, start : start + window, :, ::direction][..., rng.permutation(3)]


def _step(recipe: Recipe, optimiser: torch.optim.Optimizer, clips: Clips, seed: int, step: int, progress: float):
    for group in optimiser.param_groups:
        group["lr"] = recipe.rate * min(1.0, (step + 1) / 100) * (0.02 + 0.49 * (1 + math.cos(math.pi * progress)))
    chance = torch.Generator().manual_seed(seed * 1_000_003 + step)
    losses = recipe.losses(batch_of(clips.at(progress), recipe.batch, recipe.window, seed, step), progress, chance)
    optimiser.zero_grad(set_to_none=True)
    losses["loss"].backward()
    torch.nn.utils.clip_grad_norm_(recipe.module.parameters(), 1.0)
    optimiser.step()
    return {name: float(value.detach()) for name, value in losses.items()}


def measure(recipe: Recipe) -> dict[str, float]:
    """What is watched of a recipe as it stands now."""
    recipe.module.eval()
    with torch.inference_mode():
        measures = dict(recipe.measures())
    recipe.module.train()
    return measures


def _checkpoint(folder: Path, recipe: Recipe, optimiser: torch.optim.Optimizer, run: Run) -> None:
    tensors = {f"model.{name}": tensor.contiguous() for name, tensor in recipe.module.state_dict().items()}
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{name}": value.contiguous() for name, value in state.items()}
    about = {"run": json.dumps(vars(run))}
    replace_file(folder / _CHECKPOINT, lambda path: save_file(tensors, path, about))


def _resume(folder: Path, recipe: Recipe, optimiser: torch.optim.Optimizer) -> Run:
    if not (folder / _CHECKPOINT).exists():
        return Run()
    try:
        with safe_open(folder / _CHECKPOINT, "pt") as file:
            names, run = file.keys(), Run(**json.loads(file.metadata()["run"]))
            tensors = {name: file.get_tensor(name) for name in names}
        recipe.module.load_state_dict({n[6:]: t for n, t in tensors.items() if n.startswith("model.")})
    except (SafetensorError, RuntimeError, TypeError, KeyError) as error:  # cut off, or of another version
        raise ValueError(f"The checkpoint in {folder} can't be used; delete that folder and train anew.") from error
    state: dict[int, dict] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimiser."):
            _, index, key = name.split(".", 2)
            state.setdefault(int(index), {})[key] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
    return run
