"""Compares every number that two checkouts of the project print, exactly, on one machine.

    python tests/tools/compare_commits.py OLD NEW [--keep FOLDER] [--only WORD]

It runs the commands and the probes (``probes.py``) of both checkouts with the same interpreter, on one thread, and
prints each number that differs. ``--keep`` stores what OLD printed, so that it runs once. Timings and dates are left
out by name; fields with another name are matched through ``RENAMED``. The exit status is 1 if anything differs.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

PROBES = Path(__file__).with_name("probes.py")
# Where a number that an old commit prints is found in what a new one prints: patterns of its path, applied in order.
RENAMED: tuple[tuple[str, str], ...] = (
    (r"(?<!/protocol)/clips$", "/n"),  # of an interval
    (r"/shares/(\d+)/(accuracy|direction|speed)/", r"/scores/\1/probe/\2/"),
    (r"/shares/(\d+)/neighbours/", r"/scores/\1/neighbours/"),
    (r"/shares/(\d+)$", r"/label_shares/\1"),
    (r"/history/(\d+)/guard$", r"/history/\1/anti_collapse"),
    (r"^(estimate[^/]*)/raw/", r"\1/unadjusted/"),
    (r"^(estimate[^/]*)/overlap$", r"\1/poor_overlap"),
    (r"^(estimate[^/]*)/expected$", r"\1/expected_by_chance"),
    (r"^(estimate[^/]*/implications/\d+)/chance$", r"\1/p_value"),
    (r"^(estimate[^/]*/attribution)/done/", r"\1/means/"),
    (r"^(estimate[^/]*/attribution/\w+)/both/", r"\1/necessity_and_sufficiency/"),
    (r"^(estimate[^/]*)/missing_cause/robustness$", r"\1/sensitivity/robustness_value"),
    (r"^(estimate[^/]*)/missing_cause(?=/|$)", r"\1/sensitivity"),
)
# Fields that differ from run to run, that say when and where a run was made, or that depend on the names of tensors.
LEFT_OUT = {
    "ms_per_frame",
    "date",
    "machine",
    "cores",
    "torch",
    "provenance",
    "minutes",
    "cpu_minutes",
    "threads",
    "schema_version",
    "made_for",
}
GRAPHS = {
    "confounded": "dag { x [exposure]; y [outcome]; z -> x; z -> y; x -> m; m -> y; x -> y; w -> y }",
    "front-door": "dag { u [latent]; x [exposure]; y [outcome]; u -> x; u -> y; x -> m; m -> y }",
    "instrument": "dag { u [latent]; x [exposure]; y [outcome]; u -> x; u -> y; z -> x; x -> y }",
    "bow": "dag { x [exposure]; y [outcome]; x -> y; x <-> y }",
    "m-graph": "dag { a [latent]; b [latent]; x [exposure]; y [outcome]; a -> x; a -> m; b -> m; b -> y; x -> y }",
    "dot": 'digraph { x -> y; "a node" -> x; "a node" -> y; x -> z; z -> y }',
}
ENDS = {"dot": ("-x", "x", "-y", "y")}


def write_inputs(folder: Path) -> None:
    """Graphs, tables and videos that both checkouts read; made here, so that no checkout's code is trusted."""
    for name, text in GRAPHS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    rng = np.random.default_rng(0)
    n = 400
    u, z, w = rng.normal(size=(3, n))
    x = (z + u + rng.normal(size=n) > 0).astype(float)
    m = 0.8 * x + rng.normal(size=n)
    y = 0.5 * m + 0.7 * z + u + 0.3 * w + rng.normal(size=n)
    columns = {"x": x, "y": y, "z": z, "m": m, "w": w}
    write_table(folder / "numbers.csv", columns)
    write_table(folder / "binary.csv", {name: (column > 0).astype(float) for name, column in columns.items()})
    write_videos(folder / "videos")


