"""A server on loopback in a process of its own that costs next to nothing a request: what is timed is its client."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection

Answers = Callable[[str], bytes]
"""The whole response, head and body, to a request for a path."""


def response(status: int, body: bytes, *headers: str) -> bytes:
    """A response with its length, and further header lines."""
    head = "".join(f"{line}\r\n" for line in (*headers, f"Content-Length: {len(body)}"))
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + body


@contextmanager
def serving(answers: Callable[[], Answers]) -> Iterator[str]:
    """Serve what `answers`, called in the other process, returns; the base URL, until the context ends."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.Process(target=_serve, args=(answers, sender), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{receiver.recv()}"
    finally:
        server.terminate()


def _serve(answers: Callable[[], Answers], port_to: Connection) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(partial(_Protocol, answers()), "127.0.0.1", 0)
        port_to.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


class _Protocol(asyncio.Protocol):
    """GET requests without a body, one after the other on a connection."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while b"\r\n\r\n" in self._pending:
            request, self._pending = self._pending.split(b"\r\n\r\n", 1)
            self._transport.write(self._answers(request.split(b" ", 2)[1].decode()))
