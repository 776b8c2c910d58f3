"""Prints one JSON object: numbers and digests of what a checkout computes, from plain Python.

Run it in the root of a checkout. ``compare_commits.py`` runs it in two and compares what they print. A name that has
moved is looked up at each of its addresses, the newest first, so that one file reads old commits and new ones.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path.cwd()))
ENCODERS = (
    "random",
    "no-anti-collapse unguarded",
    "pixel-hidden",
    "pixel",
    "jepa",
    "jepa-1",
    "jepa-2",
    "vjepa",
    "ijepa",
    "masked-pixels",
    "jepa-memory",
    "pixel-memory",
    "random-memory",
    "vjepa-random",
    "ijepa-random",
    "pixel-hidden-random",
    "pixel-leaves",
    "jepa-leaves",
)
PREDICTORS = (
    "copy-last",
    "constant-velocity",
    "nearest",
    "random",
    "unguarded",
    "pixel-hidden",
    "pixel",
    "jepa",
    "jepa-1",
    "jepa-2",
    "pixel-leaves",
    "jepa-leaves",
)
PLANS = ("jepa", "pixel", "vjepa", "masked-pixels", "ijepa", "jepa-decoder", "jepa-leaves", "pixel-leaves", "nearest")
STEPS = 3  # of each training


def find(*addresses: str) -> Any:
    """The first that exists of some ``module:name`` addresses."""
    for address in addresses:
        module, _, name = address.partition(":")
        try:
            return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError):
            continue
    raise LookupError(f"None of {', '.join(addresses)} exists.")


def digest(value: Any) -> Any:
    """Numbers as they are, arrays as shape, mean and hash; dataclasses and collections part by part."""
    if isinstance(value, np.ndarray):
        whole = np.ascontiguousarray(value)
        mean = float(np.nanmean(whole)) if whole.dtype.kind in "fiub" and whole.size else None
        return {"shape": list(whole.shape), "mean": mean, "hash": sha256(whole.tobytes()).hexdigest()[:16]}
    if isinstance(value, np.generic):
        return value.item()
    if is_dataclass(value):
        return {field.name: digest(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): digest(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [digest(part) for part in value]
    return value if isinstance(value, (int, float, str, bool, type(None))) else repr(type(value).__name__)


BALLS = tuple((name.lower(), find(f"core.worlds:{name}")) for name in ("Drop", "Wall", "Occluder"))


def worlds() -> Iterator[tuple[str, Any]]:
    """Frames and truth of clips of every world."""
    sample, simulate = find("core.worlds:sample"), find("core.worlds:simulate")
    for name, factors in (("leaves", find("core.worlds:Leaves")), *BALLS):
        for seed in (0, 7, 1_000_003, 2_000_001):
            for background in (None,) if name == "leaves" else ("plain", "textured", "moving"):
                fixed = {} if background is None else {"background": background}
                clip = simulate(sample(factors, seed, **fixed), seed, frames=20)
                truth = (
                    {}
                    if clip.truth is None
                    else {
                        part: digest(getattr(clip.truth, part)) for part in ("x", "y", "vx", "vy", "angle", "visible")
                    }
                    | {"events": [[e.kind, e.frame, *e.objects] for e in clip.truth.events]}
                )
                yield f"{name} {background} {seed}", {"frames": digest(clip.frames), "truth": truth}


def clips(count: int = 2, frames: int = 20) -> np.ndarray:
    """Clips of the worlds of balls, ``uint8 [B, T, 64, 64, 3]``."""
    sample, simulate, factors = find("core.worlds:sample"), find("core.worlds:simulate"), dict(BALLS)
    return np.stack(
        [
            simulate(sample(factors[name], 2_000_000 + i), 2_000_000 + i).frames[:frames]
            for name in ("drop", "occluder")
            for i in range(count)
        ]
    )


def model_named(name: str) -> Any:
    """A shipped model, by any of the names that it has had."""
    load = find("core.models.registry:load", "core.models.catalog:load")
    for one in name.split():
        try:
            return load(one)
        except ValueError:
            continue
    raise LookupError(name)


def encodings() -> Iterator[tuple[str, Any]]:
    """Latents of every shipped model."""
    frames = clips(frames=16)
    for name in ENCODERS:
        yield name.split()[-1], digest(model_named(name).encode(frames))


def predictions() -> Iterator[tuple[str, Any]]:
    """Predicted latents of every shipped model, and what is read and drawn from them."""
    frames = clips()
    for name in PREDICTORS:
        model = model_named(name)
        latents = model.predict(frames[:, :4], 8)
        found = {"latents": digest(latents)}
        if "leaves" not in name:
            found["places"] = digest(places(model, latents))
        if getattr(model, "can_decode", hasattr(model, "decode")):
            found["frames"] = digest(model.decode(latents))
        yield name, found


def places(model: Any, latents: np.ndarray) -> np.ndarray:
    """Positions of the balls, read by the model itself in the older commit and by its reader in the newer one."""
    if hasattr(model, "locate"):
        return model.locate(latents)
    return find("core.models.readers:reader_of")(model).read(latents)


def comparison() -> Iterator[tuple[str, Any]]:
    """What Compare shows of one clip."""
    compare = find("core.evaluation.compare:compare")
    drop, simulate = find("core.worlds:Drop"), find("core.worlds:simulate")
    models = [model_named(name) for name in ("copy-last", "constant-velocity", "nearest", "pixel", "jepa")]
    found = compare(simulate(drop(objects=2), 2_000_023), models, 4, 10)
    yield "ceiling", digest(found.ceiling)
    for name, arm in found.arms.items():
        for part in ("error", "floor", "psnr", "positions", "found", "frames", "error_map"):
            yield f"{name} {part}", digest(getattr(arm, part, "missing"))


def quiet(*_: object) -> None:
    """Reports nothing."""


def scoreboard() -> Iterator[tuple[str, Any]]:
    """The scoreboard's measurements, on few clips."""
    models = [model_named(name) for name in ("copy-last", "pixel", "jepa")]
    for name in ("robustness", "seeds"):
        measure = find(f"core.evaluation.scoreboard:measure_{name}", f"core.evaluation.{name}:measure_{name}")
        result = measure(
            models[1:] if name == "robustness" else [model_named(n) for n in ("jepa", "jepa-1")], quiet, clips=3
        )
        yield name, as_json(result)


