"""The ``worldscope`` command."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from dashboard.commands.app import app as serve
from dashboard.commands.evaluate import evaluate
from dashboard.commands.train import train

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
cli.command("app")(serve)
cli.command("train")(train)
cli.add_typer(evaluate, name="evaluate")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"worldscope {version('worldscope')}")
        raise typer.Exit


@cli.callback(invoke_without_command=True)
def worldscope(
    context: typer.Context,
    show: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """A laboratory that shows what a world model knows. Alone, it serves the dashboard."""
    if context.invoked_subcommand is None:
        context.invoke(serve, host="127.0.0.1", port=_port())


def _port() -> int:
    import os

    text = os.environ.get("PORT", "8501")
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def main() -> None:
    """Run the command; what a person can mend is said in one sentence, with exit status 2."""
    try:
        cli()
    except ValueError as error:
        print(f"worldscope: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