def write_table(path: Path, columns: dict[str, np.ndarray]) -> None:
    """A table as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*(column.round(6).tolist() for column in columns.values()), strict=True))


def write_videos(folder: Path) -> None:
    """Two folders of pictures as animated GIFs: a bright square that crosses the frame."""
    from PIL import Image

    folder.mkdir()
    for index, step in enumerate((2, 3)):
        frames = np.full((24, 96, 96, 3), 40 + 30 * index, np.uint8)
        for t, frame in enumerate(frames):
            frame[30:50, step * t : step * t + 20] = (230, 120, 40)
        first, *rest = (Image.fromarray(frame) for frame in frames)
        first.save(folder / f"square-{index}.gif", save_all=True, append_images=rest, duration=100)


def commands(inputs: Path, out: Path) -> dict[str, list[str]]:
    """Arguments of ``worldscope``, by name; those with ``--json`` print numbers, the others write a file."""
    found = {
        f"forecast {world}": ["evaluate", "forecast", "--world", world, "--clips", "6", "--horizon", "10", "--json"]
        for world in ("drop", "wall", "occluder")
    }
    found["forecast, one ball"] = [*found["forecast drop"], "--objects", "1", "--background", "moving"]
    for name in GRAPHS:
        found[f"identify {name}"] = ["identify", str(inputs / f"{name}.txt"), *ENDS.get(name, ()), "--json"]
    for table in ("numbers", "binary"):
        for name in ("confounded", "front-door", "instrument", "bow"):
            graph = ["--graph", str(inputs / f"{name}.txt"), "--refute", "--json"]
            found[f"estimate {name}, {table}"] = ["estimate", str(inputs / f"{table}.csv"), *graph]
    units = {"jepa": "frames", "vjepa": "clips", "pixel-hidden": "patches", "jepa-leaves": "clips"}
    for model, points in units.items():
        path = str(out / f"{model}.parquet")
        found[f"embed {model}"] = ["embed", str(inputs / "videos"), "--out", path, "--model", model, "--points", points]
    return found


def measure(checkout: Path, only: str, inputs: Path) -> dict[str, Any]:
    """Everything that a checkout prints, as plain data by name."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(checkout.resolve()),
            "WORLDSCOPE_CACHE": str(Path(scratch) / "cache"),
        }

        def run(*arguments: str) -> str:
            command = [sys.executable, *arguments]
            done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{checkout.name}: {' '.join(arguments[:6])} ended with {done.returncode}", file=sys.stderr)
                return json.dumps({"error": (done.stdout + done.stderr)[-600:]})
            sys.stderr.write(done.stderr if arguments[0] == str(PROBES) else "")
            return done.stdout

        found = {}
        for name, arguments in commands(inputs, Path(scratch)).items():
            if only in name:
                found[name] = printed(run("-m", "dashboard.cli", *arguments), arguments)
        for name in probe_names():
            if only in f"probe {name}":
                found[f"probe {name}"] = json.loads(run(str(PROBES), name))
        return found


def probe_names() -> list[str]:
    """Names of the probes."""
    block = re.search(r"PROBES.*?= \(\n(.*?)\)", PROBES.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    return re.findall(r"\w+", block[1])


def printed(text: str, arguments: list[str]) -> Any:
    """The JSON that a command printed, or what it wrote."""
    if text.startswith('{"error"') or "--json" in arguments:
        return json.loads(text)
    import pandas as pd

    frame = pd.read_parquet(arguments[arguments.index("--out") + 1])
    columns = {name: np.stack(column) if name == "embedding" else column for name, column in frame.items()}
    return {name: column.tolist() for name, column in columns.items()}


def numbers(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every number, truth value and hash of nested data, with its path; what is left out by name is not among them."""
    last = path.rpartition("/")[2]
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in LEFT_OUT:
                yield from numbers(part, f"{path}/{key}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from numbers(part, f"{path}/{index}")
    elif not isinstance(value, str) or last in ("hash", "error") or path.startswith("probe trainings"):
        yield path, value


def differences(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """A line for each number that OLD printed and that NEW prints otherwise, or not at all."""
    for name, before in old.items():
        after = dict(numbers(new.get(name), name))
        for path, value in numbers(before, name):
            now = next((other for other in (renamed(path), path) if other in after), None)
            if now is None:
                yield f"{path}: {value} is missing"
            elif not same(value, after[now]):
                yield f"{path}: {value} became {after[now]}"


def renamed(path: str) -> str:
    """The path of a number in what a new commit prints."""
    for pattern, replacement in RENAMED:
        path = re.sub(pattern, replacement, path)
    return path


def same(before: Any, after: Any) -> bool:
    """Whether two numbers are equal to the last digit; not a number equals itself."""
    return before == after or (before != before and after != after)


def main() -> int:
    """Run both checkouts and print what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--keep", type=Path, help="folder for what OLD printed; it is not run again if it is there")
    parser.add_argument("--only", default="", help="commands and probes whose name contains this word")
    options = parser.parse_args()
    kept = options.keep / "old.json" if options.keep else None
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder)
        write_inputs(inputs)
        if kept and kept.exists():
            old = {n: part for n, part in json.loads(kept.read_text()).items() if options.only in n}
        else:
            old = measure(options.old, options.only, inputs)
            if kept and not options.only:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_text(json.dumps(old))
        lines = list(differences(old, measure(options.new, options.only, inputs)))
    print("\n".join(lines))
    counted = sum(1 for name, part in old.items() for _ in numbers(part, name))
    print(f"{counted:,} numbers compared, {len(lines):,} differ.")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
