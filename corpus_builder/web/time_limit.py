"""A limit of the processor time that one page may take, so that no page can hold up a build."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PAGE_SECONDS = 60.0
"""Seconds of processor time. Chosen: the slowest real page that we have takes less than one; a slow machine ten times
as long."""

_AGAIN = 1.0
"""Seconds after which an interruption is repeated that other code swallowed (in a destructor, for example)."""


class TimeIsUp(BaseException):
    """The limit is reached. No Exception, because libraries that read pages catch those."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeIsUp in this block once the process has used so many seconds of processor time in it.

    Processor time does not pass while others use the machine, so that the same pages are dropped under load. Python
    code and regular expressions are interrupted, also within C (the `re` module looks for signals); a single call into
    another C library is interrupted at its end. Within another limit, that one counts. Without effect outside of the
    main thread, where Python handles no signals, and on Windows.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    if signal.getitimer(signal.ITIMER_PROF)[0]:
        yield
        return
    inside = True

    def interrupt(_: int, __: FrameType | None) -> None:
        if inside:
            raise TimeIsUp

    before = signal.signal(signal.SIGPROF, interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
    try:
        yield
    finally:
        inside = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
