"""When the next request may be made: the delay between requests, pauses that a host asks for, and backoff."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from corpus_builder.web.responses import whole_number

LONGEST_BACKOFF = 300.0
"""Most seconds of backoff. Chosen: five minutes, as a longer outage is better left to the next run."""

PATIENCE = 600.0
"""Most seconds that a run waits when a site asks for a pause. Chosen: ten minutes; longer is left to the next run."""

_JITTER = 0.25
"""Share by which backoff varies. Chosen: enough to separate connections that failed at the same time."""

_BUSY_STREAK = 3
"""Responses 5xx in a row that mean that the host is busy. Chosen: one may be a fault of that page alone."""


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
        """A request has ended: the delay starts now."""
        self.pause(self.delay)

    def pause(self, seconds: float) -> None:
        """No request to this host for some seconds."""
        self._free_at = max(self._free_at, self._clock() + seconds)

    def answered(self) -> None:
        """The host responded normally."""
        self._busy = 0

    def busy(self, seconds: float, at_once: bool) -> bool:
        """The host is busy: pause it, `at_once` (429) or after some such responses in a row (5xx).

        Returns whether it has to be paused. A pause longer than PATIENCE is not started: the caller ends the run.
        """
        self._busy += 1
        paused = at_once or self._busy >= _BUSY_STREAK
        if paused and seconds <= PATIENCE:
            self.pause(seconds)
        return paused


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds of a Retry-After header, given as seconds or as an HTTP date; None if it is neither."""
    if not value:
        return None
    if (seconds := whole_number(value)) is not None:
        return float(seconds)
    try:
        moment = parsedate_to_datetime(value.strip())
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def backoff(attempt: int, base: float, chance: random.Random) -> float:
    """Seconds before retry number `attempt` (from 1): base·2^(attempt-1), with ±25 % of jitter against bursts."""
    return float(min(LONGEST_BACKOFF, base * 2 ** (attempt - 1)) * chance.uniform(1 - _JITTER, 1 + _JITTER))
