"""Progress on stderr: bars on a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from corpus_builder.cli.terminal import console, say

if TYPE_CHECKING:
    from corpus_builder.stages.stage import Progress

LOG_EVERY = 10.0
"""Seconds between two lines of one stage where stderr is no terminal. Chosen: a day's crawl gives some 9,000 lines."""


@contextmanager
def shown() -> Iterator[Progress]:
    """A progress for the pipeline to call; it writes to stderr, so stdout has only results."""
    if sys.stderr.isatty():
        with _bars() as bars:
            yield bars
    else:
        yield _Lines()


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """How many are done per second."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"{speed:.1f}/s")

    name, times = TextColumn("{task.description:<10}"), (TimeElapsedColumn(), TimeRemainingColumn())
    columns = (name, BarColumn(), MofNCompleteColumn(), Rate(), *times)
    with Progress(*columns, console=console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show


class _Lines:
    """A line when a stage begins and ends, and one in between every `LOG_EVERY` seconds, with rate and time left."""

    def __init__(self) -> None:
        from corpus_builder.stages.progress import Rates

        self._last: dict[str, float] = {}
        self._rates = Rates()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now, text = time.monotonic(), self._rates.line(stage, done, total)
        if stage in self._last and done != total and now - self._last[stage] < LOG_EVERY:
            return
        self._last[stage] = now
        say(text, error=True)
