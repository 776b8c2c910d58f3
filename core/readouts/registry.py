"""The read-outs, each listed once."""

from __future__ import annotations

from collections.abc import Iterable

from core.clip import Clip
from core.readouts.balls.readout import BALLS
from core.readouts.protocols import Readout
from core.worlds import world_named

_ALL: tuple[Readout, ...] = (BALLS,)
READOUTS: dict[str, Readout] = {readout.name: readout for readout in _ALL}


def readout_named(name: str) -> Readout | None:
    """The read-out of a name; None for the empty name of a world without one.

    Raises:
        ValueError: There is none of that name.
    """
    if name and name not in READOUTS:
        raise ValueError(f"There is no read-out called {name!r}; choose one of {', '.join(READOUTS)}.")
    return READOUTS.get(name)


def readout_of(clip: Clip) -> Readout | None:
    """The read-out that the world of a clip names; None if the clip has no truth or its world no read-out.

    Raises:
        ValueError: The world or its read-out does not exist.
    """
    return None if clip.truth is None else readout_named(world_named(clip.truth.world).readout)


def shared_readout(worlds: Iterable[str]) -> Readout | None:
    """The read-out of those of some worlds (by name) that have one; None if none has one or they differ.

    Raises:
        ValueError: A world or its read-out does not exist.
    """
    names = {world_named(world).readout for world in worlds} - {""}
    return readout_named(names.pop()) if len(names) == 1 else None


def required_readout(clip: Clip) -> Readout:
    """The read-out of a clip.

    Raises:
        ValueError: The clip has none.
    """
    readout = readout_of(clip)
    if readout is None:
        raise ValueError(
            "The positions of the objects in this clip are unknown; use a clip of a world with a read-out."
        )
    return readout
