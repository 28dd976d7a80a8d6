"""Pages of strangers are read in a process apart, within limits: no page can hang, crash or overfill who asks for it.

    with page_process(function) as process:        one that waits, or a new one that starts with the first page
        read_in(process, url, task)                what the function returns or raises, or the drop of the page

Each start takes a second, so processes wait for the next who asks.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from corpus_builder.apart import MEMORY, TIME, Apart, Failure, Limits, what_can_be_imported
from corpus_builder.errors import SkipPage
from corpus_builder.languages.load import FOLDERS
from corpus_builder.web.guard import EXTRACTOR_ERROR, EXTRACTOR_MEMORY, EXTRACTOR_TIMEOUT

logger = logging.getLogger(__name__)

Task = TypeVar("Task")
Result = TypeVar("Result")

PAGE_LIMITS = Limits(processor=90.0, clock=900.0, memory=4 * 2**30)
"""What a page may take. Chosen: 60 seconds of processor time are the limit where code can be interrupted
(web/time_limit.py), and C code has half as much again; ten times that on the clock, for a machine that many use. Pages
of 20 MB, the largest that are read, took up to 2.0 GB (`<p>` with a letter, a million times).
"""

_IDLE = 60.0
"""Seconds after which an unused process ends. Chosen: shards follow at once, and a worker of a cluster lives on."""


class _Idle(NamedTuple):
    """A process that waits until its timer ends it; `key` is what it was started with."""

    key: object
    process: Apart[Any, Any]
    timer: threading.Timer


_idle: list[_Idle] = []
_lock = threading.Lock()


@contextmanager
def page_process(function: Callable[[Task], Result]) -> Iterator[Apart[Task, Result]]:
    """A process apart for a function, which is pickled, as its tasks and results are."""
    key = (what_can_be_imported(), PAGE_LIMITS, os.environ.get(FOLDERS))
    kept = _taken(lambda idle: idle.key == key)
    if kept:
        kept.use(function)
    process = kept or Apart(function, PAGE_LIMITS)
    try:
        yield process
    except BaseException:  # of any kind: what it still has to answer is in the way of the next
        process.close()
        raise
    timer = threading.Timer(_IDLE, _close, [process])
    timer.daemon = True
    with _lock:
        _idle.append(_Idle(key, process, timer))
    timer.start()


def read_in(process: Apart[Task, Result], url: str, task: Task) -> Result:
    """What a process makes of one page; `url` is the page's name in messages.

    Raises what the function raises; SkipPage `extractor_timeout`, `extractor_memory` or `extractor_error` where the
    page ends the process, and RunError where the machine does, again and again.
    """
    (outcome,) = process.results([task])
    if isinstance(outcome, Failure):
        raise failed_page(url, outcome)
    return outcome


def read_apart(function: Callable[[Task], Result], url: str, task: Task) -> Result:
    """What a function makes of one page, as read_in."""
    outcome: Result | SkipPage
    with page_process(function) as process:
        try:
            outcome = read_in(process, url, task)
        except SkipPage as skipped:  # is no reason to end the process
            outcome = skipped
    if isinstance(outcome, SkipPage):
        raise outcome
    return outcome


def failed_page(url: str, failure: Failure) -> SkipPage:
    """The drop of a page that ended its process."""
    logger.warning("%s ended the process that read it: %s (%s)", url, failure.cause, failure.place)
    if failure.cause == TIME:
        return SkipPage(EXTRACTOR_TIMEOUT, f"more than {PAGE_LIMITS.processor:g} seconds, in C code ({failure.place})")
    if failure.cause == MEMORY:
        return SkipPage(EXTRACTOR_MEMORY, f"more than {PAGE_LIMITS.memory / 2**20:,.0f} MiB ({failure.place})")
    return SkipPage(EXTRACTOR_ERROR, f"its process {failure.detail} ({failure.place})")


def _taken(wanted: Callable[[_Idle], bool]) -> Apart[Any, Any] | None:
    """The first of the waiting processes that is wanted, which waits no longer."""
    with _lock:
        for idle in _idle:
            if wanted(idle):
                _idle.remove(idle)
                idle.timer.cancel()
                return idle.process
    return None


def _close(process: Apart[Any, Any]) -> None:
    if _taken(lambda idle: idle.process is process):
        process.close()


def close_processes() -> None:
    """End the processes that wait."""
    while process := _taken(lambda _: True):
        process.close()
