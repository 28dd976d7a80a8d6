"""A server on loopback that runs in a thread while it is used in a `with` statement."""

from __future__ import annotations

import threading
from http.server import HTTPServer
from types import TracebackType
from typing import Self


class LoopbackServer:
    """Runs an HTTP server that is bound to 127.0.0.1."""

    def __init__(self, http: HTTPServer) -> None:
        self._http = http
        self._thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def base_url(self) -> str:
        """The URL of the server, without a slash at the end."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
