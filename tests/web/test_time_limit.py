"""A page that takes too long is dropped with its place, in Python code and in regular expressions."""

from __future__ import annotations

import re
import signal
import threading
import time

import pytest

from corpus_builder.errors import SkipPage
from corpus_builder.web import guard
from corpus_builder.web.guard import guarded
from corpus_builder.web.time_limit import TimeIsUp, time_limit

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers on this system")


def loop() -> None:
    while True:
        pass


def swallow() -> None:
    while True:
        try:
            loop()
        except Exception:  # noqa: BLE001 - as libraries do
            continue


def pattern() -> None:
    re.match("(a|aa)*b", "a" * 60)


@pytest.mark.parametrize("work", [loop, swallow, pattern])
def test_what_takes_too_long_is_interrupted(work, monkeypatch) -> None:
    monkeypatch.setattr(guard, "PAGE_SECONDS", 0.1)
    before = signal.getsignal(signal.SIGPROF)
    begun = time.process_time()
    with pytest.raises(SkipPage) as dropped, guarded("https://a.example/1/"):
        work()
    assert dropped.value.reason == "extractor_timeout"
    assert time.process_time() - begun < 5
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)
    assert signal.getsignal(signal.SIGPROF) is before


def test_the_outer_limit_counts() -> None:
    with pytest.raises(TimeIsUp), time_limit(0.1), time_limit(60):
        loop()


def test_a_thread_has_no_limit() -> None:
    done = []

    def work() -> None:
        with time_limit(0.001):
            done.append(sum(range(100_000)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done


def test_other_pages_are_not_affected() -> None:
    with guarded("https://a.example/1/"):
        assert sum(range(10)) == 45
