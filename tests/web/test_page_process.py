"""Pages are read in a process apart: what grows or crashes is a drop that names the page."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator

import pytest

from corpus_builder.apart import Apart, Limits
from corpus_builder.errors import SkipPage
from corpus_builder.web import page_process
from corpus_builder.web.page_process import read_apart, read_in


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    page_process.close_processes()
    yield
    page_process.close_processes()


def length(task: str) -> int:
    """Stands in for reading a page."""
    if task == "grow":
        return len([bytearray(2**20) for _ in range(1000)])
    if task == "crash":
        ctypes.string_at(0)
    if task == "skip":
        raise SkipPage("empty_body")
    return len(task)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory that others do not mind")
def test_what_ends_its_process_is_a_drop_that_names_the_page(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(page_process, "PAGE_LIMITS", Limits(processor=60.0, clock=60.0, memory=300 * 2**20))
    expected = {"grow": "extractor_memory", "crash": "extractor_error"}
    for task, reason in expected.items():
        with pytest.raises(SkipPage) as skipped:
            read_apart(length, f"https://news.example/{task}/", task)
        assert skipped.value.reason == reason
        assert f"https://news.example/{task}/ ended the process that read it" in caplog.text
    assert read_apart(length, "a", "next") == 4


def test_a_drop_ends_no_process() -> None:
    assert read_apart(length, "a", "page") == 4
    (waiting,) = page_process._idle
    with pytest.raises(SkipPage, match="empty_body"):
        read_apart(length, "a", "skip")
    assert [idle.process for idle in page_process._idle] == [waiting.process]


def test_processes_that_wait_are_used_again_and_all_are_ended() -> None:
    with page_process.page_process(length) as first, page_process.page_process(length) as second:
        assert first is not second
    with page_process.page_process(length) as third:
        assert third in (first, second)
        assert len(page_process._idle) == 1
    assert len(page_process._idle) == 2
    timers = [idle.timer for idle in page_process._idle]
    page_process.close_processes()
    assert not page_process._idle
    assert first._closed.is_set()
    assert second._closed.is_set()
    assert all(timer.finished.is_set() for timer in timers), "no thread waits for a process that has ended"


def test_an_interrupted_process_is_not_used_again() -> None:
    def interrupted() -> None:
        with page_process.page_process(length) as process:
            processes.append(process)
            assert read_in(process, "a", "page") == 4
            raise KeyboardInterrupt

    processes: list[Apart[str, int]] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not page_process._idle
    assert processes[0]._closed.is_set()
