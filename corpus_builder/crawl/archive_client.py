"""Requests to an archive: several at a time, with retries, and with the pauses that it asks for."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from corpus_builder.crawl.fetch import Exchange, Fetcher
from corpus_builder.crawl.pacing import PATIENCE, Pace, backoff, retry_after
from corpus_builder.errors import RetryLater, RunError

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which a request is made again. S3 says 503 SlowDown where too many come at a time."""

_OUT_OF_REACH = 10
"""Requests in a row that fail with all retries before the archive counts as out of reach. Chosen: one bad file is no
outage; ten different records, each asked for five times, are.
"""


class ArchiveClient:
    """Requests to one server of an archive. Every pause is for all requests to it, as all of them cause its load."""

    def __init__(self, fetcher: Fetcher, *, delay: float, retries: int, wait: float) -> None:
        self._fetcher = fetcher
        self._pace = Pace(delay)
        self._retries = retries
        self._wait = wait
        self._chance = random.Random(0)
        self._lost = 0

    async def get(self, url: str, headers: Mapping[str, str] | None = None, max_bytes: int | None = None) -> Exchange:
        """The answer to a request, whatever its status but a busy one.

        Raises RetryLater with the last reason once all retries failed, SkipPage as Fetcher.get does, and RunError where
        the archive asks for a longer pause than a run waits, or cannot be reached.
        """

        async def once() -> Exchange:
            exchange = await self._fetcher.get(url, headers, max_bytes)
            if exchange.status in BUSY:
                after = retry_after(exchange.fields.get("retry-after"), datetime.now(UTC))
                raise RetryLater(f"http_{exchange.status}", after)
            return exchange

        return await self.retried(url, once)

    async def retried(self, url: str, once: Callable[[], Awaitable[Answer]]) -> Answer:
        """What `once` returns, called again after each RetryLater; raises as `get` does."""
        attempt = 1
        while True:
            await self._pace.turn()
            try:
                answer = await once()
            except RetryLater as error:
                wait = error.after if error.after is not None else backoff(attempt, self._wait, self._chance)
                if wait > PATIENCE:
                    raise RunError(
                        f"{url}: {error.reason}, and the archive asks for a pause of {wait:.0f} s",
                        next_step="run the same command again later: it carries on where this run stopped",
                    ) from error
                if attempt > self._retries:
                    self._count_lost(url, error)
                    raise
                logger.info(
                    "retry %s in %.1f s (request %d of %d): %s", url, wait, attempt + 1, self._retries + 1, error
                )
                if error.reason in ("http_429", "http_503"):
                    self._pace.pause(wait)
                await asyncio.sleep(wait)
                attempt += 1
                continue
            self._lost = 0
            return answer

    def _count_lost(self, url: str, error: RetryLater) -> None:
        self._lost += 1
        if self._lost >= _OUT_OF_REACH:
            raise RunError(
                f"the archive cannot be reached: {url}: {error.reason}",
                next_step="run the same command again later: it carries on where this run stopped",
            ) from error