def as_json(result: Any) -> Any:
    """A result as plain data."""
    if isinstance(result, dict):
        return result
    if hasattr(result, "to_json"):
        made = result.to_json()
        return json.loads(made) if isinstance(made, str) else made
    return find("core.results:to_json")(result)


def recognition() -> Iterator[tuple[str, Any]]:
    """What a frozen representation recognises, on few clips."""
    measure = find("core.evaluation.recognition:measure_recognition")
    protocol = find(
        "core.evaluation.recognition_result:RecognitionProtocol", "core.evaluation.recognition:RecognitionProtocol"
    )(learn=6, test=3, seeds=(0,))
    with tempfile.TemporaryDirectory() as folder:
        yield "jepa-memory", as_json(measure([model_named("jepa-memory")], protocol, quiet, Path(folder) / "kept"))


def stories() -> Iterator[tuple[str, Any]]:
    """What the ladder says of every shipped story."""
    all_stories = find("core.causal.stories.shipped:STORIES", "core.causal.stories:STORIES")
    action = find(
        "core.causal.scm.interventions:Do", "core.causal.scm.interventions:Set", "core.causal.interventions:Set"
    )
    one_unit = find(
        "core.causal.scm.counterfactuals:counterfactual_unit",
        "core.causal.scm.counterfactuals:unit_counterfactual",
        "core.causal.scm.counterfactuals:counterfactual",
        "core.causal.scm.counterfactuals:imagine_unit",
        "core.causal.imagining:imagine_unit",
    )
    for name, story in all_stories.items():
        model = story.model()
        noise = model.draw_noise(2000, np.random.default_rng(3))
        play = getattr(model, "simulate", None) or model.play
        units = {"alone": play(noise)} | {
            f"do {value}": play(noise, action(story.exposure, value)) for value in (0.0, 1.0)
        }
        found = {what: {node: digest(column) for node, column in one.values.items()} for what, one in units.items()}
        yield name, found
        seen = dict(story.unit) or {node: float(column[0]) for node, column in units["alone"].values.items()}
        other = one_unit(model, seen, [action(story.exposure, 0.0)], np.random.default_rng(5))
        steps = [
            [getattr(step, part) for part in ("node",)]
            + [float(value) for value in vars(step).values() if isinstance(value, float)]
            for step in getattr(other, "nodes", None) or other.steps
        ]
        yield f"{name}: one unit", steps


