"""The ``worldscope`` command."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from core.files import explain
from dashboard.commands.app import LOCAL, Host, Port
from dashboard.commands.app import app as serve
from dashboard.commands.check import check
from dashboard.commands.embed import embed
from dashboard.commands.estimate import estimate
from dashboard.commands.evaluate import evaluate
from dashboard.commands.identify import identify
from dashboard.commands.map_rows import map_rows
from dashboard.commands.train import train

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
cli.command("app")(serve)
cli.command("train")(train)
cli.command("embed")(embed)
cli.command("check")(check)
cli.command("map")(map_rows)
cli.command("identify")(identify)
cli.command("estimate")(estimate)
cli.add_typer(evaluate, name="evaluate")


def _print_version(requested: bool) -> None:
    if requested:
        try:
            typer.echo(f"worldscope {version('worldscope')}")
        except PackageNotFoundError:
            typer.echo("worldscope (a checkout that is not installed)")
        raise typer.Exit


@cli.callback(invoke_without_command=True)
def worldscope(
    context: typer.Context,
    host: Host = LOCAL,
    port: Port = None,
    show: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """A laboratory that shows what a world model knows. Without a command it serves the dashboard."""
    if context.invoked_subcommand is None:
        context.invoke(serve, host=host, port=port)
    elif (host, port) != (LOCAL, None):
        raise ValueError("Put --host and --port after app, or omit the name of the command.")


def main() -> None:
    """Run the command; an error that the user can correct is one sentence on stderr, with exit status 2."""
    try:
        cli()
    except (ValueError, OSError) as error:
        print(f"worldscope: {explain(error)}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
