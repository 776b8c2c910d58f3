"""How ``worldscope train`` shows its progress: bars on a terminal, a line now and then in a file or a pipe."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

    from core.training.loop import Moment

_LINE_SECONDS = 10.0


class Display(Protocol):
    """Shows the progress of a training."""

    def show_clips(self, done: int, total: int) -> None:
        """Show how many training clips there are."""
        ...

    def show_step(self, moment: Moment) -> None:
        """Show how far the training is."""
        ...


@contextmanager
def display(name: str) -> Iterator[Display]:
    """The display that fits the output, for the training of a model."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console()
    if not console.is_terminal:
        yield Lines(name)
        return
    text, status = TextColumn("{task.description}"), TextColumn("{task.fields[status]}")
    with Progress(text, BarColumn(), TimeRemainingColumn(), status, console=console) as progress:
        yield _Bars(progress, name)


class _Bars:
    """A bar for the clips and one for the training."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress = progress
        self._clips = progress.add_task("training clips", total=None, status="", visible=False)
        self._training = progress.add_task(name, total=None, status="", visible=False)

    def show_clips(self, done: int, total: int) -> None:
        self._progress.update(self._clips, completed=done, total=total, status=f"{done} of {total}", visible=True)

    def show_step(self, moment: Moment) -> None:
        total = moment.spent + moment.left
        self._progress.update(self._training, completed=moment.spent, total=total, status=_status(moment), visible=True)


class Lines:
    """A line for the first and the last report of each stage, and one every ten seconds between them."""

    def __init__(
        self, name: str, write: Callable[[str], object] = typer.echo, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name, self._write, self._clock = name, write, clock
        self._stage, self._written = "", 0.0

    def show_clips(self, done: int, total: int) -> None:
        """Write how many clips of a set there are."""
        self._line(f"clips of {total}", f"training clips: {done} of {total}", is_last=done == total)

    def show_step(self, moment: Moment) -> None:
        """Write how far the training is."""
        minutes, total = moment.spent / 60, (moment.spent + moment.left) / 60
        text = f"{self._name}: {minutes:.2g} of {total:.2g} min  {_status(moment)}"
        self._line("training", text, is_last=moment.left == 0)
        if moment.left == 0:
            self._write(f"{self._name}: saving the model and what belongs to it")

    def _line(self, stage: str, text: str, *, is_last: bool) -> None:
        now = self._clock()
        if is_last or stage != self._stage or now - self._written >= _LINE_SECONDS:
            self._stage, self._written = stage, now
            self._write(text)


def _status(moment: Moment) -> str:
    score = "".join(f"  {what} {value:.3f}" for what, value in list(moment.measures.items())[:1])
    return f"step {moment.step}  loss {moment.losses['loss']:.4f}{score}"
