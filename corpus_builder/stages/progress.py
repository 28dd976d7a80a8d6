"""How fast a stage goes and how long it still takes, for the terminal and for the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Protocol

logger = logging.getLogger(__name__)

LOG_EVERY = 60.0
"""Seconds between two lines of one stage in the log. Chosen: a crawl of six hours gives 360 lines."""


class Show(Protocol):
    """Is called with how much of a stage is done, and of how much."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Take note that `done` of `total` are done."""


class Rates:
    """Lines of progress with rate and time left, by what was done since the stage was first seen."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun: dict[str, tuple[float, int]] = {}

    def line(self, stage: str, done: int, total: int | None) -> str:
        """The line, as "articles: 120 of 12,034, 0.8/s, 4 h 08 min left"; rate and time left once they are known."""
        now = self._clock()
        began, before = self._begun.setdefault(stage, (now, done))
        parts = [f"{stage}: {done:,}" + ("" if total is None else f" of {total:,}")]
        if done > before and now > began:
            rate = (done - before) / (now - began)
            parts.append(f"{rate:.1f}/s" if rate >= 0.1 else f"{rate * 60:.1f}/min")
            if total is not None and total > done:
                parts.append(f"{duration((total - done) / rate)} left")
        return ", ".join(parts)


def duration(seconds: float) -> str:
    """A time in two units at most.

    >>> duration(42), duration(130), duration(14_900), duration(400_000)
    ('42 s', '2 min 10 s', '4 h 08 min', '4 d 15 h')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    if whole < 48 * 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86400} d {whole % 86400 // 3600:02d} h"


def logged(progress: Show, clock: Callable[[], float] = time.monotonic) -> Show:
    """A progress that also writes lines to the log: at the end of a stage, and every `LOG_EVERY` seconds before."""
    rates, last = Rates(clock), dict[str, float]()

    def show(stage: str, done: int, total: int | None) -> None:
        progress(stage, done, total)
        text, now = rates.line(stage, done, total), clock()
        if now - last.setdefault(stage, now) >= LOG_EVERY or (done == total and done):
            last[stage] = now
            logger.info("%s", text)

    return show
