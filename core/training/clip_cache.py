"""Training clips: simulated once from seeds, in parallel, and kept in a memory-mapped file in the user's cache."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import numpy as np
from filelock import FileLock, Timeout

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
        """The clips at some indices; an array of indices ``int64 [M]`` copies them into memory."""
        return self.each(lambda array: array[index])

    def each(self, change: Callable[[np.ndarray], np.ndarray]) -> Clips:
        """The clips with the same change made to the frames and to each array, all ``[B, ...]``."""
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
        report: Called with the number of clips made so far and the number of all; what it raises ends the work.

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
    draft = folder.with_name(f"{folder.name}.{uuid4().hex}")
    lock = _draft_lock(draft)
    with lock:
        try:
            draft.mkdir()
            _fill(clips, draft, report)
            with contextlib.suppress(OSError):  # another process has finished first, with the same bytes
                draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    with contextlib.suppress(OSError):  # somebody looks at it
        Path(lock.lock_file).unlink()


def _fill(clips: ClipSet, folder: Path, report: Callable[[int, int], None]) -> None:
    if shutil.disk_usage(folder).free < 1.1 * clips.clips * _BYTES:
        raise ValueError(
            "The disk has too little free space for the training clips; free some space or choose fewer clips."
        )
    header = {"descr": "|u1", "fortran_order": False, "shape": (clips.clips, FRAMES, SIZE, SIZE, 3)}
    arrays: dict[str, np.ndarray] = {}
    report(0, clips.clips)
    with (folder / "frames.npy").open("wb") as frames:  # no memory map: where the disk fills up, it ends the process
        np.lib.format.write_array_header_1_0(frames, header)
        with contextlib.closing(_simulated(clips)) as chunks:  # ends its processes at once if ``report`` raises
            for start, pictures, truths in chunks:
                frames.write(pictures.data)
                for index, truth in enumerate(truths, start):
                    for name, array in truth.items():  # zeros for the clips of worlds that know nothing of this name
                        arrays.setdefault(name, np.zeros((clips.clips, *array.shape), array.dtype))[index] = array
                report(start + len(pictures), clips.clips)
    np.savez(folder / "arrays.npz", **arrays)  # type: ignore[arg-type]  # no array is called allow_pickle


def _simulated(clips: ClipSet) -> Generator[tuple[int, np.ndarray, list[Mapping[str, np.ndarray]]], None, None]:
    starts = range(0, clips.clips, _CHUNK)
    if clips.clips <= 2 * _CHUNK:  # not worth starting processes for
        yield from (_chunk(clips, start) for start in starts)
        return
    workers = min(8, os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _prepare_worker) as pool:
        yield from pool.map(_chunk, [clips] * len(starts), starts)


def _prepare_worker() -> None:
    """Make a process of the pool end with its parent, also if that is killed; Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _chunk(clips: ClipSet, start: int) -> tuple[int, np.ndarray, list[Mapping[str, np.ndarray]]]:
    made = [simulate(*pick(clips, index)) for index in range(start, min(start + _CHUNK, clips.clips))]
    return start, np.stack([clip.frames for clip in made]), [clip.truth.arrays() if clip.truth else {} for clip in made]


def _make_room(folder: Path, needed: int) -> None:
    """Delete abandoned drafts, and the sets that were used longest ago until there is room."""
    folder.mkdir(parents=True, exist_ok=True)
    used, sizes = {}, {}
    for path in (path for path in folder.iterdir() if path.is_dir()):
        with contextlib.suppress(FileNotFoundError):  # another process may rename or remove it
            used[path] = path.stat().st_mtime_ns
            sizes[path] = sum(file.stat().st_size for file in path.iterdir())
    for path in sorted(sizes, key=used.__getitem__):
        if _is_draft(path) and _is_being_made(path):
            continue
        if _is_draft(path) or sum(sizes.values()) + needed > MOST_BYTES:
            shutil.rmtree(path, ignore_errors=True)
            sizes.pop(path)


def _is_draft(path: Path) -> bool:
    return path.suffix != ""


def _is_being_made(draft: Path) -> bool:
    """Whether the process that makes a draft still runs: then it holds the draft's lock."""
    try:
        with _draft_lock(draft).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _draft_lock(draft: Path) -> FileLock:
    locks = cache_folder() / "locks"
    locks.mkdir(exist_ok=True)
    return FileLock(locks / draft.name)
