"""Training clips: made from seeds in parallel, once, into a memory-mapped file outside the repository."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from core.clip import Truth
from core.paths import cache_folder
from core.readouts.balls.probe import SLOTS, States
from core.worlds import FRAMES, SIZE, WORLDS, Leaves, sample, simulate

# Raise a world's number when it changes, so that old clips are not taken for new ones.
VERSIONS = {"drop": 3, "wall": 3, "occluder": 3, "leaves": 6}
MOST_BYTES = 7 * 2**30  # of all sets of clips together; the oldest go first
_BYTES = FRAMES * SIZE * SIZE * 3
_CHUNK = 16


@dataclass(frozen=True)
class ClipSet:
    """Which clips: a number of them from a first seed, with shares for the worlds and the backgrounds; ``strength``
    fixes that of the backgrounds."""

    first_seed: int
    clips: int
    worlds: tuple[tuple[str, float], ...] = (("drop", 0.5), ("wall", 0.25), ("occluder", 0.25))
    backgrounds: tuple[tuple[str, float], ...] = (("plain", 0.3), ("textured", 0.65), ("moving", 0.05))
    strength: float | None = None


@dataclass(frozen=True)
class Clips:
    """Clips at hand: ``frames uint8 [B, T, H, W, 3]`` (memory-mapped) and their truth."""

    frames: np.ndarray
    states: States

    def take(self, index: np.ndarray) -> Clips:
        """Some of them, copied into memory."""
        return Clips(self.frames[index], States(*(part[index] for part in vars(self.states).values())))

    def at(self, progress: float) -> Clips:
        """Those that are shown at a time of a training, 0 to 1: all of them."""
        return self


def pick(clips: ClipSet, index: int):
    """Factors and seed of one clip of a set."""
    seed = clips.first_seed + index
    rng = np.random.default_rng([seed, 0])
    name = _draw(rng, clips.worlds)
    if name == Leaves.name:
        return sample(Leaves, seed), seed
    fixed = {} if clips.strength is None else {"strength": clips.strength}
    return sample(WORLDS[name], seed, background=_draw(rng, clips.backgrounds), **fixed), seed


def open_clips(clips: ClipSet, report: Callable[[int, int], None] = lambda done, total: None) -> Clips:
    """Open a set of clips; make it first if it is not there.

    Args:
        clips: Which ones.
        report: Called with the number of clips made and the number wanted.

    Raises:
        ValueError: The set is larger than the cache may become, or the disk is full.
    """
    if clips.clips * _BYTES > MOST_BYTES:
        needed, most = (size / 2**30 for size in (clips.clips * _BYTES, MOST_BYTES))
        raise ValueError(f"{clips.clips} clips need {needed:.1f} GB; the cache holds {most:.0f} GB.")
    folder = cache_folder() / "clips" / _key(clips)
    if not folder.exists():
        _make_room(folder.parent, clips.clips * _BYTES)
        _make(clips, folder, report)
    now = time.time_ns()
    os.utime(folder, ns=(now, now))  # by itself it would use a clock that ticks only every few milliseconds
    truth = np.load(folder / "truth.npy")
    states = States(truth[..., 0:2], truth[..., 2:4], truth[..., 4])
    return Clips(np.load(folder / "frames.npy", mmap_mode="r"), states)


def run_key(clips: ClipSet, settings: object) -> str:
    """Tells trainings apart that may share a name: by their clips and by whatever else they are made of. A checkpoint
    of one must not be taken for another's."""
    return sha256(f"{_key(clips)} {settings!r}".encode()).hexdigest()[:8]


def _key(clips: ClipSet) -> str:
    settings = {name: value for name, value in asdict(clips).items() if value is not None}
    versions = [VERSIONS[name] for name, _ in clips.worlds]
    return sha256(json.dumps([versions, settings]).encode()).hexdigest()[:16]


def _draw(rng: np.random.Generator, shares: tuple[tuple[str, float], ...]) -> str:
    names, weights = zip(*shares, strict=True)
    return names[int(rng.choice(len(names), p=np.array(weights) / sum(weights)))]


def _make(clips: ClipSet, folder: Path, report: Callable[[int, int], None]) -> None:
    """Make a set in a folder of its own and rename it at the end: it is never half there, and two processes that make
    the same one do not meet."""
    draft = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        draft.mkdir()
        _fill(clips, draft, report)
        with contextlib.suppress(OSError):  # another process was first, with the same bytes
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fill(clips: ClipSet, folder: Path, report: Callable[[int, int], None]) -> None:
    if shutil.disk_usage(folder).free < 1.1 * clips.clips * _BYTES:
        raise ValueError("There is too little room on the disk for the training clips; free some or ask for fewer.")
    shape = (clips.clips, FRAMES, SIZE, SIZE, 3)
    frames = np.lib.format.open_memmap(folder / "frames.npy", "w+", np.uint8, shape)
    truth = np.zeros((clips.clips, FRAMES, SLOTS, 5), np.float32)
    done = 0
    for start, pictures, states in _simulated(clips):
        frames[start : start + len(pictures)], truth[start : start + len(states)] = pictures, states
        done += len(pictures)
        report(done, clips.clips)
    frames.flush()
    np.save(folder / "truth.npy", truth)


def _simulated(clips: ClipSet) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    starts = range(0, clips.clips, _CHUNK)
    if clips.clips <= 2 * _CHUNK:  # not worth starting processes for
        yield from (_chunk(clips, start) for start in starts)
        return
    workers = min(8, os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_chunk, [clips] * len(starts), starts)


def _chunk(clips: ClipSet, start: int) -> tuple[int, np.ndarray, np.ndarray]:
    pictures, states = [], []
    for index in range(start, min(start + _CHUNK, clips.clips)):
        clip = simulate(*pick(clips, index))
        pictures.append(clip.frames)
        states.append(state_array(clip.truth))
    return start, np.stack(pictures), np.stack(states)


def state_array(truth: Truth | None) -> np.ndarray:
    """Truth of a clip as ``float32 [T, 3, 5]``: x, y, vx, vy, visible share; 0 for balls that are not there, as in a
    clip without truth."""
    out = np.zeros((FRAMES, SLOTS, 5), np.float32)
    if truth is None:
        return out
    columns = (truth.x, truth.y, truth.vx, truth.vy, truth.visible)
    out[:, : truth.objects] = np.stack(columns, axis=-1)
    return out


def _make_room(folder: Path, needed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    used, sizes = {}, {}
    for path in (path for path in folder.iterdir() if path.is_dir()):
        with contextlib.suppress(FileNotFoundError):  # another process has renamed or removed it meanwhile
            used[path] = path.stat().st_mtime_ns
            sizes[path] = sum(file.stat().st_size for file in path.iterdir())
    for path in sorted(sizes, key=used.get):
        if _in_the_making(path):
            continue
        if sum(sizes.values()) + needed <= MOST_BYTES:
            return
        shutil.rmtree(path, ignore_errors=True)
        sizes.pop(path)


def _in_the_making(path: Path) -> bool:
    """Whether a folder is the draft of a process that is alive."""
    maker = path.suffix.removeprefix(".")
    if not maker.isdecimal():
        return False
    try:
        os.kill(int(maker), 0)
    except ProcessLookupError:
        return False
    except OSError:  # another person's process
        pass
    return True
