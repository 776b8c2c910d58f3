"""The training loop: it reports, saves checkpoints, resumes and stops cleanly."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from core.files import replace_file
from core.training.clip_cache import Clips
from core.training.recipe import Recipe

CHECKPOINT_SECONDS = 60.0
_CHECKPOINT = "checkpoint.safetensors"


@dataclass(frozen=True)
class Moment:
    """What a training reports after a step.

    Attributes:
        step: Steps taken so far.
        losses: The parts of the loss, by name.
        measures: The last validation numbers, by name; empty until the first ones.
        spent: Seconds of training so far.
        left: Seconds of training that remain.
    """

    step: int
    losses: Mapping[str, float]
    measures: Mapping[str, float]
    spent: float
    left: float


@dataclass
class Run:
    """The state of a training; a checkpoint holds it beside the weights.

    Attributes:
        step: Steps taken so far.
        spent: Seconds of training so far, by the clock of the training.
        cpu: Seconds of processor time so far.
        measures: The last validation numbers, by name.
        history: Losses and measures at each validation.
    """

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
    """Train for a number of minutes by ``clock``, or for the minutes that remain if ``folder`` holds a checkpoint.

    Batches and random numbers depend on the seed and the step alone, so that a resumed training continues as if it had
    never stopped. A training that stops early (``cancelled`` or Ctrl-C) leaves a checkpoint.

    Args:
        recipe: What is trained, and how.
        clips: The training clips.
        folder: Where the checkpoint lies.
        minutes: Training time.
        seed: Of the order of the clips and of all random numbers.
        report: Called after each step.
        cancelled: Whether to stop; called before each step.
        measure_seconds: Seconds between validations; None for no validation.
        clock: Seconds of whatever the minutes are counted in.

    Returns:
        The training as it ended; it is finished if ``spent`` has reached the minutes.

    Raises:
        ValueError: The checkpoint can't be used.
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


def _step(recipe: Recipe, optimiser: torch.optim.Optimizer, clips: Clips, seed: int, step: int, progress: float):
    for group in optimiser.param_groups:
        group["lr"] = recipe.rate * min(1.0, (step + 1) / 100) * (0.02 + 0.49 * (1 + math.cos(math.pi * progress)))
    generator = torch.Generator().manual_seed(seed * 1_000_003 + step)
    losses = recipe.losses(recipe.draw_batch(clips, seed, step, progress), progress, generator)
    optimiser.zero_grad(set_to_none=True)
    losses["loss"].backward()
    torch.nn.utils.clip_grad_norm_(recipe.module.parameters(), 1.0)
    optimiser.step()
    return {name: float(value.detach()) for name, value in losses.items()}


def measure(recipe: Recipe) -> dict[str, float]:
    """The validation numbers of a recipe as it is now."""
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
    replace_file(folder / _CHECKPOINT, lambda path: path.write_bytes(save(tensors, about)))


def _resume(folder: Path, recipe: Recipe, optimiser: torch.optim.Optimizer) -> Run:
    if not (folder / _CHECKPOINT).exists():
        return Run()
    try:
        with safe_open(folder / _CHECKPOINT, "pt") as file:
            names, run = file.keys(), Run(**json.loads(file.metadata()["run"]))
            tensors = {name: file.get_tensor(name) for name in names}
        recipe.module.load_state_dict({n[6:]: t for n, t in tensors.items() if n.startswith("model.")})
    except (SafetensorError, RuntimeError, TypeError, KeyError) as error:  # cut off, or of another version
        raise ValueError(f"The checkpoint in {folder} can't be used; delete that folder and train again.") from error
    state: dict[int, dict] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimiser."):
            _, index, key = name.split(".", 2)
            state.setdefault(int(index), {})[key] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
    return run
