"""Serving the workbench on loopback until Ctrl-C."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_builder.errors import UsageError
from corpus_builder.install import install_command
from corpus_builder.look.source import find

if TYPE_CHECKING:
    from starlette.types import ASGIApp

HOST = "127.0.0.1"


def serve(path: Path, port: int, notify: Callable[[str], None], ready: Callable[[str], None]) -> None:
    """Serve a workspace or a dataset; `ready` gets the address. Port 0 is any free one. Returns after Ctrl-C.

    Raises UsageError where the path has no dataset, the port is taken, or the extra is not installed.
    """
    try:
        import python_multipart  # noqa: F401 - what reads forms is part of the extra
        import uvicorn

        from corpus_builder.look.guard import Guard, Later
    except ImportError as error:
        raise UsageError(
            f"look needs {error.name}, which is not installed", next_step=install_command("look")
        ) from error

    source = find(path)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as error:
            raise UsageError(
                f"port {port} cannot be used: {error.strerror}", next_step="choose another --port"
            ) from error
        if not source.index().is_file():  # what builds an index takes memory that reading it does not
            from corpus_builder.look.build import ensure

            ensure(source, notify)
        token = secrets.token_urlsafe(16)

        def pages() -> ASGIApp:
            from corpus_builder.look.app import pages
            from corpus_builder.look.store import Store

            return pages(source, Store(source.index()), token)

        def stop() -> None:
            server.should_exit = True

        later = Later(pages, stop)
        config = uvicorn.Config(
            Guard(later, token), log_level="warning", lifespan="off", server_header=False, access_log=False
        )
        server = uvicorn.Server(config)
        ready(f"http://{HOST}:{listening.getsockname()[1]}/{token}/")
        server.run(sockets=[listening])
        later.raise_failure()
