"""Progress as the user sees it: bars on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus_builder.stages.stage import Progress

# Seconds between two lines of one stage in a log.
LOG_EVERY = 10.0


@contextmanager
def shown() -> Iterator[Progress]:
    """A progress to hand to the pipeline; its output goes to stderr, so that stdout stays for results."""
    if sys.stderr.isatty():
        with _bars() as bars:
            yield bars
    else:
        yield _Lines()


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show


class _Lines:
    """A line when a stage begins and ends, and one in between every `LOG_EVERY` seconds."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if stage in self._last and done != total and now - self._last[stage] < LOG_EVERY:
            return
        self._last[stage] = now
        print(f"{stage}: {done}{'' if total is None else f' of {total}'}", file=sys.stderr, flush=True)