def discovery() -> Iterator[tuple[str, Any]]:
    """Graphs that PC and NOTEARS find in rows of a linear model."""
    room = "core.causal.discovery"
    linear_model = find(
        *(f"{room}{module}:linear_model" for module in (".experiments", ".simulation", ".discover", ""))
    )
    pc = find(f"{room}.discover:discover", f"{room}:discover")
    notears = find(f"{room}.notears:notears", "core.causal.notears:notears")
    model = linear_model(6, 2.0, np.random.default_rng(1))
    play = getattr(model, "simulate", None) or model.play
    columns = dict(play(model.draw_noise(1000, np.random.default_rng(2))).values)
    for name, method in (("pc", pc), ("notears", notears)):
        pattern = method(columns)
        yield name, [sorted(map(list, pattern.arrows)), sorted(sorted(line) for line in pattern.lines)]


def trainings() -> Iterator[tuple[str, Any]]:
    """Weights after a few steps of every recipe: time passes only when the optimiser steps."""
    import torch

    train = find("core.training.train:train")
    plan_named = find("core.training.shipped:plan_named", "core.training.plans:plan_named")
    clip_set = find("core.training.clip_cache:ClipSet", "core.training.clips:ClipSet")
    clock = Clock()
    step = torch.optim.AdamW.step
    torch.optim.AdamW.step = lambda self, *args: (clock.tick(), step(self, *args))[1]  # type: ignore[method-assign]
    for module in [one for name, one in sys.modules.items() if name.startswith("core.training")]:
        if hasattr(module, "time"):
            module.time = clock  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        for name in PLANS:
            plan = plan_named(name)
            small = replace(
                plan, clips=clip_set(0, 32, plan.clips.worlds), check=clip_set(1_000_000, 24, plan.check.worlds)
            )
            train(name, minutes=STEPS / 60, models=Path(folder), plan=small)
        for path in sorted(Path(folder).rglob("weights.safetensors")):
            yield path.parent.name, weights_hash(path)
        for path in sorted(Path(folder).rglob("card.json")):
            yield f"card of {path.parent.name}", json.loads(path.read_text())


def weights_hash(path: Path) -> str:
    """A hash of the arrays in a file, whatever they are called."""
    from safetensors.numpy import load_file

    parts = sorted(sha256(np.ascontiguousarray(array).tobytes()).hexdigest() for array in load_file(path).values())
    return sha256("".join(parts).encode()).hexdigest()[:16]


class Clock:
    """Stands for ``time`` in the training modules: a second passes with every step of the optimiser."""

    def __init__(self) -> None:
        self.now = 0.0

    def tick(self) -> None:
        """Let a second pass."""
        self.now += 1.0

    def monotonic(self) -> float:
        """The time."""
        return self.now

    process_time = perf_counter = monotonic

    def time_ns(self) -> int:
        """The true time, for files."""
        import time

        return time.time_ns()


PROBES: tuple[Callable[[], Iterator[tuple[str, Any]]], ...] = (
    worlds,
    encodings,
    predictions,
    comparison,
    scoreboard,
    recognition,
    stories,
    discovery,
    trainings,
)


def main() -> None:
    """Run the probes that are named on the command line, or all."""
    import torch

    torch.set_num_threads(1)
    found: dict[str, Any] = {}
    for probe in PROBES:
        if sys.argv[1:] and probe.__name__ not in sys.argv[1:]:
            continue
        try:
            found[probe.__name__] = dict(probe())
        except Exception as error:  # the other probes still run
            traceback.print_exc()
            found[probe.__name__] = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
