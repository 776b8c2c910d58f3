"""Training clips: simulated once from seeds, in parallel, and kept in a memory-mapped file in the user's cache."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np

from core.paths import cache_folder
from core.readouts.protocols import Readout
from core.readouts.registry import shared_readout
from core.worlds import FRAMES, SIZE, Factors, ranges, sample, simulate, world_named

MOST_BYTES = 7 * 2**30  # of all sets of clips together; the oldest are deleted first
_LAYOUT = "arrays"  # how a set is stored: ``frames.npy`` and, in ``arrays.npz``, what else is known about the clips
_BYTES = FRAMES * SIZE * SIZE * 3
_CHUNK = 16


@dataclass(frozen=True)
class ClipSet:
    """Which clips to simulate.

    Attributes:
        first_seed: Of the first clip; the others follow.
        clips: How many.
        worlds: Names of worlds, each with its share of the clips.
        backgrounds: The same for backgrounds, in worlds that have them.
        strength: Of the backgrounds; None to draw it from its range.
    """

    first_seed: int
    clips: int
    worlds: tuple[tuple[str, float], ...] = (("drop", 0.5), ("wall", 0.25), ("occluder", 0.25))
    backgrounds: tuple[tuple[str, float], ...] = (("plain", 0.3), ("textured", 0.65), ("moving", 0.05))
    strength: float | None = None


@dataclass(frozen=True)
class Clips:
    """Clips for training.

    Attributes:
        frames: ``uint8 [B, T, H, W, 3]``; memory-mapped where it is large.
        arrays: What else is known, by name, each ``[B, ...]``: the state that the truth gives, actions, text.
        readout: The read-out of their worlds; None if their state is not known.
    """

    frames: np.ndarray
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    readout: Readout | None = None

    def take(self, index: np.ndarray | slice) -> Clips:
        """The clips at some indices; an array of indices copies them into memory."""
        return self.each(lambda array: array[index])

    def each(self, change: Callable[[np.ndarray], np.ndarray]) -> Clips:
        """The clips with the same change made to the frames and to each array."""
        arrays = {name: change(array) for name, array in self.arrays.items()}
        return Clips(change(self.frames), arrays, self.readout)


def pick(clips: ClipSet, index: int) -> tuple[Factors, int]:
    """Factors and seed of one clip of a set."""
    seed = clips.first_seed + index
    rng = np.random.default_rng([seed, 0])
    factors = world_named(_draw(rng, clips.worlds)).factors
    fixed: dict[str, object] = {}
    if "background" in ranges(factors):
        fixed["background"] = _draw(rng, clips.backgrounds)
    if "strength" in ranges(factors) and clips.strength is not None:
        fixed["strength"] = clips.strength
    return sample(factors, seed, **fixed), seed


def open_clips(clips: ClipSet, report: Callable[[int, int], None] = lambda done, total: None) -> Clips:
    """The clips of a set, from the cache; those that are not there yet are simulated.

    Args:
        clips: Which ones.
        report: Called with the number of clips made so far and the number of all.

    Raises:
        ValueError: The set is larger than the cache may become, or the disk is full.
    """
    if clips.clips * _BYTES > MOST_BYTES:
        needed, most = (size / 2**30 for size in (clips.clips * _BYTES, MOST_BYTES))
        raise ValueError(f"{clips.clips} clips need {needed:.1f} GB; the cache holds {most:.0f} GB.")
    folder = cache_folder() / "clips" / f"{_key(clips)}-{_LAYOUT}"
    if not folder.exists():
        _make_room(folder.parent, clips.clips * _BYTES)
        _make(clips, folder, report)
    now = time.time_ns()
    os.utime(folder, ns=(now, now))  # by itself it would use a clock that ticks only every few milliseconds
    with np.load(folder / "arrays.npz") as arrays:
        readout = shared_readout(world for world, _ in clips.worlds)
        return Clips(np.load(folder / "frames.npy", mmap_mode="r"), dict(arrays), readout)


def run_key(clips: ClipSet, settings: object) -> str:
    """A short digest of a training's clips and settings, so that no checkpoint is taken for that of another training of
    the same name."""
    return sha256(f"{_key(clips)} {settings!r}".encode()).hexdigest()[:8]


def _key(clips: ClipSet) -> str:
    settings = {name: value for name, value in asdict(clips).items() if value is not None}
    versions = [world_named(name).version for name, _ in clips.worlds]
    return sha256(json.dumps([versions, settings]).encode()).hexdigest()[:16]


def _draw(rng: np.random.Generator, shares: tuple[tuple[str, float], ...]) -> str:
    names, weights = zip(*shares, strict=True)
    return names[int(rng.choice(len(names), p=np.array(weights) / sum(weights)))]


def _make(clips: ClipSet, folder: Path, report: Callable[[int, int], None]) -> None:
    """Make a set in a folder of its own and rename it at the end, so that no set is ever incomplete and two processes
    can make the same one."""
    draft = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        draft.mkdir()
        _fill(clips, draft, report)
        with contextlib.suppress(OSError):  # another process has finished first, with the same bytes
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fill(clips: ClipSet, folder: Path, report: Callable[[int, int], None]) -> None:
    if shutil.disk_usage(folder).free < 1.1 * clips.clips * _BYTES:
        raise ValueError(
            "The disk has too little free space for the training clips; free some space or choose fewer clips."
        )
    shape = (clips.clips, FRAMES, SIZE, SIZE, 3)
    frames = np.lib.format.open_memmap(folder / "frames.npy", "w+", np.uint8, shape)
    arrays: dict[str, np.ndarray] = {}
    done = 0
    for start, pictures, truths in _simulated(clips):
        frames[start : start + len(pictures)] = pictures
        for index, truth in enumerate(truths, start):
            for name, array in truth.items():  # zeros for the clips of worlds that know nothing of this name
                arrays.setdefault(name, np.zeros((clips.clips, *array.shape), array.dtype))[index] = array
        done += len(pictures)
        report(done, clips.clips)
    frames.flush()
    np.savez(folder / "arrays.npz", **arrays)  # type: ignore[arg-type]  # no array is called allow_pickle


def _simulated(clips: ClipSet) -> Iterator[tuple[int, np.ndarray, list[Mapping[str, np.ndarray]]]]:
    starts = range(0, clips.clips, _CHUNK)
    if clips.clips <= 2 * _CHUNK:  # not worth starting processes for
        yield from (_chunk(clips, start) for start in starts)
        return
    workers = min(8, os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_chunk, [clips] * len(starts), starts)


def _chunk(clips: ClipSet, start: int) -> tuple[int, np.ndarray, list[Mapping[str, np.ndarray]]]:
    made = [simulate(*pick(clips, index)) for index in range(start, min(start + _CHUNK, clips.clips))]
    return start, np.stack([clip.frames for clip in made]), [clip.truth.arrays() if clip.truth else {} for clip in made]


def _make_room(folder: Path, needed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    used, sizes = {}, {}
    for path in (path for path in folder.iterdir() if path.is_dir()):
        with contextlib.suppress(FileNotFoundError):  # another process may rename or remove it
            used[path] = path.stat().st_mtime_ns
            sizes[path] = sum(file.stat().st_size for file in path.iterdir())
    for path in sorted(sizes, key=used.__getitem__):
        if _is_being_made(path):
            continue
        if sum(sizes.values()) + needed <= MOST_BYTES:
            return
        shutil.rmtree(path, ignore_errors=True)
        sizes.pop(path)


def _is_being_made(path: Path) -> bool:
    """Whether a folder is the draft of a process that still runs."""
    maker = path.suffix.removeprefix(".")
    if not maker.isdecimal():
        return False
    try:
        os.kill(int(maker), 0)
    except ProcessLookupError:
        return False
    except OSError:  # the process of another user
        pass
    return True
