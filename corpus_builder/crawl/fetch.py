"""One HTTP request with its limits. The result is an Exchange, with the body bytes as they came off the wire.

Politeness, retries and redirects are elsewhere: pacing.py, gate.py, crawler.py and visit.py.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from urllib.request import getproxies

import httpx

from corpus_builder.crawl.headers import LenientTransport
from corpus_builder.errors import RetryLater, SkipPage
from corpus_builder.web.opt_out import PRODUCT_TOKEN
from corpus_builder.web.responses import check_size, header_fields, whole_number

logger = logging.getLogger(__name__)


class Unreachable(RetryLater):
    """No connection to the host could be made: a problem of the host, not of the page."""


@dataclass(frozen=True)
class Exchange:
    """A request and its response.

    `body` has its chunks joined but is still content-encoded. `seconds` is the time from the start of the request to
    the last byte of the body.
    """

    url: str
    status: int
    phrase: str
    request_headers: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched: datetime
    protocol: str = "HTTP/1.1"
    seconds: float = 0.0

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """The response headers by lower-case name."""
        return header_fields(self.headers)


def user_agent(version: str, contact: str) -> str:
    """The User-Agent header. Groups of robots.txt are matched with the product token before the slash."""
    return f"{PRODUCT_TOKEN}/{version}" + (f" (+{contact})" if contact else "")


def _now() -> datetime:
    return datetime.now(UTC)


class Fetcher:
    """Makes single requests with an HTTP client that it opens and closes; use as an asynchronous context manager.

    `transport` replaces the network in tests.
    """

    def __init__(
        self,
        agent: str,
        *,
        timeout: float,
        max_bytes: int,
        connections: int = 1,
        trust_env: bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        if transport is None and not (trust_env and getproxies()):  # through a proxy, httpx's transport is needed
            transport = LenientTransport(limits, trust_env)
        self._client = httpx.AsyncClient(
            headers={
                "User-Agent": agent,
                "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
                # No brotli or zstd: not every reader of WARC files can decode them.
                "Accept-Encoding": "gzip, deflate",
            },
            timeout=httpx.Timeout(timeout),
            limits=limits,
            follow_redirects=False,
            trust_env=trust_env,
            transport=transport,
        )
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._now = now

    async def __aenter__(self) -> Fetcher:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._client.aclose()

    async def get(self, url: str, headers: Mapping[str, str] | None = None, max_bytes: int | None = None) -> Exchange:
        """Request a URL once.

        Raises Unreachable, RetryLater `timeout`, `truncated` or `bad_http`, and SkipPage `too_large` or `bad_url`.
        """
        started = time.monotonic()
        try:
            exchange = await self._translated(url, headers, max_bytes or self._max_bytes)
        except (RetryLater, SkipPage) as error:
            logger.info("GET %s failed: %s, %.2f s", url, error, time.monotonic() - started)
            raise
        logger.info("GET %s %d, %d bytes, %.2f s", url, exchange.status, len(exchange.body), exchange.seconds)
        return exchange

    async def _translated(self, url: str, headers: Mapping[str, str] | None, max_bytes: int) -> Exchange:
        """One request, with the errors of httpx as those of this project."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._request(url, headers, max_bytes)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise RetryLater("timeout") from error
        except httpx.RemoteProtocolError as error:
            # h11's messages where a connection ends before Content-Length bytes, or before the last chunk.
            cut = "without sending complete message body" in str(error) or "incomplete chunked read" in str(error)
            raise RetryLater("truncated" if cut else "bad_http") from error
        except httpx.TransportError as error:
            raise RetryLater("connection_lost") from error
        except (httpx.InvalidURL, ValueError) as error:
            raise SkipPage("bad_url", str(error)) from error

    async def _request(self, url: str, headers: Mapping[str, str] | None, max_bytes: int) -> Exchange:
        started = time.monotonic()
        async with self._client.stream("GET", url, headers=headers) as response:
            check_size(whole_number(response.headers.get("content-length")) or 0, max_bytes)
            parts, size = [], 0
            async for part in response.aiter_raw():
                parts.append(part)
                size += len(part)
                check_size(size, max_bytes)
            return Exchange(
                url=url,
                status=response.status_code,
                phrase=response.reason_phrase,
                request_headers=_text(response.request.headers.raw),
                headers=_text(response.headers.raw),
                body=b"".join(parts),
                fetched=self._now(),
                protocol=response.http_version,
                seconds=time.monotonic() - started,
            )


def _text(headers: list[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
