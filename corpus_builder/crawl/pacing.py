"""When the next request may go out: the delay between requests, pauses a host asks for, and backoff."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_BACKOFF = 300.0
"""Seconds. A longer wait than this is not worth holding a run for, unless the site itself asks for it."""

PATIENCE = 600.0
"""Seconds. What is to be asked for later than that is left to the next run."""

_BUSY_STREAK = 3
"""One page that answers 503 may be that page's trouble; three in a row are the host's."""


class Pace:
    """The pace of requests to one host: `delay` seconds between the end of one and the start of the next."""

    def __init__(
        self,
        delay: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.delay = delay
        self._clock = clock
        self._sleep = sleep
        self._free_at = 0.0
        self._busy = 0

    async def turn(self) -> None:
        """Wait until a request may start."""
        while (wait := self._free_at - self._clock()) > 0:
            await self._sleep(wait)
        self._free_at = self._clock() + self.delay

    def ended(self) -> None:
        """A request has ended: the delay counts from here."""
        self.pause(self.delay)

    def pause(self, seconds: float) -> None:
        """No request to this host for so long."""
        self._free_at = max(self._free_at, self._clock() + seconds)

    def answered(self) -> None:
        """The host answered as it should."""
        self._busy = 0

    def busy(self, seconds: float, at_once: bool) -> bool:
        """The host said that it is busy: pause it, `at_once` (429) or when it says so again and again (5xx).

        Returns whether it is paused. A pause longer than PATIENCE is not begun: the caller has to end the run.
        """
        self._busy += 1
        paused = at_once or self._busy >= _BUSY_STREAK
        if paused and seconds <= PATIENCE:
            self.pause(seconds)
        return paused


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, given as seconds or as an HTTP date; None if it is neither."""
    if not value:
        return None
    value = value.strip()
    if value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def backoff(attempt: int, base: float, chance: random.Random) -> float:
    """Seconds before retry number `attempt` (from 1): base·2^(attempt-1), spread by ±25% so that retries part."""
    return float(min(LONGEST_BACKOFF, base * 2 ** (attempt - 1)) * chance.uniform(0.75, 1.25))
