"""``worldscope app``: serve the dashboard."""

from __future__ import annotations

import socket
from typing import Annotated

import typer


def app(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 opens it to the network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, envvar="PORT", help="Port to listen on.")] = 8501,
) -> None:
    """Serve the dashboard and print its address."""
    _check_free(host, port)
    from dashboard.server import make_app

    typer.echo(f"worldscope is at http://{host}:{port}")
    config = {"server.address": host, "server.port": port, "server.headless": True}
    if host not in ("127.0.0.1", "localhost"):
        config["server.allowedHosts"] = []  # whoever opens it to the network is reached by other names
    make_app().run(config=config)


def _check_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ValueError(f"{host}:{port} can't be used ({error.strerror}); try --port {port + 1}.") from error
