"""HTTP responses with a bad header line, which h11 refuses whole and browsers read: the line is left out.

The bytes of a response are cleaned between the connection and h11, and only its head: up to the first empty line.
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

logger = logging.getLogger(__name__)

_HEAD_BYTES = 64 * 1024
"""Most bytes of a head that is cleaned. Chosen: h11 itself refuses more than 100 KB."""

_END = re.compile(rb"\n\r?\n")
_INTERIM = re.compile(rb"HTTP/\d\.\d 1\d\d")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # token of RFC 9110, 5.6.2


def clean_head(head: bytes) -> bytes:
    r"""The head of a response without the lines that are no header fields, and without NUL and CR in fields.

    >>> clean_head(b"HTTP/1.1 200 OK\r\nFoo bar\r\nX : a\x00b\r\n\r\n")
    b'HTTP/1.1 200 OK\r\nX: ab\r\n\r\n'
    """
    status, *lines = head.rstrip(b"\r\n").split(b"\n")
    kept = [status.rstrip(b"\r")]
    is_field = False
    for line in lines:
        line = line.rstrip(b"\r").translate(None, b"\0\r")
        name, colon, value = line.partition(b":")
        if line[:1] in (b" ", b"\t"):  # the last field goes on (RFC 9112, 5.2)
            if is_field:
                kept.append(line)
            continue
        is_field = bool(colon) and _NAME.fullmatch(name.rstrip(b" \t")) is not None
        if is_field:
            kept.append(name.rstrip(b" \t") + colon + value)
        else:
            logger.info("bad header line left out: %r", line[:100])
    return b"\r\n".join([*kept, b"", b""])


class _Stream(httpcore.AsyncNetworkStream):
    """A connection whose reads give cleaned heads."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._in_head = False
        self._buffer = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while self._in_head:
            end = _END.search(self._buffer)
            if end is None and len(self._buffer) < _HEAD_BYTES:
                part = await self._stream.read(max_bytes, timeout)
                self._buffer += part
                self._in_head = bool(part)
                continue
            if end is None:
                self._in_head = False
                break
            head, self._buffer = self._buffer[: end.end()], self._buffer[end.end() :]
            if _INTERIM.match(head):  # the head of the response itself follows
                return clean_head(head)
            self._in_head = False
            self._buffer = clean_head(head) + self._buffer
        if self._buffer:
            data, self._buffer = self._buffer, b""
            return data
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._in_head = True
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.AsyncNetworkBackend):
    """Opens such connections."""

    def __init__(self) -> None:
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._backend.connect_tcp(host, port, timeout, local_address, socket_options))

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


class LenientTransport(httpx.AsyncHTTPTransport):
    """httpx's transport for HTTP/1.1 without a proxy, over connections that give cleaned heads."""

    def __init__(self, limits: httpx.Limits, trust_env: bool) -> None:
        super().__init__(limits=limits, trust_env=trust_env)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=trust_env),
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Backend(),
        )
