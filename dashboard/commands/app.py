"""``worldscope app``: serve the dashboard."""

from __future__ import annotations

import errno
import os
import socket
from typing import Annotated

import typer

LOCAL = "127.0.0.1"
Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 opens it to the network.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on; without it $PORT, or 8501.")]


def app(host: Host = LOCAL, port: Port = None) -> None:
    """Serve the dashboard and print its address."""
    port = port or _usual_port()
    _check_free(host, port)
    from dashboard.server import serve

    named = f"[{host}]" if ":" in host else host
    typer.echo(f"worldscope is at http://{named}:{port}")
    config = {"server.address": host, "server.port": port, "server.headless": True}
    config["global.disableWidgetStateDuplicationWarning"] = True  # a case worth a click sets what has a default
    if host not in (LOCAL, "::1", "localhost"):
        config["server.allowedHosts"] = []  # whoever opens it to the network is reached by other names
    serve(config)


def _usual_port() -> int:
    text = os.environ.get("PORT", "8501")
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _check_free(host: str, port: int) -> None:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        advice = f"--port {port % 65535 + 1}" if error.errno == errno.EADDRINUSE else f"--host {LOCAL}"
        raise ValueError(f"{host}, port {port}, can't be used ({error.strerror}); try {advice}.") from error
