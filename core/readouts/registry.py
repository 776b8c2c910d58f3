"""The read-outs, each listed once."""

from __future__ import annotations

from core.readouts.balls.readout import BALLS
from core.readouts.protocols import Readout

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
